"""Établissements enter a portfolio and leave it: set-based, within a change that has begun.

The inscription is locked (``inscriptions.operations.lock``), and the change is one of it. A file whose lines
enter and leave has them enter first: a company that changes établissements stays a client.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from guichet.inscriptions.models import Changement
from guichet.kernel.source import Source
from guichet.portefeuilles import rules
from guichet.portefeuilles.models import Portefeuille
from guichet.portefeuilles.operations.evidence import moment, one, record
from guichet.portefeuilles.operations.telling import tell_clientes
from guichet.portefeuilles.queries.placing import entering, judged
from guichet.portefeuilles.queries.starting import openings
from guichet.portefeuilles.states import Fin

# Statements of their own: each finds what the one before made by an index, where joined parts of one
# statement, whose sizes nobody can foresee, are compared line by line.
_CLIENTES = """
, opened AS (
    INSERT INTO portefeuilles_cliente (inscription_id, portefeuille_id, siren, name, sort_key,
        began_at, opened_at, opened_in_id, closed_because)
    SELECT home.inscription_id, home.id, j.siren, coalesce(left(n.name, 200), ''),
        coalesce(left(upper(btrim(regexp_replace(sirene.search_key(n.name), ' +', ' ', 'g'))), 200), ''),
        %(at)s, %(at)s, %(changement)s, ''
    FROM (SELECT DISTINCT siren FROM judged WHERE given AND reason = '' AND cliente_id IS NULL) j
    CROSS JOIN home LEFT JOIN names n ON n.siren = j.siren
    RETURNING id
) SELECT count(*) FROM opened
"""

# Those that came in the same change before have their declarations.
_LAST = "SELECT coalesce(max(id), 0) FROM portefeuilles_cliente WHERE opened_in_id = %(changement)s"

_PLACES = """
, placed AS (
    INSERT INTO portefeuilles_etablissementclient (cliente_id, siret, opened_at, opened_in_id)
    SELECT cliente_id, siret, %(at)s, %(changement)s
    FROM judged WHERE given AND reason = '' AND NOT already AND cliente_id IS NOT NULL
    RETURNING id
) SELECT count(*) FROM placed
"""

_DECLARATIONS = """
WITH declared AS (
    INSERT INTO portefeuilles_declarationcliente (cliente_id, code, starts_at, opened_at, opened_in_id)
    SELECT c.id, line.code, line.starts_at, %(at)s, %(changement)s
    FROM portefeuilles_cliente c
    CROSS JOIN unnest(%(codes)s::text[], %(starts)s::timestamptz[]) AS line(code, starts_at)
    WHERE c.opened_in_id = %(changement)s AND c.portefeuille_id = %(portefeuille)s
        AND c.id > %(last)s
    RETURNING id
) SELECT count(*) FROM declared
"""

_LEFT = """
, closed AS (
    UPDATE portefeuilles_etablissementclient e SET closed_at = %(at)s, closed_in_id = %(changement)s
    FROM judged j WHERE e.id = j.etablissement_id AND NOT j.given AND j.reason = ''
    RETURNING e.id
) SELECT count(*) FROM closed
"""

# A client without any établissement left is none any more.
_ENDED = """
WITH ended AS (
    UPDATE portefeuilles_cliente c
    SET closed_at = %(at)s, closed_in_id = %(changement)s, closed_because = %(because)s
    FROM (
        SELECT DISTINCT e.cliente_id FROM portefeuilles_etablissementclient e
        WHERE e.closed_in_id = %(changement)s
    ) gone
    WHERE c.id = gone.cliente_id AND c.closed_at IS NULL AND NOT EXISTS (
        SELECT FROM portefeuilles_etablissementclient e WHERE e.cliente_id = c.id AND e.closed_at IS NULL
    )
    RETURNING c.id
), declared AS (
    UPDATE portefeuilles_declarationcliente d SET closed_at = %(at)s, closed_in_id = %(changement)s
    FROM ended WHERE d.cliente_id = ended.id AND d.closed_at IS NULL
    RETURNING d.id
)
SELECT (SELECT count(*) FROM ended), (SELECT count(*) FROM declared)
"""


@dataclass(frozen=True, kw_only=True)
class Entered:
    """How many clients, établissements and declarations of clients there are more."""

    clientes: int = 0
    etablissements: int = 0
    declarations: int = 0


@dataclass(frozen=True, kw_only=True)
class TakenOut(Entered):
    """How many there are less."""


def enter(portefeuille: Portefeuille, source: Source, changement: Changement) -> Entered:
    """What of ``source`` (``queries.placing``) is to enter, and can, enters.

    A company that comes is a client from now on, gets every declaration that its portfolio contains, each
    after its delay (``rules.starts_at``), and its administrateurs, where it has some, are told.
    """
    known = {"portefeuille": portefeuille.pk, **moment(changement)}
    (last,) = one(_LAST, known)
    (clientes,) = one(entering(source, _CLIENTES), {**source.params, **known})
    (places,) = one(judged(source, _PLACES), {**source.params, **known})
    starts = _starts(portefeuille, changement) if clientes else {}
    more = {"codes": list(starts), "starts": list(starts.values()), "last": last}
    (declarations,) = one(_DECLARATIONS, {**known, **more}) if starts else (0,)
    entered = Entered(clientes=clientes, etablissements=places, declarations=declarations)
    if entered.etablissements:
        record("clientes_entered", changement, portefeuille, entered)
    if entered.clientes:
        tell_clientes(changement)
    return entered


def take_out(
    portefeuille: Portefeuille, source: Source, changement: Changement, because: Fin = Fin.TIERS
) -> TakenOut:
    """What of ``source`` is to leave, and is there, leaves; a company without any établissement left is no
    client any more. The rights end above this room."""
    known = {"portefeuille": portefeuille.pk, **moment(changement)}
    (places,) = one(judged(source, _LEFT), {**source.params, **known})
    if not places:
        return TakenOut()
    clientes, declarations = one(_ENDED, {**moment(changement), "because": because.value})
    taken = TakenOut(clientes=clientes, etablissements=places, declarations=declarations)
    record("clientes_taken_out", changement, portefeuille, taken, because=because.value)
    return taken


def _starts(portefeuille: Portefeuille, changement: Changement) -> Mapping[str, dt.datetime]:
    """What the portfolio contains, and when each opens for a client that begins with this change."""
    codes = portefeuille.declarations.filter(closed_at=None).values_list("code", flat=True)
    at = changement.at
    return {
        it.code: rules.starts_at(began_at=at, delay=it.delay, opens=it.opens, now=at)
        for it in openings(portefeuille.inscription_id, list(codes))
    }
