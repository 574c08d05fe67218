"""The rows of a file as lines for COPY: no object is kept of a line."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Protocol

from guichet.imports.queries.naming import Directory
from guichet.imports.reasons import Why
from guichet.imports.rules import LONGEST_CELL, MOST_CELLS, Column, Head, may_be_wish
from guichet.kernel.tables import Row, siret_of, yes_no_of

_ESCAPED = str.maketrans({"\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"})
_STRANGE = re.compile(r"[\\\x00-\x1f]")
_NOTHING = "{}"
_NOBODY = r"\N"


class Reader(Protocol):
    """What turns the cells of one line into the fields that follow its number and what was typed."""

    def __call__(self, cells: Sequence[str]) -> str:
        """siret, acteur, client, codes, given, notes, problem: apart by tabs, as COPY reads them."""


def rows_for_copy(rows: Iterable[Row], head: Head, read: Reader) -> Iterator[str]:
    """The lines of a file, a text a line. A cell beyond the last column makes a line unreadable: nobody
    knows which column each of its cells belongs to."""
    width = len(head.columns)
    for number, cells in rows:
        fields = read(cells)
        if len(cells) > width and any(cells[width:]):
            fields = f"\t{_NOBODY}\t{_NOBODY}\t{{}}\t{{NULL}}\t{{}}\t{Why.EXTRA_CELLS}"
        yield f"{number}\t{_typed(cells)}\t{fields}\n"


class Suspects:
    """The columns that we don't know, and that hold but 1, 0 and blanks so far."""

    def __init__(self, head: Head) -> None:
        self.seen = dict.fromkeys(head.unknown, False)

    def watch(self, rows: Iterable[Row]) -> Iterator[Row]:
        """``rows``, looked at as they pass."""
        for row in rows:
            if self.seen:
                self._look(row.cells)
            yield row

    def _look(self, cells: Sequence[str]) -> None:
        for place in list(self.seen):
            text = cells[place]
            if not text:
                continue
            if may_be_wish(text):
                self.seen[place] = self.seen[place] or bool(text.strip())
            else:
                del self.seen[place]

    @property
    def found(self) -> list[int]:
        """Where a 1 or a 0 stands at least: they may be declarations misspelt."""
        return [place for place, seen in self.seen.items() if seen]


def etablissements(head: Head) -> Reader:
    """The reader of a file of établissements: a number, and 1 or 0."""
    at, wish = head.places(Column.SIRET, Column.ACTION)

    def read(cells: Sequence[str]) -> str:
        siret, notes, problem = _siret(cells[at])
        given, fault = _wish(cells[wish]) if wish >= 0 else ("NULL", Why.NO_WISH)
        return f"{siret}\t{_NOBODY}\t{_NOBODY}\t{{}}\t{{{given}}}\t{notes}\t{problem or fault}"

    return read


def habilitations(head: Head, directory: Directory) -> Reader:
    """The reader of a file of rights: a person, a number, and what is wanted of each declaration."""
    nom, prenom, at, signs_in = head.places(Column.NOM, Column.PRENOM, Column.SIRET, Column.CONNEXION)
    places = [place for place, _code in head.codes]
    codes = [code for _place, code in head.codes]

    @lru_cache(maxsize=1024)
    def wishes(typed: tuple[str, ...]) -> tuple[str, str]:
        read = [(code, *_wish(text)) for code, text in zip(codes, typed, strict=True)]
        wanted = [(code, given) for code, given, fault in read if fault != Why.NO_WISH]
        return ",".join(code for code, _ in wanted), ",".join(given for _, given in wanted)

    def read(cells: Sequence[str]) -> str:
        siret, notes, problem = _siret(cells[at])
        connexion = _siret(cells[signs_in])[0] if signs_in >= 0 and cells[signs_in] else ""
        who, unknown = directory.find(cells[nom], cells[prenom], connexion)
        wanted, given = wishes(tuple([cells[place] for place in places]))
        fields = f"{siret}\t{_NOBODY if who is None else who}\t{_NOBODY}\t{{{wanted}}}\t{{{given}}}"
        return f"{fields}\t{notes}\t{unknown or problem}"

    return read


@lru_cache(maxsize=4096)
def _siret(cell: str) -> tuple[str, str, str]:
    """The number, the notes as an array, and why it is none."""
    found = siret_of(cell)
    return found.siret, f"{{{','.join(found.notes)}}}" if found.notes else _NOTHING, found.problem or ""


@lru_cache(maxsize=1024)
def _wish(cell: str) -> tuple[str, str]:
    """« t », « f » or « NULL » as an array has it, and why it is no wish."""
    found = yes_no_of(cell)
    if found.value is None:
        return "NULL", Why.UNREADABLE_WISH if found.problem else Why.NO_WISH
    return ("t" if found.value else "f"), ""


def _typed(cells: Sequence[str]) -> str:
    """The cells as an array, as COPY reads it; shortened, as they are only to be shown again."""
    text = '","'.join(cells)
    if len(text) > LONGEST_CELL:
        cells = [cell[:LONGEST_CELL] for cell in cells[:MOST_CELLS]]
        text = '","'.join(cells)
    if _STRANGE.search(text) or text.count('"') != 2 * len(cells) - 2:
        return f"{{{','.join(map(_quoted, cells))}}}".translate(_ESCAPED)
    return f'{{"{text}"}}'


def _quoted(cell: str) -> str:
    inside = cell.replace("\0", "").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inside}"'
