"""The copy of a person's data: asked for, put together by a job, offered for a week, forgotten."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from guichet.accounts.definitions import espace as door_of
from guichet.accounts.models import Account
from guichet.courriers import operations as courriers
from guichet.courriers.rules import UnusableAddress
from guichet.files import operations as files
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.dates import moment_in_words
from guichet.retention.archive import write_archive
from guichet.retention.models import Export
from guichet.retention.rules import EXPORT_AGAIN, EXPORT_LIFETIME

LOST_AFTER = dt.timedelta(hours=1)


def ask_export(*, account: Account) -> Export:
    """Have a copy of everything about ``account`` made; its person is told by e-mail when it is ready.

    One at a time: asking again while one is being made, or within ``EXPORT_AGAIN``, changes nothing; later,
    a new copy replaces the former.
    """
    with transaction.atomic():
        Account.objects.select_for_update(of=("self",)).get(pk=account.pk)  # two clicks at once are one
        former = Export.objects.filter(account=account).first()
        if former and (former.ready_at is None or clock.now() < former.ready_at + EXPORT_AGAIN):
            return former
        forget_export(account)
        export = Export.objects.create(account=account, asked_at=clock.now())
        journal.record(subject=account.subject, kind="account.export_asked", actor=account.subject, data={})
        app.configure_task("retention.build_export").defer(account_id=str(account.pk))
    return export


def build_export(*, account_id: str) -> None:
    """Put the copy together and tell its person. Job ``retention.build_export``.

    Idempotent: where none is waited for (any more), nothing happens.
    """
    export = Export.objects.select_related("account").filter(account_id=account_id, stored=None).first()
    if export is None:
        return
    content = write_archive(export.account)
    try:
        _offer(export, content)
    finally:
        content.path.unlink(missing_ok=True)  # where it was not taken over


@transaction.atomic
def _offer(export: Export, content: files.Content) -> None:
    waiting = Export.objects.select_for_update().filter(pk=export.pk, asked_at=export.asked_at, stored=None)
    if (held := waiting.first()) is None:
        return  # another worker was quicker, or the account was closed meanwhile
    [held.stored] = files.keep_all(contents=[content])
    held.ready_at = clock.now()
    held.expires_at = held.ready_at + EXPORT_LIFETIME
    held.save()
    account = export.account
    data = {"size": content.size, "sha256": content.sha256}
    journal.record(subject=account.subject, kind="account.export_ready", actor="system", data=data)
    _tell(account, held.expires_at)


def _tell(account: Account, deadline: dt.datetime) -> None:
    door = door_of(account.espace)
    context = {
        "espace": door.label,
        "service": door.service,
        "deadline": moment_in_words(deadline),
        "page": f"{settings.BASE_URL}{reverse(f'{door.code}:data')}" if door.messages_hold_links else "",
    }
    try:
        courriers.send_email(
            to=account.email,
            template="retention/copie_prete",
            context=context,
            about=account.subject,
            links=door.messages_hold_links,
        )
    except UnusableAddress:
        return  # the page tells it as well


def forget_export(account: Account) -> bool:
    """Erase the copy of ``account``, in the caller's transaction; whether there was one."""
    row = Export.objects.select_for_update().filter(account=account).first()
    if row is None:
        return False
    stored = row.stored_id
    row.delete()
    if stored:
        files.forget(sha256=stored)
    return True


def forget_expired() -> int:
    """Erase the copies whose week is over; how many."""
    over = Export.objects.filter(expires_at__lte=clock.now()).select_related("account")
    return sum(_forget(row.account) for row in over)


@transaction.atomic
def _forget(account: Account) -> bool:
    return forget_export(account)


def ask_again_for_lost() -> int:
    """Enqueue the copies that somebody waits for and whose job is gone; how many."""
    jobs = ProcrastinateJob.objects.filter(task_name="retention.build_export", status__in=["todo", "doing"])
    alive = set(jobs.values_list("args__account_id", flat=True))
    waiting = Export.objects.filter(stored=None, asked_at__lte=clock.now() - LOST_AFTER)
    lost = [str(pk) for pk in waiting.values_list("pk", flat=True) if str(pk) not in alive]
    for account_id in lost:
        app.configure_task("retention.build_export").defer(account_id=account_id)
    return len(lost)
