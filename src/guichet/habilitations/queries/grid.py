"""The grid: people and their établissements in rows, declarations in columns; filtered, a page at a time.

Names of places come from the register and from portfolios, for the page alone where no filter asks.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from guichet.habilitations.queries.access import check_administrateur
from guichet.habilitations.queries.clients import declared, names_of_clients
from guichet.habilitations.queries.rows import Person, rows
from guichet.habilitations.rules import PAGE_SIZE, GridFilters, Reason, Wanted, pages_of
from guichet.habilitations.values import Cell, Column, Grid, Row
from guichet.inscriptions.models import Acteur
from guichet.inscriptions.queries import declarations, etablissements
from guichet.inscriptions.values import Inscrite

_HELD = """
SELECT h.acteur_id, h.siret, h.declaration
FROM unnest(%(acteurs)s::bigint[], %(sirets)s::text[]) AS pair(acteur_id, siret)
JOIN habilitations_habilitation h ON h.acteur_id = pair.acteur_id AND h.siret = pair.siret
WHERE h.closed_at IS NULL
"""


def grid(*, acteur: Acteur, filters: GridFilters, page: int = 1) -> Grid:
    """A page of the rights of ``acteur``'s company, 50 rows; one that does not exist is the nearest one.

    Rows are the déclarants (and whoever ``filters`` name) at the company's own ticked établissements, by
    SIRET, then at its clients', by the client's name. Raises ``NotAdministrateur``.
    """
    check_administrateur(acteur)
    columns = _columns(acteur, filters)
    chosen = rows(acteur, filters, [one.code for one in columns])
    total = chosen.total
    page, pages = pages_of(total, page)
    shown = list(chosen.between((page - 1) * PAGE_SIZE, page * PAGE_SIZE))
    say = _Sayer(acteur, columns, shown)
    return Grid(
        rows=[say.row(who, siret) for who, siret in shown],
        columns=[_column(one) for one in columns],
        total=total,
        page=page,
        pages=pages,
    )


def wanted_of(*, acteur: Acteur, filters: GridFilters, declaration: str, on: bool) -> list[Wanted]:
    """All that ``filters`` leave, on every page, of one column (``declaration``; empty: of all columns).

    Raises ``NotAdministrateur``.
    """
    check_administrateur(acteur)
    columns = [one.code for one in _columns(acteur, filters)]
    chosen = rows(acteur, filters, columns)
    codes = [code for code in columns if declaration in ("", code)]
    return [
        Wanted(acteur_id=who.pk, siret=siret, declaration=code, on=on)
        for who, siret in chosen.between(0, chosen.total)
        for code in codes
    ]


def _columns(acteur: Acteur, filters: GridFilters) -> list[Inscrite]:
    return [
        one
        for one in declarations(inscription=acteur.inscription)
        if not filters.declarations or one.code in filters.declarations
    ]


class _Sayer:
    """Puts the rows of one page into words: names, rights and clients' declarations are read once."""

    def __init__(
        self, acteur: Acteur, columns: Sequence[Inscrite], pairs: Sequence[tuple[Person, str]]
    ) -> None:
        sirets = {siret for _who, siret in pairs}
        clients = {siret for siret in sirets if not siret.startswith(acteur.inscription.siren)}
        self.columns = columns
        self.held = _held(pairs)
        self.names = _names(acteur, sirets - clients, clients)
        self.clients = clients
        self.declared = declared(acteur.inscription_id, clients) if clients else set()

    def row(self, who: Person, siret: str) -> Row:
        """Somebody at an établissement."""
        return Row(
            acteur_id=who.pk,
            name=who.name,
            declarant=who.declarant,
            siret=siret,
            place=self.names.get(siret, ""),
            cells=tuple(self._cell(who, siret, one.code) for one in self.columns),
        )

    def _cell(self, who: Person, siret: str, code: str) -> Cell:
        reason = ""
        if not who.declarant:
            reason = Reason.NOT_DECLARANT
        elif siret in self.clients and (siret[:9], code) not in self.declared:
            reason = Reason.DECLARATION_NOT_OF_CLIENT
        return Cell(held=(who.pk, siret, code) in self.held, reason=reason)


def _names(acteur: Acteur, own: set[str], clients: set[str]) -> Mapping[str, str]:
    places = etablissements(inscription=acteur.inscription, sirets=sorted(own)) if own else []
    names = {one.siret: one.name or one.address for one in places}
    return {**names, **names_of_clients(acteur.inscription_id, clients)} if clients else names


def _held(pairs: Sequence[tuple[Person, str]]) -> set[tuple[int, str, str]]:
    known: dict[str, Any] = {"acteurs": [who.pk for who, _siret in pairs]}
    known["sirets"] = [siret for _who, siret in pairs]
    with connection.cursor() as cursor:
        cursor.execute(_HELD, known)
        return set(cursor.fetchall())


def _column(one: Inscrite) -> Column:
    return Column(
        code=one.code, label=one.label, colour=one.colour, opens_at=one.opens_at, is_open=one.is_open
    )
