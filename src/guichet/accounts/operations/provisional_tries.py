"""Provisional passwords at the door: what is tried at them, and how often (003, chapter 3; ADR 0026)."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.models import F

from guichet.accounts.definitions import Espace, Provisionals
from guichet.accounts.models import Account, Provisional
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.limits import Saturated


def policy_of(door: Espace) -> Provisionals:
    """What ``door`` says of provisional passwords. Raises ``RuntimeError`` where it has none."""
    if door.provisionals is None:
        raise RuntimeError(f"{door.code} has no provisional passwords")
    return door.provisionals


def looks_provisional(typed: str, policy: Provisionals) -> bool:
    """Whether ``typed`` can be one: its digits alone. A password of one's own has letters."""
    return typed.isascii() and typed.isdigit() and len(typed) in (policy.given_length, policy.sent_length)


def begin(door: Espace, account: Account | None, typed: str) -> Provisional | None:
    """The living provisional password of ``account`` that ``typed`` is tried at; ``None`` where it is none.

    The try is counted before it is looked at, in one statement, so that many at once gain nothing. The same
    statements whether or not there is such an account.
    """
    if door.provisionals is None or not looks_provisional(typed, door.provisionals):
        return None
    rows = Provisional.objects.filter(account_id=account.pk if account else uuid.uuid4())
    left = rows.filter(expires_at__gt=clock.now(), tries__lt=door.provisionals.tries)
    counted = left.update(tries=F("tries") + 1)
    row = rows.first()
    return row if counted else None


@contextmanager
def looked_at(row: Provisional | None) -> Iterator[None]:
    """Take the try back where too many others wait before it."""
    try:
        yield
    except Saturated:
        if row:
            right(row)
        raise


def right(row: Provisional) -> None:
    """It was the right one: that try counts for nothing."""
    Provisional.objects.filter(pk=row.pk, hash=row.hash, tries__gt=0).update(tries=F("tries") - 1)


def wrong(door: Espace, row: Provisional) -> None:
    """It was not; the journal says when that was the last one."""
    if door.provisionals and row.tries >= door.provisionals.tries:
        data = {"tries": row.tries}
        kind, subject = "account.provisional_tried_out", f"account:{row.account_id}"
        with transaction.atomic():
            journal.record(subject=subject, kind=kind, actor="anonymous", data=data)
