"""Holding a company while something changes: its row first, then its people. Who acts is read again then."""

import uuid

from django.db import connection

from guichet.inscriptions.models import Acteur, Inscription
from guichet.inscriptions.queries.people import ActeurNotFound, acting, reachable
from guichet.kernel.refusals import N_, Refusal


class NotAdministrateur(Refusal):
    """What administrateurs alone do (003, chapter 1)."""

    code = "not_administrateur"
    message = N_(
        "Seul un administrateur de votre entreprise peut le faire : « Mon compte » vous dit à qui vous "
        "adresser."
    )
    status = 403


class ActeurGone(Refusal):
    """Whoever acts does not act for the company any more: somebody removed them meanwhile, or it ended."""

    code = "acteur_gone"
    message = N_(
        "Vous n’agissez plus pour cette entreprise : rien n’a été changé. Reconnectez-vous pour voir où vous "
        "en êtes, ou adressez-vous à un administrateur."
    )
    status = 409


class LastAdministrateur(Refusal):
    """An inscription has one administrateur at least, always (003, chapter 1)."""

    code = "last_administrateur"
    message = N_(
        "Il n’y aurait plus d’administrateur : votre entreprise ne pourrait plus rien changer. Nommez-en "
        "d’abord un autre, dans « Gestion », ou demandez la résiliation de l’inscription."
    )
    status = 409


class InscriptionEnded(Refusal):
    """The company does not declare here any more."""

    code = "inscription_ended"
    message = N_("Cette inscription a pris fin : plus rien n’y change.")
    status = 409


def lock(inscription_id: uuid.UUID) -> Inscription:
    """The company's row, held until the transaction ends. No key: what refers to it goes on meanwhile."""
    return Inscription.objects.select_for_update(no_key=True).get(pk=inscription_id)


def lock_living(inscription_id: uuid.UUID) -> Inscription:
    """The same. Raises ``InscriptionEnded``."""
    inscription = lock(inscription_id)
    if inscription.ended_at:
        raise InscriptionEnded
    return inscription


def hold_living(siren: str) -> None:
    """Hold the company of that SIREN, where it declares here: before a filing that changes it is held."""
    found = Inscription.objects.filter(siren=siren, ended_at=None).first()
    if found:
        lock(found.pk)


def lock_siren(siren: str) -> None:
    """Keep others from registering this company, or asking to be of it, until the transaction ends.

    Before any row of it is held.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"inscriptions.siren:{siren}"]
        )


def present(by: Acteur) -> Acteur:
    """``by`` as they stand once the company is held. Raises ``ActeurGone``."""
    lock(by.inscription_id)
    fresh = Acteur.objects.select_related("inscription", "account").filter(pk=by.pk, ended_at=None).first()
    if fresh is None:
        raise ActeurGone
    return fresh


def administering(by: Acteur) -> Acteur:
    """The same of an administrateur. Raises ``ActeurGone`` and ``NotAdministrateur``."""
    fresh = present(by)
    if not fresh.administrateur:
        raise NotAdministrateur
    return fresh


def one_of(inscription: Inscription, acteur_id: int) -> Acteur:
    """Somebody who acts for a company that is held. Raises ``ActeurNotFound``."""
    found = acting(inscription.pk).select_related("inscription", "account").filter(pk=acteur_id).first()
    if found is None:
        raise ActeurNotFound
    return found


def check_not_last(acteur: Acteur) -> None:
    """Raise ``LastAdministrateur`` where nobody else who can sign in would administer the company."""
    if acteur.administrateur and not reachable(acteur.inscription_id).exclude(pk=acteur.pk).exists():
        raise LastAdministrateur
