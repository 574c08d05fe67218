"""Requests by file: shown line by line before anything changes, applied at once, taken back (003, ch. 4)."""
