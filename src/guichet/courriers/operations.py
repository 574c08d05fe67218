"""Writing courriers, and sending them."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from guichet.courriers import rules, transport
from guichet.courriers.models import Courrier, CourrierAttempt, Pli
from guichet.courriers.queries import pli
from guichet.courriers.rendering import notice_of, render, without_links
from guichet.courriers.states import Outcome, Status, after
from guichet.journal import operations as journal
from guichet.kernel import clock

OVERDUE_AFTER = dt.timedelta(hours=1)  # then nobody is about to send it any more
KEPT_FOR = dt.timedelta(days=90)  # then who it went to and what it said are forgotten, its fate is not


def send_email(
    *,
    to: str,
    template: str,
    context: Mapping[str, object],
    about: str,
    secret: bool = False,
    links: bool = True,
    box: str = "",
) -> Courrier:
    """Write an e-mail into the outbox, in the caller's transaction; it is gone if that is rolled back.

    ``about`` is the subject of evidence that it belongs to. ``secret``: it carries a password or a link, so
    its body is erased once its fate is known. ``links=False``: it goes to people of a door whose messages
    hold none (004, step 2). Then ``<template>_par_code`` is taken where there is one, what somebody typed
    makes no link, and a link that is left raises ``rules.HoldsLink``.

    ``box``: whose mailbox the text stands in, in full (001, « Mes messages »). The e-mail is then
    ``<template>_avis`` where there is one, else ``avis``, which says that a message waits and not what it
    says. Both are about the same subject.

    Raises ``RuntimeError`` outside a transaction, ``rules.UnusableAddress``, and ``ValueError`` for a
    ``secret`` in a mailbox.
    """
    recipient = rules.one_address(to)
    if not links:
        template = without_links(template)
    if box:
        _put_into(box, template, context, about=about, secret=secret, links=links)
        template = notice_of(template)
    subject, body = render(template, context, links=links)
    return _write(
        kind=Courrier.Kind.EMAIL, recipient=recipient, subject=subject, body=body,
        template=template, about=about, secret=secret,
    )  # fmt: skip


def send_letter(
    *,
    recipient: str,
    address: Sequence[str],
    template: str,
    context: Mapping[str, object],
    about: str,
    secret: bool = False,
) -> Courrier:
    """Write a postal letter into the outbox, in the caller's transaction.

    ``recipient`` is the name on the envelope, ``address`` the lines under it (six lines in all, as the
    window shows). ``secret``: it carries a code, so its text is erased once its PDF is handed over. Raises
    ``RuntimeError`` outside a transaction and ``rules.AddressTooLong``.
    """
    rules.check_window([recipient, *address])
    subject, body = render(template, context)
    return _write(
        kind=Courrier.Kind.LETTER, recipient=recipient, address=list(address), subject=subject, body=body,
        template=template, about=about, secret=secret,
    )  # fmt: skip


def _put_into(
    box: str, template: str, context: Mapping[str, object], *, about: str, secret: bool, links: bool
) -> None:
    if secret:
        raise ValueError("what is erased once it is sent stands in no mailbox")
    _check_transaction()
    subject, body = render(template, context, links=links, in_box=True)
    Pli.objects.create(
        box=box, about=about, template=template, subject=subject, body=body, created_at=clock.now()
    )


def read(*, box: str, pli_id: uuid.UUID) -> Pli:
    """The message, read from now on; the first time counts. Raises ``PliNotFound``."""
    unread = Pli.objects.filter(box=box, pk=pli(box=box, pli_id=pli_id).pk, read_at=None)
    unread.update(read_at=clock.now())  # one statement: opened twice at once, it was read once
    return pli(box=box, pli_id=pli_id)


def empty(*, box: str) -> int:
    """Erase every message of a mailbox whose account is closed, in the caller's transaction; how many."""
    return Pli.objects.filter(box=box).delete()[0]


def forget_plis(*, about: Sequence[str]) -> int:
    """Erase the messages of every mailbox about subjects whose time is over; how many."""
    return Pli.objects.filter(about__in=about).delete()[0]


def _check_transaction() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("a courrier is written in the transaction of what causes it")


def _write(**fields: object) -> Courrier:
    _check_transaction()
    now = clock.now()
    courrier = Courrier.objects.create(created_at=now, next_attempt_at=now, **fields)
    app.configure_task("courriers.deliver").defer(courrier_id=courrier.pk)
    return courrier


@transaction.atomic
def deliver(*, courrier_id: int) -> None:
    """Try to send one courrier, and plan the next attempt where it failed. Job ``courriers.deliver``.

    Idempotent: what is sent, abandoned or being sent by another worker is left alone. A crash between the
    server's answer and our commit sends it twice, under the same Message-ID.
    """
    waiting = Courrier.objects.select_for_update(skip_locked=True).filter(status=Status.PENDING)
    courrier = waiting.filter(pk=courrier_id).first()
    if courrier is None:
        return
    outcome, detail = transport.send(courrier)
    CourrierAttempt.objects.create(courrier=courrier, at=clock.now(), outcome=outcome, detail=detail[:300])
    _conclude(courrier, outcome)


def _conclude(courrier: Courrier, outcome: Outcome) -> None:
    refused = courrier.attempts.filter(outcome=Outcome.REFUSED).count() if outcome is Outcome.REFUSED else 0
    wait = rules.next_wait(courrier.attempts.count(), refusals=refused)
    courrier.status = after(outcome, may_retry=wait is not None)
    courrier.next_attempt_at = None
    if courrier.status == Status.PENDING and wait:
        courrier.next_attempt_at = clock.now() + wait
        app.configure_task("courriers.deliver", schedule_in={"seconds": wait.total_seconds()}).defer(
            courrier_id=courrier.pk
        )
    else:
        _end(courrier)
    courrier.save()


def _end(courrier: Courrier) -> None:
    courrier.ended_at = clock.now()
    if courrier.secret:
        courrier.body = ""
    journal.record(
        subject=courrier.about,
        kind=f"courrier.{courrier.status}",
        actor="system",
        data={"courrier": courrier.pk, "template": courrier.template, "attempts": courrier.attempts.count()},
    )


def deliver_overdue() -> int:
    """Enqueue the courriers whose attempt is overdue and whose job is gone; how many.

    A job is lost where it was rescued too often, or ended while another worker still held its row and died.
    """
    jobs = ProcrastinateJob.objects.filter(task_name="courriers.deliver", status__in=["todo", "doing"])
    waiting = Courrier.objects.filter(status=Status.PENDING, next_attempt_at__lte=clock.now() - OVERDUE_AFTER)
    lost = waiting.exclude(pk__in=list(jobs.values_list("args__courrier_id", flat=True)))
    for courrier_id in (found := list(lost.order_by("pk").values_list("pk", flat=True))):
        app.configure_task("courriers.deliver").defer(courrier_id=courrier_id)
    return len(found)


@transaction.atomic
def forget(*, about: Sequence[str], unsent: bool) -> int:
    """Forget recipient and text of the courriers about these subjects, whatever their age; how many.

    ``unsent``: give up those that wait as well. One that is being sent at this moment is left alone: call
    again later. Fates are kept.
    """
    known = Courrier.objects.filter(about__in=about).exclude(recipient="")
    waiting = known.filter(status=Status.PENDING).select_for_update(skip_locked=True)
    for courrier in waiting if unsent else ():
        courrier.status, courrier.next_attempt_at = Status.ABANDONED, None
        _end(courrier)
        courrier.save()
    return known.filter(ended_at__isnull=False).update(recipient="", address=[], subject="", body="")


def purge_expired() -> int:
    """Forget recipient and text of what ended ``KEPT_FOR`` ago; how many. The fate is kept."""
    old = Courrier.objects.filter(ended_at__lte=clock.now() - KEPT_FOR).exclude(recipient="")
    return old.update(recipient="", address=[], subject="", body="")
