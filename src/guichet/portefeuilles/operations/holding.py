"""Holding one or two inscriptions, and who acts for them, while portfolios change."""

from uuid import UUID

from guichet.inscriptions.models import Acteur
from guichet.inscriptions.operations import lock
from guichet.inscriptions.operations.holding import administering
from guichet.inscriptions.rules import Genre
from guichet.kernel.refusals import N_, Refusal


class NotTiers(Refusal):
    """Portfolios belong to tiers déclarants."""

    code = "not_tiers"
    message = N_(
        "Seul un tiers déclarant (expert-comptable, centre de gestion agréé, holding…) gère des "
        "portefeuilles. Si votre entreprise en est un, demandez à changer le type de son inscription, dans "
        "« Gestion »."
    )
    status = 403


def held(by: Acteur) -> Acteur:
    """The administrateur ``by`` of a tiers déclarant, read again once its inscription is locked.

    Raises ``ActeurGone``, ``NotAdministrateur`` and ``NotTiers``.
    """
    fresh = administering(by)
    if fresh.inscription.genre != Genre.TIERS:
        raise NotTiers
    return fresh


def lock_both(*inscription_ids: UUID) -> None:
    """Lock inscriptions in the order of their ids, so that two who do so never wait for each other."""
    for inscription_id in sorted({*inscription_ids}):
        lock(inscription_id)
