"""What happens to requests that nobody answers, and to old lists. Jobs; each row in its own transaction."""

import logging
import uuid
from collections.abc import Callable, Iterable

from django.db import transaction
from django.db.models import QuerySet

from guichet.accounts.models import Account
from guichet.adhesions.models import Demande, Liste
from guichet.adhesions.operations import company
from guichet.adhesions.rules import LIST_SENT, LIST_UNSENT, REMIND_BEFORE
from guichet.depots import operations as depots
from guichet.depots.operations.drafts import lock_anybodys
from guichet.depots.operations.transitions import write_to_filer
from guichet.depots.states import State
from guichet.journal import operations as journal
from guichet.kernel import clock

logger = logging.getLogger(__name__)


def lapse_overdue() -> int:
    """End every request that nobody answered in time, and tell both sides; how many."""
    late = Demande.objects.filter(settled_at=None, lapses_at__lte=clock.now())
    return _each(_lapse, late.order_by("lapses_at").values_list("pk", flat=True))


def remind() -> int:
    """Recall, once, the requests that lapse within ``REMIND_BEFORE``: to the firm, and by e-mail to the
    company; how many."""
    now = clock.now()
    soon = Demande.objects.filter(settled_at=None, reminded_at=None, lapses_at__lte=now + REMIND_BEFORE)
    return _each(_remind, soon.filter(lapses_at__gt=now).values_list("pk", flat=True))


def purge_lists() -> int:
    """Erase lists whose time is over: those that nobody sent, and those sent long ago; how many.

    The requests that they made stay.
    """
    now = clock.now()
    unsent = Liste.objects.filter(sent_at=None, created_at__lte=now - LIST_UNSENT)
    sent = Liste.objects.filter(finished_at__lte=now - LIST_SENT)
    return _erase(unsent) + _erase(sent)


def forget_lists(*, account: Account) -> int:
    """Erase every list of an account that is closed, in the caller's transaction; how many."""
    return _erase(Liste.objects.filter(account=account))


def _erase(lists: QuerySet[Liste]) -> int:
    ids = list(lists.values_list("pk", flat=True))
    Liste.objects.filter(pk__in=ids).delete()
    return len(ids)


def _each(operation: Callable[[uuid.UUID], bool], demandes: Iterable[uuid.UUID]) -> int:
    """How many it changed. One that fails does not hold up the others; the job fails at the end."""
    changed, failures = 0, []
    for pk in list(demandes):
        try:
            changed += operation(pk)
        except Exception as failure:
            logger.exception("request %s", pk)
            failures.append(failure)
    if failures:
        raise ExceptionGroup(f"{len(failures)} requests failed, {changed} changed", failures)
    return changed


@transaction.atomic
def _lapse(pk: uuid.UUID) -> bool:
    if _held(pk) is None:
        return False  # answered at this very moment
    depots.lapse(depot_id=pk, actor="system")
    return True


@transaction.atomic
def _remind(pk: uuid.UUID) -> bool:
    demande = _held(pk)
    if demande is None or demande.reminded_at is not None:
        return False
    demande.reminded_at = clock.now()
    demande.save(update_fields=["reminded_at"])
    told = write_to_filer(demande.depot, "adhesions/rappel_au_cabinet")
    data = {**company.tell(demande, "adhesions/rappel", by_letter=False), "firm": told}
    journal.record(subject=demande.depot.evidence, kind="adhesion.reminded", actor="system", data=data)
    return True


def _held(pk: uuid.UUID) -> Demande | None:
    """A request that still waits, with its filing, both locked."""
    depot = lock_anybodys(pk)
    waiting = Demande.objects.select_for_update(of=("self",)).filter(pk=pk, settled_at=None)
    demande = waiting.first() if depot.state == State.CONFIRME else None
    if demande:
        demande.depot = depot
    return demande
