"""People, places and declarations as words."""

import uuid
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext

from guichet.accounts.models import Account
from guichet.inscriptions import catalogue
from guichet.inscriptions.models import Acteur, Inscription
from guichet.inscriptions.queries import name_of_company
from guichet.kernel.identifiers import Siret
from guichet.kernel.refusals import N_

DOOR = "declarant"
AGENT = N_("un agent de l’administration")  # who is not named to those whom they serve
CLOSED = N_("une personne dont le compte est fermé")
PORTAL = N_("le portail")


def names_of(actors: Iterable[str]) -> Mapping[str, str]:
    """Actors as the journal names them (``account:<uuid>``, ``system``…), as people read them.

    A company (``inscription:<uuid>``: a client that ended a tie) by its name. One query, and two a company.
    """
    wanted = {actor for actor in actors if actor}
    ids = {actor: _id(actor) for actor in wanted if actor.startswith("account:")}
    found = Account.objects.in_bulk([pk for pk in ids.values() if pk])
    return {actor: _name(actor, found.get(ids[actor])) if actor in ids else _other(actor) for actor in wanted}


def named(account: Account) -> str:
    """Somebody of a company, by the name that they gave."""
    return str(account.profile.get("name") or gettext(CLOSED))


def people_of(acteur: Acteur) -> Mapping[int, str]:
    """Everybody who acts, or acted, for the company of ``acteur``: id → name. One query."""
    rows = Acteur.objects.filter(inscription=acteur.inscription_id)
    return {pk: str(name or gettext(CLOSED)) for pk, name in rows.values_list("pk", "account__profile__name")}


def label_of(code: str) -> str:
    """A declaration's name; its code where the catalogue never knew it."""
    try:
        return catalogue.label(code)
    except KeyError:
        return code


def place_of(siret: str, places: Mapping[str, str] | None = None) -> str:
    """« 123 456 782 00010, Garage de la Place » where the name is known."""
    known = (places or {}).get(siret, "")
    number = Siret(siret).grouped
    return f"{number}, {known}" if known else number


def _id(actor: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(actor.partition(":")[2])
    except ValueError:
        return None


def _other(actor: str) -> str:
    pk = _id(actor) if actor.startswith("inscription:") else None
    company = Inscription.objects.filter(pk=pk).first() if pk else None
    return name_of_company(company) if company else gettext(PORTAL)


def _name(_actor: str, account: Account | None) -> str:
    if account is None:
        return gettext(CLOSED)
    return named(account) if account.espace == DOOR else gettext(AGENT)
