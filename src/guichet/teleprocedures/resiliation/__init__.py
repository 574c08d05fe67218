"""The resiliation of an inscription, or of an établissement, and the change of its type (003, chapter 2)."""
