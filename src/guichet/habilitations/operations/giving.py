"""Giving and taking rights: the first ones, the grid, a colleague's, a profile's (003, chapters 2 and 3)."""

from collections.abc import Collection

from django.db import transaction

from guichet.accounts.models import Account
from guichet.habilitations.operations.changing import change, held
from guichet.habilitations.operations.notices import announce
from guichet.habilitations.queries.judging import copied, everywhere, lines, taken
from guichet.habilitations.rules import Wanted, settled
from guichet.inscriptions import catalogue
from guichet.inscriptions import operations as inscriptions
from guichet.inscriptions.models import Acteur, Changement
from guichet.inscriptions.rules import Choice, Genre
from guichet.inscriptions.states import Origine
from guichet.kernel.refusals import N_, Refusal
from guichet.kernel.source import Source


class UnknownColleague(Refusal):
    """Nobody of this company, or nobody who may have rights."""

    code = "unknown_colleague"
    message = N_(
        "Cette personne ne fait pas partie des déclarants de votre entreprise, ou n’en fait plus partie. "
        "Revenez à « Gérer les déclarants » et choisissez-en une autre."
    )
    status = 404


class UnknownProfile(Refusal):
    """No such profile, or one for companies of several établissements alone (003, chapter 3)."""

    code = "unknown_profile"
    message = N_("Ce profil n’existe pas, ou n’existe plus : choisissez-en un dans la liste.")


@transaction.atomic
def begin(*, account: Account, choice: Choice | None) -> Acteur:
    """Register the company of ``account``, which files everything everywhere; or ask to join it.

    Where the company is registered already, a candidate without rights. Who acts for it already is given
    nothing. Raises what ``inscriptions.operations.begin`` raises (003, chapter 2).
    """
    acteur = inscriptions.begin(account=account, choice=choice)
    inscriptions.lock(acteur.inscription_id)
    if acteur.declarant and not Changement.objects.filter(inscription=acteur.inscription_id).exists():
        first = everywhere(acteur.pk, None, None)
        change(acteur.inscription, first, origine=Origine.INSCRIPTION, actor=account.subject)
    return acteur


@transaction.atomic
def apply(*, by: Acteur, wanted: Collection[Wanted], origine: Origine = Origine.MANUELLE) -> Changement:
    """Make cells of the grid what is ``wanted``: those that are so already, and what is impossible
    (``queries.plan`` tells why), stay as they are. Nothing is written where nothing changes (no ``pk``).

    Judged under the lock, applied by one statement, effective at its commit; all concerned are told.
    Raises ``Contradiction``, ``ActeurGone``, ``NotAdministrateur``.
    """
    return _changed(by, lines(settled(wanted)), origine)


@transaction.atomic
def copy(*, by: Acteur, source_id: int, target_id: int) -> Changement:
    """Give to ``target_id`` the rights that ``source_id`` has; those they have stay (003, chapter 3).

    Raises ``UnknownColleague``, ``ActeurGone``, ``NotAdministrateur``.
    """
    fresh = held(by)
    colleague(fresh, source_id)
    colleague(fresh, target_id)
    return _changed(fresh, copied(source_id, target_id), Origine.COPIE)


@transaction.atomic
def give_profile(*, by: Acteur, acteur_id: int, profile: str) -> Changement:
    """Give the rights of a profile (a code of ``catalogue.profiles``); those they have stay (003, chapter 3).

    Raises ``UnknownProfile``, ``UnknownColleague``, ``ActeurGone``, ``NotAdministrateur``.
    """
    fresh = held(by)
    chosen = catalogue.profiles().get(profile)
    if chosen is None or fresh.inscription.genre != Genre.MULTI:
        raise UnknownProfile
    person = colleague(fresh, acteur_id)
    places = {"tous": None, "sien": [person.siret], "aucun": []}[chosen.places]
    codes = list(chosen.declarations) or None
    return _changed(fresh, everywhere(person.pk, codes, places), Origine.PROFIL)


@transaction.atomic
def set_roles(*, by: Acteur, acteur_id: int, administrateur: bool, declarant: bool) -> Acteur:
    """Change the roles of a colleague; whoever is déclarant no more has no right any more.

    Raises ``UnknownColleague`` and what ``inscriptions.operations.set_roles`` raises.
    """
    fresh = held(by)
    colleague(fresh, acteur_id)
    if not declarant:
        _changed(fresh, taken(acteur_id=acteur_id), Origine.RETRAIT)
    inscriptions.set_roles(by=fresh, acteur_id=acteur_id, administrateur=administrateur, declarant=declarant)
    return Acteur.objects.select_related("account", "inscription").get(pk=acteur_id)


def colleague(by: Acteur, acteur_id: int) -> Acteur:
    """Somebody who acts for ``by``'s company, now. Raises ``UnknownColleague``."""
    living = Acteur.objects.filter(inscription=by.inscription_id, ended_at=None, began_at__isnull=False)
    found = living.select_related("account").filter(pk=acteur_id).first() if 0 < acteur_id < 2**63 else None
    if found is None:
        raise UnknownColleague
    return found


def _changed(by: Acteur, source: Source, origine: Origine) -> Changement:
    fresh = held(by)
    made = change(fresh.inscription, source, origine=origine, actor=fresh.account.subject)
    announce(made)
    return made
