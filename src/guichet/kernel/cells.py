"""Cells of the tables that people open in a spreadsheet, and the CSV files that are made of them.

A SIRET stands there in its groups, « 732 829 320 00017 » (``Siret.grouped``): so every spreadsheet takes it for
text, keeping its fourteen digits and the zeros it begins with; 003, chapter 4, has people choose a format of
cells for it. As ``="…"`` it would be a formula, which is what ``plain_cell`` protects from; bare, it would be a
rounded number. Whatever reads a SIRET here takes it with blanks.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def plain_cell(value: str) -> str:
    """A cell that no spreadsheet takes for a formula: what begins like one gets an apostrophe before it."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def csv_lines(
    rows: Iterable[Sequence[str]], *, separator: str = ";", mark: bool = True, end: str = "\r\n"
) -> Iterator[str]:
    """``rows`` as the lines of a CSV file, every cell made plain: the only way in which the house writes one.

    ``mark``: begin with the byte order mark by which a spreadsheet knows how accents are written.
    """
    if mark:
        yield "\ufeff"
    writer = csv.writer(_Echo(), delimiter=separator, lineterminator=end)
    for row in rows:
        yield writer.writerow([plain_cell(cell) for cell in row])


class _Echo:
    """A file that gives back what is written to it: csv wants one."""

    def write(self, text: str) -> str:
        return text
