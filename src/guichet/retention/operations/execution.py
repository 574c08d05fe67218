"""What is forgotten when its time is over. A daily job; each account in a transaction of its own."""

import datetime as dt
import logging
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse

from guichet.accounts.definitions import Espace, espaces
from guichet.accounts.models import Account
from guichet.courriers import operations as courriers
from guichet.courriers.rules import UnusableAddress
from guichet.depots import operations as depots
from guichet.foyers import operations as foyers
from guichet.instruction import operations as instruction
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.clock import PARIS
from guichet.kernel.dates import in_words
from guichet.retention.models import Closure, Notice
from guichet.retention.operations.closing import end
from guichet.retention.operations.exports import ask_again_for_lost, forget_expired
from guichet.retention.rules import FAREWELL, idle_since

logger = logging.getLogger(__name__)

MOST_WARNED = 2_000  # a run, for each espace: a mail server takes no more from a stranger in one night
BATCH = 200


@dataclass(frozen=True)
class Report:
    """How many of each, by espace: accounts ``warned`` and ``closed``, ``filings`` without their person."""

    espaces: dict[str, dict[str, int]]
    copies: int


def execute() -> Report:
    """Warn, close and forget, as each espace's ``retention`` says (job ``retention.execute``).

    Twice is as once. One account that fails does not hold up the others: it is logged, and the job fails at
    the end. The journal tells the numbers. Raises ``ExceptionGroup``.
    """
    failures: list[Exception] = []
    done = {code: _of_door(door, failures) for code, door in espaces().items()}
    report = Report(done, forget_expired())
    ask_again_for_lost()
    _forget_last_addresses()
    if failures:
        raise ExceptionGroup(f"{len(failures)} accounts or filings failed: {report}", failures)
    return report


def _of_door(door: Espace, failures: list[Exception]) -> dict[str, int]:
    counts = Counter[str]()
    steps: dict[str, tuple[Callable[..., bool], Iterable[Account]]] = {
        "closed": (_close, _to_close(door)),
        "warned": (_warn, _to_warn(door)),
    }
    for name, (step, found) in steps.items():
        for account in found:
            try:
                counts[name] += step(account, door)
            except Exception as failure:
                logger.exception("retention: %s %s", name, account)
                failures.append(failure)
    counts["filings"] = _forget_filings(door, failures)
    _forget_households(door, failures)
    numbers = {name: counts[name] for name in ("warned", "closed", "filings")}
    with transaction.atomic():
        subject = f"espace:{door.code}"
        journal.record(subject=subject, kind="retention.executed", actor="system", data=numbers)
    return numbers


def _idle(door: Espace) -> QuerySet[Account]:
    """The open accounts where nobody came in for too long."""
    since = idle_since(idle_account=door.retention.idle_account, now=clock.now())
    if since is None:
        return Account.objects.none()
    left = Q(last_sign_in_at__lte=since) | Q(last_sign_in_at=None, created_at__lte=since)
    return Account.objects.filter(left, espace=door.code, closure=None)


def _to_warn(door: Espace) -> list[Account]:
    return list(_idle(door).filter(notice=None).order_by("created_at")[:MOST_WARNED])


def _to_close(door: Espace) -> list[Account]:
    back = Q(account__last_sign_in_at__gt=F("warned_at"))
    Notice.objects.filter(back, account__espace=door.code).delete()  # they came back: nothing was wrong
    return list(_idle(door).filter(notice__closes_at__lte=clock.now()))


@transaction.atomic
def _warn(account: Account, door: Espace) -> bool:
    now = clock.now()
    closes_at = now + door.retention.notice
    _, new = Notice.objects.get_or_create(
        account=account, defaults={"warned_at": now, "closes_at": closes_at}
    )
    if new:
        data = {"closes_on": closes_at.date().isoformat()}
        journal.record(subject=account.subject, kind="account.idle_warned", actor="system", data=data)
        _write(account, door, closes_at)
    return new


def _write(account: Account, door: Espace, closes_at: dt.datetime) -> None:
    context = {
        "espace": door.label,
        "service": door.service,
        "identifier_label": door.identifier.label,
        "identifier": door.identifier.display(account.identifier, account.profile),
        "deadline": in_words(closes_at.astimezone(PARIS).date()),
        "page": f"{settings.BASE_URL}{reverse(door.sign_in_url)}" if door.messages_hold_links else "",
    }
    try:
        courriers.send_email(
            to=account.email,
            template="retention/compte_inactif",
            context=context,
            about=account.subject,
            links=door.messages_hold_links,
        )
    except UnusableAddress:
        return  # an account that nobody can be told about ends as the others do


@transaction.atomic
def _close(account: Account, door: Espace) -> bool:
    held = _idle(door).select_for_update(of=("self",)).filter(pk=account.pk)
    if held.first() is None:
        return False  # they came back a moment ago
    return end(account, reason=Closure.Reason.IDLE, actor="system")


def _forget_filings(door: Espace, failures: list[Exception]) -> int:
    before, changed = clock.now() - door.retention.filing, 0
    while found := depots.whose_time_is_over(espace=door.code, before=before, limit=BATCH):
        try:
            with transaction.atomic():
                changed += depots.forget_person(depot_ids=found)
                instruction.forget_texts(depot_ids=found)
                courriers.forget_plis(about=[f"depot:{depot_id}" for depot_id in found])
        except Exception as failure:
            logger.exception("retention: filings of %s", door.code)
            failures.append(failure)
            break  # the same ones would come again
    return changed


def _forget_households(door: Espace, failures: list[Exception]) -> None:
    """Who is no more of a household, once no filing that names them has its person still."""
    try:
        foyers.forget_what_is_over(espace=door.code, before=clock.now() - door.retention.filing)
    except Exception as failure:
        logger.exception("retention: households of %s", door.code)
        failures.append(failure)


def _forget_last_addresses() -> None:
    """The farewell to whoever left has been sent, or given up: nothing keeps the address any longer."""
    lately = Closure.objects.filter(closed_at__gt=clock.now() - FAREWELL)
    for closure in lately.select_related("account").iterator(chunk_size=500):
        courriers.forget(about=[closure.account.subject], unsent=False)
