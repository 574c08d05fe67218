"""The rights to file: who has them, who had them, and how they are given and taken (003, chapter 3)."""
