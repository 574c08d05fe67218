"""Guichet: an open-source counter for filing things with the French administration."""

__version__ = "0.5.0"
