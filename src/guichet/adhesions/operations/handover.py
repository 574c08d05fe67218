"""Handing client files over to a colleague, who accepts: until then, and whatever happens, they stay.

Locks are taken in one order: the two accounts, the proposal, the filings, their requests.
"""

import datetime as dt
import logging
import uuid
from collections.abc import Sequence

from django.db import transaction
from procrastinate.contrib.django import app

from guichet.accounts.models import Account
from guichet.accounts.operations.closing import is_closed
from guichet.adhesions.models import Demande, Remise
from guichet.adhesions.operations.colleagues import UnknownColleague, check_recognised
from guichet.adhesions.operations.notices import tell
from guichet.adhesions.operations.proposals import lapse, lock_accounts, settle
from guichet.adhesions.queries.colleagues import OPEN, colleague, name_of
from guichet.adhesions.queries.handover import RemiseNotFound
from guichet.adhesions.rules import LAPSES_AFTER
from guichet.adhesions.states import Remittal
from guichet.depots import operations as depots
from guichet.depots.models import Depot
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.refusals import N_, Refusal

logger = logging.getLogger(__name__)

GIVEN_UP_AFTER = dt.timedelta(days=1)
BATCH = 50  # files in one transaction: what a worker that is killed does again, and how far progress jumps


class NothingToHandOver(Refusal):
    """None of the files is there to be proposed."""

    code = "nothing_to_hand_over"
    message = N_(
        "Aucun de ces dossiers ne peut être proposé : ils sont terminés, ou déjà proposés à un collègue. "
        "Pour changer de collègue, annulez d’abord l’autre proposition."
    )
    status = 409


class NotSuspended(Refusal):
    """Files are taken over from who can't hand them over; whoever can, is asked."""

    code = "not_suspended"
    message = N_("Cette personne se connecte encore : demandez-lui de vous proposer ses dossiers.")
    status = 409


class RemiseOver(Refusal):
    """It was answered meanwhile, in another way."""

    code = "remise_over"
    status = 409


class RemiseAccepted(RemiseOver):
    """The colleague was quicker."""

    code = "remise_accepted"
    message = N_(
        "Cette proposition a été acceptée entre-temps : les dossiers passent au collègue, qui peut vous les "
        "proposer à son tour."
    )


class RemiseVoid(RemiseOver):
    """Cancelled, declined, or lapsed."""

    code = "remise_void"
    message = N_(
        "Cette proposition n’a plus cours : elle a été annulée ou écartée, ou son délai est passé. "
        "Les dossiers sont restés où ils étaient."
    )


@transaction.atomic
def propose(*, account: Account, to: uuid.UUID | str, depot_ids: Sequence[uuid.UUID] | None = None) -> Remise:
    """Propose client files of ``account`` to the colleague ``to``; ``depot_ids`` ``None``: all of them.

    Those that ended meanwhile, or are proposed already, are left out (``Remise.number`` says how many are in
    it). Raises ``NotRecognised``, ``UnknownColleague``, ``NothingToHandOver``.
    """
    recipient = _colleague(account, to)
    if recipient.suspended_at or is_closed(recipient):
        raise UnknownColleague
    remise = _create(account, recipient, Remittal.PROPOSED, depot_ids)
    data = {"to": recipient.subject, "files": remise.number}
    journal.record(subject=remise.evidence, kind="handover.proposed", actor=account.subject, data=data)
    tell(recipient, "remise_proposee", who=name_of(account), number=remise.number)
    return remise


@transaction.atomic
def take_over(*, account: Account, colleague_id: uuid.UUID | str) -> Remise:
    """Take over every client file of a colleague whose account is suspended, and who can propose none.

    What was proposed to others is void. Raises ``NotRecognised``, ``UnknownColleague``, ``NotSuspended``,
    ``NothingToHandOver``.
    """
    sender = _colleague(account, colleague_id)
    if sender.suspended_at is None:
        raise NotSuspended
    for pk in Remise.objects.filter(sender=sender, state=Remittal.PROPOSED).values_list("pk", flat=True):
        lapse(pk)
    remise = _create(sender, account, Remittal.ACCEPTED, None)
    data = {"from": sender.subject, "files": remise.number}
    journal.record(subject=remise.evidence, kind="handover.taken_over", actor=account.subject, data=data)
    _begin(remise)
    return remise


@transaction.atomic
def accept(*, account: Account, remise_id: uuid.UUID | str) -> Remise:
    """``account`` takes all the files of a proposal; the job ``adhesions.run_handover`` hands them over.

    Twice is as once. Raises ``RemiseNotFound``, ``NotRecognised``, and ``RemiseVoid``.
    """
    remise = _hold(remise_id, recipient=account)
    if remise.state == Remittal.ACCEPTED:
        return remise
    if remise.state != Remittal.PROPOSED:
        raise RemiseVoid
    check_recognised(account)
    if colleague(account, remise.sender_id) is None:  # taken back meanwhile, or of another firm now
        raise RemiseVoid
    settle(remise, Remittal.ACCEPTED, actor=account.subject)
    _begin(remise)
    return remise


@transaction.atomic
def decline(*, account: Account, remise_id: uuid.UUID | str) -> None:
    """``account`` does not want the files: they stay. Twice is as once.

    Raises ``RemiseNotFound``, ``RemiseAccepted``, ``RemiseVoid``.
    """
    remise = _hold(remise_id, recipient=account)
    if _moves(remise, Remittal.DECLINED):
        settle(remise, Remittal.DECLINED, actor=account.subject)
        tell(remise.sender, "remise_declinee", who=name_of(account), number=remise.number)


@transaction.atomic
def cancel(*, account: Account, remise_id: uuid.UUID | str) -> None:
    """``account`` takes its own proposal back. Twice is as once.

    Raises ``RemiseNotFound``, ``RemiseAccepted``, ``RemiseVoid``.
    """
    remise = _hold(remise_id, sender=account)
    if _moves(remise, Remittal.CANCELLED):
        settle(remise, Remittal.CANCELLED, actor=account.subject)
        tell(remise.recipient, "remise_annulee", who=name_of(account), number=remise.number)


def run_handover(*, remise_id: uuid.UUID | str) -> int:
    """Hand over what is left of an accepted proposal (job ``adhesions.run_handover``); how many files went.

    Idempotent. What ended meanwhile is left alone. A malfunction on one file does not hold up the others: the
    job fails at the end and is tried again, for ``GIVEN_UP_AFTER``; then what is left stays with its sender,
    who can propose it again. When all is done, both sides are told. Raises ``ExceptionGroup``.
    """
    gone, failures = 0, dict[uuid.UUID, Exception]()
    while (handed := _run_batch(remise_id, failures)) is not None:
        gone += handed
    if failures:
        raise ExceptionGroup(f"{len(failures)} files failed, {gone} handed over", list(failures.values()))
    return gone


def lapse_handovers() -> int:
    """Void what nobody answers any more (hourly job ``adhesions.lapse_handovers``); how many.

    Proposals of over ``LAPSES_AFTER``, and those to somebody who cannot come in any more. What was accepted
    and could not be done for ``GIVEN_UP_AFTER`` ends as it stands.
    """
    late = Remise.objects.filter(state=Remittal.ACCEPTED, finished_at=None)
    for pk in late.filter(decided_at__lte=clock.now() - GIVEN_UP_AFTER).values_list("pk", flat=True):
        _give_up(pk)
    waiting = Remise.objects.filter(state=Remittal.PROPOSED)
    late = waiting.filter(created_at__lte=clock.now() - LAPSES_AFTER)
    nobody = waiting.filter(recipient__suspended_at__isnull=False)
    return sum(lapse(pk) for pk in {*late.values_list("pk", flat=True), *nobody.values_list("pk", flat=True)})


def _colleague(account: Account, colleague_id: uuid.UUID | str) -> Account:
    """Somebody of the firm; both are locked."""
    check_recognised(account)
    seen = colleague(account, colleague_id)
    if seen is None:
        raise UnknownColleague
    return lock_accounts(account.pk, seen.pk)[seen.pk]


def _create(
    sender: Account, recipient: Account, state: Remittal, depot_ids: Sequence[uuid.UUID] | None
) -> Remise:
    now = clock.now()
    remise = Remise.objects.create(
        sender=sender, recipient=recipient, state=state, number=0, created_at=now,
        decided_at=None if state == Remittal.PROPOSED else now,
    )  # fmt: skip
    mine = Depot.objects.filter(account=sender, state__in=OPEN)
    if depot_ids is not None:
        mine = mine.filter(pk__in=depot_ids)
    # « remise IS NULL » in the update itself: of two proposals at once, each file is in one.
    free = Demande.objects.filter(remise=None, depot_id__in=mine.values("pk"))
    remise.number = free.update(remise=remise)
    if not remise.number:
        raise NothingToHandOver
    remise.save(update_fields=["number"])
    return remise


def _hold(remise_id: uuid.UUID | str, **side: Account) -> Remise:
    seen = Remise.objects.filter(pk=remise_id, **side).first()
    if seen is None:
        raise RemiseNotFound
    lock_accounts(seen.sender_id, seen.recipient_id)
    held = Remise.objects.select_for_update(of=("self",)).select_related("sender", "recipient")
    return held.get(pk=seen.pk)


def _moves(remise: Remise, state: Remittal) -> bool:
    if remise.state == Remittal.ACCEPTED:
        raise RemiseAccepted
    if remise.state not in (Remittal.PROPOSED, state):
        raise RemiseVoid
    return remise.state == Remittal.PROPOSED


def _begin(remise: Remise) -> None:
    app.configure_task("adhesions.run_handover").defer(remise_id=str(remise.pk))


@transaction.atomic
def _run_batch(remise_id: uuid.UUID | str, failures: dict[uuid.UUID, Exception]) -> int | None:
    """Hand over the next files; how many went, ``None`` where nothing is left to do."""
    seen = Remise.objects.filter(pk=remise_id, state=Remittal.ACCEPTED, finished_at=None).first()
    if seen is None:
        return None
    recipient = lock_accounts(seen.sender_id, seen.recipient_id)[seen.recipient_id]
    remise = Remise.objects.select_for_update(of=("self",)).get(pk=seen.pk)
    left = Demande.objects.filter(remise=remise).exclude(pk__in=failures).order_by("pk")
    ids = list(left.values_list("pk", flat=True)[:BATCH])
    if remise.finished_at or not ids or is_closed(recipient):
        if remise.finished_at is None and not failures:
            _finish(remise)
        return None
    held = Depot.objects.select_for_update(of=("self",)).filter(pk__in=ids)
    ours = held.filter(account_id=remise.sender_id, state__in=OPEN).order_by("pk")
    handed = sum(_hand_over(depot, recipient, failures) for depot in ours)
    Demande.objects.filter(pk__in=ids).exclude(pk__in=failures).update(remise=None)
    remise.handed += handed
    remise.save(update_fields=["handed"])
    return handed


def _hand_over(depot: Depot, recipient: Account, failures: dict[uuid.UUID, Exception]) -> bool:
    try:
        with transaction.atomic():
            depots.hand_over(depot_id=depot.pk, to=recipient, actor=recipient.subject)
    except Exception as failure:
        logger.exception("dépôt %s: not handed over", depot.reference)
        failures[depot.pk] = failure
        return False
    return True


@transaction.atomic
def _give_up(remise_id: uuid.UUID) -> None:
    late = Remise.objects.select_for_update(of=("self",)).filter(pk=remise_id, finished_at=None)
    if remise := late.first():
        _finish(remise)


def _finish(remise: Remise) -> None:
    Demande.objects.filter(remise=remise).update(remise=None)
    remise.finished_at = clock.now()
    remise.save(update_fields=["finished_at"])
    data = {"handed": remise.handed, "left": remise.number - remise.handed}
    journal.record(subject=remise.evidence, kind="handover.finished", actor="system", data=data)
    numbers = {"handed": remise.handed, "left": remise.number - remise.handed}
    for account, other in ((remise.sender, remise.recipient), (remise.recipient, remise.sender)):
        if account.suspended_at is None and not is_closed(account):
            tell(account, "remise_faite", to_me=account == remise.recipient, who=name_of(other), **numbers)
