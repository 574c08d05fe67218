"""Counting attempts, by account and by address: one row a key, and no address kept in the clear."""

import datetime as dt
import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from guichet.accounts.definitions import Espace, espace
from guichet.accounts.models import Account, Attempts
from guichet.accounts.operations import messages
from guichet.accounts.rules import Client, Tally, counted
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.limits import Saturated, network
from guichet.kernel.refusals import N_, Refusal


class TooMany(Refusal):
    """Too many attempts; ``retry_after`` says in how many seconds the next one may come."""

    code = "too_many"
    message = N_("Trop de demandes. Réessayez dans {minutes} minutes.")
    status = 429

    def __init__(self, *, retry_after: int) -> None:
        self.retry_after = retry_after
        minutes, hours = math.ceil(retry_after / 60), math.ceil(retry_after / 3600)
        super().__init__(retry_after=retry_after, minutes=minutes, hours=hours)


class LockedOut(TooMany):
    """Too many wrong passwords. Params: ``retry_after`` (seconds), ``minutes``."""

    code = "locked_out"
    message = N_(
        "Trop d’essais avec un mot de passe inexact. Réessayez dans {minutes} min, ou choisissez tout de "
        "suite un nouveau mot de passe par « Mot de passe oublié »."
    )


class CodesLockedOut(LockedOut):
    """Too many wrong codes of a second factor. Params: ``retry_after`` (seconds), ``minutes``."""

    code = "codes_locked_out"
    message = N_(
        "Trop de codes inexacts. Réessayez dans {minutes} min, ou utilisez tout de suite l’un de vos codes "
        "de secours."
    )


class RecoveryCodesLockedOut(CodesLockedOut):
    """Too many wrong recovery codes. Params: ``retry_after`` (seconds), ``minutes``."""

    code = "recovery_codes_locked_out"
    message = N_("Trop de codes de secours inexacts. Réessayez dans {minutes} min.")


class CodeTriesLockedOut(TooMany):
    """Too many wrong codes of messages. Params: ``retry_after`` (seconds), ``minutes``."""

    code = "code_tries_locked_out"
    message = N_(
        "Trop de codes inexacts. Réessayez dans {minutes} min, avec le code du dernier message reçu : "
        "copiez-le, puis collez-le."
    )


class AnswersLockedOut(TooMany):
    """Too many wrong answers to a question of trust. Params: ``retry_after`` (seconds), ``hours``."""

    code = "answers_locked_out"
    message = N_(
        "Trop de réponses inexactes. Réessayez dans {hours} h ; si la réponse ne vous revient pas, "
        "adressez-vous au service."
    )


class TooManyMessages(TooMany):
    """Too many messages asked for. Params: ``retry_after`` (seconds), ``minutes``."""

    code = "too_many_messages"
    message = N_(
        "Plusieurs messages viennent déjà d’être demandés. Regardez aussi dans le dossier des courriers "
        "indésirables ; vous pourrez en demander un autre dans {minutes} min."
    )


def count_sign_in(door: Espace, identifier: str, client: Client) -> None:
    """Count an attempt before its password is looked at, so that many at once gain nothing.

    Counts the same whether or not the account exists. Raises ``LockedOut``.
    """
    limits = {
        _address_key("sign_in", door, client): door.lockout.per_address,
        _account_key("sign_in", door, identifier): door.lockout.per_account,
    }
    if wait := _count(limits, door=door, kind="sign_in.locked_out"):
        raise LockedOut(retry_after=wait)


def count_code(account: Account, *, recovery: bool) -> None:
    """Count a try at the second factor of ``account`` before its code is looked at.

    Recovery codes are counted by themselves: they are the way out, and no number of tries finds one. The
    account's address is told of a lock-out, as whoever tries knows the password. Raises ``CodesLockedOut``.
    """
    door = espace(account.espace)
    what = "recovery_code" if recovery else "code"

    def locked(limit: int) -> None:
        data = {"limit": limit, "factor": what}
        journal.record(subject=account.subject, kind="account.codes_locked_out", actor="anonymous", data=data)
        messages.tell(account, "codes_inexacts", limit=limit)

    with transaction.atomic():
        key = _account_key(what, door, account.subject)
        wait = _count_one(key, door.lockout.codes_per_account, window=door.lockout.window, locked=locked)
    if wait:
        raise (RecoveryCodesLockedOut if recovery else CodesLockedOut)(retry_after=wait)


def forgive_code(account: Account) -> None:
    """The code was right: lift the account's counts."""
    door = espace(account.espace)
    keys = [_account_key(what, door, account.subject) for what in ("code", "recovery_code")]
    Attempts.objects.filter(key__in=keys).delete()


def count_code_try(door: Espace, kind: str, owner: str, client: Client) -> None:
    """Count a try at a code that a message brought, before it is looked at.

    ``owner`` is the identifier that was typed, or the subject of who is signed in. Counts the same whether or
    not there is such a code. Raises ``CodeTriesLockedOut``.
    """
    tries = door.codes.tries if door.codes else 0
    limits = {
        _address_key("code_try", door, client): door.lockout.per_address,
        _account_key(f"code_try {kind}", door, owner): tries,
    }
    if wait := _count(limits, door=door, kind="code_tries.locked_out"):
        raise CodeTriesLockedOut(retry_after=wait)


def forgive_code_tries(door: Espace, kind: str, owner: str, client: Client) -> None:
    """The code was right: lift the owner's count, and take this try back from the address."""
    Attempts.objects.filter(key=_account_key(f"code_try {kind}", door, owner)).delete()
    _take_back(_address_key("code_try", door, client))


def code_looked_at(door: Espace, kind: str, owner: str, client: Client) -> AbstractContextManager[None]:
    """``looked_at`` for a try at a code, with which a password is typed."""
    return _unless_saturated(
        _address_key("code_try", door, client), _account_key(f"code_try {kind}", door, owner)
    )


def count_answer(account: Account) -> None:
    """Count an answer to the question of trust of ``account`` before it is looked at.

    The account's address is told of a lock-out: whoever tries reads its mailbox, or knows the password.
    Raises ``AnswersLockedOut``.
    """
    door = espace(account.espace)
    window = door.lockout.answers_window

    def locked(limit: int) -> None:
        data, kind = {"limit": limit}, "account.answers_locked_out"
        journal.record(subject=account.subject, kind=kind, actor="anonymous", data=data)
        hours = math.ceil(window.total_seconds() / 3600)
        messages.tell(account, "reponses_inexactes", limit=limit, hours=hours)

    with transaction.atomic():
        key, limit = _account_key("answer", door, account.subject), door.lockout.answers_per_account
        wait = _count_one(key, limit, window=window, locked=locked)
    if wait:
        raise AnswersLockedOut(retry_after=wait)


def forgive_answer(account: Account) -> None:
    """The answer was right: lift the count."""
    Attempts.objects.filter(key=_account_key("answer", espace(account.espace), account.subject)).delete()


def answer_looked_at(account: Account) -> AbstractContextManager[None]:
    """``looked_at`` for an answer to the question of trust."""
    return _unless_saturated(_account_key("answer", espace(account.espace), account.subject))


def count_message(door: Espace, identifier: str, client: Client, *, recipient: str = "") -> None:
    """Count a message that somebody asks for without being signed in; ``recipient`` where they typed it.

    Raises ``TooManyMessages``.
    """
    limits = {
        _address_key("message", door, client): door.lockout.messages_per_address,
        _account_key("message", door, identifier): door.lockout.messages_per_account,
    }
    if recipient:
        limits[_recipient_key(door, recipient)] = door.lockout.messages_per_recipient
    _count_messages(limits, door)


def count_recipient(door: Espace, recipient: str) -> None:
    """Count a message to an address that somebody typed: nobody's mailbox is filled in our name.

    Raises ``TooManyMessages``.
    """
    _count_messages({_recipient_key(door, recipient): door.lockout.messages_per_recipient}, door)


def _count_messages(limits: dict[str, int], door: Espace) -> None:
    if wait := _count(limits, door=door, kind="messages.limited"):
        raise TooManyMessages(retry_after=wait)


def forgive_sign_in(door: Espace, identifier: str, client: Client | None = None) -> None:
    """The password was right, or replaced: lift the account's count, and take this attempt back."""
    Attempts.objects.filter(key=_account_key("sign_in", door, identifier)).delete()
    if client:
        _take_back(_address_key("sign_in", door, client))


def looked_at(door: Espace, identifier: str, client: Client) -> AbstractContextManager[None]:
    """Take the attempt back where too many others wait before it: nobody is locked out by that."""
    return _unless_saturated(_address_key("sign_in", door, client), _account_key("sign_in", door, identifier))


@contextmanager
def _unless_saturated(*keys: str) -> Iterator[None]:
    try:
        yield
    except Saturated:
        _take_back(*keys)
        raise


def _take_back(*keys: str) -> None:
    Attempts.objects.filter(key__in=keys, count__gt=0).update(count=F("count") - 1)


def _count(limits: dict[str, int], *, door: Espace, kind: str) -> int:
    def locked(limit: int) -> None:
        journal.record(subject=f"espace:{door.code}", kind=kind, actor="anonymous", data={"limit": limit})

    # The address first: one that is locked out does not reach the accounts' counts, nor make rows of them.
    with transaction.atomic():
        for key, limit in limits.items():
            if wait := _count_one(key, limit, window=door.lockout.window, locked=locked):
                return wait
    return 0


def _count_one(key: str, limit: int, *, window: dt.timedelta, locked: Callable[[int], object]) -> int:
    now = clock.now()
    row = held(key, now)
    before = Tally(row.count, row.until)
    after = counted(before, limit=limit, window=window, now=now)
    if after != before:
        Attempts.objects.filter(key=key).update(count=after.count, until=after.until)
        if after.count > limit:
            locked(limit)
    return _seconds(after.until - now) if after.count > limit else 0


def held(key: str, now: dt.datetime) -> Attempts:
    """The row of ``key``, locked; made where there is none, also where somebody forgives it meanwhile."""
    while True:
        row = Attempts.objects.select_for_update().filter(key=key).first()
        if row:
            return row
        Attempts.objects.bulk_create([Attempts(key=key, count=0, until=now)], ignore_conflicts=True)


def _seconds(wait: dt.timedelta) -> int:
    return math.ceil(wait.total_seconds())


def _account_key(what: str, door: Espace, identifier: str) -> str:
    return _key(what, "account", door.code, identifier)


def _address_key(what: str, door: Espace, client: Client) -> str:
    return _key(what, "address", door.code, network(client.address))


def _recipient_key(door: Espace, recipient: str) -> str:
    local, _, domain = recipient.casefold().rpartition("@")
    return _key("message", "recipient", door.code, f"{local.partition('+')[0]}@{domain}")  # one mailbox


def _key(*parts: str) -> str:
    return salted_hmac("guichet.accounts.attempts", "\0".join(parts), algorithm="sha256").hexdigest()
