"""Shared screens and page templates."""
