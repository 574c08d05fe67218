"""The inscription that a resiliation is about, as it stands: what may end, and who may ask for it."""

from django.db import connection

from guichet.accounts.models import Account
from guichet.depots.models import Depot
from guichet.depots.states import State
from guichet.inscriptions import queries
from guichet.inscriptions.models import Acteur, Inscription
from guichet.inscriptions.values import Place
from guichet.kernel.identifiers import Siret
from guichet.kernel.refusals import N_, Refusal
from guichet.teleprocedures.resiliation import rules

CODE = "resiliation"


class ForAdministrateurs(Refusal):
    """Who asks acts for no company, or administers none."""

    code = "for_administrateurs"
    message = N_(
        "Cette demande est réservée aux administrateurs de votre entreprise : adressez-vous à l’un d’eux."
    )
    field = rules.OBJET
    status = 403


class NoLongerFits(Refusal):
    """What was asked for can't be done any more: the inscription has changed since."""

    code = "no_longer_fits"
    message = N_(
        "L’inscription a changé depuis cette demande : ce qui est demandé est déjà fait, ou ne peut plus "
        "l’être. Refusez la demande en le disant."
    )
    status = 409


class AlreadyAsked(Refusal):
    """The same is asked for, and waits. Params: ``reference``."""

    code = "already_asked"
    message = N_(
        "Une demande sur le même objet attend déjà une réponse (référence {reference}). Attendez-la avant "
        "d’en faire une autre."
    )
    field = rules.OBJET


def administrateur(account: Account) -> Acteur:
    """Who ``account`` is, as an administrateur. Raises ``ForAdministrateurs``."""
    acteur = queries.acteur_of(account=account)
    if acteur is None or not acteur.administrateur:
        raise ForAdministrateurs
    return acteur


def places(inscription: Inscription) -> list[Place]:
    """The établissements of the inscription, but those that have left it for good."""
    return [one for one in queries.etablissements(inscription=inscription) if one.resilie_at is None]


def removable(inscription: Inscription) -> list[Place]:
    """Those of ``places`` without which the company declares for another one still."""
    found = places(inscription)
    ticked = [one for one in found if one.ticked]
    return [one for one in found if ticked != [one]]


def in_words(place: Place) -> str:
    """« 123 456 782 00010, Garage de la Place, 1 rue des Lilas 37000 Tours »."""
    return ", ".join(part for part in (Siret(place.siret).grouped, place.name, place.address) if part)


def check_free(siren: str, objet: str) -> None:
    """Raise ``AlreadyAsked`` where somebody of the company asked for the same, and waits.

    In the transaction that files, of two who ask at once the second waits for the first.
    """
    with connection.cursor() as cursor:  # not the company's row: whoever files holds the filing already
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"resiliation:{siren}:{objet}"]
        )
    rows = Depot.objects.filter(teleprocedure=CODE, siren=siren, state=State.CONFIRME, data__objet=objet)
    waiting = rows.first()
    if waiting is not None:
        raise AlreadyAsked(reference=waiting.reference)


def fitting(siren: str, data: dict[str, str]) -> Inscription:
    """The living inscription, where what ``data`` asks for may still be done. Raises ``NoLongerFits``."""
    inscription = queries.living(siren=siren)
    if inscription is None:
        raise NoLongerFits
    known = {one.siret for one in removable(inscription)}
    if data[rules.OBJET] != rules.COMPANY and data[rules.OBJET] not in known:
        raise NoLongerFits
    if data.get(rules.GENRE) == inscription.genre:
        raise NoLongerFits
    return inscription
