"""A forgotten password, by e-mail (000, step 4), and by the question of trust as well (004, step 2), or by a
provisional password (003, chapter 5)."""

import uuid
from collections.abc import Callable

from django.db import transaction

from guichet.accounts.definitions import Espace
from guichet.accounts.definitions import espace as door_of
from guichet.accounts.models import Account, Token
from guichet.accounts.operations import (
    answers,
    attempts,
    codes,
    links,
    messages,
    passwords,
    provisional_tries,
)
from guichet.accounts.operations.credentials import conclude_new_password
from guichet.accounts.rules import Client
from guichet.courriers.links import link
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.dates import moment_in_words


def ask_recovery(*, espace: str, identifier: str, client: Client) -> None:
    """Send a link, or a code, to the account's address; for an unknown identifier, or a suspended account,
    do the same work, and take it back.

    Who was given a provisional password and never took possession has no question yet: the link shows them
    another one. The answer and its timing tell nothing about the account. Raises
    ``attempts.TooManyMessages``.
    """
    _ask(door_of(espace), identifier, client, _send)


def ask_provisional(*, espace: str, identifier: str, client: Client) -> None:
    """The same, for a link that shows a provisional password: ``open_provisional`` (003, chapter 5).

    Raises ``attempts.TooManyMessages``, and ``RuntimeError`` where the espace has none.
    """
    door = door_of(espace)
    provisional_tries.policy_of(door)
    _ask(door, identifier, client, _send_provisional)


def _ask(door: Espace, identifier: str, client: Client, send: Callable[[Espace, Account], None]) -> None:
    attempts.count_message(door, identifier, client)
    # Two, as taking back the inner one leaves the outer one its commit, which is what takes longest.
    with transaction.atomic(), transaction.atomic():
        known = Account.objects.filter(espace=door.code, identifier=identifier, suspended_at=None)
        account = known.first()
        send(door, account or nobody(door, identifier))
        if account is None:
            transaction.set_rollback(True)


def nobody(door: Espace, identifier: str) -> Account:
    """A made-up account, for a transaction that is taken back: what is done with it takes its time."""
    values = {"email": "personne@guichet.invalid", "created_at": clock.now(), "espace": door.code}
    made_up = Account.objects.create(identifier=f"nobody {uuid.uuid4()}", **values)
    made_up.identifier = identifier  # what the message shows
    return made_up


def _send(door: Espace, account: Account) -> None:
    if door.provisionals and not account.has_usable_password():
        _send_provisional(door, account)
        return
    way = codes.recovery_way(account, lifetime=door.lifetimes.recovery)
    messages.tell(account, "nouveau_mot_de_passe", secret=True, **way)
    journal.record(subject=account.subject, kind="account.recovery_asked", actor="anonymous", data={})


def _send_provisional(door: Espace, account: Account) -> None:
    kind, lifetime = Token.Kind.PROVISIONAL, provisional_tries.policy_of(door).sent_lifetime
    row, secret = links.issue(kind, espace=door.code, lifetime=lifetime, account=account)
    way = {"link": link("p", secret), "deadline": moment_in_words(row.expires_at)}
    messages.tell(account, "mot_de_passe_provisoire", secret=True, **way)
    journal.record(subject=account.subject, kind="account.provisional_asked", actor="anonymous", data={})


def open_recovery(*, espace: str, identifier: str, code: str, client: Client) -> str:
    """Exchange the code of a recovery for the secret of ``recovery_account``, which a session may keep.

    Unknown identifiers and wrong codes get the same answer after the same work. Raises ``codes.CodeRefused``
    and ``attempts.CodeTriesLockedOut``.
    """
    door, kind = door_of(espace), Token.Kind.RECOVERY
    attempts.count_code_try(door, kind, identifier, client)
    with transaction.atomic():
        account, row = codes.find_of_account(kind, door=door, owner=identifier, code=code)
        codes.check_usable(row)
        codes.use(row)
        _, secret = links.issue(kind, espace=espace, lifetime=door.lifetimes.recovery, account=account)
        journal.record(subject=account.subject, kind="account.recovery_opened", actor="anonymous", data={})
    attempts.forgive_code_tries(door, kind, identifier, client)
    return secret


@transaction.atomic
def recovery_account(*, token: str) -> Account:
    """Whose password this link sets; spends nothing. Raises as ``set_password_by_token``."""
    return _account_of(token)


def set_password_by_token(*, token: str, password: str, answer: str = "") -> Account:
    """Set a new password once; every session is closed, the lock-out lifted, the account's address told.

    ``answer`` is looked at where the account has a question of trust. Raises ``LinkUnknown``, ``LinkUsed``,
    ``LinkExpired`` and, while the link stays usable, ``rules.WeakPassword``, ``answers.WrongAnswer`` and
    ``attempts.AnswersLockedOut``.
    """
    account = recovery_account(token=token)
    passwords.try_password(account=account, password=password)  # first, as it costs no try at the answer
    answers.check_answer(account, answer)
    with transaction.atomic():
        account = _account_of(token)
        kind = "account.password_recovered" if account.has_usable_password() else "account.password_chosen"
        passwords.replace(account, password)
        conclude_new_password(account, kind=kind)
    attempts.forgive_sign_in(door_of(account.espace), account.identifier)
    return account


def _account_of(token: str) -> Account:
    account, row = links.find_of_account(Token.Kind.RECOVERY, token)
    links.check_usable(row)  # those of a suspended account have ended
    return account
