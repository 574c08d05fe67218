"""What happens to filings when nobody comes back. Jobs; each filing in a transaction of its own."""

import datetime as dt
import logging
import uuid
from collections.abc import Callable, Iterable

from django.db import transaction
from django.db.models import F, Q, QuerySet

from guichet.courriers.rules import UnusableAddress, one_address
from guichet.depots.definitions import teleprocedures
from guichet.depots.models import Depot, DepotFile, Page
from guichet.depots.operations.drafts import lock_anybodys
from guichet.depots.operations.transitions import move_on, new_link, write_to_filer
from guichet.depots.queries import is_past
from guichet.depots.states import FILED, State
from guichet.files import operations as files
from guichet.files.models import StoredFile
from guichet.journal import operations as journal
from guichet.journal.queries import history
from guichet.kernel import clock

logger = logging.getLogger(__name__)

DRAFT_LIFETIME = dt.timedelta(days=30)
DRAFT_RECALL = dt.timedelta(days=23)  # a week before it is erased
DRAFT_NOTICE = dt.timedelta(days=5)  # at least, from the recall on: the jobs may have been down for days
VOID_FILES_LIFETIME = dt.timedelta(days=90)  # time to ask the service what happened (ADR 0011)
_SUBMITTED = (State.A_CONFIRMER, *FILED)  # what did not come to nothing


def remind_unconfirmed() -> int:
    """Recall, once, every filing that waits for longer than its téléprocédure says; how many."""
    return _each(_remind, _to_remind())


def expire_unconfirmed() -> int:
    """End every filing that was not confirmed in time, and write that nothing was filed; how many."""
    late = Depot.objects.filter(state=State.A_CONFIRMER, expires_at__lte=clock.now())
    return _each(_expire, late.values_list("pk", flat=True))


def remind_drafts() -> int:
    """Recall, once, every draft left alone for ``DRAFT_RECALL``; how many.

    One that is taken up again, and left alone again, is recalled again. Not recalled is what nobody would
    miss (``_is_empty``), nor where nobody can be told (``_can_be_told``).
    """
    return _each(_remind_of_draft, _neglected().values_list("pk", flat=True))


def purge_drafts() -> int:
    """Erase drafts left alone for ``DRAFT_LIFETIME`` and those given up, with what they hold; how many.

    A draft that has to be recalled is kept for ``DRAFT_NOTICE`` after its recall, however late this came.
    What was submitted once is never erased.
    """
    drafts = Depot.objects.filter(submitted_at=None)
    old = drafts.filter(state=State.BROUILLON, updated_at__lte=clock.now() - DRAFT_LIFETIME)
    given_up = drafts.filter(state=State.ABANDONNE)
    return _each(_erase, (old | given_up).values_list("pk", flat=True))


def report_infections() -> int:
    """Tell the filer, the journal and the log where the antivirus found something in a filing after it was
    submitted; how many filings.

    Nothing else changes: what was filed stays filed, and nobody is shown the content.
    """
    infected = _infected().filter(depot__state__in=_SUBMITTED)
    return _each(_report_infection, set(infected.values_list("depot_id", flat=True)))


def forget_void_files() -> int:
    """Erase the files of filings expired or cancelled ``VOID_FILES_LIFETIME`` ago; how many filings.

    Nothing was filed: the filing stays, and the journal keeps the hashes, but nobody needs the documents.
    """
    ended = _void().filter(updated_at__lte=clock.now() - VOID_FILES_LIFETIME)
    return _each(_erase_files, ended.filter(files__isnull=False).distinct().values_list("pk", flat=True))


def end_if_past(depot: Depot) -> bool:
    """Expire ``depot`` if its time to be confirmed is over, without waiting for the hourly job."""
    if depot.state != State.A_CONFIRMER or not is_past(depot):
        return False
    return _expire(depot.pk) or True


def _each(operation: Callable[[uuid.UUID], bool], depots: Iterable[uuid.UUID]) -> int:
    """How many of ``depots`` the operation changed.

    One that fails does not hold up the others; it is logged, and the job fails at the end: the operator
    sees it, and the next hour tries again. Raises ``ExceptionGroup``.
    """
    changed, failures = 0, []
    for depot_id in depots:
        try:
            changed += operation(depot_id)
        except Exception as failure:
            logger.exception("%s: dépôt %s", operation.__name__, depot_id)
            failures.append(failure)
    if failures:
        raise ExceptionGroup(f"{len(failures)} filings failed, {changed} changed", failures)
    return changed


def _to_remind() -> list[uuid.UUID]:
    found: list[uuid.UUID] = []
    for definition in teleprocedures().values():
        if definition.confirmation is None:
            continue
        waiting = Depot.objects.filter(
            teleprocedure=definition.code,
            state=State.A_CONFIRMER,
            reminded_at=None,
            submitted_at__lte=clock.now() - definition.confirmation.recall_after,
            expires_at__gt=clock.now(),
        )
        found += waiting.values_list("pk", flat=True)
    return found


@transaction.atomic
def _remind(depot_id: uuid.UUID) -> bool:
    depot = _waiting(depot_id)
    if depot is None or depot.reminded_at is not None:
        return False
    depot.reminded_at = clock.now()
    depot.save(update_fields=["reminded_at"])
    journal.record(subject=depot.evidence, kind="depot.reminded", actor="system", data={})
    write_to_filer(depot, "depots/rappel_de_validation", link=new_link(depot))
    return True


@transaction.atomic
def _remind_of_draft(depot_id: uuid.UUID) -> bool:
    depot = _neglected().select_for_update().filter(pk=depot_id).first()
    if depot is None or not _is_to_be_recalled(depot):
        return False
    depot.reminded_at = clock.now()
    depot.save(update_fields=["reminded_at"])  # not ``updated_at``: nobody changed it
    until = max(depot.updated_at + DRAFT_LIFETIME, depot.reminded_at + DRAFT_NOTICE)
    data = {"until": until.isoformat()}
    journal.record(subject=depot.evidence, kind="depot.draft_reminded", actor="system", data=data)
    write_to_filer(depot, "depots/rappel_de_brouillon", until=until)
    return True


def _neglected() -> QuerySet[Depot]:
    """Drafts left alone for ``DRAFT_RECALL``, that were not recalled since they were changed."""
    left = Depot.objects.filter(state=State.BROUILLON, updated_at__lte=clock.now() - DRAFT_RECALL)
    return left.filter(Q(reminded_at=None) | Q(reminded_at__lt=F("updated_at")))


@transaction.atomic
def _expire(depot_id: uuid.UUID) -> bool:
    depot = _waiting(depot_id)
    if depot is None or not is_past(depot):
        return False
    move_on(depot, "depot.expired", actor="system", evidence={"reference": depot.reference})
    write_to_filer(depot, "depots/depot_expire")
    return True


@transaction.atomic
def _report_infection(depot_id: uuid.UUID) -> bool:
    depot = lock_anybodys(depot_id)
    told = {
        event.data["sha256"] for event in history(subject=depot.evidence) if event.kind == "depot.infected"
    }
    found = set(_infected().filter(depot=depot).values_list("stored_id", flat=True)) - told
    if not found or depot.state not in _SUBMITTED:
        return False
    for sha256 in sorted(found):
        journal.record(subject=depot.evidence, kind="depot.infected", actor="system", data={"sha256": sha256})
    write_to_filer(depot, "depots/fichier_infecte")
    logger.error("dépôt %s: %d infected contents", depot.reference, len(found))
    return True


def _infected() -> QuerySet[DepotFile]:
    return DepotFile.objects.filter(stored__scan=StoredFile.Scan.INFECTED)


def _waiting(depot_id: uuid.UUID) -> Depot | None:
    """The filing, held, if it still waits for its confirmation."""
    held = Depot.objects.select_for_update()
    return held.filter(pk=depot_id, state=State.A_CONFIRMER).first()


def erase_abandoned(depot_id: uuid.UUID) -> bool:
    """Erase a draft that was given up, or left alone, with its files; whether it was one."""
    return _erase(depot_id)


def _erase(depot_id: uuid.UUID) -> bool:
    with transaction.atomic():
        depot = Depot.objects.select_for_update().filter(pk=depot_id, submitted_at=None).first()
        if depot is None or not _is_left(depot):
            return False
        contents = {
            sha256
            for rows in (DepotFile.objects, Page.objects)
            for sha256 in rows.filter(depot=depot).values_list("stored_id", flat=True)
        }
        depot.delete()
    _forget(contents)
    return True


def _erase_files(depot_id: uuid.UUID) -> bool:
    with transaction.atomic():
        depot = _void().select_for_update().filter(pk=depot_id).first()
        erased = DepotFile.objects.filter(depot=depot)
        contents = set(erased.values_list("stored_id", flat=True))
        if depot is None or not contents:
            return False
        erased.delete()
        data = {"files": sorted(contents)}
        journal.record(subject=depot.evidence, kind="depot.files_forgotten", actor="system", data=data)
    _forget(contents)
    return True


def _void() -> QuerySet[Depot]:
    """What was submitted and came to nothing."""
    return Depot.objects.filter(state__in=[State.EXPIRE, State.ABANDONNE], submitted_at__isnull=False)


def _forget(contents: Iterable[str]) -> None:
    for sha256 in contents:
        files.forget(sha256=sha256)  # unless another filing holds the same content


def _is_left(depot: Depot) -> bool:
    if depot.state == State.ABANDONNE:
        return True
    if depot.updated_at > clock.now() - DRAFT_LIFETIME:
        return False
    return _was_recalled_in_time(depot) or not _is_to_be_recalled(depot)


def _was_recalled_in_time(depot: Depot) -> bool:
    """Since its last change, and ``DRAFT_NOTICE`` ago."""
    at = depot.reminded_at
    return at is not None and depot.updated_at <= at <= clock.now() - DRAFT_NOTICE


def _is_to_be_recalled(depot: Depot) -> bool:
    return not _is_empty(depot) and _can_be_told(depot)


def _is_empty(depot: Depot) -> bool:
    """Whether nothing was answered and nothing joined."""
    return not (any(depot.data.values()) or depot.files.exists() or depot.pages.exists())


def _can_be_told(depot: Depot) -> bool:
    """Not where the account was closed or has no address, nor of what the portal offers no more."""
    definition = teleprocedures().get(depot.teleprocedure)
    try:
        return definition is not None and bool(one_address(definition.email(depot.account, depot.data)))
    except UnusableAddress:
        return False
