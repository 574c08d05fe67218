"""Wrong codes of letters, counted by company and by address; no address is kept in the clear."""

import datetime as dt
import math

from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from guichet.accounts.models import Attempts
from guichet.accounts.operations import attempts
from guichet.accounts.rules import Client, Tally, counted
from guichet.adhesions.rules import TELEPROCEDURE, TRIES_PER_ADDRESS, TRIES_PER_SIREN, TRIES_WINDOW
from guichet.depots.definitions import teleprocedure
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.limits import network
from guichet.kernel.refusals import N_, Refusal


class LetterCodesLockedOut(Refusal):
    """Too many wrong codes. Params: ``retry_after`` (seconds), ``minutes``."""

    code = "letter_codes_locked_out"
    message = N_(
        "Trop de codes inexacts. Réessayez dans {minutes} min ; votre code reste valable. Vous pouvez aussi "
        "répondre par courrier, comme la lettre l’explique."
    )
    status = 429

    def __init__(self, *, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(retry_after=retry_after, minutes=math.ceil(retry_after / 60))


def count_try(*, siren: str, client: Client) -> None:
    """Count a try before its code is looked at, so that many at once gain nothing.

    Counts the same whatever is asked of the company, or not. Raises ``LetterCodesLockedOut``.
    """
    # The address first: one that is locked out makes no rows for companies.
    limits = {_address(client): TRIES_PER_ADDRESS, _company(siren): TRIES_PER_SIREN}
    with transaction.atomic():
        wait = next((wait for key, limit in limits.items() if (wait := _count(key, limit))), dt.timedelta(0))
    if wait:
        raise LetterCodesLockedOut(retry_after=math.ceil(wait.total_seconds()))


def forgive(*, siren: str, client: Client) -> None:
    """The code was right: lift the company's count, and take this try back from the address."""
    Attempts.objects.filter(key=_company(siren)).delete()
    Attempts.objects.filter(key=_address(client), count__gt=0).update(count=F("count") - 1)


def _count(key: str, limit: int) -> dt.timedelta:
    now = clock.now()
    row = attempts.held(key, now)
    before = Tally(row.count, row.until)
    after = counted(before, limit=limit, window=TRIES_WINDOW, now=now)
    if after != before:
        Attempts.objects.filter(key=key).update(count=after.count, until=after.until)
        if after.count > limit:
            subject, data = f"espace:{teleprocedure(TELEPROCEDURE).espace}", {"limit": limit}
            journal.record(subject=subject, kind="adhesion.codes_locked_out", actor="anonymous", data=data)
    return after.until - now if after.count > limit else dt.timedelta(0)


def _address(client: Client) -> str:
    return _key("address", network(client.address))


def _company(siren: str) -> str:
    return _key("siren", siren)


def _key(*parts: str) -> str:
    return salted_hmac("guichet.adhesions.attempts", "\0".join(parts), algorithm="sha256").hexdigest()
