"""Somebody comes to act for a company: an account and a provisional password are made for them."""

from guichet.accounts import operations as accounts
from guichet.accounts.definitions import espace
from guichet.accounts.models import Account
from guichet.inscriptions.models import Acteur
from guichet.inscriptions.operations import candidatures
from guichet.inscriptions.rules import Person
from guichet.kernel import clock
from guichet.kernel.refusals import N_, Refusal


class Homonym(Refusal):
    """Somebody signs in with this SIRET, nom and prénom already, or did, by another e-mail address.

    Params: ``first_name``.
    """

    code = "homonym"
    message = N_(
        "Quelqu’un se connecte déjà avec ce SIRET, ce nom et ce prénom. Si c’est une autre personne, "
        "distinguez-les : ajoutez un second prénom (« {first_name} Marie »), ou saisissez un nom d’usage, et "
        "dites à la personne ce que vous avez saisi. Si c’est la même, elle a déjà un compte."
    )
    field = "first_name"
    status = 409


def employ(
    by: Acteur, person: Person, siret: str, *, administrateur: bool = False, declarant: bool = False
) -> tuple[Acteur, str]:
    """``person`` acts for the company of ``by``, which is held; with their provisional password.

    An account of that identifier that acts for nobody is given again where its e-mail is theirs. They are
    told by e-mail what they sign in with, never the password. Raises ``Homonym``,
    ``kernel.names.InvalidName``, and what ``accounts.operations.give`` raises.
    """
    account, password = _account(by, person, siret)
    now = clock.now()
    acteur = Acteur.objects.create(
        inscription=by.inscription,
        account=account,
        siret=siret,
        administrateur=administrateur,
        declarant=declarant,
        created_at=now,
        created_by=by.account.subject,
        began_at=now,
    )
    return acteur, password


def identifier_of(door: str, person: Person, siret: str) -> str:
    """What ``person`` signs in with at ``siret``. Raises ``kernel.names.InvalidName``."""
    identifier = espace(door).identifier
    parse = {part.name: part.parse for part in identifier.parts}
    typed = {"siret": siret, "last_name": person.last_name, "first_name": person.first_name}
    return identifier.join({name: parse[name](text) for name, text in typed.items()})


def _account(by: Acteur, person: Person, siret: str) -> tuple[Account, str]:
    door, actor = by.account.espace, by.account.subject
    identifier = identifier_of(door, person, siret)
    profile = {
        "name": person.name,
        "last_name": person.last_name,
        "first_name": person.first_name,
        "siret": siret,
        "phone": person.phone,
    }
    # Held: who closes it meanwhile takes its identifier away, and then there is none.
    known = Account.objects.select_for_update().filter(espace=door, identifier=identifier).first()
    if known is None:
        try:
            return accounts.give(
                espace=door, identifier=identifier, email=person.email, profile=profile, actor=actor
            )
        except accounts.AccountExists:  # they registered at this very moment
            raise Homonym(first_name=person.first_name) from None
    # Nobody comes or goes meanwhile: its identifier names an établissement of the company that is held.
    acts = candidatures.still_acting(known) is not None
    # Mailbox and filings stay with the account: they are a former colleague's, and no homonym's.
    if acts or person.email.casefold() != known.email.casefold():
        raise Homonym(first_name=person.first_name)
    return known, accounts.regive(account=known, email=person.email, profile=profile, actor=actor)
