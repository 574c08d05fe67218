"""From lines of text to rows of cells, as spreadsheets write them (RFC 4180, and what they make of it).

A quotation mark that is never closed must not swallow the rest of the file: a cell goes on over some lines,
and where its end does not come, or comes where no cell ends, the mark is taken for a sign like others, on its
line alone.
"""

import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import count, islice

from guichet.kernel.tables.values import (
    MOST_ROWS_OF_A_SHEET,
    Limits,
    Remarks,
    Row,
    TooManyColumns,
    TooManyLines,
)

SEPARATORS = (";", "\t", ",", "|")
MOST_LINES_A_CELL = 20
SAMPLE = 200  # lines that tell the separator
_NAMED = re.compile(
    r'"?sep=([;,|\t])"?[;,|\t]*', re.IGNORECASE
)  # what Excel writes before the head, and hides
_QUOTED = re.compile(r'"(?:[^"]++|"")*+"')
MOST_SEARCHES = 1_000  # for the end of a cell, in vain
_TEXT_FORMULA = re.compile(r'="((?:[^"]++|"")*+)"')


def separator_of(lines: Iterator[str]) -> tuple[str, bool]:
    """Which sign stands between columns; and whether the first line says so, and nothing else."""
    sample = [line for line in islice(lines, SAMPLE) if line.strip()]
    if not sample:
        return SEPARATORS[0], False
    if named := _NAMED.fullmatch(sample[0].strip(" ")):
        return named[1], True
    bare = [_QUOTED.sub("", line) for line in sample]
    return max(SEPARATORS, key=lambda sign: _standing(bare, sign)), False


def records(lines: Iterator[str], separator: str, limits: Limits, remarks: Remarks) -> Iterator[Row]:
    """The rows that say something, each as wide as written. Raises ``TooManyLines``, ``TooManyColumns``."""
    following = _Following(lines)
    filled = 0
    for number in count(1):
        remarks.line = number
        line = following.next()
        if line is None:
            return
        if not line.strip():
            if number > MOST_ROWS_OF_A_SHEET:
                raise TooManyLines(most=MOST_ROWS_OF_A_SHEET)
            remarks.add("blank")
            continue
        cells = _cells(line, following, separator, limits, remarks)
        if not any(cell and not cell.isspace() for cell in cells):
            remarks.add("blank")
            continue
        filled += 1
        if filled > limits.lines + 1:
            raise TooManyLines(most=limits.lines)
        yield Row(number, cells)


def _standing(lines: Sequence[str], separator: str) -> float:
    """How well ``separator`` makes columns: is it in the head, on how many lines, as often on each?"""
    counts = [line.count(separator) for line in lines]
    present = [count for count in counts if count]
    if not present:
        return 0
    same = Counter(present).most_common(1)[0][1]
    return (counts[0] > 0) + (len(present) + same) / len(lines)


def _cells(line: str, following: "_Following", separator: str, limits: Limits, remarks: Remarks) -> list[str]:
    quoted = '"' in line
    cells = _quoted(line, following, separator, remarks) if quoted else line.split(separator)
    if len(cells) > limits.columns:
        cells = line.rstrip(separator + " ").split(separator) if not quoted else cells
        if len(cells) > limits.columns:
            raise TooManyColumns(line=remarks.line, most=limits.columns)
    if len(line) > limits.signs and max(map(len, cells)) > limits.signs:
        remarks.add("cut")
        cells = [cell[: limits.signs] for cell in cells]
    return cells


def _quoted(line: str, following: "_Following", separator: str, remarks: Remarks) -> list[str]:
    """The cells of a line with quotation marks, and of those that a cell of it goes on to."""
    cells, rest, odd = _split(line, separator, remarks)
    while rest and remarks.count("quote") < MOST_SEARCHES:
        whole = following.until_closed(rest, separator)
        if whole is None:
            break
        more, rest, odd_too = _split(whole, separator, remarks)
        cells, odd = cells + more, odd or odd_too
    if rest:
        cells += rest.lstrip(" ")[1:].split(separator)
    if odd or rest:
        remarks.add("quote")
    return cells


def _split(text: str, separator: str, remarks: Remarks) -> tuple[list[str], str, bool]:
    """Cells; what is left, from a quotation mark on that nothing closes; whether one is badly placed."""
    cells: list[str] = []
    odd, position, match = False, 0, _cell(separator).match
    while found := match(text, position):
        formula, quoted, after, bare, end = found.groups()
        if quoted is None:
            if bare.lstrip(" ").startswith('"'):
                return cells, text[position:], odd
            odd = odd or '"' in bare
            cells.append(bare)
        else:
            content = quoted.replace('""', '"')
            odd = odd or not (after == "" or after.isspace())
            cells.append(_without_formula(content, remarks, formula=formula) + after.rstrip(" "))
        if not end:
            break
        position = found.end()
    return cells, "", odd


def _without_formula(content: str, remarks: Remarks, *, formula: str) -> str:
    """The text of a cell that is written ``="…"``, alone or in quotation marks of its own."""
    if formula:
        remarks.add_once("text_formula")
    elif content.startswith('="') and (found := _TEXT_FORMULA.fullmatch(content)):
        remarks.add_once("text_formula")
        return found[1].replace('""', '"')
    return content


@cache
def _cell(separator: str) -> re.Pattern[str]:
    """A cell, in quotation marks or bare, and the separator behind it. Nothing is tried twice."""
    sign = re.escape(separator)
    return re.compile(rf' *+(?:(=?)"((?:[^"]++|"")*+)"([^{sign}]*+)|([^{sign}]*+))({sign}|\Z)')


@cache
def _closing(separator: str) -> re.Pattern[str]:
    """A line that closes the cell which an earlier one opened; ``odd``: something stands behind the mark."""
    sign = re.escape(separator)
    return re.compile(rf'(?:[^"]++|"")*+" *+(?:{sign}|\Z|(?P<odd>.))')


class _Following:
    """The lines that are to come, of which some were looked at already."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._ahead: deque[str] = deque()

    def next(self) -> str | None:
        return self._ahead.popleft() if self._ahead else next(self._lines, None)

    def until_closed(self, text: str, separator: str) -> str | None:
        """``text``, whose last cell is open, and the lines up to the one which closes it.

        Nothing where that does not come soon, or closes no cell: then none of them was taken.
        """
        closing = _closing(separator)
        for more in range(1, MOST_LINES_A_CELL + 1):
            if len(self._ahead) < more:
                line = next(self._lines, None)
                if line is None:
                    return None
                self._ahead.append(line)
            line = self._ahead[more - 1]
            if '"' not in line:
                continue
            if found := closing.match(line):
                if found["odd"]:
                    return None
                taken = [self._ahead.popleft() for _ in range(more)]
                return "\n".join([text, *taken])
        return None
