"""Sessions: how long they last, what they cost, what their list says."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import UpdateError
from django.http import HttpRequest

from guichet.accounts import operations, queries, sessions
from guichet.accounts.middleware import AccountMiddleware
from guichet.accounts.models import Account, Session
from guichet.accounts.sessions import SessionStore, row_key
from guichet.journal import queries as journal
from guichet.kernel import clock
from tests.accounts.people import ELSEWHERE, HERE, PASSWORD, an_account

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
AssertQueries = Callable[[int], AbstractContextManager[None]]


def a_request(key: str | None = None) -> HttpRequest:
    """A request whose cookie holds ``key``."""
    request = HttpRequest()
    request.session = SessionStore(key)
    AccountMiddleware(lambda _: None).process_request(request)  # type: ignore[arg-type]
    return request


def signed_in(account: Account, client: operations.Client = HERE) -> str:
    """The cookie of a browser where ``account`` has just signed in."""
    request = a_request()
    sessions.begin(request, account=account, client=client)
    request.session.save()
    assert request.session.session_key
    return request.session.session_key


def who(key: str) -> Account | AnonymousUser:
    """Who the portal takes the browser with this cookie for."""
    user = a_request(key).user
    assert isinstance(user, Account | AnonymousUser)
    return user


def test_signing_in_changes_the_key_and_keeps_what_was_typed() -> None:
    account = an_account()
    before = a_request()
    before.session["typed"] = "Les Amis"
    before.session.save()
    key = before.session.session_key
    assert key
    request = a_request(key)
    sessions.begin(request, account=account, client=HERE)
    request.session.save()
    after = request.session.session_key
    assert after
    assert after != key
    assert SessionStore(after)["typed"] == "Les Amis"
    assert not SessionStore().exists(key)
    assert who(after) == account


def test_signing_out_deletes_the_row_and_all_that_is_in_it() -> None:
    key = signed_in(an_account())
    sessions.end(a_request(key))
    assert not Session.objects.exists()
    assert not who(key).is_authenticated


def test_a_signed_in_request_costs_one_query(assert_queries: AssertQueries) -> None:
    account = an_account()
    key = signed_in(account)
    with assert_queries(1):
        assert who(key) == account


def test_it_is_remembered_once_a_minute_and_no_more(assert_queries: AssertQueries) -> None:
    key = signed_in(an_account())
    with clock.travel(MINUTE):
        with assert_queries(2):
            who(key)
        with assert_queries(1):
            who(key)


def test_the_copied_table_opens_nothing() -> None:
    key = signed_in(an_account())
    stored = Session.objects.get().pk
    assert key not in stored
    assert not who(stored).is_authenticated


def test_it_ends_after_idleness() -> None:
    key = signed_in(an_account())  # 30 minutes here, two hours in any case
    with clock.travel(29 * MINUTE):
        assert who(key).is_authenticated
    with clock.travel(58 * MINUTE):
        assert who(key).is_authenticated
    with clock.travel(89 * MINUTE):
        assert not who(key).is_authenticated


def test_it_ends_in_any_case_however_busy() -> None:
    key = signed_in(an_account())
    for minutes in range(20, 120, 20):
        with clock.travel(minutes * MINUTE):
            assert who(key).is_authenticated
    with clock.travel(120 * MINUTE):
        assert not who(key).is_authenticated


def test_saving_does_not_make_it_younger() -> None:
    key = signed_in(an_account())
    with clock.travel(20 * MINUTE):
        request = a_request(key)
        request.session["draft"] = "x"
        request.session.save()
    row = Session.objects.get()
    assert row.last_seen_at - row.created_at >= 19 * MINUTE
    assert (row.address, row.agent) == (HERE.address, HERE.agent)


def test_what_was_typed_before_sign_in_is_there_the_next_morning() -> None:
    request = a_request()
    request.session["typed"] = "Les Amis"
    request.session.save()
    key = request.session.session_key
    with clock.travel(dt.timedelta(hours=14)):
        assert SessionStore(key)["typed"] == "Les Amis"
    with clock.travel(dt.timedelta(hours=49)):
        assert "typed" not in SessionStore(key)


def test_a_closed_session_does_not_come_back_with_the_request_that_was_running() -> None:
    account = an_account()
    key = signed_in(account)
    running = a_request(key)
    running.session["draft"] = "x"
    operations.close_session(account=account, session_id=row_key(key))
    with pytest.raises(UpdateError):
        running.session.save()
    assert not who(key).is_authenticated


def test_the_list_names_browsers_and_marks_the_present_one() -> None:
    account = an_account()
    other, here = signed_in(account, ELSEWHERE), signed_in(account)
    signed_in(an_account("bruno@exemple.fr"))
    lines = queries.sessions_of(account=account, current=here)
    assert {(line.browser, line.address, line.current) for line in lines} == {
        ("Firefox sur Linux", "192.0.2.7", True),
        ("", "198.51.100.4", False),
    }
    assert not {here, other} & {line.id for line in lines}  # the list gives nobody a cookie
    with clock.travel(31 * MINUTE):
        assert queries.sessions_of(account=account) == []


def test_the_list_is_one_query_however_long(assert_queries: AssertQueries) -> None:
    account = an_account()
    for _ in range(20):
        signed_in(account)
    with assert_queries(1):
        assert len(queries.sessions_of(account=account)) == 20


def test_nobody_closes_somebody_elses_session() -> None:
    key = signed_in(an_account())
    intruder = an_account("bruno@exemple.fr")
    operations.close_session(account=intruder, session_id=row_key(key))
    assert who(key).is_authenticated
    assert journal.history(subject=intruder.subject) == []


def test_all_others_close_at_once() -> None:
    account = an_account()
    here, there = signed_in(account), signed_in(account)
    assert operations.close_other_sessions(account=account, keep=here) == 1
    assert who(here).is_authenticated
    assert not who(there).is_authenticated
    assert journal.history(subject=account.subject)[-1].data == {"closed_sessions": 1}


def test_a_new_password_keeps_this_browser_and_no_other() -> None:
    account = an_account()
    here, there = signed_in(account), signed_in(account)
    request = a_request(here)
    operations.change_password(
        account=account, current=PASSWORD, new="Girafe7-parapluie-lent", keep_session=here
    )
    sessions.renew(request, account=account)
    request.session.save()
    renewed = request.session.session_key
    assert renewed
    assert renewed != here
    assert who(renewed) == account
    assert not who(there).is_authenticated


def test_a_session_being_opened_with_the_old_password_is_worth_nothing() -> None:
    account = an_account()
    late = Account.objects.get(pk=account.pk)  # verified just before the change
    account.set_password("Girafe7-parapluie-lent")
    account.save()
    assert not who(signed_in(late)).is_authenticated


@pytest.mark.parametrize("key", ["", "x", "é" * 40, "0" * 40, "a" * 4000, "' or 1=1 --"])
def test_an_invented_cookie_is_nobody(key: str) -> None:
    signed_in(an_account())
    assert not who(key).is_authenticated
