"""What the queries of rights give: words already, so that a template only shows them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Whether somebody may file, and why (not): a code of ``rules.Reason``, and a French sentence that says
    what to do and whom to ask.

    ``since`` and ``given_by`` (a name): of the right, where there is one. ``opens_at``: the declaration's.
    ``right_id``: the right's row.
    """

    ok: bool
    reason: str
    sentence: str
    since: dt.datetime | None = None
    given_by: str = ""
    opens_at: dt.datetime | None = None
    right_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A line of a change. ``reason`` and ``sentence``: why it can't be done, else empty."""

    acteur_id: int
    name: str
    siret: str
    place: str
    declaration: str
    label: str
    reason: str = ""
    sentence: str = ""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a change would do: rights given, rights taken, lines that are so already, and impossible ones."""

    additions: Sequence[Planned]
    removals: Sequence[Planned]
    already: Sequence[Planned]
    impossible: Sequence[Planned]


@dataclass(frozen=True, kw_only=True)
class Column:
    """A declaration of the grid."""

    code: str
    label: str
    colour: str
    opens_at: dt.datetime
    is_open: bool


@dataclass(frozen=True, kw_only=True)
class Cell:
    """Whether a right is held; ``reason``: why it can't be given (a code of ``rules.Reason``), else empty."""

    held: bool
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """Somebody at an établissement; the cells stand in the order of the columns."""

    acteur_id: int
    name: str
    declarant: bool
    siret: str
    place: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A page of the grid, out of ``total`` rows."""

    rows: Sequence[Row]
    columns: Sequence[Column]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, kw_only=True)
class Right:
    """A right, held from ``since`` to ``until`` (``None``: still). ``origine``: what gave it.

    ``opens_at``: when its declaration opens, where that is to come; ``None``: it counts already.
    """

    acteur_id: int
    name: str
    siret: str
    place: str
    declaration: str
    label: str
    since: dt.datetime
    until: dt.datetime | None
    given_by: str
    ended_by: str
    origine: str
    opens_at: dt.datetime | None


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Somebody who could file at a moment."""

    acteur_id: int
    name: str
    since: dt.datetime
    until: dt.datetime | None
    given_by: str


@dataclass(frozen=True, kw_only=True)
class Change:
    """A change of rights. ``undone_at``: when it was taken back; ``undoes``: the change that it took back."""

    id: int
    at: dt.datetime
    by: str
    origine: str
    opened: int
    closed: int
    undoable: bool
    undone_at: dt.datetime | None
    undoes: int | None


@dataclass(frozen=True, kw_only=True)
class Page(Generic[T]):
    """A page of lines, out of ``total``."""

    lines: Sequence[T]
    total: int
    page: int
    pages: int


Names = Mapping[str, str]
