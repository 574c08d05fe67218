"""Choosing another question of trust, and the way out for who forgot the answer (ADR 0019)."""

from django.db import transaction

from guichet.accounts.definitions import espace as door_of
from guichet.accounts.models import Account, Session, TrustAnswer
from guichet.accounts.operations import answers, attempts, links, messages, proofs
from guichet.accounts.operations.credentials import verify_password
from guichet.accounts.rules import TrustChoice
from guichet.journal import operations as journal
from guichet.kernel.refusals import N_, Refusal


class NoSuchAccount(Refusal):
    """An operator names an account that is not there."""

    code = "no_such_account"
    message = N_("Aucun compte de l’espace « {espace} » n’a cet identifiant.")
    status = 404


class NoTrustAnswer(Refusal):
    """There is nothing to forget."""

    code = "no_trust_answer"
    message = N_("Ce compte n’a pas de question de confiance.")
    status = 409


def change_trust_answer(
    *, account: Account, trust: TrustChoice, code: str = "", current: str = "", answer: str = ""
) -> None:
    """Choose another question, or another answer; the account's address is told.

    Where the espace has codes, ``code`` is that of ``proofs.ask_proof``, which wanted password and answer;
    where messages hold links, the present password is ``current``, and ``answer`` the present answer, which
    is looked at where there is one: else whoever saw the password alone would lock its owner out. Call it
    outside a transaction. Raises ``rules.AnswerTooShort``, ``codes.ProofRefused``,
    ``attempts.CodeTriesLockedOut`` or ``WrongPassword``, ``attempts.LockedOut``, ``answers.WrongAnswer``,
    ``attempts.AnswersLockedOut``.
    """
    door = door_of(account.espace)
    kept = answers.hashed(door, trust)
    if door.codes:
        with proofs.shown(account, code) as account:
            _keep(account, kept)
        return
    verify_password(account, current)
    answers.check_answer(account, answer)
    with transaction.atomic():
        _keep(Account.objects.select_for_update().get(pk=account.pk), kept)


def _keep(account: Account, kept: TrustChoice) -> None:
    answers.keep(account, kept)
    messages.tell(account, "question_de_confiance_changee")
    journal.record(subject=account.subject, kind="account.trust_changed", actor=account.subject, data={})


@transaction.atomic
def forget_answer(*, espace: str, identifier: str, actor: str) -> Account:
    """The way out for who forgot the answer, once an operator knows who they are: there is no question left.

    Every session and every code ends, and the person is told. Raises ``NoSuchAccount``, ``NoTrustAnswer``.
    """
    found = Account.objects.select_for_update().filter(espace=espace, identifier=identifier)
    account = found.first()
    if account is None:
        raise NoSuchAccount(espace=espace)
    removed, _ = TrustAnswer.objects.filter(account=account).delete()
    if not removed:
        raise NoTrustAnswer
    links.spend_all(account)
    closed, _ = Session.objects.filter(account=account).delete()
    attempts.forgive_answer(account)
    messages.tell(account, "question_de_confiance_retiree")
    data = {"closed_sessions": closed}
    journal.record(subject=account.subject, kind="account.trust_forgotten", actor=actor, data=data)
    return account
