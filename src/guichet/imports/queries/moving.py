"""What is done of ``imports_jugee``: sources for the rooms below, each line once."""

from guichet.imports.models import Demande
from guichet.imports.queries import reverting
from guichet.imports.states import Kind
from guichet.inscriptions.models import Changement
from guichet.kernel.source import Source

_CELLS = """
SELECT acteur_id, siret, code AS declaration, given, right_id, reason FROM imports_jugee WHERE reason = ''
"""

_OF_PLACES = """
SELECT h.acteur_id, h.siret, h.declaration, false AS given
FROM imports_jugee j
JOIN habilitations_habilitation h ON h.siret = j.siret AND h.closed_at IS NULL
JOIN inscriptions_acteur a ON a.id = h.acteur_id AND a.inscription_id = %(inscription)s
WHERE j.reason = '' AND NOT j.given
"""
_OF_DECLARATIONS = """
SELECT h.acteur_id, h.siret, h.declaration, false AS given
FROM imports_jugee j
JOIN portefeuilles_etablissementclient e ON e.cliente_id = j.cliente_id AND e.closed_at IS NULL
JOIN habilitations_habilitation h
    ON h.siret = e.siret AND h.declaration = j.code AND h.closed_at IS NULL
JOIN inscriptions_acteur a ON a.id = h.acteur_id AND a.inscription_id = %(inscription)s
WHERE j.reason = '' AND NOT j.given
"""

# On what the change itself has brought.
_ON_PLACES = """
SELECT people.id AS acteur_id, e.siret, d.code AS declaration, true AS given
FROM portefeuilles_etablissementclient e
JOIN portefeuilles_declarationcliente d ON d.cliente_id = e.cliente_id AND d.closed_at IS NULL
CROSS JOIN unnest(%(people)s::bigint[]) AS people(id)
WHERE e.opened_in_id = %(brought_by)s AND e.closed_at IS NULL
"""
_ON_DECLARATIONS = """
SELECT people.id AS acteur_id, e.siret, d.code AS declaration, true AS given
FROM portefeuilles_declarationcliente d
JOIN portefeuilles_etablissementclient e ON e.cliente_id = d.cliente_id AND e.closed_at IS NULL
CROSS JOIN unnest(%(people)s::bigint[]) AS people(id)
WHERE d.opened_in_id = %(brought_by)s AND d.closed_at IS NULL
"""


def ending(demande: Demande) -> Source:
    """The rights that a request takes, while what they are for is still there, and after it went; of one that
    takes another one back, all that change.
    """
    if demande.kind == Kind.ANNULATION:
        return reverting.of_rights(demande)
    if demande.kind == Kind.HABILITATIONS:
        return Source(f"{_CELLS} AND NOT given")
    sql = _OF_PLACES if demande.kind == Kind.ETABLISSEMENTS else _OF_DECLARATIONS
    return Source(sql, {"inscription": demande.inscription_id})


def rights(demande: Demande, changement: Changement, people: list[int]) -> Source:
    """The rights that a request takes and gives, once clients and declarations came and went."""
    if demande.kind == Kind.ANNULATION:
        return reverting.of_rights(demande)
    if demande.kind == Kind.HABILITATIONS:
        return Source(_CELLS)
    gone = ending(demande)
    come = _ON_PLACES if demande.kind == Kind.ETABLISSEMENTS else _ON_DECLARATIONS
    known = {**gone.params, "people": people, "brought_by": changement.pk}
    return Source(f"{gone.sql} UNION ALL {come}", known)


def entering() -> Source:
    """The établissements that come."""
    return Source("SELECT siret, given FROM imports_jugee WHERE reason = '' AND given")


def leaving() -> Source:
    """Those that go."""
    return Source("SELECT siret, given FROM imports_jugee WHERE reason = '' AND NOT given")


def declared() -> Source:
    """The declarations that clients get, and those that they lose."""
    return Source("SELECT cliente_id, code, given FROM imports_jugee WHERE reason = '' AND cliente_id <> 0")
