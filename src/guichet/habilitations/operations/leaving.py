"""Somebody goes: their rights end, or pass to a successor with filings and drafts (003, chapter 3).

Locks are taken in one order: the inscription, the filings of who goes, their rights. Whoever files holds the
filing, then the right, so that both orders agree.
"""

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from guichet.accounts.models import Account
from guichet.accounts.operations.provisionals import end_provisional
from guichet.accounts.operations.sessions import close_other_sessions
from guichet.depots import operations as depots
from guichet.depots.models import Depot
from guichet.depots.states import FILED, State
from guichet.habilitations.operations.changing import change, held
from guichet.habilitations.operations.composing import let_go
from guichet.habilitations.operations.giving import UnknownColleague, colleague
from guichet.habilitations.operations.notices import announce, what_was_done, write
from guichet.habilitations.operations.passing import begin_to_pass
from guichet.habilitations.queries.judging import taken, taken_of_clients, transferred
from guichet.habilitations.queries.naming import named
from guichet.inscriptions import operations as inscriptions
from guichet.inscriptions.models import Acteur, Changement, Inscription
from guichet.inscriptions.operations.ending import place_kept
from guichet.inscriptions.queries import name_of_company
from guichet.inscriptions.rules import Genre
from guichet.inscriptions.states import Origine
from guichet.kernel.refusals import N_, Refusal

# The filing of a candidate proves who they are: it is nobody else's, whoever takes over.
PERSONAL = frozenset({"acces"})


class UnfitSuccessor(Refusal):
    """Rights pass to a déclarant of the company, and not to who goes."""

    code = "unfit_successor"
    message = N_(
        "Cette personne ne peut pas reprendre les droits : choisissez-en une autre, qui soit déclarante de "
        "votre entreprise, ou créez-la. Rien n’a été changé."
    )
    field = "successor"


@dataclass(frozen=True, kw_only=True)
class Passed:
    """What passed to a successor; what was filed for clients passes by a job, in a moment. ``left``: drafts
    that could not, as the successor has one of the same kind already; they stay with who went, who can
    transmit none of them, and are erased as any old draft."""

    filings: int = 0
    drafts: int = 0
    left: int = 0


@transaction.atomic
def remove(*, by: Acteur, acteur_id: int, successor_id: int | None = None) -> Passed:
    """The colleague ``acteur_id`` goes: rights, filings and drafts pass to ``successor_id``, and nothing
    waits again; without a successor the rights end, and the filings stay with who made them.

    Whoever went acts for nobody from now on, and their sessions are closed; a provisional password that
    they were given opens nothing any more. They, the successor and the other
    administrateurs are told. Raises ``UnknownColleague``, ``UnfitSuccessor``, ``ActeurGone``,
    ``NotAdministrateur``, ``LastAdministrateur``, and what ``depots.operations.hand_over`` raises.
    """
    fresh = held(by)
    gone = colleague(fresh, acteur_id)
    successor = _successor(fresh, gone, successor_id)
    made, passed = _end(gone, successor, by=fresh, actor=fresh.account.subject)
    close_other_sessions(account=gone.account, keep="")
    end_provisional(account=gone.account, actor=fresh.account.subject)
    _tell(made, gone, successor, passed, by=fresh.account)
    return passed


@transaction.atomic
def leave(*, account: Account) -> None:
    """Oneself: the rights end, the filings stay one's own. The administrateurs are told.

    For who acts for nobody, nothing. Raises ``LastAdministrateur``.
    """
    acteur = _acting(account)
    if acteur is not None:
        made, passed = _end(acteur, None, by=acteur, actor=account.subject)
        _tell(made, acteur, None, passed, by=account)


@transaction.atomic
def resilier(*, inscription_id: uuid.UUID, siret: str = "", genre: Genre | None = None, actor: str) -> None:
    """Carry out a resiliation that an agent decided (003, chapter 2): of the whole inscription, of one
    établissement (``siret``), or of its type alone (``genre``, the new one): where that has one
    établissement, the rights at the others end, and nothing else.

    Rights, ties with clients and people end, history and filings stay. All concerned are told. Raises what
    ``inscriptions.operations.change_genre``, ``end`` and ``end_etablissement`` raise.
    """
    inscription = inscriptions.lock(inscription_id)
    if genre is not None:
        _change_genre(inscription, genre, actor)
    elif siret:
        announce(change(inscription, taken(sirets=[siret]), origine=Origine.RESILIATION, actor=actor))
        inscriptions.end_etablissement(inscription_id=inscription.pk, siret=siret, actor=actor)
    else:  # everybody is told of the end itself
        let_go(inscription, taken(), origine=Origine.RESILIATION, actor=actor, tells=False)
        inscriptions.end(inscription_id=inscription.pk, because="resiliation", actor=actor)


def _change_genre(inscription: Inscription, genre: Genre, actor: str) -> None:
    """Who is no tiers déclarant any more has no clients; who is not of several declares for one place."""
    if inscription.genre == Genre.TIERS != genre:
        let_go(inscription, taken_of_clients(), origine=Origine.RESILIATION, actor=actor)
    if genre != Genre.MULTI:
        kept = taken(but=[place_kept(inscription)], siren=inscription.siren)
        announce(change(inscription, kept, origine=Origine.RESILIATION, actor=actor))
    inscriptions.change_genre(inscription_id=inscription.pk, genre=genre, actor=actor)


def _acting(account: Account) -> Acteur | None:
    """For whom ``account`` acts, read again once the inscription is locked."""
    mine = Acteur.objects.select_related("account", "inscription").filter(account=account, ended_at=None)
    seen = mine.first()
    if seen is None:
        return None
    inscriptions.lock(seen.inscription_id)
    return mine.first()


def _successor(by: Acteur, gone: Acteur, successor_id: int | None) -> Acteur | None:
    if successor_id is None:
        return None
    try:
        successor = colleague(by, successor_id)
    except UnknownColleague:
        raise UnfitSuccessor from None
    if successor.pk == gone.pk or not successor.declarant:
        raise UnfitSuccessor
    return successor


def _end(gone: Acteur, successor: Acteur | None, *, by: Acteur, actor: str) -> tuple[Changement, Passed]:
    """End somebody's rights and role; the inscription is locked."""
    passed = Passed()
    if successor is None:
        source, origine = taken(acteur_id=gone.pk), Origine.DEPART
    else:
        passed = _hand_over(gone, successor.account, actor)
        source, origine = transferred(gone.pk, successor.pk), Origine.TRANSFERT
    made = change(gone.inscription, source, origine=origine, actor=actor)
    inscriptions.end_acteur(
        by=by, acteur_id=gone.pk, successor_id=successor.pk if successor else None, actor=actor
    )
    return made, passed


def _hand_over(gone: Acteur, to: Account, actor: str) -> Passed:
    mine = Depot.objects.filter(account=gone.account, espace=to.espace).exclude(teleprocedure__in=PERSONAL)
    passing = mine.filter(
        Q(state=State.BROUILLON) | Q(siren=gone.inscription.siren, state__in=[State.A_CONFIRMER, *FILED])
    )
    filings = drafts = left = 0
    for depot in list(passing.order_by("pk").select_for_update(of=("self",))):  # before the rights: see above
        if depot.state != State.BROUILLON:
            depots.hand_over(depot_id=depot.pk, to=to, actor=actor)
            filings += 1
        elif depots.hand_over_draft(depot_id=depot.pk, to=to, actor=actor):
            drafts += 1
        else:
            left += 1
    return Passed(filings=filings + begin_to_pass(gone, actor), drafts=drafts, left=left)


def _tell(made: Changement, gone: Acteur, successor: Acteur | None, passed: Passed, *, by: Account) -> None:
    """Who went, who takes over, and the administrateurs; never whoever did it."""
    done = what_was_done(made) if made.pk else {}
    context = {
        "by": named(by),
        "oneself": gone.account_id == by.pk,
        "who": named(gone.account),
        "successor": named(successor.account) if successor else "",
        "company": name_of_company(gone.inscription),
        "filings": passed.filings,
        "drafts": passed.drafts,
        "left": passed.left,
    }
    if gone.account_id != by.pk:
        write(gone.account, "acces_termine", **context)
    living = Acteur.objects.filter(inscription=gone.inscription_id, ended_at=None, began_at__isnull=False)
    for acteur in living.select_related("account").order_by("pk"):
        if acteur.account_id == by.pk or acteur.pk == gone.pk:
            continue
        if acteur.administrateur or (successor and acteur.pk == successor.pk):
            write(acteur.account, "collegue_parti", mine=done.get(acteur.pk), **context)
