"""« Consulter les habilitations d'un ou de tous mes portefeuilles », as a download (003, chapter 4)."""

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext

from guichet.habilitations.queries.access import check_administrateur
from guichet.habilitations.queries.naming import label_of
from guichet.imports.queries.streaming import streamed
from guichet.inscriptions.models import Acteur
from guichet.kernel import clock
from guichet.kernel.clock import PARIS
from guichet.kernel.refusals import N_
from guichet.portefeuilles import queries as portefeuilles

HEADS = (
    N_("Portefeuille"),
    N_("SIREN"),
    N_("Entreprise"),
    N_("SIRET"),
    N_("Nom"),
    N_("Prénom"),
    N_("SIRET de connexion"),
    N_("Déclaration"),
    N_("Depuis le"),
    N_("Pas avant le"),
)
# A right is for as long as it is held; a declaration opens after its delays, the firm's and the client's.
_RIGHTS = """
SELECT p.name, c.siren, c.name, h.siret, u.profile->>'last_name', u.profile->>'first_name', a.siret,
    h.declaration, h.opened_at, greatest(dc.starts_at, di.opens_at)
FROM portefeuilles_portefeuille p
JOIN portefeuilles_cliente c ON c.portefeuille_id = p.id AND c.closed_at IS NULL
JOIN portefeuilles_etablissementclient e ON e.cliente_id = c.id AND e.closed_at IS NULL
JOIN habilitations_habilitation h ON h.siret = e.siret AND h.closed_at IS NULL
JOIN inscriptions_acteur a ON a.id = h.acteur_id AND a.inscription_id = p.inscription_id
JOIN accounts_account u ON u.id = a.account_id
LEFT JOIN portefeuilles_declarationcliente dc
    ON dc.cliente_id = c.id AND dc.code = h.declaration AND dc.closed_at IS NULL
LEFT JOIN inscriptions_declarationinscrite di
    ON di.inscription_id = p.inscription_id AND di.code = h.declaration AND di.removed_at IS NULL
WHERE p.inscription_id = %(inscription)s AND p.closed_at IS NULL
    AND (%(portefeuille)s::uuid IS NULL OR p.id = %(portefeuille)s)
ORDER BY p.key, c.sort_key, c.id, h.siret, u.profile->>'last_name', u.profile->>'first_name', a.id,
    h.declaration
"""


def consultation_rows(*, acteur: Acteur, portefeuille_id: uuid.UUID | None = None) -> Iterator[list[str]]:
    """Who may file what for whom, in one portfolio or in all, at this moment; its head first.

    SIRENs and SIRETs are digits, dates « 31/12/2026 » in Paris; « Pas avant le » is empty for what is open.
    Raises ``NotAdministrateur``, ``PortefeuilleNotFound``.
    """
    check_administrateur(acteur)
    if portefeuille_id is not None:
        portefeuilles.portefeuille(acteur=acteur, portefeuille_id=portefeuille_id)
    return _rows({"inscription": acteur.inscription_id, "portefeuille": portefeuille_id})


def _rows(known: dict[str, Any]) -> Iterator[list[str]]:
    yield [gettext(head) for head in HEADS]
    now = clock.now()
    for *words, code, since, opens_at in streamed(_RIGHTS, known):
        later = _day(opens_at) if opens_at and opens_at > now else ""
        yield [*(word or "" for word in words), label_of(code), _day(since), later]


def _day(moment: dt.datetime) -> str:
    return moment.astimezone(PARIS).strftime("%d/%m/%Y")
