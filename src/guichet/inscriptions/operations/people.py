"""The people of a company: created, corrected, promoted, ended, by its administrateurs (003, chapter 3)."""

from typing import Any

from django.db import transaction

from guichet.accounts import operations as accounts
from guichet.inscriptions.models import Acteur, EtablissementInscrit
from guichet.inscriptions.operations.employing import employ
from guichet.inscriptions.operations.holding import administering, check_not_last, one_of, present
from guichet.inscriptions.operations.notices import company_of, tell, tell_of_colleague
from guichet.inscriptions.queries.people import name_of
from guichet.inscriptions.rules import Person
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.refusals import N_, Refusal


class NoRole(Refusal):
    """Neither administrateur nor déclarant."""

    code = "no_role"
    message = N_(
        "Choisissez au moins un rôle : administrateur, déclarant, ou les deux. Pour que cette personne "
        "n’agisse plus du tout, supprimez-la."
    )
    field = "roles"


class NotOnesOwnPlace(Refusal):
    """The établissement is none of the company's. Params: ``siret``."""

    code = "not_ones_own_place"
    message = N_("L’établissement {siret} ne fait pas partie de votre inscription : choisissez-en un autre.")
    field = "siret"


class NotOverAdministrateur(Refusal):
    """Whoever corrects the address of somebody else, or makes their password, can sign in as them."""

    code = "not_over_administrateur"
    message = N_(
        "Cette personne est administrateur comme vous : elle seule change son adresse électronique et son "
        "mot de passe, par « Mon compte » ou « Mot de passe oublié »."
    )
    status = 403


class NotOneself(Refusal):
    """One's own address and password are changed on one's own page."""

    code = "not_oneself"
    message = N_("Pour votre propre compte, utilisez « Mon compte ».")
    status = 403


class NotTheSuccessor(Refusal):
    """Nobody takes over from themselves."""

    code = "not_the_successor"
    message = N_("Choisissez une autre personne que celle qui part pour lui succéder.")
    field = "successor"


@transaction.atomic
def create(
    *, by: Acteur, person: Person, siret: str, administrateur: bool = False, declarant: bool = True
) -> tuple[Acteur, str]:
    """``person`` acts for the company of ``by`` and signs in at ``siret``, one of its établissements.

    With the provisional password, which ``by`` is shown once. An account of that name and e-mail that acts
    for nobody is given again: what it was signed in with has ended. A candidature whose time is over lapses.
    Raises ``NotAdministrateur``, ``ActeurGone``, ``NoRole``, ``NotOnesOwnPlace``, ``Homonym`` (409: how to
    differ), and what ``accounts.operations.give`` raises.
    """
    by = administering(by)
    if not (administrateur or declarant):
        raise NoRole
    places = EtablissementInscrit.objects.filter(inscription=by.inscription, resilie_at=None)
    if not places.filter(siret=siret).exists():
        raise NotOnesOwnPlace(siret=siret)
    acteur, password = employ(by, person, siret, administrateur=administrateur, declarant=declarant)
    tell_of_colleague(by, acteur, "created")
    _record("acteur.created", by.account.subject, acteur)
    return acteur, password


@transaction.atomic
def correct_email(*, by: Acteur, acteur_id: int, email: str) -> None:
    """The address of a colleague, as ``EmailAddress.parse`` gives it; both addresses are told.

    Raises ``NotAdministrateur``, ``ActeurGone``, ``ActeurNotFound``, ``NotOverAdministrateur``,
    ``NotOneself``, and what ``accounts.operations.correct_email`` raises.
    """
    by, acteur = _over(by, acteur_id)
    accounts.correct_email(account=acteur.account, email=email, actor=by.account.subject)
    tell_of_colleague(by, acteur, "email")
    _record("acteur.email_corrected", by.account.subject, acteur)


@transaction.atomic
def new_provisional(*, by: Acteur, acteur_id: int) -> str:
    """Another provisional password for a colleague, which ``by`` is shown once; who asked for help has it.

    Raises as ``correct_email``.
    """
    by, acteur = _over(by, acteur_id)
    password = accounts.give_provisional(account=acteur.account, actor=by.account.subject)
    Acteur.objects.filter(pk=acteur.pk).update(help_asked_at=None)
    tell_of_colleague(by, acteur, "password")
    _record("acteur.password_given", by.account.subject, acteur)
    return password


@transaction.atomic
def set_roles(*, by: Acteur, acteur_id: int, administrateur: bool, declarant: bool) -> Acteur:
    """What a colleague, or oneself, is from now on. The same as before changes nothing.

    Raises ``NotAdministrateur``, ``ActeurGone``, ``ActeurNotFound``, ``NoRole`` and ``LastAdministrateur``.
    """
    by = administering(by)
    acteur = one_of(by.inscription, acteur_id)
    if not (administrateur or declarant):
        raise NoRole
    if (acteur.administrateur, acteur.declarant) == (administrateur, declarant):
        return acteur
    if not administrateur:
        check_not_last(acteur)
    acteur.administrateur, acteur.declarant = administrateur, declarant
    acteur.save(update_fields=["administrateur", "declarant"])
    if acteur.pk != by.pk:
        said: dict[str, Any] = {
            "administrateur": administrateur,
            "declarant": declarant,
            "by": name_of(by.account),
        }
        tell(acteur.account, "roles", **company_of(by.inscription), **said)
    tell_of_colleague(by, acteur, "roles")
    _record("acteur.roles_set", by.account.subject, acteur)
    return acteur


@transaction.atomic
def end_acteur(*, by: Acteur, acteur_id: int, successor_id: int | None = None, actor: str) -> Acteur:
    """Somebody acts for the company no more: an administrateur says so, or they do themselves.

    Rights and filings are closed, or pass to ``successor_id``, above this room, which tells all concerned, in
    the same transaction.
    ``actor`` as the journal names it. Raises ``NotAdministrateur``, ``ActeurGone``, ``ActeurNotFound`` (also
    for a successor who does not act), ``NotTheSuccessor`` and ``LastAdministrateur``.
    """
    by = present(by) if by.pk == acteur_id else administering(by)
    acteur = one_of(by.inscription, acteur_id)
    if successor_id == acteur_id:
        raise NotTheSuccessor
    successor = one_of(by.inscription, successor_id) if successor_id is not None else None
    check_not_last(acteur)
    finish(acteur, actor=actor, successor=successor)
    return acteur


def finish(acteur: Acteur, *, actor: str, successor: Acteur | None = None) -> None:
    """Write that somebody acts no more; the company is held."""
    acteur.ended_at, acteur.ended_by, acteur.successor = clock.now(), actor, successor
    acteur.help_asked_at = None
    acteur.save(update_fields=["ended_at", "ended_by", "successor", "help_asked_at"])
    _record("acteur.ended", actor, acteur, successor=successor.pk if successor else 0)


def _over(by: Acteur, acteur_id: int) -> tuple[Acteur, Acteur]:
    """``by``, and a colleague whose account administrateurs look after."""
    by = administering(by)
    if acteur_id == by.pk:
        raise NotOneself
    acteur = one_of(by.inscription, acteur_id)
    if acteur.administrateur:
        raise NotOverAdministrateur
    return by, acteur


def _record(kind: str, actor: str, acteur: Acteur, **more: int) -> None:
    data = {
        "acteur": acteur.pk,
        "administrateur": acteur.administrateur,
        "declarant": acteur.declarant,
        **more,
    }
    journal.record(subject=acteur.inscription.subject, kind=kind, actor=actor, data=data)
