"""The company answers, or ends what it accepted; the firm takes back, or ends. One outcome, whoever is first.

A filing is locked before its request, always.
"""

import uuid

from django.db import transaction
from django.utils.translation import gettext

from guichet.accounts.models import Account
from guichet.accounts.rules import Client
from guichet.adhesions.codes import code_hashes
from guichet.adhesions.models import Demande
from guichet.adhesions.operations import tries
from guichet.adhesions.queries.adhesions import NotTheCompany, side
from guichet.adhesions.rules import CodeRefused, clean_reason, parse_code
from guichet.adhesions.states import By
from guichet.adhesions.values import Answerer
from guichet.depots import operations as depots
from guichet.depots.operations.drafts import lock_anybodys
from guichet.depots.operations.transitions import move_on, write_to_filer
from guichet.depots.queries import DepotNotFound
from guichet.depots.states import State
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.identifiers import Siren
from guichet.kernel.refusals import N_, Refusal

THE_COMPANY = (By.CODE, By.ACCOUNT)


class AlreadySettled(Refusal):
    """Answers are final."""

    code = "already_settled"
    message = N_(
        "Cette demande a déjà reçu sa réponse, ou a été retirée : elle ne peut plus changer. Vous pouvez "
        "mettre fin à tout moment à ce qui a été accepté."
    )
    status = 409


class TooLate(Refusal):
    """Nobody answered in time (21 days)."""

    code = "too_late"
    message = N_(
        "Le délai pour répondre est passé : cette demande n’a plus d’effet, et personne n’agit pour vous par "
        "elle. Une nouvelle demande peut vous être adressée."
    )
    status = 410


class NotInForce(Refusal):
    """There is nothing to end."""

    code = "not_in_force"
    message = N_("Cette adhésion n’est pas en vigueur : il n’y a rien à quoi mettre fin.")
    status = 409


def open_by_code(*, siren: str, code: str, client: Client) -> Demande:
    """The request that a letter's code opens; ``Answerer(code_hash=demande.code_hash)`` acts on it.

    Called outside a transaction, as a wrong try counts. Raises ``InvalidSiren`` where the number can be no
    one's, ``LetterCodesLockedOut`` (429), and ``CodeRefused``: one sentence for an unknown company, a wrong
    code, and a company of which nothing is asked.
    """
    number = str(Siren.parse(siren))
    tries.count_try(siren=number, client=client)
    hashes = code_hashes(number, parse_code(code))
    found = Demande.objects.select_related("depot").filter(code_hash__in=hashes).first()
    if found is None:
        raise CodeRefused
    tries.forgive(siren=number, client=client)
    return found


@transaction.atomic
def answer(*, demande_id: uuid.UUID | str, by: Answerer, accept: bool, reason: str = "") -> Demande:
    """The company accepts or refuses; ``reason`` is what the firm reads. The same answer twice is as once.

    Raises ``NotTheCompany``, ``AlreadySettled``, ``TooLate`` from the 21st day on, to the second, and
    ``ReasonTooLong``.
    """
    words = clean_reason(reason)
    demande, as_whom = _hold(demande_id, by)
    if as_whom not in THE_COMPANY:
        raise NotTheCompany
    if demande.answered_by in THE_COMPANY and demande.depot.state == _state(accept=accept):
        return demande
    _check_open(demande)
    _settle(demande, as_whom, by.actor, accepted=accept)
    if accept:
        depots.accept(depot_id=demande.pk, actor=by.actor, reason=words)
    else:
        text = words or gettext("L’entreprise a refusé, sans donner de motif.")
        depots.refuse(depot_id=demande.pk, actor=by.actor, reason=text)
    demande.depot.refresh_from_db()
    return demande


@transaction.atomic
def end(*, demande_id: uuid.UUID | str, by: Answerer, reason: str = "") -> Demande:
    """The company, or the firm (``Answerer(account=…)``), ends what is in force, at once; both are told.

    Twice is as once. Raises ``NotTheCompany``, ``NotInForce``, ``ReasonTooLong``.
    """
    words = clean_reason(reason)
    demande, as_whom = _hold(demande_id, by)
    if demande.depot.state == State.TERMINE:
        return demande
    if demande.depot.state != State.ACCEPTE:
        raise NotInForce
    demande.ended_by = as_whom
    demande.save(update_fields=["ended_by"])
    said = gettext("Vous y avez mis fin.") if as_whom == By.FIRM else gettext("L’entreprise y a mis fin.")
    depots.end(depot_id=demande.pk, actor=by.actor, reason=f"{said}\n{words}".strip())
    demande.depot.refresh_from_db()
    return demande


@transaction.atomic
def cancel(*, account: Account, demande_id: uuid.UUID | str) -> Demande:
    """The firm takes back a request that waits for its answer; the company is told. Twice is as once.

    Raises ``NotTheCompany``, ``AlreadySettled``.
    """
    demande, as_whom = _hold(demande_id, Answerer(account=account))
    if as_whom != By.FIRM:
        raise NotTheCompany
    if demande.answered_by == By.FIRM:
        return demande
    if demande.settled_at is not None:
        raise AlreadySettled
    _settle(demande, By.FIRM, account.subject, accepted=False)
    data = {"reference": demande.depot.reference, "version": demande.depot.version}
    move_on(demande.depot, "depot.lapsed", actor=account.subject, evidence=data, decided_at=clock.now())
    write_to_filer(demande.depot, "adhesions/retiree")
    return demande


def _hold(demande_id: uuid.UUID | str, by: Answerer) -> tuple[Demande, By]:
    """A request and its filing, locked, for somebody who may act on it. Raises ``NotTheCompany``."""
    try:
        depot = lock_anybodys(demande_id)
    except DepotNotFound:
        raise NotTheCompany from None
    demande = Demande.objects.select_for_update(of=("self",)).filter(pk=depot.pk).first()
    if demande is None:
        raise NotTheCompany
    demande.depot = depot
    as_whom = side(demande, by)
    if as_whom is None:
        raise NotTheCompany
    return demande, as_whom


def _check_open(demande: Demande) -> None:
    if demande.settled_at is not None or demande.depot.state != State.CONFIRME:
        raise TooLate if demande.answered_by == By.SYSTEM else AlreadySettled
    if clock.now() >= demande.lapses_at:
        raise TooLate


def _settle(demande: Demande, by: By, actor: str, *, accepted: bool) -> None:
    demande.settled_at, demande.answered_by = clock.now(), by
    demande.save(update_fields=["settled_at", "answered_by"])
    data = {"by": by.value, "accepted": accepted}
    journal.record(subject=demande.depot.evidence, kind="adhesion.answered", actor=actor, data=data)


def _state(*, accept: bool) -> State:
    return State.ACCEPTE if accept else State.REFUSE
