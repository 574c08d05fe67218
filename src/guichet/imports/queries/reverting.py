"""What taking a request back would do, line by line."""

from guichet.imports.models import Demande
from guichet.imports.states import Kind
from guichet.kernel.source import Source

# An établissement, with the rights that came and went with it.
_PLACES = """
SELECT row_number() OVER (ORDER BY siret), ARRAY[siret], siret, NULL::bigint, NULL::bigint, '{}'::text[],
    ARRAY[given], '{}'::text[], ''
FROM (
    SELECT siret, false AS given FROM portefeuilles_etablissementclient WHERE opened_in_id = %(undone)s
    UNION ALL
    SELECT siret, true FROM portefeuilles_etablissementclient WHERE closed_in_id = %(undone)s
) did
"""

# The portfolio itself first, then its clients.
_DECLARATIONS = """
SELECT row_number() OVER (ORDER BY cliente_id IS NOT NULL, sort_key, cliente_id), ARRAY[siren, name], '',
    NULL::bigint, cliente_id, ARRAY[code], ARRAY[given], '{}'::text[], ''
FROM (
    SELECT NULL::bigint AS cliente_id, '' AS siren, p.name, '' AS sort_key, d.code,
        d.closed_in_id IS NOT DISTINCT FROM %(undone)s AS given
    FROM portefeuilles_declarationportefeuille d JOIN portefeuilles_portefeuille p ON p.id = d.portefeuille_id
    WHERE d.opened_in_id = %(undone)s OR d.closed_in_id = %(undone)s
    UNION ALL
    SELECT c.id, c.siren, c.name, c.sort_key, d.code, d.closed_in_id IS NOT DISTINCT FROM %(undone)s
    FROM portefeuilles_declarationcliente d JOIN portefeuilles_cliente c ON c.id = d.cliente_id
    WHERE d.opened_in_id = %(undone)s OR d.closed_in_id = %(undone)s
) did
"""

_RIGHTS = """
SELECT row_number() OVER (ORDER BY acteur_id, siret), ARRAY[siret], siret, acteur_id, NULL::bigint,
    array_agg(declaration ORDER BY declaration), array_agg(given ORDER BY declaration), '{}'::text[], ''
FROM (
    SELECT acteur_id, siret, declaration, false AS given
    FROM habilitations_habilitation WHERE opened_in_id = %(undone)s
    UNION ALL
    SELECT acteur_id, siret, declaration, true
    FROM habilitations_habilitation WHERE closed_in_id = %(undone)s
) did GROUP BY acteur_id, siret
"""
_LINES = {
    Kind.ETABLISSEMENTS: _PLACES,
    Kind.DECLARATION: _DECLARATIONS,
    Kind.HABILITATIONS: _RIGHTS,
}


def kind_of(demande: Demande) -> Kind:
    """What a request changes: where it takes another one back, what that one did; through all of a chain."""
    while demande.undoes is not None:
        demande = demande.undoes
    return Kind(demande.kind)


def lines(demande: Demande) -> Source:
    """What the request that is taken back changed, the other way round; as ``imports_lue`` has its lines."""
    assert demande.undoes is not None
    return Source(_LINES[kind_of(demande)], {"undone": demande.undoes.changement_id})
