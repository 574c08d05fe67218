"""What takes a change back in this room, line by line, where nobody changed the line since: one statement for
a preview, and for its application under the lock of the inscription.

A row that the change opened is to close; one that it closed is to be there again, as it was. What rooms above
hold, and must stay as somebody gave it since, is a source of ``(siret, code)`` (``kept``): neither the
établissement nor the declaration of its client goes then.
"""

from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext

from guichet.inscriptions import catalogue
from guichet.inscriptions.models import Changement
from guichet.kernel.source import Source
from guichet.portefeuilles.rules import ECARTS, Ecart
from guichet.portefeuilles.values import Left

NOTHING_KEPT = Source("SELECT ''::text AS siret, ''::text AS code WHERE false")

# A client that came goes where all that it has came with it; else it stays whole.
_OUT = """
), clientes_out AS MATERIALIZED (
    SELECT c.id, c.siren, c.portefeuille_id,
        CASE WHEN c.closed_at IS NOT NULL OR EXISTS (
                SELECT FROM portefeuilles_etablissementclient e
                WHERE e.cliente_id = c.id AND e.closed_at IS NULL
                    AND (e.opened_in_id <> %(undone)s OR e.siret IN (SELECT siret FROM kept))
             ) OR EXISTS (
                SELECT FROM portefeuilles_declarationcliente d
                WHERE d.cliente_id = c.id AND d.closed_at IS NULL AND d.opened_in_id <> %(undone)s
             ) THEN 'changed_since'
             ELSE '' END AS reason
    FROM portefeuilles_cliente c WHERE c.opened_in_id = %(undone)s
), kept_codes AS MATERIALIZED (
    SELECT DISTINCT e.cliente_id, k.code FROM kept k
    JOIN portefeuilles_etablissementclient e ON e.siret = k.siret AND e.closed_at IS NULL
)"""

# What portfolios contained, and clients that went: there again? A client comes back with an établissement.
# A « twin » is what the change opened in the place of what it closed: either both are taken back, or neither.
_BACK = """
, containers_back AS MATERIALIZED (
    SELECT d.id, d.portefeuille_id, d.code,
        CASE WHEN p.closed_at IS NOT NULL THEN 'portefeuille_closed'
             WHEN EXISTS (
                SELECT FROM portefeuilles_declarationportefeuille l
                WHERE l.portefeuille_id = d.portefeuille_id AND l.code = d.code
                    AND l.opened_at >= d.closed_at
                    AND (l.opened_in_id <> %(undone)s OR l.closed_at IS NOT NULL)
             ) THEN 'changed_since'
             WHEN NOT EXISTS (
                SELECT FROM inscriptions_declarationinscrite i
                WHERE i.inscription_id = p.inscription_id AND i.code = d.code AND i.removed_at IS NULL
             ) THEN 'declaration_not_chosen'
             ELSE '' END AS reason
    FROM portefeuilles_declarationportefeuille d
    JOIN portefeuilles_portefeuille p ON p.id = d.portefeuille_id
    WHERE d.closed_in_id = %(undone)s
), ended AS MATERIALIZED (
    SELECT DISTINCT c.siren FROM habilitations_changement ch
    JOIN inscriptions_inscription mine ON mine.id = ch.inscription_id
    JOIN inscriptions_inscription i ON i.siren = mine.siren
    JOIN portefeuilles_cliente c ON c.inscription_id = i.id
    WHERE ch.id = %(undone)s AND c.closed_because = 'client' AND c.let_back_at IS NULL
), clientes_back AS MATERIALIZED (
    SELECT c.id, c.siren, c.portefeuille_id,
        CASE WHEN p.closed_at IS NOT NULL THEN 'portefeuille_closed'
             WHEN ended.siren IS NOT NULL THEN 'ended_by_client'
             WHEN twin.reason <> '' OR EXISTS (
                SELECT FROM portefeuilles_cliente l
                WHERE l.siren = c.siren AND l.inscription_id = c.inscription_id
                    AND l.opened_at >= c.closed_at AND l.opened_in_id <> %(undone)s
             ) OR c.id NOT IN (
                SELECT e.cliente_id FROM portefeuilles_etablissementclient e WHERE e.closed_in_id = %(undone)s
             ) THEN 'changed_since'
             ELSE '' END AS reason
    FROM portefeuilles_cliente c
    JOIN portefeuilles_portefeuille p ON p.id = c.portefeuille_id
    LEFT JOIN ended ON ended.siren = c.siren
    LEFT JOIN clientes_out twin ON twin.siren = c.siren
    WHERE c.closed_in_id = %(undone)s
)"""

_PLACES = """
, places_out AS MATERIALIZED (
    SELECT e.id, e.cliente_id, e.siret,
        CASE WHEN e.closed_at IS NOT NULL THEN 'changed_since'
             WHEN o.id IS NOT NULL THEN o.reason
             WHEN e.siret IN (SELECT siret FROM kept) THEN 'changed_since'
             ELSE '' END AS reason
    FROM portefeuilles_etablissementclient e LEFT JOIN clientes_out o ON o.id = e.cliente_id
    WHERE e.opened_in_id = %(undone)s
), places_back AS MATERIALIZED (
    SELECT e.id, e.cliente_id, e.siret,
        CASE WHEN b.id IS NOT NULL THEN b.reason
             WHEN c.closed_at IS NOT NULL OR twin.reason <> '' OR EXISTS (
                SELECT FROM portefeuilles_etablissementclient l
                WHERE l.cliente_id = e.cliente_id AND l.siret = e.siret
                    AND l.opened_at >= e.closed_at AND l.opened_in_id <> %(undone)s
             ) THEN 'changed_since'
             ELSE '' END AS reason
    FROM portefeuilles_etablissementclient e
    JOIN portefeuilles_cliente c ON c.id = e.cliente_id
    LEFT JOIN clientes_back b ON b.id = e.cliente_id
    LEFT JOIN places_out twin ON twin.cliente_id = e.cliente_id AND twin.siret = e.siret
    WHERE e.closed_in_id = %(undone)s
)"""

_DECLARED = """
, declared_out AS MATERIALIZED (
    SELECT d.id, d.cliente_id, d.code,
        CASE WHEN d.closed_at IS NOT NULL THEN 'changed_since'
             WHEN o.id IS NOT NULL THEN o.reason
             WHEN k.code IS NOT NULL THEN 'changed_since'
             ELSE '' END AS reason
    FROM portefeuilles_declarationcliente d
    LEFT JOIN clientes_out o ON o.id = d.cliente_id
    LEFT JOIN kept_codes k ON k.cliente_id = d.cliente_id AND k.code = d.code
    WHERE d.opened_in_id = %(undone)s
), declared_back AS MATERIALIZED (
    SELECT d.id, d.cliente_id, d.code, c.portefeuille_id,
        CASE WHEN b.reason <> '' THEN b.reason
             WHEN b.id IS NULL AND c.closed_at IS NOT NULL OR twin.reason <> '' OR EXISTS (
                SELECT FROM portefeuilles_declarationcliente l
                WHERE l.cliente_id = d.cliente_id AND l.code = d.code
                    AND l.opened_at >= d.closed_at AND l.opened_in_id <> %(undone)s
             ) THEN 'changed_since'
             WHEN p.id IS NULL AND coalesce(r.reason, 'x') <> '' THEN 'not_contained'
             ELSE '' END AS reason
    FROM portefeuilles_declarationcliente d
    JOIN portefeuilles_cliente c ON c.id = d.cliente_id
    LEFT JOIN clientes_back b ON b.id = d.cliente_id
    LEFT JOIN declared_out twin ON twin.cliente_id = d.cliente_id AND twin.code = d.code
    LEFT JOIN portefeuilles_declarationportefeuille p
        ON p.portefeuille_id = c.portefeuille_id AND p.code = d.code AND p.closed_at IS NULL
    LEFT JOIN containers_back r ON r.portefeuille_id = c.portefeuille_id AND r.code = d.code
    WHERE d.closed_in_id = %(undone)s
)"""

# A portfolio goes on containing what one of its clients will still have.
_CONTAINERS_OUT = """
, containers_out AS MATERIALIZED (
    SELECT d.id, d.portefeuille_id, d.code,
        CASE WHEN d.closed_at IS NOT NULL THEN 'changed_since'
             WHEN twin.reason = '' THEN ''
             WHEN EXISTS (
                SELECT FROM portefeuilles_cliente c
                JOIN portefeuilles_declarationcliente h
                    ON h.cliente_id = c.id AND h.code = d.code AND h.closed_at IS NULL
                LEFT JOIN declared_out g ON g.id = h.id AND g.reason = ''
                WHERE c.portefeuille_id = d.portefeuille_id AND c.closed_at IS NULL AND g.id IS NULL
             ) OR EXISTS (
                SELECT FROM declared_back g
                WHERE g.reason = '' AND g.code = d.code AND g.portefeuille_id = d.portefeuille_id
             ) THEN 'still_declared'
             ELSE '' END AS reason
    FROM portefeuilles_declarationportefeuille d
    LEFT JOIN containers_back twin ON twin.portefeuille_id = d.portefeuille_id AND twin.code = d.code
    WHERE d.opened_in_id = %(undone)s
)"""

# All of it: which table, the row, whether it is to be there again, why not.
_LINES = """
, lines AS MATERIALIZED (
    SELECT 'contained' AS kind, id, true AS back, reason, '' AS siren, '' AS siret, code
    FROM containers_back
    UNION ALL SELECT 'contained', id, false, reason, '', '', code FROM containers_out
    UNION ALL SELECT 'cliente', id, true, reason, siren, '', '' FROM clientes_back
    UNION ALL SELECT 'cliente', id, false, reason, siren, '', '' FROM clientes_out
    UNION ALL SELECT 'etablissement', id, true, reason, left(siret, 9), siret, '' FROM places_back
    UNION ALL SELECT 'etablissement', id, false, reason, left(siret, 9), siret, '' FROM places_out
    UNION ALL
    SELECT 'declaration', g.id, true, g.reason, c.siren, '', g.code
    FROM declared_back g JOIN portefeuilles_cliente c ON c.id = g.cliente_id
    UNION ALL
    SELECT 'declaration', g.id, false, g.reason, c.siren, '', g.code
    FROM declared_out g JOIN portefeuilles_cliente c ON c.id = g.cliente_id
)
"""

# Whether a change is of many rows.
_MANY = """
SELECT count(*) >= %(many)s FROM (
    SELECT FROM portefeuilles_etablissementclient WHERE opened_in_id = %(undone)s
    UNION ALL SELECT FROM portefeuilles_etablissementclient WHERE closed_in_id = %(undone)s
    UNION ALL SELECT FROM portefeuilles_declarationcliente WHERE opened_in_id = %(undone)s
    UNION ALL SELECT FROM portefeuilles_declarationcliente WHERE closed_in_id = %(undone)s
    LIMIT %(many)s
) lines
"""

_SET = "SELECT set_config('enable_nestloop', %s, true)"
MANY = 2_000  # rows of a change: from here on, parts are joined by hashes

_REFUSED = """
SELECT siren, siret, code, reason FROM lines WHERE reason <> '' ORDER BY siren, siret, code, kind
"""


def reverted(kept: Source, then: str) -> str:
    """The statement that judges what takes the change ``%(undone)s`` back, and does ``then`` with what it
    found; ``kept``: what must stay (``NOTHING_KEPT``).

    ``lines(kind, id, back, reason, siren, siret, code)``: ``kind`` is ``contained``, ``cliente``,
    ``etablissement`` or ``declaration``, ``id`` the row that the change opened, or closed (``back``: it is to
    be there again), ``reason`` a code of ``rules.Ecart``, or empty. ``siren`` is empty for what a portfolio
    contains, ``siret`` and ``code`` but where there is one.
    """
    return "".join(
        (
            *("WITH kept AS MATERIALIZED (", kept.sql, _OUT, _BACK),
            *(_PLACES, _DECLARED, _CONTAINERS_OUT, _LINES, then),
        )
    )


def refused(changement: Changement, kept: Source = NOTHING_KEPT) -> list[Left]:
    """The lines of a change that would not be taken back now, each with its reason."""
    return [_left(*row) for row in judged(changement, kept, _REFUSED)]


@transaction.atomic
def judged(changement: Changement, kept: Source, then: str) -> list[tuple[Any, ...]]:
    """The rows of ``reverted``. Of many lines, no part is compared with another line by line: the planner has
    statistics of neither, takes each for one row, and 50,000 lines took hours."""
    known = {**kept.params, "undone": changement.pk}
    with connection.cursor() as cursor:
        cursor.execute(_MANY, {**known, "many": MANY})
        (many,) = cursor.fetchone()
        cursor.execute("SELECT current_setting('enable_nestloop')")
        (before,) = cursor.fetchone()
        cursor.execute(_SET, ["off" if many else before])
        cursor.execute(reverted(kept, then), known)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        cursor.execute(_SET, [before])
    return rows


def _left(siren: str, siret: str, code: str, reason: str) -> Left:
    sentence = ECARTS[Ecart(reason)]
    return Left(
        siren=siren,
        siret=siret,
        code=code,
        label=catalogue.label(code) if code else "",
        reason=reason,
        what=gettext(sentence.what),
        remedy=gettext(sentence.remedy),
    )
