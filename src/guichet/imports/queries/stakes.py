"""How many rights, and whose, a request would open and close: what is judged, counted before it is done."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from guichet.imports.models import Demande
from guichet.imports.queries import reverting
from guichet.imports.states import Beneficiaires, Kind
from guichet.inscriptions.models import Acteur


@dataclass(frozen=True)
class Stakes:
    """``opened`` and ``closed`` rights of ``people``."""

    opened: int = 0
    closed: int = 0
    people: int = 0

    @property
    def rights(self) -> int:
        """All that change."""
        return self.opened + self.closed


_PRESENT = """
SELECT a.id FROM inscriptions_acteur a
WHERE a.inscription_id = %(inscription)s AND a.declarant AND a.began_at IS NOT NULL AND a.ended_at IS NULL
    AND EXISTS (
        SELECT FROM portefeuilles_cliente c
        JOIN portefeuilles_etablissementclient e ON e.cliente_id = c.id AND e.closed_at IS NULL
        JOIN habilitations_habilitation h ON h.siret = e.siret AND h.closed_at IS NULL AND h.acteur_id = a.id
        WHERE c.portefeuille_id = %(portefeuille)s AND c.closed_at IS NULL
    )
"""

_OF_CELLS = """
SELECT count(*) FILTER (WHERE given), count(*) FILTER (WHERE NOT given), count(DISTINCT acteur_id)
FROM {} cells
"""
_CELLS = "(SELECT acteur_id, given FROM imports_jugee WHERE reason = '')"

# What comes: with the declarations of its client, or of its portfolio where the company is no client yet.
_OF_PLACES = """
WITH declared AS MATERIALIZED (
    SELECT c.siren, count(d.id) AS number FROM portefeuilles_cliente c
    LEFT JOIN portefeuilles_declarationcliente d ON d.cliente_id = c.id AND d.closed_at IS NULL
    WHERE c.portefeuille_id = %(portefeuille)s AND c.closed_at IS NULL GROUP BY c.siren
), coming AS (
    SELECT coalesce(sum(coalesce(declared.number, (
        SELECT count(*) FROM portefeuilles_declarationportefeuille d
        WHERE d.portefeuille_id = %(portefeuille)s AND d.closed_at IS NULL
    ))), 0) AS number
    FROM imports_jugee j LEFT JOIN declared ON declared.siren = left(j.siret, 9)
    WHERE j.reason = '' AND j.given
), leaving AS MATERIALIZED (
    SELECT h.acteur_id FROM imports_jugee j
    JOIN habilitations_habilitation h ON h.siret = j.siret AND h.closed_at IS NULL
    JOIN inscriptions_acteur a ON a.id = h.acteur_id AND a.inscription_id = %(inscription)s
    WHERE j.reason = '' AND NOT j.given
)"""

_OF_DECLARATIONS = """
WITH places AS MATERIALIZED (
    SELECT e.siret, j.code, j.given FROM imports_jugee j
    JOIN portefeuilles_etablissementclient e ON e.cliente_id = j.cliente_id AND e.closed_at IS NULL
    WHERE j.reason = ''
), coming AS (
    SELECT count(*) AS number FROM places WHERE given
), leaving AS MATERIALIZED (
    SELECT h.acteur_id FROM places p
    JOIN habilitations_habilitation h ON h.siret = p.siret AND h.declaration = p.code AND h.closed_at IS NULL
    JOIN inscriptions_acteur a ON a.id = h.acteur_id AND a.inscription_id = %(inscription)s
    WHERE NOT p.given
)"""
_COUNTED = """
SELECT coming.number * cardinality(%(people)s::bigint[]), (SELECT count(*) FROM leaving), (
    SELECT count(*) FROM (
        SELECT acteur_id FROM leaving
        UNION SELECT unnest(%(people)s::bigint[]) WHERE coming.number > 0
    ) concerned
) FROM coming
"""


def beneficiaires(demande: Demande) -> list[int]:
    """Who gets the rights on what a request adds (``states.Beneficiaires``): the ids of acteurs."""
    chosen = Beneficiaires(demande.beneficiaires)
    if chosen is Beneficiaires.PERSONNE:
        return []
    if chosen is Beneficiaires.PRESENTS:
        known = {"inscription": demande.inscription_id, "portefeuille": demande.portefeuille_id}
        with connection.cursor() as cursor:
            cursor.execute(_PRESENT, known)
            return [row[0] for row in cursor.fetchall()]
    rows = Acteur.objects.filter(inscription=demande.inscription_id, declarant=True, ended_at=None)
    return list(rows.filter(began_at__isnull=False).values_list("pk", flat=True))


def of(demande: Demande) -> Stakes:
    """What ``imports_jugee`` would change. Rights on what comes are counted as if nobody had any there."""
    known: dict[str, Any] = {
        "inscription": demande.inscription_id,
        "portefeuille": demande.portefeuille_id,
        "people": [],
    }
    if demande.kind == Kind.HABILITATIONS:
        return _counted(_OF_CELLS.replace("{}", _CELLS), known)
    if demande.kind == Kind.ANNULATION:
        source = reverting.of_rights(demande)
        return _counted(_OF_CELLS.replace("{}", f"({source.sql})"), {**known, **source.params})
    known["people"] = beneficiaires(demande)
    places = demande.kind == Kind.ETABLISSEMENTS
    return _counted((_OF_PLACES if places else _OF_DECLARATIONS) + _COUNTED, known)


_DONE = """
SELECT count(*) FILTER (WHERE opened), count(*) FILTER (WHERE NOT opened), count(DISTINCT acteur_id) FROM (
    SELECT acteur_id, true AS opened FROM habilitations_habilitation WHERE opened_in_id = %(changement)s
    UNION ALL
    SELECT acteur_id, false FROM habilitations_habilitation WHERE closed_in_id = %(changement)s
) done
"""


def done(changement_id: int) -> Stakes:
    """What a change did."""
    return _counted(_DONE, {"changement": changement_id})


def _counted(sql: str, known: dict[str, Any]) -> Stakes:
    with connection.cursor() as cursor:
        cursor.execute(sql, known)
        return Stakes(*(int(number) for number in cursor.fetchone()))
