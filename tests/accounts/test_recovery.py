"""A forgotten password, and a changed one."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guichet.accounts import operations
from guichet.accounts.models import Account, Session, Token
from guichet.accounts.rules import PasswordTooEasy, PasswordTooShort
from guichet.accounts.sessions import SessionStore
from guichet.courriers.models import Courrier
from guichet.journal import queries as journal
from guichet.kernel import clock
from tests.accounts.people import ELSEWHERE, HERE, PASSWORD, an_account, mails, sign_in, token_in

pytestmark = pytest.mark.django_db
NEW = "Girafe7-parapluie-lent"


def ask(identifier: str = "anne@exemple.fr") -> None:
    operations.ask_recovery(espace="porte", identifier=identifier, client=HERE)


def a_session(account: Account) -> str:
    """The key of an open session of ``account``."""
    store = SessionStore()
    store["_auth_user_id"] = str(account.pk)
    store.save()
    assert store.session_key
    return store.session_key


def test_the_link_sets_a_new_password_once() -> None:
    account = an_account()
    ask()
    token = token_in("nouveau_mot_de_passe")
    assert operations.recovery_account(token=token) == account
    assert operations.recovery_account(token=token) == account  # looking spends nothing
    assert operations.set_password_by_token(token=token, password=f" {NEW} ") == account
    sign_in(NEW)
    with pytest.raises(operations.LinkUsed):
        operations.set_password_by_token(token=token, password=PASSWORD)
    with pytest.raises(operations.LinkUsed):
        operations.recovery_account(token=token)
    assert mails()[-1] == ("mot_de_passe_change", account.email)


def test_a_weak_password_leaves_the_link_usable() -> None:
    an_account()
    ask()
    token = token_in("nouveau_mot_de_passe")
    with pytest.raises(PasswordTooShort):
        operations.set_password_by_token(token=token, password="court")
    with pytest.raises(PasswordTooEasy):
        operations.set_password_by_token(token=token, password="anne@exemple.fr")
    operations.set_password_by_token(token=token, password=NEW)


def test_every_session_and_every_other_link_ends() -> None:
    account = an_account()
    ask()
    first = token_in("nouveau_mot_de_passe")
    ask()
    a_session(account)
    a_session(an_account("bruno@exemple.fr"))
    operations.set_password_by_token(token=token_in("nouveau_mot_de_passe"), password=NEW)
    assert [row.account_id == account.pk for row in Session.objects.all()] == [False]
    with pytest.raises(operations.LinkUsed):
        operations.recovery_account(token=first)
    assert journal.history(subject=account.subject)[-1].data == {"closed_sessions": 1}


def test_an_unknown_identifier_gets_the_same_answer_and_leaves_nothing() -> None:
    ask("nul@exemple.fr")
    assert not Courrier.objects.exists()
    assert not Token.objects.exists()
    assert not Account.objects.exists()


def test_known_and_unknown_identifiers_cost_the_same_work() -> None:
    an_account()
    ask("premiere@exemple.fr")  # counts the address, which all have in common
    with CaptureQueriesContext(connection) as known:
        ask()
    with CaptureQueriesContext(connection) as unknown:
        ask("nul@exemple.fr")
    assert len(unknown) - len(known) == 2  # an account is made up, and taken back


def test_the_link_lives_exactly_as_long_as_the_espace_says() -> None:
    an_account()
    ask()
    token = token_in("nouveau_mot_de_passe")
    with clock.travel(dt.timedelta(hours=1)), pytest.raises(operations.LinkExpired):
        operations.recovery_account(token=token)
    with clock.travel(dt.timedelta(hours=1)), pytest.raises(operations.LinkExpired):
        operations.set_password_by_token(token=token, password=NEW)
    with clock.travel(dt.timedelta(minutes=59, seconds=55)):
        operations.set_password_by_token(token=token, password=NEW)


def test_one_address_cannot_have_messages_sent_to_many_accounts() -> None:
    for number in range(8):
        ask(f"victime{number}@exemple.fr")
    with pytest.raises(operations.TooManyMessages):
        ask("encore@exemple.fr")
    operations.ask_recovery(espace="porte", identifier="encore@exemple.fr", client=ELSEWHERE)


def test_messages_can_be_asked_for_again_after_the_window_and_not_before() -> None:
    an_account()
    for _ in range(3):
        ask()
    with clock.travel(dt.timedelta(minutes=9, seconds=55)), pytest.raises(operations.TooManyMessages):
        ask()
    with clock.travel(dt.timedelta(minutes=21)):
        ask()
    assert Courrier.objects.count() == 4


def test_a_link_of_another_kind_does_not_open_this_door() -> None:
    account = an_account()
    operations.ask_email_change(account=account, email="neuve@exemple.fr", password=PASSWORD)
    with pytest.raises(operations.LinkUnknown):
        operations.set_password_by_token(token=token_in("adresse_a_verifier"), password=NEW)


def test_changing_the_password_keeps_the_present_session_and_closes_the_others() -> None:
    account = an_account()
    here, _ = a_session(account), a_session(account)
    operations.change_password(account=account, current=PASSWORD, new=NEW, keep_session=here)
    assert SessionStore(here).exists(here)
    assert Session.objects.count() == 1
    sign_in(NEW)
    assert ("mot_de_passe_change", account.email) in mails()


def test_changing_the_password_asks_for_the_present_one_and_counts_the_attempts() -> None:
    account = an_account()
    for _ in range(3):
        with pytest.raises(operations.WrongPassword):
            operations.change_password(account=account, current="faux", new=NEW, keep_session="")
    with pytest.raises(operations.LockedOut):
        operations.change_password(account=account, current=PASSWORD, new=NEW, keep_session="")
    with pytest.raises(operations.LockedOut):
        sign_in(client=ELSEWHERE)
