"""How many passwords, codes and answers can be tried in an hour: the figures of ADR 0019."""

import datetime as dt
from collections import Counter
from collections.abc import Callable

import pytest

from guichet.accounts import operations
from tests.accounts.factor import Watch
from tests.accounts.people import ELSEWHERE, mails
from tests.accounts.subscribers import (
    ANSWER,
    EMAIL,
    NEW,
    PASSWORD,
    a_subscriber,
    activate,
    ask_recovery,
    proof,
    recovery,
    sign_in,
    subscribe,
)

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
WINDOW = dt.timedelta(minutes=15)
LOOKED_AT = (
    operations.SignInRefused,
    operations.CodeRefused,
    operations.WrongAnswer,
    operations.WrongPassword,
)
LOCKED_OUT = (operations.LockedOut, operations.CodeTriesLockedOut, operations.AnswersLockedOut)


def guesses(
    now: Watch, attempt: Callable[[int], object], *, every: dt.timedelta, during: dt.timedelta
) -> int:
    """How many attempts of somebody who tries without end were looked at."""
    looked_at, end, number = 0, now.moment + during, 0
    while now.moment < end:
        number += 1
        try:
            attempt(number)
        except LOOKED_AT:
            looked_at += 1
            continue
        except LOCKED_OUT:
            pass
        now.forward(every)
    return looked_at


def per_hour(now: Watch, attempt: Callable[[int], object]) -> int:
    return guesses(now, attempt, every=MINUTE, during=dt.timedelta(hours=1))


def somewhere(number: int) -> operations.Client:
    """Each attempt from another network."""
    return operations.Client(address=f"2001:db8:{number:x}::1")


def test_forty_passwords_an_hour_at_most(now: Watch) -> None:
    a_subscriber()
    tried = per_hour(now, lambda number: sign_in(f"faux{number}", client=somewhere(number)))
    assert 10 <= tried <= 40


def test_twenty_codes_of_activation_an_hour_at_most(now: Watch) -> None:
    subscribe()
    tried = per_hour(now, lambda number: activate(f"faux{number}", client=somewhere(number)))
    assert 5 <= tried <= 20


def test_twenty_codes_of_recovery_an_hour_at_most(now: Watch) -> None:
    a_subscriber()
    ask_recovery()
    tried = per_hour(now, lambda number: recovery(code=f"faux{number}", client=somewhere(number)))
    assert 5 <= tried <= 20


def test_who_knows_the_limits_and_keeps_below_them_gains_four_times_five(now: Watch) -> None:
    """Never the attempt beyond the limit, which starts a wait of its own: the most that can be had."""
    subscribe()
    looked_at = Counter[str]()
    for _ in range(4):
        for number in range(5):
            with pytest.raises(operations.CodeRefused):
                activate(f"faux{number}", client=somewhere(number))
            looked_at["codes"] += 1
        now.forward(WINDOW)
    assert looked_at["codes"] == 20


def test_one_address_tries_few_codes_over_all_identifiers(now: Watch) -> None:
    def attempt(number: int) -> object:
        return activate("faux", identifier=f"p{number}@cabinet.example", client=ELSEWHERE)

    assert per_hour(now, attempt) <= 200


def test_twenty_codes_of_a_proof_an_hour_at_most(now: Watch) -> None:
    account = a_subscriber()
    proof(account)
    tried = per_hour(
        now,
        lambda number: operations.change_password(
            account=account, new=NEW, code=f"faux{number}", keep_session=""
        ),
    )
    assert 5 <= tried <= 20


def test_five_answers_a_day_for_who_reads_the_mailbox(now: Watch) -> None:
    a_subscriber()

    def attempt(number: int) -> object:
        now.forward(5 * MINUTE)  # messages are counted too
        ask_recovery()
        token = recovery()
        return operations.set_password_by_token(token=token, password=NEW, answer=f"réponse {number}")

    assert guesses(now, attempt, every=MINUTE * 30, during=dt.timedelta(days=1)) == 5
    assert [template for template, _ in mails()].count("reponses_inexactes") == 1


def test_five_answers_a_day_for_who_knows_the_password(now: Watch) -> None:
    account = a_subscriber()

    def attempt(number: int) -> None:
        operations.ask_proof(account=account, current=PASSWORD, answer=f"réponse {number}")

    assert guesses(now, attempt, every=MINUTE * 30, during=dt.timedelta(days=1)) == 5
    now.forward(-MINUTE)
    with pytest.raises(operations.AnswersLockedOut, match="Réessayez dans 1 h ;"):
        operations.ask_proof(account=account, current=PASSWORD, answer=ANSWER)


def test_answers_are_counted_together_wherever_they_are_given(now: Watch) -> None:
    account = a_subscriber()
    for number in range(3):
        with pytest.raises(operations.WrongAnswer):
            operations.ask_proof(account=account, current=PASSWORD, answer=f"réponse {number}")
    ask_recovery()
    token = recovery()
    for number in range(2):
        with pytest.raises(operations.WrongAnswer):
            operations.set_password_by_token(token=token, password=NEW, answer=f"réponse {number}")
    with pytest.raises(operations.AnswersLockedOut):
        operations.set_password_by_token(token=token, password=NEW, answer=ANSWER)
    now.forward(dt.timedelta(days=1))
    operations.ask_proof(account=account, current=PASSWORD, answer=ANSWER)


def test_the_right_answer_lifts_the_count(now: Watch) -> None:
    account = a_subscriber()
    for _ in range(3):
        for number in range(4):
            with pytest.raises(operations.WrongAnswer):
                operations.ask_proof(account=account, current=PASSWORD, answer=f"réponse {number}")
        operations.ask_proof(account=account, current=PASSWORD, answer=ANSWER)


def test_a_wrong_password_says_nothing_about_the_answer() -> None:
    account = a_subscriber()
    said = set()
    for answer in (ANSWER, "faux"):
        with pytest.raises(operations.WrongPassword) as refusal:
            operations.ask_proof(account=account, current="faux", answer=answer)
        said.add(str(refusal.value))
    assert len(said) == 1


def test_a_right_code_lifts_the_count_of_its_identifier_and_of_its_address(now: Watch) -> None:
    for round_ in range(12):
        email = f"p{round_}@cabinet.example"
        subscribe(identifier=email, email=email, client=ELSEWHERE)
        for _ in range(4):
            with pytest.raises(operations.CodeRefused):
                activate("faux", identifier=email, client=somewhere(round_))
        activate(identifier=email, client=ELSEWHERE)
    assert EMAIL not in {recipient for _, recipient in mails()}
