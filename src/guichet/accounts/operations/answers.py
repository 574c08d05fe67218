"""Answers to questions of trust: kept hashed, and never enough by themselves (004, step 2; ADR 0019)."""

from django.contrib.auth.hashers import check_password, make_password

from guichet.accounts.definitions import Espace
from guichet.accounts.models import Account, TrustAnswer
from guichet.accounts.operations import attempts
from guichet.accounts.rules import AnswerTooShort, TrustChoice, folded_answer
from guichet.kernel import clock
from guichet.kernel.refusals import N_, Refusal


class WrongAnswer(Refusal):
    """Not the answer that was given when the question was chosen."""

    code = "wrong_answer"
    message = N_(
        "Ce n’est pas la réponse que vous aviez donnée. Majuscules, accents, espaces et ponctuation ne "
        "comptent pas ; essayez une autre façon de l’écrire."
    )
    field = "answer"


def hashed(door: Espace, trust: TrustChoice | None) -> TrustChoice:
    """``trust`` with its answer hashed, as it is kept; empty where ``door`` has no questions.

    Raises ``rules.AnswerTooShort``, and ``ValueError`` where a question is missing, or none of the door's.
    """
    if trust is None and not door.trust_questions:
        return TrustChoice("", "")
    if trust is None or trust.question not in {question.code for question in door.trust_questions}:
        raise ValueError(f"not a question of trust of {door.code}")
    return TrustChoice(trust.question, make_password(folded_answer(trust.answer)))


def keep(account: Account, kept: TrustChoice) -> None:
    """Give ``account`` its question, with the answer that ``hashed`` gave."""
    values = {"question": kept.question, "answer": kept.answer, "chosen_at": clock.now()}
    TrustAnswer.objects.update_or_create(account=account, defaults=values)


def check_answer(account: Account, answer: str) -> None:
    """Check the answer, where ``account`` has a question. Call it outside a transaction.

    Raises ``WrongAnswer``, ``attempts.AnswersLockedOut`` and ``kernel.limits.Saturated``.
    """
    kept = TrustAnswer.objects.filter(account=account).first()
    if kept is None:
        return
    attempts.count_answer(account)
    with attempts.answer_looked_at(account):
        right = _is_right(kept, answer)
    if not right:
        raise WrongAnswer
    attempts.forgive_answer(account)


def _is_right(kept: TrustAnswer, answer: str) -> bool:
    try:
        return check_password(folded_answer(answer), kept.answer)
    except AnswerTooShort:
        return False
