"""Choosing another question of trust, and the way out for who forgot the answer (ADR 0019)."""

from django.db import transaction

from guichet.accounts.definitions import espace as door_of
from guichet.accounts.models import Account, Session, TrustAnswer
from guichet.accounts.operations import answers, attempts, links, messages, proofs
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


def change_trust_answer(*, account: Account, trust: TrustChoice, code: str) -> None:
    """Choose another question, or another answer; the account's address is told.

    ``code`` is that of ``proofs.ask_proof``. Raises ``rules.AnswerTooShort``, ``codes.ProofRefused`` and
    ``attempts.CodeTriesLockedOut``.
    """
    kept = answers.hashed(door_of(account.espace), trust)
    with proofs.shown(account, code) as account:
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
