"""Cells of the tables that people open in a spreadsheet, and the CSV files that are made of them.

A SIRET stands there in its groups, « 732 829 320 00017 » (``Siret.grouped``): so every spreadsheet takes it
for text, keeping its fourteen digits and the zeros it begins with; 003, chapter 4, has people choose a format
of cells for it. As ``="…"`` it would be a formula, which is what ``plain_cell`` protects from; bare, it would
be a rounded number. Whatever reads a SIRET here takes it with blanks.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence

LENGTH = 14  # digits of a SIRET
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def plain_cell(value: str) -> str:
    """A cell that no spreadsheet takes for a formula: what begins like one gets an apostrophe before it."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def csv_lines(
    rows: Iterable[Sequence[str]], *, separator: str = ";", mark: bool = True, end: str = "\r\n"
) -> Iterator[str]:
    """``rows``, as the lines of a CSV file: the only way in which the house writes one.

    Every cell is made plain, and a SIRET put in its groups.

    ``mark``: begin with the byte order mark by which a spreadsheet knows how accents are written.
    """
    if mark:
        yield "\ufeff"
    writer = csv.writer(_Echo(), delimiter=separator, lineterminator=end)
    for row in rows:
        yield writer.writerow([_cell(cell) for cell in row])


def _cell(value: str) -> str:
    if len(value) == LENGTH and value.isascii() and value.isdigit():
        return f"{value[:3]} {value[3:6]} {value[6:9]} {value[9:]}"
    return plain_cell(value)


class _Echo:
    """A file that gives back what is written to it: csv wants one."""

    def write(self, text: str) -> str:
        return text
