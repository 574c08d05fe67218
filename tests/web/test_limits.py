"""Limits that a visitor meets: a page that says what to do, at the exact edge."""

import datetime as dt
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.test import Client as Browser
from django.urls import reverse
from pytest_django.fixtures import Settings

from guichet.accounts import hashers
from guichet.kernel import clock
from guichet.kernel.limits import Gate, Saturated
from guichet.web import limits
from tests.web.people import text_of

VERIFY = "/verifier/"
SIGN_IN = "/association/connexion/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def two_a_minute(settings: Settings) -> None:
    settings.LIMITS_A_MINUTE = dict.fromkeys(settings.LIMITS_A_MINUTE, 2)


@pytest.fixture
def no_gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As many passwords are being looked at as may be, and nobody may wait."""
    gate = Gate(at_once=1, waiting=0, seconds=3)
    monkeypatch.setattr(hashers, "_gate", lambda _at_once: gate)
    with gate.through():
        yield


def test_receipts_are_held_against_ours_so_often_a_minute(client: Browser, two_a_minute: None) -> None:
    for _ in range(2):
        assert client.post(VERIFY, {"code": "abc"}).status_code == 404
    refused = client.post(VERIFY, {"code": "abc"})
    assert (refused.status_code, refused["Retry-After"]) == (429, "30")
    assert "Attendez 30 secondes, puis actualisez cette page" in text_of(refused)
    assert client.get(VERIFY).status_code == 200  # looking is free
    assert client.post(VERIFY, {"code": "abc"}, REMOTE_ADDR="192.0.2.9").status_code == 404
    with clock.travel(dt.timedelta(seconds=30)):
        assert client.post(VERIFY, {"code": "abc"}).status_code == 404


def test_sign_ins_from_one_address_are_stopped_before_they_cost_anything(
    client: Browser, two_a_minute: None
) -> None:
    data = {"identifier": "000010009", "password": "une phrase de passe"}
    for _ in range(2):
        assert client.post(SIGN_IN, data).status_code == 422
    refused = client.post(SIGN_IN, data)
    assert (refused.status_code, refused["Retry-After"]) == (429, "30")


@pytest.mark.parametrize("name", ["search", "csv", "json", "sitemap"])
def test_searches_from_one_address_are_counted(client: Browser, two_a_minute: None, name: str) -> None:
    address = reverse(f"public:{name}")
    for _ in range(2):
        assert client.get(address).status_code == 200
    refused = client.get(address)
    assert (refused.status_code, refused["Retry-After"]) == (429, "30")
    assert refused["Cache-Control"] == "no-store"  # what one address is told is kept for nobody
    assert client.get(reverse("web:home")).status_code == 200
    assert client.get(address, REMOTE_ADDR="192.0.2.9").status_code == 200


def test_the_images_of_a_page_are_no_searches(client: Browser, two_a_minute: None) -> None:
    image = reverse("public:page", args=["000010009", dt.date(2024, 12, 31), 0, 1])
    assert [client.get(image).status_code for _ in range(9)] == [404] * 9


def test_no_limit_where_the_operator_wants_none(client: Browser, settings: Settings) -> None:
    settings.LIMITS_A_MINUTE = {"verifications": 0}
    for _ in range(40):
        assert client.post(VERIFY, {"code": "abc"}).status_code == 404


def test_a_sign_in_that_finds_too_many_others_is_told_and_keeps_what_was_typed(
    client: Browser, no_gate: None
) -> None:
    data = {"identifier": "000 010 009", "password": "une phrase de passe"}
    told = client.post(SIGN_IN, data)
    assert (told.status_code, told["Retry-After"]) == (503, "6")
    assert "votre demande n’a pas été traitée" in text_of(told)
    assert 'value="000 010 009"' in told.content.decode()


def test_a_sign_in_that_was_not_looked_at_does_not_count(client: Browser, no_gate: None) -> None:
    data = {"identifier": "000010009", "password": "une phrase de passe"}
    for _ in range(12):  # two more than lock an account out
        assert client.post(SIGN_IN, data).status_code == 503


def test_passwords_wait_for_their_turn(no_gate: None) -> None:
    with pytest.raises(Saturated):
        make_password("une phrase de passe")
    with pytest.raises(Saturated):
        check_password("une phrase de passe", hashers.DECOY)


def test_bodies_hold_three_quarters_of_the_threads_and_one_address_half_of_those(
    client: Browser, settings: Settings
) -> None:
    settings.WEB_THREADS = 8
    places = limits._places(8)
    with ExitStack() as holding:
        for _ in range(3):
            holding.enter_context(places.held("127.0.0.1"))
        refused = client.post(VERIFY, {"code": "abc"})
        assert (refused.status_code, refused["Retry-After"]) == (429, "10")
        assert client.post(VERIFY, {"code": "abc"}, REMOTE_ADDR="192.0.2.9").status_code == 404
        for _ in range(3):
            holding.enter_context(places.held("192.0.2.9"))
        refused = client.post(VERIFY, {"code": "abc"}, REMOTE_ADDR="192.0.2.10")
        assert refused.status_code == 503
        assert "votre envoi n’a pas été reçu" in text_of(refused)
        assert client.get(reverse("web:home")).status_code == 200
    assert client.post(VERIFY, {"code": "abc"}).status_code == 404
