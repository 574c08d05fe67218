"""Changing the password of who is signed in."""

from django.db import transaction

from guichet.accounts.definitions import espace as door_of
from guichet.accounts.models import Account
from guichet.accounts.operations import passwords, proofs
from guichet.accounts.operations.credentials import conclude_new_password, verify_password


def change_password(
    *, account: Account, new: str, keep_session: str, current: str = "", code: str = ""
) -> None:
    """Replace the password; every other session is closed, and the account's address is told.

    ``keep_session`` is the key of the present session, which ``sessions.renew`` then gives a new key. Where
    the espace has codes, ``code`` is that of ``ask_proof``, which wanted the present password and the answer;
    else it is ``current``, which suffices, also where there is a question of trust: whoever knows the present
    password gains nothing by another one, and the mailbox is told. Raises ``WrongPassword``,
    ``attempts.LockedOut``, ``codes.ProofRefused``, ``attempts.CodeTriesLockedOut`` and
    ``rules.WeakPassword`` (the code stays usable).
    """
    if door_of(account.espace).codes:
        with proofs.shown(account, code) as account:
            _replace(account, new, keep_session)
        return
    verify_password(account, current)
    with transaction.atomic():
        _replace(Account.objects.select_for_update().get(pk=account.pk), new, keep_session)


def _replace(account: Account, new: str, keep_session: str) -> None:
    passwords.replace(account, new)
    conclude_new_password(account, kind="account.password_changed", keep_session=keep_session)
