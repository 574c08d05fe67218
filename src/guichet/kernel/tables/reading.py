"""A CSV file as people have it, read line by line (003, chapter 4: « obligatoirement au format CSV »)."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from guichet.kernel.tables import records, text
from guichet.kernel.tables.values import USUAL, EmptyTable, Limits, Remarks, Row, Table

_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")


def read_table(
    file: BinaryIO,
    *,
    limits: Limits = USUAL,
    encoding: str = "",
    separator: str = "",
) -> Table:
    """The table in ``file``, which can be rewound, stays open meanwhile, and is read once more for its rows.

    Its first line that says something is its head. ``encoding`` and ``separator`` are found where they
    aren't given; whatever was guessed or repaired is a remark. Memory does not grow with the file. Raises
    ``TableRefused`` (``EmptyTable``, ``TableTooBig``, ``NotATable``, ``LineTooLong``…), at once or while
    ``rows`` are read.
    """
    text.check_size(file, limits.size)
    encoding = encoding or text.encoding_of(file)
    found, named = (separator, False) if separator else _separator(file, encoding)
    remarks = Remarks()
    lines = islice(text.lines(file, encoding, remarks), int(named), None)
    rows = records.records(lines, found, limits, remarks)
    head = next(rows, None)
    if head is None:
        raise EmptyTable
    names = _names(head.cells)
    return Table(names, _fitted(rows, len(names), remarks), encoding, found, remarks)


def _separator(file: BinaryIO, encoding: str) -> tuple[str, bool]:
    return records.separator_of(text.lines(file, encoding, Remarks()))


def _names(cells: list[str]) -> list[str]:
    names = [" ".join(_INVISIBLE.sub("", cell).split()) for cell in cells]
    while not names[-1]:
        names.pop()
    return names


def _fitted(rows: Iterator[Row], width: int, remarks: Remarks) -> Iterator[Row]:
    """Each row as wide as the head, at least."""
    for row in rows:
        cells = row.cells
        if len(cells) < width:
            remarks.add("short")
            cells.extend([""] * (width - len(cells)))
        elif len(cells) > width:
            while len(cells) > width and not cells[-1].strip():
                cells.pop()
            if len(cells) > width:
                remarks.add("extra")
        yield row
