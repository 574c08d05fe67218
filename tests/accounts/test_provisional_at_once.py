"""Provisional passwords in many hands at the same moment."""

import pytest

from guichet.accounts import operations
from guichet.accounts.models import Account, Provisional
from tests.accounts.declarants import (
    ADMINISTRATEUR,
    DOOR,
    IDENTIFIER,
    NEW,
    PASSWORD,
    an_employee,
    another,
    given,
    shown,
    sign_in,
    take,
)
from tests.accounts.people import HERE, mails, token_in
from tests.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def guess(password: str, number: int) -> Account:
    return sign_in(password, client=operations.Client(f"192.0.2.{number}"))


def kinds(results: list[object]) -> list[str]:
    return sorted(type(result).__name__ for result in results)


def test_eight_guesses_at_once_are_five() -> None:
    _, password = given()
    results = at_once(*[lambda number=n: guess(another(password), number) for n in range(8)])
    assert kinds(results) == ["SignInRefusedByParts"] * 8
    assert Provisional.objects.get().tries == 5
    with pytest.raises(operations.SignInRefused):
        sign_in(password)


def test_right_ones_at_once_all_come_in_and_leave_the_count_as_it_was() -> None:
    _, password = given()
    guess_wrong = [lambda number=n: guess(another(password), number) for n in range(2)]
    results = at_once(*guess_wrong, *[lambda number=n: guess(password, number) for n in (5, 6, 7)])
    assert kinds(results) == ["Account"] * 3 + ["SignInRefusedByParts"] * 2
    assert Provisional.objects.get().tries == 2


def test_of_two_who_take_possession_one_does() -> None:
    _, password = given()
    first, second = sign_in(password), sign_in(password)
    results = at_once(lambda: take(first, NEW), lambda: take(second, PASSWORD))
    assert kinds(results) == ["Account", "ProvisionalEnded"]
    sign_in(NEW if isinstance(results[0], Account) else PASSWORD)
    assert [template for template, _ in mails()].count("compte_pris_en_main") == 1


def test_a_link_shows_one_password_to_one_of_those_who_open_it() -> None:
    an_employee()
    operations.ask_provisional(espace=DOOR, identifier=IDENTIFIER, client=HERE)
    token = token_in("mot_de_passe_provisoire")
    results = at_once(*[lambda: operations.open_provisional(token=token)] * 4)
    assert kinds(results) == ["LinkUsed"] * 3 + ["str"]
    [password] = [result for result in results if isinstance(result, str)]
    assert sign_in(password)


def test_of_four_who_give_one_account_one_does() -> None:
    results = at_once(*[given] * 4)
    assert kinds(results) == ["IdentifierTaken"] * 3 + ["tuple"]
    assert Account.objects.count() == Provisional.objects.count() == 1


def test_possession_while_another_is_given_is_one_or_the_other() -> None:
    account, password = given()
    mine = sign_in(password)
    taken, later = at_once(
        lambda: take(mine), lambda: operations.give_provisional(account=account, actor=ADMINISTRATEUR)
    )
    assert isinstance(taken, Account | operations.ProvisionalEnded)
    take(sign_in(later))  # whichever came first, what was given last is what counts


def test_a_corrected_address_and_a_link_that_is_opened_do_not_wait_for_one_another() -> None:
    account = an_employee()
    operations.ask_provisional(espace=DOOR, identifier=IDENTIFIER, client=HERE)
    token = token_in("mot_de_passe_provisoire")
    opened, corrected = at_once(
        lambda: operations.open_provisional(token=token),
        lambda: operations.correct_email(
            account=account, email="adele.l@lavoir.example", actor=ADMINISTRATEUR
        ),
    )
    assert isinstance(corrected, Account)
    assert isinstance(opened, str | operations.LinkUsed)
    assert not Provisional.objects.exists()  # the former mailbox gains nothing
    assert shown()
