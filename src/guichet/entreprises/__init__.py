"""The Sirene register."""
