"""Append-only evidence: events chained by subject, sealed together."""
