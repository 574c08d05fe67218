"""What a question about a right needs to know: one query, now or at a moment that is past."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import connection

from guichet.kernel import clock

_COLUMNS = """
SELECT a.inscription_id, a.began_at, a.administrateur, a.declarant, d.opens_at, e.id, e.ticked_at,
    e.closed_at, h.id, h.opened_at, c.by, g.espace, g.profile ->> 'name', k.name, k.starts_at, k.closed,
"""

# Read where somebody may not file, and is to be told whom to turn to; else PostgreSQL leaves it alone.
_WHOM_TO_ASK = """
    CASE WHEN NOT a.administrateur
        AND (h.id IS NULL OR NOT a.declarant OR d.id IS NULL OR e.ticked_at IS NULL AND k.starts_at IS NULL)
    THEN ARRAY(
        SELECT p.profile ->> 'name'
        FROM inscriptions_acteur o JOIN accounts_account p ON p.id = o.account_id
        WHERE o.inscription_id = a.inscription_id AND o.administrateur AND o.ended_at IS NULL
    ) END
"""
_NOBODY_TO_ASK = "NULL"
_FROM = " FROM inscriptions_acteur a"

_GIVER = """
LEFT JOIN habilitations_changement c ON c.id = h.opened_in_id
LEFT JOIN accounts_account g ON g.id = CASE WHEN c.by LIKE 'account:%%' THEN substr(c.by, 9)::uuid END
"""

# A client's place. Planned by itself (OFFSET 0): no more tables to put in order for whoever has no client.
_CLIENT = """
LEFT JOIN LATERAL (
    SELECT k.name, m.starts_at, {closed} AS closed
    FROM portefeuilles_cliente k
    JOIN portefeuilles_etablissementclient p ON p.cliente_id = k.id AND p.siret = %(siret)s AND {p}
    LEFT JOIN portefeuilles_declarationcliente m
        ON m.cliente_id = k.id AND m.code = %(declaration)s AND {m}
    WHERE k.inscription_id = a.inscription_id AND k.siren = %(siren)s AND {k}
    OFFSET 0
) k ON true
"""
_CLOSED = """(
    SELECT s."etatAdministratifEtablissement" = 'F' FROM sirene.etablissement s WHERE s.siret = p.siret
)"""
_STANDS, _STOOD = (
    "{0}.closed_at IS NULL",
    "{0}.opened_at <= %(at)s AND ({0}.closed_at IS NULL OR {0}.closed_at > %(at)s)",
)
_CLIENT_NOW = _CLIENT.format(closed=_CLOSED, **{one: _STANDS.format(one) for one in "kpm"})
# Since when the register calls a place closed is not known.
_CLIENT_THEN = _CLIENT.format(closed="false", **{one: _STOOD.format(one) for one in "kpm"})

_NOW = """
LEFT JOIN inscriptions_declarationinscrite d
    ON d.inscription_id = a.inscription_id AND d.code = %(declaration)s AND d.removed_at IS NULL
LEFT JOIN inscriptions_etablissementinscrit e
    ON e.inscription_id = a.inscription_id AND e.siret = %(siret)s
LEFT JOIN habilitations_habilitation h
    ON h.acteur_id = a.id AND h.siret = %(siret)s AND h.declaration = %(declaration)s AND h.closed_at IS NULL
"""

# A candidate whose time is over is nobody, also before the job that writes so.
_ACTING_NOW = """
AND a.ended_at IS NULL AND (a.began_at IS NOT NULL OR EXISTS (
    SELECT FROM inscriptions_candidature w WHERE w.acteur_id = a.id AND w.lapses_at > %(now)s
))
"""

_THEN = """
LEFT JOIN inscriptions_declarationinscrite d
    ON d.inscription_id = a.inscription_id AND d.code = %(declaration)s AND d.added_at <= %(at)s
    AND (d.removed_at IS NULL OR d.removed_at > %(at)s)
LEFT JOIN inscriptions_etablissementinscrit e
    ON e.inscription_id = a.inscription_id AND e.siret = %(siret)s AND e.found_at <= %(at)s
LEFT JOIN habilitations_habilitation h
    ON h.acteur_id = a.id AND h.siret = %(siret)s AND h.declaration = %(declaration)s
    AND h.opened_at <= %(at)s AND (h.closed_at IS NULL OR h.closed_at > %(at)s)
"""

_ACTING_THEN = """
AND a.created_at <= %(at)s AND (a.ended_at IS NULL OR a.ended_at > %(at)s)
ORDER BY a.created_at DESC LIMIT 1
"""
OF_ACCOUNT = "WHERE a.account_id = %(account)s"
OF_COLLEAGUE = "WHERE a.id = %(acteur)s AND a.inscription_id = %(inscription)s"


@dataclass(frozen=True)
class Found:
    """``place``, ``ticked_at``, ``closed_at``: the company's own; ``client`` (a name), ``starts_at``,
    ``client_closed`` (the register says so): a client's."""

    inscription_id: uuid.UUID
    began_at: dt.datetime | None
    administrateur: bool
    declarant: bool
    opens_at: dt.datetime | None
    place: int | None
    ticked_at: dt.datetime | None
    closed_at: dt.datetime | None
    right_id: int | None
    since: dt.datetime | None
    by: str | None
    giver_espace: str | None
    giver_name: str | None
    client: str | None
    starts_at: dt.datetime | None
    client_closed: bool | None
    administrateurs: list[str | None] | None


def find(whose: str, known: dict[str, Any]) -> Found | None:
    """What there is of somebody, a place and a declaration; ``None`` where they act for nobody."""
    if known["at"] is None:
        whom = _WHOM_TO_ASK if whose == OF_ACCOUNT else _NOBODY_TO_ASK
        sql = "".join((_COLUMNS, whom, _FROM, _NOW, _GIVER, _CLIENT_NOW, whose, _ACTING_NOW))
    else:
        sql = "".join((_COLUMNS, _NOBODY_TO_ASK, _FROM, _THEN, _GIVER, _CLIENT_THEN, whose, _ACTING_THEN))
    with connection.cursor() as cursor:
        cursor.execute(sql, {**known, "siren": known["siret"][:9], "now": clock.now()})
        row = cursor.fetchone()
    return Found(*row) if row else None
