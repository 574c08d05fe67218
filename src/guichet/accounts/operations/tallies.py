"""Counting tries at what other rooms guard: one row a key, and nothing kept in the clear."""

import datetime as dt
import math
from collections.abc import Callable, Mapping

from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from guichet.accounts.models import Attempts
from guichet.accounts.operations.attempts import held
from guichet.accounts.rules import Client, Tally, counted
from guichet.kernel import clock
from guichet.kernel.limits import network


def key(purpose: str, *parts: str) -> str:
    """Under which key tries at ``parts`` are counted."""
    return salted_hmac(purpose, "\0".join(parts), algorithm="sha256").hexdigest()


def address_key(purpose: str, client: Client) -> str:
    """The same for whatever comes from one address."""
    return key(purpose, "address", network(client.address))


@transaction.atomic
def count(
    limits: Mapping[str, int], *, window: dt.timedelta, locked: Callable[[int], object] | None = None
) -> int:
    """Count a try under each key, in their order, before what is tried is looked at.

    Many at once gain nothing. Returns the seconds until the next try may come, 0 where this one may: what
    follows a key that is locked is not counted. ``locked(limit)`` runs when a key is locked out.
    """
    for name, limit in limits.items():
        if wait := _count(name, limit, window, locked):
            return wait
    return 0


def forget(*keys: str) -> None:
    """What was tried was right: lift these counts."""
    Attempts.objects.filter(key__in=keys).delete()


def take_back(*keys: str) -> None:
    """This try counts for nothing."""
    Attempts.objects.filter(key__in=keys, count__gt=0).update(count=F("count") - 1)


def _count(name: str, limit: int, window: dt.timedelta, locked: Callable[[int], object] | None) -> int:
    now = clock.now()
    row = held(name, now)
    before = Tally(row.count, row.until)
    after = counted(before, limit=limit, window=window, now=now)
    if after != before:
        Attempts.objects.filter(key=name).update(count=after.count, until=after.until)
        if locked and after.count > limit:
            locked(limit)
    return math.ceil((after.until - now).total_seconds()) if after.count > limit else 0
