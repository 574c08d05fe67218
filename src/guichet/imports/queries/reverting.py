"""What taking a request back would do, line by line."""

from guichet.habilitations.queries import judging as rights
from guichet.imports.models import Demande
from guichet.imports.states import Kind
from guichet.kernel.source import Source
from guichet.portefeuilles.queries import reverting

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

# Rights that can't be given back: their person left, or is no déclarant any more; or this is not declared any
# more, by the firm or for the client.
_LOST = """
, lost AS MATERIALIZED (
    SELECT h.siret, h.declaration
    FROM habilitations_habilitation h
    JOIN inscriptions_acteur a ON a.id = h.acteur_id
    LEFT JOIN inscriptions_declarationinscrite d
        ON d.inscription_id = a.inscription_id AND d.code = h.declaration AND d.removed_at IS NULL
    LEFT JOIN portefeuilles_cliente c
        ON c.inscription_id = a.inscription_id AND c.siren = left(h.siret, 9) AND c.closed_at IS NULL
    LEFT JOIN portefeuilles_declarationcliente m
        ON m.cliente_id = c.id AND m.code = h.declaration AND m.closed_at IS NULL
    WHERE h.closed_in_id = %(undone)s AND (
        a.ended_at IS NOT NULL OR NOT a.declarant OR d.id IS NULL
        OR m.id IS NULL AND (left(h.siret, 9), h.declaration) NOT IN (
            SELECT siren, code FROM lines WHERE kind = 'declaration' AND back AND reason = ''
        )
    )
)"""

_OF_PLACES = """
, lost_there AS (SELECT siret, count(*) AS number FROM lost GROUP BY siret)
SELECT k.acteur_id, k.cliente_id, k.siret, k.code, k.given, k.first_line, k.last_line,
    CASE WHEN j.reason <> '' THEN j.reason
         WHEN lost_there.number > 0 THEN 'rights_lost:' || lost_there.number ELSE '' END
FROM imports_cellule k
JOIN lines j ON j.kind = 'etablissement' AND j.siret = k.siret AND j.back = k.given
LEFT JOIN lost_there ON lost_there.siret = k.siret
"""

_OF_DECLARATIONS = """
, lost_there AS (
    SELECT left(siret, 9) AS siren, declaration AS code, count(*) AS number FROM lost GROUP BY 1, 2
)
SELECT k.acteur_id, k.cliente_id, k.siret, k.code, k.given, k.first_line, k.last_line,
    CASE WHEN j.reason <> '' THEN j.reason
         WHEN lost_there.number > 0 THEN 'rights_lost:' || lost_there.number ELSE '' END
FROM lines j
LEFT JOIN portefeuilles_declarationcliente d ON j.kind = 'declaration' AND d.id = j.id
JOIN imports_cellule k
    ON k.cliente_id = coalesce(d.cliente_id, 0) AND k.code = j.code AND k.given = j.back
LEFT JOIN lost_there ON j.kind = 'declaration' AND lost_there.siren = j.siren AND lost_there.code = j.code
WHERE j.kind IN ('declaration', 'contained')
"""

_OF_RIGHTS = """
SELECT k.acteur_id, k.cliente_id, k.siret, k.code, k.given, k.first_line, k.last_line,
    coalesce(j.reason, 'changed_since'), j.right_id
FROM imports_cellule k
LEFT JOIN judged j ON j.acteur_id = k.acteur_id AND j.siret = k.siret AND j.declaration = k.code
"""


def kind_of(demande: Demande) -> Kind:
    """What a request changes: where it takes another one back, what that one did; through all of a chain."""
    while demande.undoes is not None:
        demande = demande.undoes
    return Kind(demande.kind)


def lines(demande: Demande) -> Source:
    """What the request that is taken back changed, the other way round; as ``imports_lue`` has its lines."""
    return Source(_LINES[kind_of(demande)], _undone(demande))


def kept(demande: Demande) -> Source:
    """What must stay, as somebody gave it since: ``(siret, code)`` (``portefeuilles.queries.reverting``)."""
    return rights.kept(_undone(demande)["undone"])


def judged(demande: Demande) -> Source:
    """The statement that gives the rows of ``imports_jugee``."""
    kind = kind_of(demande)
    if kind is Kind.HABILITATIONS:
        source = rights.reverted(_undone(demande)["undone"])
        return Source(rights.judged(source, _OF_RIGHTS), source.params)
    then, stays = _OF_PLACES if kind is Kind.ETABLISSEMENTS else _OF_DECLARATIONS, kept(demande)
    return Source(reverting.reverted(stays, _LOST + then), {**stays.params, **_undone(demande)})


# The rights of the lines that are taken back, and of no other; what is given back, to who can have it.
_WITH = """
SELECT reverted.* FROM ({reverted}) reverted
JOIN inscriptions_acteur a ON a.id = reverted.acteur_id
LEFT JOIN inscriptions_declarationinscrite d
    ON d.inscription_id = a.inscription_id AND d.code = reverted.declaration AND d.removed_at IS NULL
WHERE (NOT reverted.given OR a.ended_at IS NULL AND a.declarant AND d.id IS NOT NULL) AND {of_lines}
"""
_OF_THESE_PLACES = """reverted.siret IN (
    SELECT siret FROM imports_jugee WHERE reason = '' OR reason LIKE 'rights_lost:%%'
)"""
_OF_THESE_DECLARATIONS = """(reverted.siret, reverted.declaration) IN (
    SELECT e.siret, j.code FROM imports_jugee j
    JOIN portefeuilles_etablissementclient e ON e.cliente_id = j.cliente_id AND e.closed_at IS NULL
    WHERE j.reason = '' OR j.reason LIKE 'rights_lost:%%'
)"""


def of_rights(demande: Demande) -> Source:
    """The rights that are taken and given back with what ``imports_jugee`` takes back."""
    kind = kind_of(demande)
    if kind is Kind.HABILITATIONS:
        return Source(
            "SELECT acteur_id, siret, code AS declaration, given, right_id, reason"
            " FROM imports_jugee WHERE reason = ''"
        )
    source = rights.reverted(_undone(demande)["undone"])
    these = _OF_THESE_PLACES if kind is Kind.ETABLISSEMENTS else _OF_THESE_DECLARATIONS
    return Source(_WITH.format(reverted=source.sql, of_lines=these), source.params)


def _undone(demande: Demande) -> dict[str, int]:
    undone = demande.undoes
    if undone is None or undone.changement_id is None:
        raise ValueError("it takes nothing back")
    return {"undone": undone.changement_id}
