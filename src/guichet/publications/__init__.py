"""What the public may read: published filings, found by anybody."""
