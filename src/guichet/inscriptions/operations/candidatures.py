"""Candidatures: asked once, settled once, by whoever comes first; nobody after 15 days (003, chapter 2)."""

from typing import Any

from django.db import transaction

from guichet.accounts.models import Account
from guichet.accounts.operations.closing import is_closed
from guichet.inscriptions.models import Acteur, Candidature, Inscription
from guichet.inscriptions.operations import ways
from guichet.inscriptions.operations.holding import InscriptionEnded, administering, lock
from guichet.inscriptions.operations.notices import company_of, tell, tell_administrateurs
from guichet.inscriptions.operations.refusals import CannotBegin
from guichet.inscriptions.operations.settling import AlreadySettled, own, settle, waiting
from guichet.inscriptions.queries.people import ActeurNotFound, is_administered, name_of
from guichet.inscriptions.rules import LAPSES_AFTER, Voie
from guichet.inscriptions.states import Issue
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.dates import moment_in_words
from guichet.kernel.refusals import N_, Refusal

MAX_MOTIF = 1000
MOST_ASKED = 3  # candidatures of one account to one company in 15 days


class MotifMissing(Refusal):
    """A refusal is explained to the candidate."""

    code = "motif_missing"
    message = N_("Dites pourquoi vous refusez : la personne lira votre motif.")
    field = "motif"


class MotifTooLong(Refusal):
    """Params: ``count``, ``most``."""

    code = "motif_too_long"
    message = N_("Ce motif compte {count} caractères, {most} au plus sont possibles : raccourcissez-le.")
    field = "motif"


class AskedTooOften(CannotBegin):
    """Asked, refused or taken back, and asked again: each time all are told, or a letter is printed.

    Params: ``again``, when they may ask once more.
    """

    code = "asked_too_often"
    message = N_(
        "Vous avez déjà fait cette demande plusieurs fois ces derniers jours. Vous pourrez la refaire à "
        "partir du {again}. D’ici là, adressez-vous à un administrateur de votre entreprise."
    )
    status = 409


def ask(account: Account, inscription: Inscription, voie: Voie | None) -> Acteur:
    """``account`` asks to be administrateur of a company that is held; by the other way where its own leads
    nowhere. Raises ``AskedTooOften``."""
    now = clock.now()
    _check_not_too_often(account, inscription)
    acteur = Acteur.objects.create(
        inscription=inscription,
        account=account,
        siret=str(account.profile["siret"]),
        created_at=now,
        created_by=account.subject,
    )
    candidature = Candidature(acteur=acteur, voie=Voie.COOPTATION, asked_at=now, lapses_at=now + LAPSES_AFTER)
    candidature.save(force_insert=True)
    ways.take(candidature, ways.possible(acteur, voie or Voie.COOPTATION))
    data = {"acteur": acteur.pk, "voie": candidature.voie}
    journal.record(subject=inscription.subject, kind="candidature.asked", actor=account.subject, data=data)
    return acteur


def _check_not_too_often(account: Account, inscription: Inscription) -> None:
    asked = Candidature.objects.filter(
        acteur__account=account, acteur__inscription=inscription, asked_at__gt=clock.now() - LAPSES_AFTER
    ).order_by("-asked_at")
    moments = list(asked.values_list("asked_at", flat=True)[:MOST_ASKED])
    if len(moments) == MOST_ASKED:
        raise AskedTooOften(again=moment_in_words(moments[-1] + LAPSES_AFTER))


def still_acting(account: Account) -> Acteur | None:
    """For whom ``account`` acts; a candidature whose time is over lapses now."""
    acteur = (
        Acteur.objects.select_related("inscription", "account").filter(account=account, ended_at=None).first()
    )
    if acteur and acteur.is_candidate and lapse(acteur.pk):
        return None
    return acteur


@transaction.atomic
def grant(*, by: Acteur, acteur_id: int) -> Acteur:
    """An administrateur agrees: the candidate is one too, and declares, from now on.

    Raises ``NotAdministrateur``, ``ActeurGone``, ``ActeurNotFound`` and ``AlreadySettled``.
    """
    by = administering(by)
    candidature = waiting(acteur_id, by.inscription)
    return settle(candidature, Issue.ACCORDEE, actor=by.account.subject, by=by.account)


@transaction.atomic
def refuse(*, by: Acteur, acteur_id: int, motif: str) -> None:
    """An administrateur refuses, and says why: the candidate acts for nobody, and may begin again.

    Raises ``MotifMissing``, ``MotifTooLong``, and as ``grant``.
    """
    by = administering(by)
    motif = "".join(sign for sign in motif if sign == "\n" or sign.isprintable()).strip()
    if not motif:
        raise MotifMissing
    if len(motif) > MAX_MOTIF:
        raise MotifTooLong(count=len(motif), most=MAX_MOTIF)
    candidature = waiting(acteur_id, by.inscription)
    settle(candidature, Issue.REFUSEE, actor=by.account.subject, by=by.account, motif=motif)


@transaction.atomic
def withdraw(*, account: Account) -> None:
    """The candidate takes it back. Raises ``AlreadySettled``."""
    candidature = own(account)
    settle(candidature, Issue.RETIREE, actor=account.subject)


@transaction.atomic
def admit(*, acteur_id: int, actor: str) -> Acteur:
    """The agents' desk, which has seen proof, admits a candidate whom nobody answers, or whom somebody
    refused; also once the 15 days are over, as long as they act for nobody else. So it does a déclarant
    whose company nobody administers any more. ``actor``: the agent.

    Raises ``AlreadySettled`` for others who act already, or took it back, and ``InscriptionEnded``.
    """
    found = Acteur.objects.filter(pk=acteur_id).first()
    if found is None:
        raise ActeurNotFound
    if lock(found.inscription_id).ended_at:
        raise InscriptionEnded
    acteur = Acteur.objects.select_related("inscription", "account").get(pk=acteur_id)
    if acteur.began_at and acteur.ended_at is None:
        return _promote(acteur, actor)
    candidature = Candidature.objects.select_related("acteur__account", "acteur__inscription").get(
        pk=acteur_id
    )
    if candidature.settled_at is None:
        return settle(candidature, Issue.AGENT, actor=actor)
    if candidature.issue not in (Issue.REFUSEE, Issue.CADUQUE):
        raise AlreadySettled
    again = ask_again(candidature.acteur)
    return settle(again, Issue.AGENT, actor=actor)


def _promote(acteur: Acteur, actor: str) -> Acteur:
    """A déclarant administers too, the company being held. Raises ``AlreadySettled`` where anybody does."""
    inscription = acteur.inscription
    if acteur.administrateur or is_administered(inscription=inscription):
        raise AlreadySettled
    acteur.administrateur = True
    acteur.save(update_fields=["administrateur"])
    roles = {"administrateur": True, "declarant": acteur.declarant}
    said: dict[str, Any] = {"issue": Issue.AGENT, "granted": True, "by": "", "motif": ""}
    tell(acteur.account, "candidature_reponse", **company_of(inscription), **said)
    who: dict[str, Any] = {"person": name_of(acteur.account), "by": "", "what": "roles"}
    tell_administrateurs(inscription, "equipe", but=[acteur.account], **who, **roles)
    data = {"acteur": acteur.pk, **roles}
    journal.record(subject=inscription.subject, kind="acteur.admitted", actor=actor, data=data)
    return acteur


def ask_again(former: Acteur) -> Candidature:
    """The same candidature once more, for somebody whom the desk admits.

    Raises ``AlreadySettled`` also where the account was closed since: nobody would come in by it.
    """
    account = Account.objects.select_for_update().get(pk=former.account_id)
    if is_closed(account) or Acteur.objects.filter(account=account, ended_at=None).exists():
        raise AlreadySettled
    now = clock.now()
    acteur = Acteur.objects.create(
        inscription=former.inscription,
        account=former.account,
        siret=former.siret,
        created_at=now,
        created_by=former.account.subject,
    )
    return Candidature.objects.create(
        acteur=acteur, voie=former.candidature.voie, asked_at=now, lapses_at=now + LAPSES_AFTER
    )


@transaction.atomic
def lapse(acteur_id: int) -> bool:
    """A candidature ends when its 15 days are over; ``False`` where it was settled, or has time left."""
    row = Candidature.objects.select_related("acteur").filter(pk=acteur_id).first()
    if row is None:
        return False
    lock(row.acteur.inscription_id)
    over = Candidature.objects.select_related("acteur__account", "acteur__inscription").filter(
        pk=acteur_id, settled_at=None, lapses_at__lte=clock.now()
    )
    if candidature := over.first():
        settle(candidature, Issue.CADUQUE, actor="system")
    return candidature is not None
