"""Requests by file: asked, looked at before anything changes, validated, taken back (003, chapter 4)."""
