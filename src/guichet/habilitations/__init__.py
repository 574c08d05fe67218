"""Who may file what for which établissement, since when, and who gave it (003, chapter 3)."""
