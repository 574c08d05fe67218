"""Where somebody may file a declaration now: the places of their company and of its clients, looked for.

A few at a time: nobody's thousands of places are read to show some.

Whatever it finds, ``may_file`` alone says yes.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection

from guichet.entreprises import queries as entreprises
from guichet.entreprises.rules import Etablissement
from guichet.habilitations.queries.clients import words_of
from guichet.inscriptions.models import Acteur
from guichet.inscriptions.queries import name_of_company
from guichet.kernel import clock

# The parts put together here are constants of this module. An own place is found by its SIRET, by its
# company's name, and by what the register calls it; a client's by its SIRET and the client's name.
_OWN = """
    SELECT h.siret, '' AS client, '' AS sort_key, e.closed_at IS NOT NULL AS closed
    FROM habilitations_habilitation h
    JOIN inscriptions_etablissementinscrit e
        ON e.inscription_id = %(inscription)s AND e.siret = h.siret AND e.ticked_at IS NOT NULL
    WHERE h.acteur_id = %(acteur)s AND h.declaration = {declaration} AND h.closed_at IS NULL
"""
_CLIENTS = """
    SELECT h.siret, k.name AS client, k.sort_key, false AS closed
    FROM habilitations_habilitation h
    JOIN portefeuilles_cliente k
        ON k.inscription_id = %(inscription)s AND k.siren = left(h.siret, 9) AND k.closed_at IS NULL
    JOIN portefeuilles_etablissementclient p
        ON p.cliente_id = k.id AND p.siret = h.siret AND p.closed_at IS NULL
    JOIN portefeuilles_declarationcliente m
        ON m.cliente_id = k.id AND m.code = h.declaration AND m.closed_at IS NULL
    WHERE h.acteur_id = %(acteur)s AND h.declaration = {declaration} AND h.closed_at IS NULL
        AND m.starts_at <= %(now)s
"""
_CALLED = """ upper(sirene.search_key(concat_ws(' ', %(company)s::text, (
        SELECT concat_ws(' ', s."enseigne1Etablissement", s."denominationUsuelleEtablissement",
            s."libelleCommuneEtablissement") FROM sirene.etablissement s WHERE s.siret = h.siret
    ))))"""
_FOUND = """
        AND (%(siret)s = '' OR h.siret = %(siret)s)
        AND NOT EXISTS (
            SELECT FROM unnest(%(words)s::text[]) word
            WHERE NOT starts_with(h.siret, word) AND strpos({called}, word) = 0
        )
"""
_ONE = "%(declaration)s"
_SOUGHT = "".join(
    (
        "SELECT siret, client, closed FROM (",
        _OWN.format(declaration=_ONE) + _FOUND.format(called=_CALLED),
        "UNION ALL",
        _CLIENTS.format(declaration=_ONE) + _FOUND.format(called="k.sort_key"),
        ") place ORDER BY client <> '', sort_key, siret LIMIT %(most)s",
    )
)
# Stops at the first ones, whichever they are.
_MORE = "".join(
    (
        "SELECT count(*) FROM (",
        _OWN.format(declaration=_ONE),
        "UNION ALL",
        _CLIENTS.format(declaration=_ONE),
        "LIMIT %(most)s) place",
    )
)
_SOMEWHERE = "".join(
    (
        "SELECT one.code FROM unnest(%(codes)s::text[]) AS one(code) CROSS JOIN LATERAL (",
        _OWN.format(declaration="one.code"),
        "UNION ALL",
        _CLIENTS.format(declaration="one.code"),
        "LIMIT 1) place",
    )
)


@dataclass(frozen=True, kw_only=True)
class FilingPlace:
    """``client``: the name of the client whose place it is, empty for the company's own. ``name`` and
    ``address``: the register's, today; ``closed``: nothing forbids a last declaration."""

    siret: str
    client: str
    name: str
    address: str
    closed: bool


def places_to_file(
    *, acteur: Acteur, declaration: str, search: str = "", siret: str = "", most: int
) -> list[FilingPlace]:
    """Where ``acteur`` may file ``declaration``, ``most`` at most: their company's own first, then clients'.

    By name and SIRET.

    ``search``: the beginning of a SIRET, or words of the names; ``siret``: that place alone.
    """
    words = words_of(search)
    if search and not words:  # signs alone
        return []
    known = {
        **_known(acteur),
        "declaration": declaration.replace("\0", ""),
        "siret": siret.replace("\0", ""),
        "words": words,
        "company": name_of_company(acteur.inscription) if search else "",
        "most": most,
    }
    rows = _rows(_SOUGHT, known)
    register = entreprises.etablissements_of(sirets=[siret for siret, *_rest in rows])
    return [_place(row, register.get(row[0])) for row in rows]


def are_more(*, acteur: Acteur, declaration: str, than: int) -> bool:
    """Whether ``acteur`` may file ``declaration`` for more places ``than`` that."""
    known = {**_known(acteur), "declaration": declaration.replace("\0", ""), "most": than + 1}
    ((number,),) = _rows(_MORE, known)
    return bool(number > than)


def filed_somewhere(*, acteur: Acteur, codes: Collection[str]) -> set[str]:
    """Those of the declarations ``codes`` that ``acteur`` may file for at least one place."""
    return {code for (code,) in _rows(_SOMEWHERE, {**_known(acteur), "codes": list(codes)})}


def _known(acteur: Acteur) -> dict[str, Any]:
    return {"acteur": acteur.pk, "inscription": acteur.inscription_id, "now": clock.now()}


def _rows(sql: str, known: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, known)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _place(row: tuple[Any, ...], known: Etablissement | None) -> FilingPlace:
    siret, client, closed = row
    lines = (*known.address, f"{known.postcode} {known.city}".strip(), known.country) if known else ()
    return FilingPlace(
        siret=siret,
        client=client,
        name=known.name if known else "",
        address=", ".join(line for line in lines if line),
        closed=closed or bool(known and known.is_closed),
    )
