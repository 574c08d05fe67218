"""What happens at the door while a provisional password is tried: the same work, and nobody signed in."""

import datetime as dt
from collections.abc import Iterator
from importlib import import_module
from unittest import mock

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test.utils import CaptureQueriesContext

from guichet.accounts import operations, sessions
from guichet.accounts.hashers import OwaspArgon2Hasher
from guichet.accounts.middleware import AccountMiddleware
from guichet.accounts.models import Account, Provisional, Session
from guichet.kernel.limits import Saturated
from tests.accounts.declarants import (
    ADMINISTRATEUR,
    IDENTIFIER,
    PASSWORD,
    an_employee,
    another,
    given,
    shown,
    sign_in,
    take,
)
from tests.accounts.factor import Watch
from tests.accounts.people import ELSEWHERE, HERE

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)
UNKNOWN = IDENTIFIER.replace("ADELE", "ODILE")


@pytest.fixture
def verified() -> Iterator[mock.Mock]:
    """Counts the Argon2 hashes verified."""
    real = OwaspArgon2Hasher.verify
    with mock.patch.object(OwaspArgon2Hasher, "verify", autospec=True, side_effect=real) as verify:
        yield verify


def work(verified: mock.Mock, typed: str, identifier: str = IDENTIFIER) -> tuple[bool, int, int]:
    """Whether ``typed`` was right; how many hashes were verified, and how many statements were run."""
    verified.reset_mock()
    with CaptureQueriesContext(connection) as statements:
        try:
            sign_in(typed, identifier=identifier, client=ELSEWHERE)
        except operations.SignInRefused:
            return False, verified.call_count, len(statements)
    return True, verified.call_count, len(statements)


def test_one_hash_is_verified_whatever_is_typed_and_whatever_there_is(verified: mock.Mock) -> None:
    an_employee()
    for typed in (PASSWORD, "faux", "12345", "12345678", ""):
        assert work(verified, typed)[1] == 1
        assert work(verified, typed, UNKNOWN)[1] == 1
    sent = shown()
    for typed, right in ((another(sent), False), ("12345", False), (sent, True), (PASSWORD, True)):
        assert work(verified, typed)[:2] == (right, 1)
    first = operations.give_provisional(account=Account.objects.get(), actor=ADMINISTRATEUR)
    for typed, right in ((PASSWORD, False), (another(first), False), ("12345678", False), (first, True)):
        assert work(verified, typed)[:2] == (right, 1)
    for _ in range(4):
        work(verified, another(first))
    assert work(verified, first)[:2] == (False, 1)  # tried out


def test_an_expired_one_is_refused_after_the_same_work(now: Watch, verified: mock.Mock) -> None:
    _, password = given()
    now.forward(dt.timedelta(hours=72))
    assert work(verified, password)[:2] == (False, 1)
    assert Provisional.objects.get().tries == 0


def test_digits_run_the_same_statements_for_nobody_and_for_somebody(verified: mock.Mock) -> None:
    _, password = given()
    for identifier in (IDENTIFIER, UNKNOWN):
        work(verified, another(password), identifier)  # counts what is counted from now on
    living = work(verified, another(password))
    assert living == work(verified, another(password), UNKNOWN)
    Provisional.objects.all().delete()
    assert living == work(verified, another(password))


def test_where_too_many_wait_no_try_is_lost() -> None:
    _, password = given()
    busy = mock.patch.object(OwaspArgon2Hasher, "verify", side_effect=Saturated(retry_after=3))
    for _ in range(12):
        with busy, pytest.raises(Saturated):
            sign_in(another(password))
    assert Provisional.objects.get().tries == 0
    sign_in(password)


def a_request(key: str = "") -> HttpRequest:
    """A request of a browser whose cookie holds ``key``."""
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key or None)
    AccountMiddleware(lambda _request: HttpResponse()).process_request(request)
    return request


def came_in(account: Account) -> HttpRequest:
    """The next request of a browser where ``account`` gave its provisional password."""
    first = a_request()
    first.session["typed"] = "before"
    first.session.save()
    former = first.session.session_key
    sessions.begin_provisional(first, account=account)
    first.session.save()
    assert first.session.session_key != former
    return a_request(first.session.session_key or "")


def test_who_owes_a_password_is_nobody_and_is_remembered() -> None:
    account, password = given()
    request = came_in(sign_in(password))
    assert sessions.provisionally_signed_in(request) == account
    assert sessions.half_signed_in(request) is None
    assert not request.user.is_authenticated
    assert request.user == AnonymousUser()
    assert request.session["typed"] == "before"
    assert not Session.objects.filter(account=account).exists()


def test_whoever_was_signed_in_there_is_no_more() -> None:
    other = an_employee(identifier=UNKNOWN)
    _, password = given()
    request = a_request()
    sessions.begin(request, account=other, client=HERE)
    request.session.save()
    sessions.begin_provisional(request, account=sign_in(password))
    request.session.save()
    assert not Session.objects.filter(account=other).exists()


def test_what_is_given_last_is_what_counts() -> None:
    account, password = given()
    request = came_in(sign_in(password))
    other = an_employee(identifier=UNKNOWN)
    sessions.begin_half(request, account=other, within=dt.timedelta(minutes=5))
    assert sessions.provisionally_signed_in(request) is None
    sessions.begin_provisional(request, account=sign_in(password))
    assert sessions.half_signed_in(request) is None
    assert sessions.provisionally_signed_in(request) == account


def test_it_is_remembered_for_twenty_minutes_to_the_second(now: Watch) -> None:
    account, password = given()
    now.forward(dt.timedelta(hours=72) - SECOND)  # its last second: who gave it in time may choose
    request, asked = came_in(sign_in(password)), now.moment
    now.moment = asked + dt.timedelta(minutes=20) - SECOND
    operations.purge_expired()
    assert sessions.provisionally_signed_in(request) == account
    now.moment = asked + dt.timedelta(minutes=20)
    assert sessions.provisionally_signed_in(request) is None


def test_it_is_forgotten_when_another_is_given_or_possession_is_taken_or_the_account_is_suspended() -> None:
    account, password = given()
    request = came_in(sign_in(password))
    later = operations.give_provisional(account=account, actor=ADMINISTRATEUR)
    assert sessions.provisionally_signed_in(request) is None
    request, beside = came_in(sign_in(later)), came_in(sign_in(later))
    mine = sessions.provisionally_signed_in(request)
    assert mine
    operations.suspend(account=account, actor="operator")
    assert sessions.provisionally_signed_in(request) is None
    operations.reinstate(account=account, actor="operator")
    take(mine)
    assert sessions.provisionally_signed_in(request) is None
    assert sessions.provisionally_signed_in(beside) is None


def test_possession_is_that_of_the_password_that_this_browser_gave() -> None:
    account, password = given()
    mine = sessions.provisionally_signed_in(came_in(sign_in(password)))
    assert mine
    operations.give_provisional(account=account, actor=ADMINISTRATEUR)  # while the page was being filled in
    with pytest.raises(operations.ProvisionalEnded):
        take(mine)


def test_who_took_possession_is_signed_in_as_by_a_password() -> None:
    _, password = given()
    request = came_in(sign_in(password))
    mine = sessions.provisionally_signed_in(request)
    assert mine
    with pytest.raises(RuntimeError, match="opens no session"):
        sessions.begin(request, account=mine, client=HERE)
    mine = take(mine)
    sessions.begin(request, account=mine, client=HERE)
    request.session.save()
    after = a_request(request.session.session_key or "")
    assert after.user == mine
    assert sessions.provisionally_signed_in(after) is None


def test_a_browser_that_gave_nothing_is_nobody() -> None:
    given()
    assert sessions.provisionally_signed_in(a_request()) is None
