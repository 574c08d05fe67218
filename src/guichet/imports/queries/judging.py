"""What would become of each cell that the lines of a request ask for: statements over ``imports_lue``.

A cell is a person, a client, an établissement and a declaration, as far as its kind of request names them: 0
and « » stand for what it does not. ``imports_cellule`` has each once, ``imports_jugee`` what becomes of it:
``reason`` is empty where it can be done, ``already`` where it is so, else a code of ``reasons.Why``;
``right_id`` the right that is held, where the lines are about rights themselves.
"""

from guichet.habilitations.queries import judging as rights
from guichet.imports.models import Demande
from guichet.imports.queries import reverting
from guichet.imports.states import Kind
from guichet.kernel.source import Source
from guichet.portefeuilles.queries import placing

TABLES = """
DROP TABLE IF EXISTS pg_temp.imports_cellule;
DROP TABLE IF EXISTS pg_temp.imports_jugee;
CREATE TEMPORARY TABLE imports_cellule (
    acteur_id bigint, cliente_id bigint, siret text, code text, given boolean,
    first_line integer, last_line integer, both_ways boolean
) ON COMMIT DROP;
CREATE TEMPORARY TABLE imports_jugee (
    acteur_id bigint, cliente_id bigint, siret text, code text, given boolean,
    first_line integer, last_line integer, reason text, right_id bigint
) ON COMMIT DROP;
"""
_CELLS = """
INSERT INTO imports_cellule
SELECT coalesce(l.acteur_id, 0), coalesce(l.cliente_id, 0), l.siret, coalesce(c.code, ''), bool_and(c.given),
    min(l.numero), max(l.numero), bool_and(c.given) <> bool_or(c.given)
FROM """
_OF_CELLS = """ l CROSS JOIN LATERAL unnest(l.codes, l.given) AS c(code, given)
WHERE l.problem = '' AND c.given IS NOT NULL
GROUP BY 1, 2, 3, 4
"""
_KNOWN = "(SELECT * FROM imports_ligne WHERE demande_id = %(demande)s)"
READ = f"{_CELLS}imports_lue{_OF_CELLS}"
AGAIN = f"{_CELLS}{_KNOWN}{_OF_CELLS}"

_JUDGED = "INSERT INTO imports_jugee "

# A place of another portfolio is named with it.
_WANTED = """
SELECT acteur_id, siret, code AS declaration, given, cliente_id, first_line, last_line, both_ways
FROM imports_cellule
"""
_RIGHTS = """
SELECT j.acteur_id, j.cliente_id, j.siret, j.declaration, j.given, j.first_line, j.last_line,
    CASE WHEN j.both_ways THEN 'contradiction'
         WHEN j.portefeuille_id = %(portefeuille)s THEN
            CASE WHEN j.reason <> '' THEN j.reason
                 WHEN j.given = (j.right_id IS NOT NULL) THEN 'already' ELSE '' END
         WHEN j.portefeuille_id IS NOT NULL THEN 'elsewhere:' || p.name
         WHEN left(j.siret, 9) = %(siren)s THEN 'own_company'
         ELSE 'etablissement_unknown' END, j.right_id
FROM judged j LEFT JOIN portefeuilles_portefeuille p ON p.id = j.portefeuille_id
"""

_PLACES = """
SELECT k.acteur_id, k.cliente_id, k.siret, k.code, k.given, k.first_line, k.last_line,
    CASE WHEN k.both_ways THEN 'contradiction'
         WHEN j.reason = 'elsewhere' THEN 'elsewhere:' || o.name
         WHEN j.reason <> '' THEN j.reason
         WHEN j.already THEN 'already' ELSE '' END
FROM imports_cellule k
LEFT JOIN judged j ON j.siret = k.siret
LEFT JOIN portefeuilles_portefeuille o ON o.id = j.portefeuille_id
"""

# The portfolio itself is the line of no client.
_DECLARATIONS = """
SELECT k.acteur_id, k.cliente_id, k.siret, k.code, k.given, k.first_line, k.last_line,
    CASE WHEN k.given AND NOT EXISTS (
             SELECT FROM inscriptions_declarationinscrite i
             WHERE i.inscription_id = %(inscription)s AND i.code = k.code AND i.removed_at IS NULL
         ) THEN 'declaration_not_chosen'
         WHEN k.given = (d.id IS NOT NULL OR p.id IS NOT NULL) THEN 'already' ELSE '' END
FROM imports_cellule k
LEFT JOIN portefeuilles_declarationcliente d
    ON d.cliente_id = k.cliente_id AND d.code = k.code AND d.closed_at IS NULL
LEFT JOIN portefeuilles_declarationportefeuille p
    ON k.cliente_id = 0 AND p.portefeuille_id = %(portefeuille)s AND p.code = k.code AND p.closed_at IS NULL
"""


def judged(demande: Demande) -> Source:
    """The statement that fills ``imports_jugee``."""
    found = _judged(demande)
    known = {
        "inscription": demande.inscription_id,
        "portefeuille": demande.portefeuille_id,
        "siren": demande.inscription.siren,
    }
    return Source(_JUDGED + found.sql, {**known, **found.params})


def _judged(demande: Demande) -> Source:
    if demande.kind == Kind.ANNULATION:
        return reverting.judged(demande)
    if demande.kind == Kind.HABILITATIONS:
        return Source(rights.judged(Source(_WANTED), _RIGHTS))
    if demande.kind == Kind.ETABLISSEMENTS:
        wanted = "SELECT siret, given FROM imports_cellule WHERE NOT both_ways"
        return Source(placing.judged(Source(wanted), _PLACES))
    return Source(_DECLARATIONS)


# What was judged, as one number, whatever the order: judged again and the same, no line is written again.
FINGERPRINT = """
SELECT coalesce(bit_xor(hashtextextended(
    concat_ws(' ', acteur_id, cliente_id, siret, code, given, first_line, last_line, reason), 0
)), 0) FROM imports_jugee
"""

# Each line with what becomes of its cells, first of those where something is to be told. One that asks for
# what an earlier one asks is told so, unless it is impossible: then both are. What a line with a problem asks
# for is impossible as a whole.
_TOLD = """
WITH remarkable AS MATERIALIZED (
    SELECT * FROM imports_jugee WHERE reason <> '' OR first_line < last_line
), told_cells AS MATERIALIZED (
    SELECT l.numero, c.rank, c.given,
        CASE WHEN c.given IS NULL THEN 'unreadable_wish'
             WHEN j.reason = 'contradiction' THEN 'contradiction:'
                || CASE WHEN j.first_line = l.numero THEN j.last_line ELSE j.first_line END
             WHEN j.reason = '' AND j.first_line < l.numero THEN 'double:' || j.first_line
             ELSE j.reason END AS reason
    FROM imports_lue l CROSS JOIN LATERAL unnest(l.codes, l.given) WITH ORDINALITY AS c(code, given, rank)
    LEFT JOIN remarkable j ON j.acteur_id = coalesce(l.acteur_id, 0)
        AND j.cliente_id = coalesce(l.cliente_id, 0) AND j.siret = l.siret AND j.code = coalesce(c.code, '')
    WHERE l.problem = '' AND (c.given IS NULL OR j.siret IS NOT NULL)
), ranked AS (
    SELECT numero, array_agg(rank) AS ranks, array_agg(reason) AS reasons,
        count(*) FILTER (WHERE given AND NOT reason LIKE ANY ('{rights_lost:%%,""}')) AS not_added,
        count(*) FILTER (WHERE NOT given AND NOT reason LIKE ANY ('{rights_lost:%%,""}')) AS not_removed,
        count(*) FILTER (WHERE reason = 'already' OR reason LIKE 'double:%%') AS already,
        count(*) FILTER (WHERE NOT reason IN ('', 'already') AND reason NOT LIKE 'double:%%') AS impossible
    FROM told_cells GROUP BY numero
), told AS (
    SELECT l.*, coalesce(r.already, 0) AS already,
        CASE WHEN l.problem <> '' THEN 0
             ELSE cardinality(array_positions(l.given, true)) - coalesce(r.not_added, 0) END AS adds,
        CASE WHEN l.problem <> '' THEN 0
             ELSE cardinality(array_positions(l.given, false)) - coalesce(r.not_removed, 0) END AS removes,
        CASE WHEN l.problem <> '' THEN greatest(cardinality(l.codes), 1)
             ELSE coalesce(r.impossible, 0) END AS impossible,
        CASE WHEN l.problem <> '' THEN ARRAY[l.problem]
             WHEN cardinality(l.given) = 0 THEN ARRAY['nothing_asked']
             WHEN r.numero IS NULL THEN array_fill(''::text, ARRAY[cardinality(l.given)])
             ELSE ARRAY(
                SELECT coalesce(r.reasons[array_position(r.ranks, place)], '')
                FROM generate_series(1, cardinality(l.given)) AS place ORDER BY place
             ) END AS reasons
    FROM imports_lue l LEFT JOIN ranked r ON r.numero = l.numero
), lines AS (
    SELECT told.*, CASE
        WHEN adds + removes = 0 THEN CASE WHEN impossible > 0 THEN 'impossible' ELSE 'deja' END
        WHEN impossible > 0 OR (adds > 0 AND removes > 0) THEN 'mixte'
        WHEN adds > 0 THEN 'ajout' ELSE 'suppression' END AS verdict
    FROM told
)"""
_COUNTS = """
SELECT count(*), coalesce(sum(adds), 0), coalesce(sum(removes), 0), coalesce(sum(already), 0),
    coalesce(sum(impossible), 0)
FROM lines
"""
_WRITTEN = """, written AS (
    INSERT INTO imports_ligne (demande_id, numero, typed, siret, acteur_id, cliente_id, codes, given, notes,
        problem, verdict, reasons)
    SELECT %(demande)s, numero, typed, siret, acteur_id, cliente_id, codes, given, notes, problem, verdict,
        reasons
    FROM lines
)"""
# Judged again, most lines are what they were: those are not written again.
_REWRITTEN = """, written AS (
    UPDATE imports_ligne l SET verdict = n.verdict, reasons = n.reasons
    FROM lines n
    WHERE l.demande_id = %(demande)s AND l.numero = n.numero
        AND (l.verdict <> n.verdict OR l.reasons <> n.reasons)
)"""
WRITTEN = "".join((_TOLD, _WRITTEN, _COUNTS))
REWRITTEN = "".join((_TOLD, _REWRITTEN, _COUNTS))
