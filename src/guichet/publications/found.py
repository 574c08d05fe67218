"""What the public search hands over: plain data, with nothing that the law withholds."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from guichet.entreprises.rules import UniteLegale
from guichet.publications.models import Publication
from guichet.publications.states import State
from guichet.publications.territories import DEPARTMENTS, Department, department


@dataclass(frozen=True, kw_only=True)
class Line:
    """A publication in force, as lists show it. ``postcode`` and ``rna`` are empty where withheld."""

    id: int
    siren: str
    rna: str
    name: str
    search_key: str
    category_code: str
    postcode: str
    city: str
    department: Department
    label: str
    closing_date: dt.date
    version: int
    filed_on: dt.date
    published_at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Facet:
    """A way to narrow the list: how many of its lines have this value."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Results:
    """A page of the list. ``capped``: there are more than ``total``, which is all that one may page through.

    ``approximate``: no name holds the words as typed, and these hold words alike. ``facets`` are those of
    what was found, by ``departement`` and ``annee``; the one that is chosen already is left out.
    """

    lines: Sequence[Line]
    total: int
    capped: bool
    approximate: bool
    facets: dict[str, Sequence[Facet]]
    page: int
    pages: int


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """What one téléprocédure published for one closing date, the newest version first."""

    closing_date: dt.date
    versions: Sequence[Publication]

    @property
    def in_force(self) -> Publication | None:
        """The version that counts; None where it was withdrawn."""
        return next((one for one in self.versions if one.state == State.EN_VIGUEUR), None)

    @property
    def newest(self) -> Publication:
        """The last version, withdrawn or not."""
        return self.versions[0]


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """An association with what it published. ``name``: today's; ``former_names``: others that it filed under.

    ``unite`` is what the register says today, masked; None where it says nothing.
    """

    siren: str
    name: str
    former_names: Sequence[str]
    rna: str
    city: str
    unite: UniteLegale | None
    exercises: Sequence[Exercise]
    changed_at: dt.datetime

    def exercise(self, date: dt.date) -> Exercise | None:
        """The one that the address of ``date`` names: what was published there first, and its versions."""
        there = [one for one in self.exercises if one.closing_date == date]
        return min(there, key=lambda one: min(row.pk for row in one.versions), default=None)


def line(row: tuple[object, ...], withheld: frozenset[str]) -> Line:
    """A row of ``COLUMNS`` as a line; ``withheld``: the SIRENs of those that refuse diffusion."""
    values = dict(zip(COLUMNS, row, strict=True))
    values["department"] = department(str(values["department"]))
    if values["siren"] in withheld:
        values |= {"rna": "", "postcode": ""}
    return Line(**values)  # type: ignore[arg-type]  # the names are the columns', the types the database's


COLUMNS = tuple(Line.__dataclass_fields__)


def department_facets(counts: Sequence[tuple[str, int]]) -> list[Facet]:
    """Those departments that have a name, the most frequent first."""
    known = [(code, count) for code, count in counts if code in DEPARTMENTS and count > 0]
    known.sort(key=lambda one: (-one[1], one[0]))
    return [Facet(value=code, label=f"{DEPARTMENTS[code].label} ({code})", count=n) for code, n in known]


def year_facets(counts: Sequence[tuple[int, int]]) -> list[Facet]:
    """The years, the newest first."""
    return [Facet(value=str(year), label=str(year), count=n) for year, n in sorted(counts)[::-1] if n > 0]
