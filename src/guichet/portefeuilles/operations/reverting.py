"""Taking back what a change did to portfolios, within a change that has begun.

The inscription is locked, and both changes are of it. The rights are taken back above this room, once places
and declarations stand as they did.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from guichet.inscriptions.models import Changement
from guichet.kernel.source import Source
from guichet.portefeuilles.operations.evidence import moment, record
from guichet.portefeuilles.queries.reverting import NOTHING_KEPT, judged

_IDS = """
SELECT kind, back, array_agg(id) FROM lines WHERE reason = '' GROUP BY kind, back
"""

# What closes first, then what is there again: one company, one place, one declaration at a time.
_CLOSED = (
    """
    UPDATE portefeuilles_declarationcliente SET closed_at = %(at)s, closed_in_id = %(changement)s
    WHERE id = ANY(%(declaration_out)s)
    """,
    """
    UPDATE portefeuilles_etablissementclient SET closed_at = %(at)s, closed_in_id = %(changement)s
    WHERE id = ANY(%(etablissement_out)s)
    """,
    """
    UPDATE portefeuilles_cliente
    SET closed_at = %(at)s, closed_in_id = %(changement)s, closed_because = 'tiers'
    WHERE id = ANY(%(cliente_out)s)
    """,
    """
    UPDATE portefeuilles_declarationportefeuille SET closed_at = %(at)s, closed_in_id = %(changement)s
    WHERE id = ANY(%(contained_out)s)
    """,
)

_OPENED = (
    """
    INSERT INTO portefeuilles_declarationportefeuille (portefeuille_id, code, opened_at, opened_in_id)
    SELECT portefeuille_id, code, %(at)s, %(changement)s FROM portefeuilles_declarationportefeuille
    WHERE id = ANY(%(contained_back)s)
    """,
    """
    INSERT INTO portefeuilles_cliente (inscription_id, portefeuille_id, siren, name, sort_key, began_at,
        opened_at, opened_in_id, closed_because, told_at)
    SELECT inscription_id, portefeuille_id, siren, name, sort_key, began_at,
        %(at)s, %(changement)s, '', told_at
    FROM portefeuilles_cliente WHERE id = ANY(%(cliente_back)s)
    """,
    """
    INSERT INTO portefeuilles_etablissementclient (cliente_id, siret, opened_at, opened_in_id)
    SELECT now.id, e.siret, %(at)s, %(changement)s
    FROM portefeuilles_etablissementclient e
    JOIN portefeuilles_cliente was ON was.id = e.cliente_id
    JOIN portefeuilles_cliente now
        ON now.inscription_id = was.inscription_id AND now.siren = was.siren AND now.closed_at IS NULL
    WHERE e.id = ANY(%(etablissement_back)s)
    """,
    """
    INSERT INTO portefeuilles_declarationcliente (cliente_id, code, starts_at, opened_at, opened_in_id)
    SELECT now.id, d.code, d.starts_at, %(at)s, %(changement)s
    FROM portefeuilles_declarationcliente d
    JOIN portefeuilles_cliente was ON was.id = d.cliente_id
    JOIN portefeuilles_cliente now
        ON now.inscription_id = was.inscription_id AND now.siren = was.siren AND now.closed_at IS NULL
    WHERE d.id = ANY(%(declaration_back)s)
    """,
)

# An établissement that came to a client whose others somebody took since: nothing is left of it.
_EMPTY = """
WITH empty AS (
    UPDATE portefeuilles_cliente c
    SET closed_at = %(at)s, closed_in_id = %(changement)s, closed_because = 'tiers'
    FROM portefeuilles_etablissementclient gone
    WHERE gone.closed_in_id = %(changement)s AND c.id = gone.cliente_id AND c.closed_at IS NULL
        AND NOT EXISTS (
            SELECT FROM portefeuilles_etablissementclient e WHERE e.cliente_id = c.id AND e.closed_at IS NULL
        )
    RETURNING c.id
)
UPDATE portefeuilles_declarationcliente d SET closed_at = %(at)s, closed_in_id = %(changement)s
FROM empty WHERE d.cliente_id = empty.id AND d.closed_at IS NULL
"""

_KINDS = ("contained", "cliente", "etablissement", "declaration")


@dataclass(frozen=True, kw_only=True)
class Reverted:
    """How many rows are there again (``back``), and how many closed (``out``)."""

    back: int
    out: int


def revert(changement: Changement, *, into: Changement, kept: Source = NOTHING_KEPT) -> Reverted:
    """Restore in ``into`` what ``changement`` did to portfolios, but for what somebody changed since.

    What is there again has its first ``began_at`` and ``starts_at``; delays don't count twice. What is left
    as it is: ``queries.reverting.refused``, asked before. Nobody is told that a firm begins.
    """
    ids = _ids(changement, kept)
    known = {**ids, **moment(into)}
    with connection.cursor() as cursor:
        for statement in (*_CLOSED, *_OPENED, _EMPTY):
            cursor.execute(statement, known)
    done = Reverted(
        back=sum(len(ids[f"{kind}_back"]) for kind in _KINDS),
        out=sum(len(ids[f"{kind}_out"]) for kind in _KINDS),
    )
    if done.back or done.out:
        record("portefeuilles_reverted", into, None, done, undoes=changement.pk)
    return done


def _ids(changement: Changement, kept: Source) -> Mapping[str, Sequence[int]]:
    """The rows that close, and those that are there again, by kind."""
    found: dict[str, Sequence[int]] = {f"{kind}_{way}": [] for kind in _KINDS for way in ("back", "out")}
    for kind, back, ids in judged(changement, kept, _IDS):
        found[f"{kind}_{'back' if back else 'out'}"] = ids
    return found
