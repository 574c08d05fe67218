"""What the queries of requests by file give: words already, so that a template only shows them."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

from guichet.imports.states import Verdict

LONGEST_SEARCH = 60  # signs of what is looked for


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many lines, cells of each fate, rights and people; before it is applied, what it would do."""

    lignes: int = 0
    ajouts: int = 0
    suppressions: int = 0
    deja: int = 0
    impossibles: int = 0
    droits_ouverts: int = 0
    droits_fermes: int = 0
    personnes: int = 0

    @classmethod
    def of(cls, kept: Mapping[str, int]) -> "Counts":
        """Those that a request keeps."""
        return cls(**{one.name: kept.get(one.name, 0) for one in fields(cls)})


@dataclass(frozen=True, kw_only=True)
class Summary:
    """A request in a list. ``by``, ``portefeuille`` and ``label``, the declaration's, are words."""

    id: uuid.UUID
    created_at: dt.datetime
    by: str
    portefeuille_id: uuid.UUID
    portefeuille: str
    kind: str
    declaration: str
    label: str
    adds: bool
    file_name: str
    etat: str
    counts: Counts
    done: int
    total: int


@dataclass(frozen=True, kw_only=True)
class Detail(Summary):
    """A request on its page.

    ``columns_read`` and ``columns_left``: of the file, as they are named there. ``problem`` and ``remarks``:
    French sentences. ``designates``: the other portfolio that the file is named like, or empty. ``verdicts``:
    how many lines have each. ``waits_for``: the request that runs before it. ``undoes`` and ``undone_by``:
    ids.
    """

    beneficiaires: str
    columns_read: Sequence[str]
    columns_left: Sequence[str]
    problem: str
    remarks: Sequence[str]
    designates: str
    verdicts: Mapping[Verdict, int]
    validated_at: dt.datetime | None
    starts_at: dt.datetime | None
    waits_for: uuid.UUID | None
    started_at: dt.datetime | None
    ended_at: dt.datetime | None
    undoes: uuid.UUID | None
    undone_by: uuid.UUID | None
    may_take_back: bool


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of a request. ``typed``: its cells as they stood in the file; ``person`` and ``place``: names.

    ``cells``: what it asks of each declaration, in words; ``reasons``: why something is not done, and what to
    do; ``notes``: what was repaired.
    """

    numero: int
    typed: Sequence[str]
    person: str
    siret: str
    place: str
    cells: Sequence[str]
    verdict: str
    reasons: Sequence[str]
    notes: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class LineFilters:
    """Which lines are shown: those of one verdict, those in which ``search`` is found."""

    verdict: str = ""
    search: str = field(default="")

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> "LineFilters":
        """Those of an address; what can't be read counts for nothing."""
        verdict = query.get("verdict", "")
        search = " ".join(query.get("recherche", "").replace("\0", "").split())[:LONGEST_SEARCH]
        return cls(verdict=verdict if verdict in set(Verdict) else "", search=search)

    def query(self) -> list[tuple[str, str]]:
        """What an address says of them, for ``urlencode``."""
        return [
            (name, value) for name, value in (("verdict", self.verdict), ("recherche", self.search)) if value
        ]
