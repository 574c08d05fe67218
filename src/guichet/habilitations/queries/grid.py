"""The grid: people and their établissements in rows, declarations in columns; filtered, a page at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from guichet.habilitations.models import Habilitation
from guichet.habilitations.queries.access import check_administrateur
from guichet.habilitations.rules import PAGE_SIZE, GridFilters, Reason, Wanted, finds, fold, pages_of
from guichet.habilitations.values import Cell, Column, Grid, Row
from guichet.inscriptions.models import Acteur
from guichet.inscriptions.queries import declarations, etablissements, people
from guichet.inscriptions.values import Inscrite, Place, Somebody

_HELD = """
SELECT h.acteur_id, h.siret, h.declaration
FROM unnest(%(acteurs)s::bigint[], %(sirets)s::text[]) AS pair(acteur_id, siret)
JOIN habilitations_habilitation h ON h.acteur_id = pair.acteur_id AND h.siret = pair.siret
WHERE h.closed_at IS NULL
"""


@dataclass(frozen=True)
class _Chosen:
    """What the filters leave of a company; ``pairs``: the rows, in their order."""

    pairs: list[tuple[Somebody, Place]]
    columns: list[Inscrite]


def grid(*, acteur: Acteur, filters: GridFilters, page: int = 1) -> Grid:
    """A page of the rights of ``acteur``'s company, 50 rows; one that does not exist is the nearest one.

    Rows are the déclarants (and whoever ``filters`` name) at the ticked établissements, by name and SIRET.
    Raises ``NotAdministrateur``.
    """
    check_administrateur(acteur)
    chosen = _chosen(acteur, filters)
    page, pages = pages_of(len(chosen.pairs), page)
    shown = chosen.pairs[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    held = _held(shown)
    return Grid(
        rows=[_row(who, place, chosen.columns, held) for who, place in shown],
        columns=[_column(one) for one in chosen.columns],
        total=len(chosen.pairs),
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
        Wanted(acteur_id=who.acteur.pk, siret=place.siret, declaration=code, on=on)
        for who, place in chosen.pairs
        for code in codes
    ]


def _chosen(acteur: Acteur, filters: GridFilters) -> _Chosen:
    columns = [
        one
        for one in declarations(inscription=acteur.inscription)
        if not filters.declarations or one.code in filters.declarations
    ]
    places = [
        one
        for one in etablissements(inscription=acteur.inscription)
        if one.ticked and finds(filters.etablissement, one.siret, one.name, one.address)
    ]
    rows = [one for one in people(acteur=acteur) if _is_row(one, filters)]
    rows.sort(key=lambda one: (fold(one.name), one.acteur.pk))
    places.sort(key=lambda one: one.siret)
    pairs = [(who, place) for who in rows for place in places]
    return _Chosen(_by_rights(pairs, columns, filters, acteur), columns)


def _is_row(one: Somebody, filters: GridFilters) -> bool:
    return one.acteur.pk in filters.personnes if filters.personnes else one.acteur.declarant


def _by_rights(
    pairs: list[tuple[Somebody, Place]], columns: list[Inscrite], filters: GridFilters, acteur: Acteur
) -> list[tuple[Somebody, Place]]:
    if not filters.droits:
        return pairs
    rights = Habilitation.objects.filter(
        acteur__inscription=acteur.inscription_id,
        closed_at=None,
        declaration__in=[one.code for one in columns],
    )
    having = set(rights.values_list("acteur_id", "siret").distinct())
    wanted = filters.droits == "avec"
    return [pair for pair in pairs if ((pair[0].acteur.pk, pair[1].siret) in having) is wanted]


def _held(pairs: Iterable[tuple[Somebody, Place]]) -> set[tuple[int, str, str]]:
    known: dict[str, Any] = {
        "acteurs": [who.acteur.pk for who, _place in pairs],
        "sirets": [place.siret for _who, place in pairs],
    }
    with connection.cursor() as cursor:
        cursor.execute(_HELD, known)
        return set(cursor.fetchall())


def _row(who: Somebody, place: Place, columns: list[Inscrite], held: set[tuple[int, str, str]]) -> Row:
    reason = "" if who.acteur.declarant else Reason.NOT_DECLARANT
    cells = (Cell(held=(who.acteur.pk, place.siret, one.code) in held, reason=reason) for one in columns)
    return Row(
        acteur_id=who.acteur.pk,
        name=who.name,
        declarant=who.acteur.declarant,
        siret=place.siret,
        place=place.name or place.address,
        cells=tuple(cells),
    )


def _column(one: Inscrite) -> Column:
    return Column(
        code=one.code, label=one.label, colour=one.colour, opens_at=one.opens_at, is_open=one.is_open
    )
