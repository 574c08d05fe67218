"""Numbers that are given once (002, 004: 20143060047878)."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction

from guichet.accounts import operations
from guichet.accounts.definitions import espace
from guichet.accounts.models import Account, NumberSequence
from guichet.accounts.operations.numbers import next_number
from guichet.accounts.rules import NumbersExhausted, subscriber_number
from guichet.kernel import clock
from tests.accounts.subscribers import activate, code_in, subscribe
from tests.at_once import at_once

THREADS = 20


@contextmanager
def at(moment: str) -> Iterator[None]:
    with clock.travel(dt.datetime.fromisoformat(moment) - clock.now()):
        yield


def given() -> str:
    with transaction.atomic():
        number = next_number(espace("abonne"))
    assert number
    return number


def test_a_number_is_the_year_the_day_and_the_rank() -> None:
    assert subscriber_number(dt.date(2014, 11, 2), 47878) == "20143060047878"  # the sheet's own
    assert subscriber_number(dt.date(2024, 12, 31), 1) == "20243660000001"
    assert subscriber_number(dt.date(2026, 1, 1), 9_999_999) == "20260019999999"
    with pytest.raises(NumbersExhausted) as refusal:
        subscriber_number(dt.date(2026, 1, 1), 10_000_000)
    assert refusal.value.status == 503


@pytest.mark.django_db
def test_ranks_follow_one_another_over_the_days_of_a_year() -> None:
    with at("2026-03-01T12:00:00+01:00"):
        assert [given(), given()] == ["20260600000001", "20260600000002"]
    with at("2026-03-02T12:00:00+01:00"):
        assert given() == "20260610000003"


@pytest.mark.django_db
def test_the_year_turns_at_midnight_in_paris() -> None:
    with at("2026-12-31T22:59:50+00:00"):
        assert given() == "20263650000001"
    with at("2026-12-31T23:00:00+00:00"):
        assert given() == "20270010000001"


@pytest.mark.django_db
def test_the_last_number_of_a_year_is_given_and_then_none() -> None:
    year = clock.today().year
    NumberSequence.objects.create(espace="abonne", year=year, last=9_999_998)
    assert given().endswith("9999999")
    for _ in range(2):
        with pytest.raises(NumbersExhausted):
            given()
    assert NumberSequence.objects.get().last == 9_999_999


@pytest.mark.django_db
def test_who_finds_no_number_keeps_the_code() -> None:
    NumberSequence.objects.create(espace="abonne", year=clock.today().year, last=9_999_999)
    subscribe()
    with pytest.raises(NumbersExhausted):
        activate()
    NumberSequence.objects.all().delete()
    assert activate().number


@pytest.mark.django_db
def test_a_door_without_numbers_gives_none() -> None:
    with transaction.atomic():
        assert next_number(espace("association")) is None
    assert not NumberSequence.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_get_twenty_numbers_without_a_gap() -> None:
    numbers = at_once(*[given] * THREADS)
    assert sorted(number[7:] for number in numbers) == [f"{rank:07}" for rank in range(1, THREADS + 1)]


@pytest.mark.django_db(transaction=True)
def test_twenty_activations_at_once_get_twenty_numbers() -> None:
    people = [f"p{number}@cabinet.example" for number in range(THREADS)]
    for email in people:
        client = operations.Client(address=f"198.51.100.{people.index(email)}")
        subscribe(identifier=email, email=email, client=client)
    codes = {email: code_in("code_d_activation", to=email) for email in people}
    acts = [lambda email=email: activate(codes[email], identifier=email) for email in people]
    accounts = at_once(*acts)
    assert all(isinstance(account, Account) for account in accounts), accounts
    ranks = sorted(account.number[7:] for account in accounts)
    assert ranks == [f"{rank:07}" for rank in range(1, THREADS + 1)]


@pytest.mark.django_db(transaction=True)
def test_one_code_typed_four_times_at_once_gives_one_account_and_one_number() -> None:
    subscribe()
    code = code_in("code_d_activation")
    results = at_once(*[lambda: activate(code)] * 4)
    assert sorted(type(result).__name__ for result in results) == ["Account", *["AlreadyActivated"] * 3]
    assert NumberSequence.objects.get().last == 1
