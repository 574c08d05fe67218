"""What a page of the grid sends: which cells it showed, how they stood, how they stand now.

A page tells its own cells, and how they were when it was made: somebody else's change of a cell that nobody
touched here is left alone, whenever the page is sent. One field of the form holds the rows, one the columns,
one the cells that were ticked (bits of a row in hexadecimal); each ticked box is a field « row.column ».
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from django.http import QueryDict

from guichet.habilitations.rules import Wanted, settled
from guichet.kernel.refusals import N_, Refusal

ROWS, COLUMNS, BEFORE, BOX = "lignes", "colonnes", "avant", "c"
CHANGES = "changements"
MOST_ROWS, MOST_COLUMNS = 50, 20  # of a page
MOST_CELLS = MOST_ROWS * MOST_COLUMNS
_ROW = re.compile(r"([1-9][0-9]{0,17})\.([0-9]{14})", re.ASCII)
_CODE = re.compile(r"[a-z0-9_]{1,16}", re.ASCII)
_BITS = re.compile(r"[0-9a-f]{1,8}", re.ASCII)
_BOX = re.compile(r"([0-9]{1,4})\.([0-9]{1,4})", re.ASCII)
_CHANGE = re.compile(r"([+-])([1-9][0-9]{0,17})\.([0-9]{14})\.([a-z0-9_]{1,16})", re.ASCII)


class GridUnreadable(Refusal):
    """What was sent is no page of the grid."""

    code = "grid_unreadable"
    message = N_(
        "Le portail n’a pas pu lire les cases de cette page. Aucun droit n’a changé. Rouvrez la grille des "
        "droits, puis recommencez."
    )


class TooManyCells(GridUnreadable):
    """More cells than a page has. Params: ``most``."""

    code = "too_many_cells"
    message = N_(
        "Une page de la grille compte {most} cases au plus. Aucun droit n’a changé. Pour un grand nombre de "
        "droits, utilisez « Toutes les lignes filtrées »."
    )


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The cells of a page as its form repeats them: rows (person, SIRET), columns, and what was ticked."""

    rows: Sequence[tuple[int, str]]
    columns: Sequence[str]
    ticked: Collection[tuple[int, int]]

    def fields(self) -> dict[str, str]:
        """The hidden fields; ``wanted`` reads them back."""
        bits = [0] * len(self.rows)
        for row, column in self.ticked:
            bits[row] |= 1 << column
        return {
            ROWS: " ".join(f"{acteur}.{siret}" for acteur, siret in self.rows),
            COLUMNS: " ".join(self.columns),
            BEFORE: " ".join(f"{one:x}" for one in bits),
        }


def is_page(sent: QueryDict) -> bool:
    """Whether a page of the grid was sent."""
    return ROWS in sent


def wanted(sent: QueryDict) -> list[Wanted]:
    """The cells that were changed on the page. Raises ``GridUnreadable``, ``TooManyCells``."""
    shown, now = _shown(sent), set(_boxes(sent, BOX))
    return [
        _wanted(*shown.rows[row], shown.columns[column], on=(row, column) in now)
        for row, column in sorted(now ^ set(shown.ticked))
        if row < len(shown.rows) and column < len(shown.columns)
    ]


def written(changes: Collection[Wanted]) -> str:
    """``changes`` as one field of the form that confirms them; ``read`` reads it back."""
    return " ".join(
        f"{'+' if one.on else '-'}{one.acteur_id}.{one.siret}.{one.declaration}" for one in changes
    )


def read(sent: QueryDict) -> list[Wanted]:
    """The changes that are confirmed, each once.

    Raises ``GridUnreadable``, ``TooManyCells``, ``habilitations.rules.Contradiction``.
    """
    texts = _bounded(sent.get(CHANGES, "").split(), MOST_CELLS)
    parts = [_match(_CHANGE, text).groups() for text in texts]
    return settled([_wanted(int(acteur), siret, code, on=sign == "+") for sign, acteur, siret, code in parts])


def _wanted(acteur_id: int, siret: str, declaration: str, *, on: bool) -> Wanted:
    return Wanted(acteur_id=acteur_id, siret=siret, declaration=declaration, on=on)


def _shown(sent: QueryDict) -> Shown:
    rows = [_match(_ROW, text).groups() for text in _bounded(sent.get(ROWS, "").split(), MOST_ROWS)]
    columns = [_match(_CODE, text).group() for text in _bounded(sent.get(COLUMNS, "").split(), MOST_COLUMNS)]
    bits = [
        int(_match(_BITS, text).group(), 16) for text in _bounded(sent.get(BEFORE, "").split(), MOST_ROWS)
    ]
    if len(bits) != len(rows) or len(set(rows)) != len(rows) or len(set(columns)) != len(columns):
        raise GridUnreadable
    ticked = {
        (row, column) for row, one in enumerate(bits) for column in range(len(columns)) if one >> column & 1
    }
    return Shown(rows=[(int(acteur), siret) for acteur, siret in rows], columns=columns, ticked=ticked)


def _boxes(sent: QueryDict, name: str) -> Iterator[tuple[int, int]]:
    for text in _bounded(sent.getlist(name), MOST_CELLS):
        row, column = _match(_BOX, text).groups()
        yield int(row), int(column)


def _bounded(texts: list[str], most: int) -> list[str]:
    if len(texts) > most:
        raise TooManyCells(most=MOST_CELLS)
    return texts


def _match(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    found = pattern.fullmatch(text)
    if found is None:
        raise GridUnreadable
    return found
