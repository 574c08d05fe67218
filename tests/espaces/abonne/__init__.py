"""The door of professionals (002, 004)."""
