"""Cells of the tables that people open in a spreadsheet."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def plain_cell(value: str) -> str:
    """A cell that no spreadsheet takes for a formula: what begins like one gets an apostrophe before it."""
    return f"'{value}" if value.startswith(_FORMULA) else value
