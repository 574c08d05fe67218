"""What can be done of the établissements that are to enter a portfolio, or to leave it: one statement for a
dry run, and for its application under the lock of the inscription.

A source is a SELECT of ``(siret, given)``, each SIRET once; ``given``: it enters, else it leaves. No value
ever stands in the text of a statement. The register is named in the order ``unite``, ``etablissement``
(``entreprises.queries``).
"""

from collections.abc import Collection

from guichet.entreprises.queries import SHOWN_NAME
from guichet.kernel.source import Source
from guichet.portefeuilles.models import Cliente, Portefeuille

_WANTED = "WITH wanted AS MATERIALIZED ("

# Where it is to happen, and the companies that ended what the firm (its SIREN, in whatever inscription) did
# for them.
_HOME = """
), home AS MATERIALIZED (
    SELECT p.id, p.inscription_id, i.siren
    FROM portefeuilles_portefeuille p JOIN inscriptions_inscription i ON i.id = p.inscription_id
    WHERE p.id = %(portefeuille)s
), ended AS MATERIALIZED (
    SELECT DISTINCT c.siren FROM home
    JOIN inscriptions_inscription i ON i.siren = home.siren
    JOIN portefeuilles_cliente c ON c.inscription_id = i.id
    WHERE c.closed_because = 'client' AND c.let_back_at IS NULL
)"""

# The names that the register shows. Part of the statement that asks for one: materialized, it would be joined
# line by line.
_NAMES = (
    """
, names AS NOT MATERIALIZED (
    SELECT u.siren, """,
    SHOWN_NAME,
    """ AS name FROM sirene.unite u
)""",
)

# Line by line by the unique indexes (``LIMIT``): rows that came in this transaction are in no statistics, and
# the planner would compare all with all. Numbers of the register bear its collation, which our indexes don't
# serve. What is there already stays, whatever the register says by now.
_JUDGED = """
, judged AS MATERIALIZED (
    SELECT w.siret, w.given, left(w.siret, 9) AS siren, c.id AS cliente_id, c.portefeuille_id,
        e.id AS etablissement_id, w.given AND e.id IS NOT NULL AND c.portefeuille_id = home.id AS already,
        CASE WHEN NOT w.given AND (e.id IS NULL OR c.portefeuille_id <> home.id) THEN 'not_there'
             WHEN NOT w.given THEN ''
             WHEN e.id IS NOT NULL AND c.portefeuille_id = home.id THEN ''
             WHEN r.siret IS NULL THEN 'not_in_register'
             WHEN r."etatAdministratifEtablissement" = 'F' THEN 'closed_in_register'
             WHEN left(w.siret, 9) = home.siren THEN 'own_company'
             WHEN c.portefeuille_id <> home.id THEN 'elsewhere'
             WHEN ended.siren IS NOT NULL THEN 'ended_by_client'
             ELSE '' END AS reason
    FROM wanted w
    CROSS JOIN home
    LEFT JOIN LATERAL (
        SELECT * FROM sirene.etablissement WHERE siret = w.siret LIMIT 1
    ) r ON true
    LEFT JOIN LATERAL (
        SELECT id, portefeuille_id FROM portefeuilles_cliente
        WHERE inscription_id = home.inscription_id AND siren = left(w.siret, 9) COLLATE "default"
            AND closed_at IS NULL LIMIT 1
    ) c ON true
    LEFT JOIN LATERAL (
        SELECT id FROM portefeuilles_etablissementclient
        WHERE cliente_id = c.id AND siret = w.siret COLLATE "default" AND closed_at IS NULL LIMIT 1
    ) e ON true
    LEFT JOIN ended ON ended.siren = left(w.siret, 9)
)
"""


def judged(source: Source, then: str) -> str:
    """The statement that judges the lines of ``source`` against the portfolio ``%(portefeuille)s``, and does
    ``then`` with what it found.

    ``judged(siret, given, siren, cliente_id, portefeuille_id, etablissement_id, already, reason)``:
    ``cliente_id`` and ``portefeuille_id`` where the company is a client already; ``already``: what is to
    enter is there; ``reason``: a code of ``rules.Refus``, or empty.
    """
    return "".join((_WANTED, source.sql, _HOME, _JUDGED, then))


def entering(source: Source, then: str) -> str:
    """The same, with ``names(siren, name)``: what the register calls companies."""
    return "".join((_WANTED, source.sql, _HOME, *_NAMES, _JUDGED, then))


def sirets(wanted: Collection[str], *, given: bool = True) -> Source:
    """SIRETs that somebody typed or ticked; what can be no text finds nothing."""
    return Source(
        "SELECT DISTINCT siret, %(given)s::boolean AS given FROM unnest(%(sirets)s::text[]) AS line(siret)",
        {"sirets": [siret.replace("\0", "") for siret in wanted], "given": given},
    )


def companies(sirens: Collection[str]) -> Source:
    """Every établissement that the register has of some companies, closed ones too, to enter."""
    return Source(
        "SELECT r.siret, true AS given"
        " FROM (SELECT DISTINCT siren FROM unnest(%(sirens)s::text[]) AS line(siren)) line"
        " JOIN sirene.etablissement r ON r.siret BETWEEN line.siren || '00000' AND line.siren || '99999'",
        {"sirens": [siren.replace("\0", "") for siren in sirens]},
    )


_PLACES = """
    SELECT e.siret, false AS given FROM portefeuilles_cliente c
    JOIN portefeuilles_etablissementclient e ON e.cliente_id = c.id AND e.closed_at IS NULL
    WHERE c.closed_at IS NULL AND """


def all_of(portefeuille: Portefeuille) -> Source:
    """Every établissement of a portfolio, to leave it."""
    return Source(_PLACES + "c.portefeuille_id = %(all_of)s", {"all_of": portefeuille.pk})


def whole(cliente: Cliente) -> Source:
    """Every établissement of a client, to leave its portfolio."""
    return Source(_PLACES + "c.id = %(whole)s", {"whole": cliente.pk})
