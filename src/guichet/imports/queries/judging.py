"""What would become of each cell that the lines of a request ask for: statements over ``imports_lue``.

A cell is a person, a client, an établissement and a declaration, as far as its kind of request names them: 0
and « » stand for what it does not. ``imports_cellule`` has each once, ``imports_jugee`` what becomes of it:
``reason`` is empty where it can be done, ``already`` where it is so, else a code of ``reasons.Why``.
"""

from guichet.habilitations.queries import judging as rights
from guichet.imports.models import Demande
from guichet.imports.queries import reverting
from guichet.imports.reasons import Why
from guichet.imports.states import Kind
from guichet.kernel.source import Source
from guichet.portefeuilles.queries import placing

CELLS = """
DROP TABLE IF EXISTS pg_temp.imports_cellule;
DROP TABLE IF EXISTS pg_temp.imports_jugee;
CREATE TEMPORARY TABLE imports_cellule (
    acteur_id bigint, cliente_id bigint, siret text, code text, given boolean,
    first_line integer, last_line integer, both_ways boolean
) ON COMMIT DROP;
CREATE TEMPORARY TABLE imports_jugee (
    acteur_id bigint, cliente_id bigint, siret text, code text, given boolean,
    first_line integer, last_line integer, reason text
) ON COMMIT DROP;
INSERT INTO imports_cellule
SELECT coalesce(l.acteur_id, 0), coalesce(l.cliente_id, 0), l.siret, coalesce(c.code, ''), bool_and(c.given),
    min(l.numero), max(l.numero), bool_and(c.given) <> bool_or(c.given)
FROM imports_lue l CROSS JOIN LATERAL unnest(l.codes, l.given) AS c(code, given)
WHERE l.problem = '' AND c.given IS NOT NULL
GROUP BY 1, 2, 3, 4;
ANALYZE imports_cellule
"""

_JUDGED = "INSERT INTO imports_jugee "
_COLUMNS = "k.acteur_id, k.cliente_id, k.siret, k.code, k.given, k.first_line, k.last_line, "

# A place of another portfolio is named with it; nothing is looked up for those of this one.
_WHERE = """
places AS MATERIALIZED (
    SELECT e.siret, p.id AS portefeuille_id, p.name
    FROM portefeuilles_cliente c
    JOIN portefeuilles_portefeuille p ON p.id = c.portefeuille_id
    JOIN portefeuilles_etablissementclient e ON e.cliente_id = c.id AND e.closed_at IS NULL
    WHERE c.inscription_id = %(inscription)s AND c.closed_at IS NULL
)
"""

_RIGHTS = f"""
SELECT {_COLUMNS}
    CASE WHEN k.both_ways THEN 'contradiction'
         WHEN p.portefeuille_id = %(portefeuille)s THEN
            CASE WHEN j.reason <> '' THEN j.reason
                 WHEN k.given = (j.right_id IS NOT NULL) THEN 'already' ELSE '' END
         WHEN p.siret IS NOT NULL THEN 'elsewhere:' || p.name
         WHEN left(k.siret, 9) = %(siren)s THEN 'own_company'
         ELSE 'etablissement_unknown' END
FROM imports_cellule k
LEFT JOIN places p ON p.siret = k.siret
LEFT JOIN judged j ON j.acteur_id = k.acteur_id AND j.siret = k.siret AND j.declaration = k.code
"""

_PLACES = f"""
SELECT {_COLUMNS}
    CASE WHEN k.both_ways THEN 'contradiction'
         WHEN j.reason = 'elsewhere' THEN 'elsewhere:' || o.name
         WHEN j.reason <> '' THEN j.reason
         WHEN j.already THEN 'already' ELSE '' END
FROM imports_cellule k
LEFT JOIN judged j ON j.siret = k.siret
LEFT JOIN portefeuilles_portefeuille o ON o.id = j.portefeuille_id
"""

# The portfolio itself is the line of no client.
_DECLARATIONS = f"""
SELECT {_COLUMNS}
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
    known = {
        "inscription": demande.inscription_id,
        "portefeuille": demande.portefeuille_id,
        "siren": demande.inscription.siren,
    }
    return Source(_JUDGED + _judged(Kind(demande.kind), demande), known)


def _judged(kind: Kind, demande: Demande) -> str:
    if kind is Kind.HABILITATIONS:
        wanted = Source(
            "SELECT acteur_id, siret, code AS declaration, given FROM imports_cellule WHERE NOT both_ways"
        )
        return rights.judged(wanted, f", {_WHERE} {_RIGHTS}")
    if kind is Kind.ETABLISSEMENTS:
        wanted = Source("SELECT siret, given FROM imports_cellule WHERE NOT both_ways")
        return placing.judged(wanted, _PLACES)
    return _DECLARATIONS


# Each line with what becomes of its cells. One that asks for what an earlier one asks is told so, unless it is
# impossible: then both are. What a line with a problem asks for is impossible as a whole.
_TOLD = """
WITH cells AS (
    SELECT l.numero, c.rank,
        CASE WHEN c.given IS NULL THEN 'unreadable_wish'
             WHEN j.reason = 'contradiction' THEN 'contradiction:'
                || CASE WHEN j.first_line = l.numero THEN j.last_line ELSE j.first_line END
             WHEN j.reason = '' AND j.first_line < l.numero THEN 'double:' || j.first_line
             ELSE j.reason END AS reason,
        c.given
    FROM imports_lue l CROSS JOIN LATERAL unnest(l.codes, l.given) WITH ORDINALITY AS c(code, given, rank)
    LEFT JOIN imports_jugee j ON j.acteur_id = coalesce(l.acteur_id, 0)
        AND j.cliente_id = coalesce(l.cliente_id, 0) AND j.siret = l.siret AND j.code = coalesce(c.code, '')
    WHERE l.problem = ''
), grouped AS (
    SELECT numero, array_agg(reason ORDER BY rank) AS reasons,
        count(*) FILTER (WHERE reason = '' AND given) AS adds,
        count(*) FILTER (WHERE reason = '' AND NOT given) AS removes,
        count(*) FILTER (WHERE reason = 'already' OR reason LIKE 'double:%%') AS already,
        count(*) AS cells
    FROM cells GROUP BY numero
), told AS (
    SELECT l.*, coalesce(g.adds, 0) AS adds, coalesce(g.removes, 0) AS removes,
        coalesce(g.already, 0) AS already,
        CASE WHEN l.problem <> '' THEN greatest(cardinality(l.codes), 1)
             ELSE coalesce(g.cells - g.adds - g.removes - g.already, 0) END AS impossible,
        CASE WHEN l.problem <> '' THEN ARRAY[l.problem]
             ELSE coalesce(g.reasons, ARRAY['nothing_asked']) END AS reasons
    FROM imports_lue l LEFT JOIN grouped g ON g.numero = l.numero
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
WRITTEN = f"""{_TOLD}, written AS (
    INSERT INTO imports_ligne (demande_id, numero, typed, siret, acteur_id, cliente_id, codes, given, notes,
        problem, verdict, reasons)
    SELECT %(demande)s, numero, typed, siret, acteur_id, cliente_id, codes, given, notes, problem, verdict,
        reasons
    FROM lines
){_COUNTS}"""
# Judged again, most lines are what they were: those are not written again.
REWRITTEN = f"""{_TOLD}, written AS (
    UPDATE imports_ligne l SET verdict = n.verdict, reasons = n.reasons
    FROM lines n
    WHERE l.demande_id = %(demande)s AND l.numero = n.numero
        AND (l.verdict <> n.verdict OR l.reasons <> n.reasons)
){_COUNTS}"""
