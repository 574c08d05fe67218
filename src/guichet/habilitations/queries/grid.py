"""The grid: people and their établissements in rows, declarations in columns; filtered, a page at a time.

Rows are the product of people and places, each in their order, and are never made but for the page: a row is
its number in that product. Names of places come from the register, for the page's alone where no filter asks.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from guichet.habilitations.queries.access import check_administrateur
from guichet.habilitations.rules import PAGE_SIZE, GridFilters, Reason, Wanted, finds, fold, pages_of
from guichet.habilitations.values import Cell, Column, Grid, Row
from guichet.inscriptions.models import Acteur, EtablissementInscrit
from guichet.inscriptions.queries import declarations, etablissements
from guichet.inscriptions.queries.people import acting
from guichet.inscriptions.values import Inscrite

_HELD = """
SELECT h.acteur_id, h.siret, h.declaration
FROM unnest(%(acteurs)s::bigint[], %(sirets)s::text[]) AS pair(acteur_id, siret)
JOIN habilitations_habilitation h ON h.acteur_id = pair.acteur_id AND h.siret = pair.siret
WHERE h.closed_at IS NULL
"""

_BY_RIGHTS = """
SELECT (who.number - 1) * cardinality(%(sirets)s::text[]) + place.number - 1 AS number
FROM unnest(%(acteurs)s::bigint[]) WITH ORDINALITY AS who(acteur_id, number)
CROSS JOIN unnest(%(sirets)s::text[]) WITH ORDINALITY AS place(siret, number)
LEFT JOIN (
    SELECT DISTINCT acteur_id, siret FROM habilitations_habilitation
    WHERE acteur_id = ANY(%(acteurs)s::bigint[]) AND siret = ANY(%(sirets)s::text[])
        AND declaration = ANY(%(codes)s::text[]) AND closed_at IS NULL
) held USING (acteur_id, siret)
WHERE (held.siret IS NOT NULL) = %(held)s
ORDER BY number
"""


@dataclass(frozen=True)
class _Person:
    pk: int
    declarant: bool
    name: str


@dataclass(frozen=True)
class _Chosen:
    """What the filters leave of a company, in its order; ``numbers``: of its rows."""

    people: Sequence[_Person]
    sirets: Sequence[str]
    columns: Sequence[Inscrite]
    numbers: Sequence[int]

    def pairs(self, numbers: Sequence[int]) -> Iterator[tuple[_Person, str]]:
        """The rows of these numbers."""
        for number in numbers:
            who, place = divmod(number, len(self.sirets))
            yield self.people[who], self.sirets[place]


def grid(*, acteur: Acteur, filters: GridFilters, page: int = 1) -> Grid:
    """A page of the rights of ``acteur``'s company, 50 rows; one that does not exist is the nearest one.

    Rows are the déclarants (and whoever ``filters`` name) at the ticked établissements, by name and SIRET.
    Raises ``NotAdministrateur``.
    """
    check_administrateur(acteur)
    chosen = _chosen(acteur, filters)
    page, pages = pages_of(len(chosen.numbers), page)
    shown = list(chosen.pairs(chosen.numbers[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]))
    held, names = _held(shown), _names(acteur, {siret for _who, siret in shown})
    return Grid(
        rows=[_row(who, siret, names[siret], chosen.columns, held) for who, siret in shown],
        columns=[_column(one) for one in chosen.columns],
        total=len(chosen.numbers),
        page=page,
        pages=pages,
    )


def wanted_of(*, acteur: Acteur, filters: GridFilters, declaration: str, on: bool) -> list[Wanted]:
    """All that ``filters`` leave, on every page, of one column (``declaration``; empty: of all columns).

    Raises ``NotAdministrateur``.
    """
    check_administrateur(acteur)
    chosen = _chosen(acteur, filters)
    codes = [one.code for one in chosen.columns if declaration in ("", one.code)]
    return [
        Wanted(acteur_id=who.pk, siret=siret, declaration=code, on=on)
        for who, siret in chosen.pairs(chosen.numbers)
        for code in codes
    ]


def _chosen(acteur: Acteur, filters: GridFilters) -> _Chosen:
    columns = [
        one
        for one in declarations(inscription=acteur.inscription)
        if not filters.declarations or one.code in filters.declarations
    ]
    people, sirets = _people(acteur, filters), _sirets(acteur, filters)
    numbers: Sequence[int] = range(len(people) * len(sirets))
    if filters.droits:
        numbers = _by_rights(people, sirets, columns, filters)
    return _Chosen(people, sirets, columns, numbers)


def _people(acteur: Acteur, filters: GridFilters) -> list[_Person]:
    rows = acting(acteur.inscription_id)
    rows = rows.filter(pk__in=filters.personnes) if filters.personnes else rows.filter(declarant=True)
    found = rows.values_list("pk", "declarant", "account__profile__name")
    people = [_Person(pk, declarant, str(name or "")) for pk, declarant, name in found]
    return sorted(people, key=lambda one: (fold(one.name), one.pk))


def _sirets(acteur: Acteur, filters: GridFilters) -> list[str]:
    if filters.etablissement:
        text, places = filters.etablissement, etablissements(inscription=acteur.inscription)
        return sorted(
            one.siret for one in places if one.ticked and finds(text, one.siret, one.name, one.address)
        )
    ticked = EtablissementInscrit.objects.filter(inscription=acteur.inscription_id, ticked_at__isnull=False)
    return sorted(ticked.values_list("siret", flat=True))


def _by_rights(
    people: Sequence[_Person], sirets: Sequence[str], columns: Sequence[Inscrite], filters: GridFilters
) -> list[int]:
    known: dict[str, Any] = {
        "acteurs": [one.pk for one in people],
        "sirets": list(sirets),
        "codes": [one.code for one in columns],
        "held": filters.droits == "avec",
    }
    with connection.cursor() as cursor:
        cursor.execute(_BY_RIGHTS, known)
        return [number for (number,) in cursor.fetchall()]


def _names(acteur: Acteur, sirets: set[str]) -> Mapping[str, str]:
    places = etablissements(inscription=acteur.inscription, sirets=sorted(sirets))
    return {one.siret: one.name or one.address for one in places}


def _held(pairs: Sequence[tuple[_Person, str]]) -> set[tuple[int, str, str]]:
    known: dict[str, Any] = {"acteurs": [who.pk for who, _siret in pairs]}
    known["sirets"] = [siret for _who, siret in pairs]
    with connection.cursor() as cursor:
        cursor.execute(_HELD, known)
        return set(cursor.fetchall())


def _row(
    who: _Person, siret: str, place: str, columns: Sequence[Inscrite], held: set[tuple[int, str, str]]
) -> Row:
    reason = "" if who.declarant else Reason.NOT_DECLARANT
    return Row(
        acteur_id=who.pk,
        name=who.name,
        declarant=who.declarant,
        siret=siret,
        place=place,
        cells=tuple(Cell(held=(who.pk, siret, one.code) in held, reason=reason) for one in columns),
    )


def _column(one: Inscrite) -> Column:
    return Column(
        code=one.code, label=one.label, colour=one.colour, opens_at=one.opens_at, is_open=one.is_open
    )
