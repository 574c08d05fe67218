"""Showing again who one is, before what matters: the password, the answer, and a code to the mailbox.

For people who are signed in at a door with codes (004, step 2; ADR 0019).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from guichet.accounts.definitions import espace as door_of
from guichet.accounts.models import Account, Token
from guichet.accounts.operations import answers, attempts, codes, messages
from guichet.accounts.operations.codes import CodeRefused, ProofRefused
from guichet.accounts.operations.credentials import verify_password
from guichet.accounts.rules import Client
from guichet.journal import operations as journal
from guichet.kernel.dates import moment_in_words

KIND = Token.Kind.PROOF


def ask_proof(*, account: Account, current: str, answer: str = "") -> None:
    """Send a code to the mailbox of ``account``, once its password and its answer are right.

    Whoever came in by a certificate and has no password gives none; without a question, the answer is not
    looked at. Raises ``WrongPassword``, ``answers.WrongAnswer`` and, of ``attempts``, ``LockedOut``,
    ``AnswersLockedOut`` and ``TooManyMessages``.
    """
    if account.has_usable_password():
        verify_password(account, current)
    answers.check_answer(account, answer)
    door = door_of(account.espace)
    attempts.count_recipient(door, account.email)
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account.pk)
        lifetime, owner = door.lifetimes.recovery, account.subject
        row, code = codes.issue(KIND, door=door, owner=owner, lifetime=lifetime, account=account)
        deadline = moment_in_words(row.expires_at)
        messages.tell(account, "code_de_changement", secret=True, code=code, deadline=deadline)
        journal.record(subject=account.subject, kind="account.proof_asked", actor=account.subject, data={})


@contextmanager
def shown(account: Account, code: str) -> Iterator[Account]:
    """What ``code`` allows, in one transaction: the account, locked. Where that is refused the code stays.

    Call it outside a transaction. Raises ``codes.ProofRefused`` and ``attempts.CodeTriesLockedOut``.
    """
    door, owner, client = door_of(account.espace), account.subject, Client(address=account.subject)
    attempts.count_code_try(door, KIND, owner, client)
    right = False
    try:
        with transaction.atomic():
            account = _use(account, code)
            right = True
            yield account
    finally:
        if right:
            attempts.forgive_code_tries(door, KIND, owner, client)


def _use(account: Account, code: str) -> Account:
    try:
        account, row = codes.find_of_account(
            KIND, door=door_of(account.espace), owner=account.subject, code=code
        )
        codes.check_usable(row)
    except CodeRefused:
        raise ProofRefused from None
    codes.use(row)
    return account
