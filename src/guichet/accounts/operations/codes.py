"""Codes that messages bring, to be typed: where a door's messages hold no links (004, steps 2 and 3).

A code is kept as a keyed hash over its kind, its espace, its owner and its signs, so that nobody finds it in
a copy of the table, and one lookup answers for unknown, wrong and foreign ones alike. ``owner`` is the
identifier that one signs in with, or the account's subject where one is signed in.
"""

import datetime as dt

from django.utils.crypto import salted_hmac

from guichet.accounts.definitions import Espace
from guichet.accounts.definitions import espace as door_of
from guichet.accounts.models import Account, Token
from guichet.accounts.operations import links
from guichet.accounts.rules import generated_password, pasted
from guichet.courriers.links import link
from guichet.kernel import clock
from guichet.kernel.dates import moment_in_words
from guichet.kernel.refusals import N_, Refusal

CODE = {"by": "code"}  # what tells the row of a code from that of a link


class CodeRefused(Refusal):
    """Unknown address, wrong, too old, used, replaced: one sentence for all, after the same time."""

    code = "code_refused"
    message = N_(
        "Cet identifiant et ce code ne vont pas ensemble, ou ce code n’est plus valable : il ne sert qu’une "
        "fois, jusqu’au moment que dit son message, et un code plus récent le remplace. Vérifiez les deux, "
        "majuscules et minuscules comprises, ou demandez un nouveau code."
    )
    field = "code"


class ProofRefused(CodeRefused):
    """The code that shows that somebody who is signed in reads the mailbox."""

    code = "proof_refused"
    message = N_(
        "Ce n’est pas le bon code, ou il n’est plus valable : il ne sert qu’une fois, et un code plus récent "
        "le remplace. Copiez celui du dernier message, majuscules et minuscules comprises."
    )


def issue(
    kind: Token.Kind,
    *,
    door: Espace,
    owner: str,
    lifetime: dt.timedelta,
    account: Account | None = None,
    payload: dict[str, str] | None = None,
) -> tuple[Token, str]:
    """A new code: its row, and what to send, which is kept nowhere. Those of ``account`` before it end."""
    if door.codes is None:
        raise RuntimeError(f"messages of {door.code} hold links")
    if account:
        former = Token.objects.filter(account=account, kind=kind, used_at=None, payload__by="code")
        former.update(used_at=clock.now(), payload={})
    code = generated_password(door.codes.length)
    kept = links.keep(
        kind,
        hashed(kind, door=door, owner=owner, code=code),
        espace=door.code,
        lifetime=lifetime,
        account=account,
        payload={**(payload or {}), **CODE},
    )
    return kept, code


def find(kind: Token.Kind, *, door: Espace, owner: str, code: str) -> Token:
    """The row of a code, locked, whether or not it still works. Raises ``CodeRefused``."""
    known = hashed(kind, door=door, owner=owner, code=code)
    row = Token.objects.select_for_update().filter(kind=kind, hash=known).first()
    if row is None:
        raise CodeRefused
    return row


def find_of_account(kind: Token.Kind, *, door: Espace, owner: str, code: str) -> tuple[Account, Token]:
    """An account and the row of its code, both locked, working or not. Raises ``CodeRefused``."""
    found = links.locked(kind, hashed(kind, door=door, owner=owner, code=code))
    if found is None:
        raise CodeRefused
    return found


def check_usable(row: Token) -> None:
    """Raise ``CodeRefused`` unless the code still works."""
    if row.used_at or row.expires_at <= clock.now():
        raise CodeRefused


def use(row: Token) -> None:
    """The code has done its work."""
    Token.objects.filter(pk=row.pk).update(used_at=clock.now())


def new_password_way(account: Account, *, lifetime: dt.timedelta) -> dict[str, str]:
    """The one way to a password of ``account`` from now on: ``link`` or ``code``, and its ``deadline``."""
    links.spend_all(account)
    return recovery_way(account, lifetime=lifetime)


def recovery_way(account: Account, *, lifetime: dt.timedelta) -> dict[str, str]:
    """What a message gives to choose a password: ``link`` or ``code``, and its ``deadline`` in words."""
    door, kind = door_of(account.espace), Token.Kind.RECOVERY
    if door.codes:
        row, code = issue(kind, door=door, owner=account.identifier, lifetime=lifetime, account=account)
        return {"code": code, "deadline": moment_in_words(row.expires_at)}
    row, secret = links.issue(kind, espace=door.code, lifetime=lifetime, account=account)
    return {"link": link("m", secret), "deadline": moment_in_words(row.expires_at)}


def hashed(kind: Token.Kind, *, door: Espace, owner: str, code: str) -> str:
    """What is kept of ``code``."""
    parts = "\0".join((kind, door.code, owner, pasted(code)))
    return salted_hmac("guichet.accounts.codes", parts, algorithm="sha256").hexdigest()
