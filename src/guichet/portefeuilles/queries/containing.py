"""What can be done of the declarations that clients are to have, or to have no more: one statement for a dry
run, and for its application under the lock of the inscription.

A source is a SELECT of ``(cliente_id, code, given)``, each pair once.
"""

from collections.abc import Collection

from guichet.kernel.source import Source
from guichet.portefeuilles.models import Cliente, Portefeuille

# A declaration that is there is taken whatever became of its portfolio.
_JUDGED = """
), judged AS MATERIALIZED (
    SELECT w.cliente_id, w.code, w.given, d.id AS declaration_id,
        w.given AND d.id IS NOT NULL AS already,
        CASE WHEN c.id IS NULL THEN 'not_client'
             WHEN NOT w.given AND d.id IS NULL THEN 'not_there'
             WHEN NOT w.given OR d.id IS NOT NULL THEN ''
             WHEN p.id IS NULL THEN 'not_contained'
             ELSE '' END AS reason,
        c.siren, c.began_at
    FROM wanted w
    LEFT JOIN portefeuilles_cliente c
        ON c.id = w.cliente_id AND c.inscription_id = %(inscription)s AND c.closed_at IS NULL
    LEFT JOIN portefeuilles_declarationportefeuille p
        ON p.portefeuille_id = c.portefeuille_id AND p.code = w.code AND p.closed_at IS NULL
    LEFT JOIN portefeuilles_declarationcliente d
        ON d.cliente_id = c.id AND d.code = w.code AND d.closed_at IS NULL
)
"""


def judged(source: Source, then: str) -> str:
    """The statement that judges the lines of ``source`` among the clients of ``%(inscription)s``, and does
    ``then`` with what it found.

    ``judged(cliente_id, code, given, declaration_id, already, reason, siren, began_at)``; ``reason``:
    ``not_client``, ``not_contained`` (by its portfolio), ``not_there`` (of what is to go), or empty.
    """
    return "".join(("WITH wanted AS MATERIALIZED (", source.sql, _JUDGED, then))


def of(cliente: Cliente, codes: Collection[str], *, given: bool = True) -> Source:
    """Some declarations of a client."""
    return Source(
        "SELECT DISTINCT %(declared_for)s::bigint AS cliente_id, code, %(given)s::boolean AS given"
        " FROM unnest(%(codes)s::text[]) AS line(code)",
        {"declared_for": cliente.pk, "codes": _texts(codes), "given": given},
    )


def exactly(cliente: Cliente, codes: Collection[str]) -> Source:
    """What takes a client to these declarations, and no other."""
    return Source(
        "SELECT DISTINCT %(declared_for)s::bigint AS cliente_id, code, true AS given"
        " FROM unnest(%(codes)s::text[]) AS line(code)"
        " UNION ALL SELECT cliente_id, code, false FROM portefeuilles_declarationcliente"
        " WHERE cliente_id = %(declared_for)s AND closed_at IS NULL AND NOT code = ANY(%(codes)s::text[])",
        {"declared_for": cliente.pk, "codes": _texts(codes)},
    )


def everywhere(portefeuille: Portefeuille, codes: Collection[str], *, given: bool = True) -> Source:
    """Some declarations of every client of a portfolio."""
    return Source(
        "SELECT DISTINCT c.id AS cliente_id, line.code, %(given)s::boolean AS given"
        " FROM portefeuilles_cliente c CROSS JOIN unnest(%(codes)s::text[]) AS line(code)"
        " WHERE c.portefeuille_id = %(declared_in)s AND c.closed_at IS NULL",
        {"declared_in": portefeuille.pk, "codes": _texts(codes), "given": given},
    )


def _texts(codes: Collection[str]) -> list[str]:
    return [code.replace("\0", "") for code in codes]
