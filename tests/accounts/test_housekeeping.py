"""Nothing is kept longer than it is needed."""

import datetime as dt

import pytest

from guichet.accounts import operations
from guichet.accounts.models import Account, Attempts, PendingRegistration, Session, Token
from guichet.accounts.sessions import SessionStore
from guichet.kernel import clock
from tests.accounts.people import PASSWORD, an_account, register, token_in

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def purge(after: dt.timedelta) -> None:
    with clock.travel(after):
        operations.purge_expired()


def test_a_registration_that_nobody_confirmed_is_forgotten_and_its_link_still_explained() -> None:
    register()
    token = token_in("votre_compte")
    purge(14 * DAY)
    assert PendingRegistration.objects.count() == 1
    purge(15 * DAY)
    assert not PendingRegistration.objects.exists()
    with clock.travel(16 * DAY), pytest.raises(operations.RegistrationExpired):
        operations.activate(token=token)
    purge(45 * DAY)
    assert not Token.objects.exists()


def test_the_address_that_a_link_carried_goes_with_its_end() -> None:
    operations.ask_email_change(account=an_account(), email="neuve@exemple.fr", password=PASSWORD)
    purge(dt.timedelta(hours=23))
    assert Token.objects.get().payload == {"email": "neuve@exemple.fr"}
    purge(DAY)
    assert Token.objects.get().payload == {}


def test_counts_and_sessions_go_when_they_end() -> None:
    with pytest.raises(operations.SignInRefused):
        operations.sign_in(
            espace="porte", identifier="x", password="x", client=operations.Client("192.0.2.1")
        )
    SessionStore().save()
    purge(dt.timedelta(minutes=9))
    assert (Attempts.objects.count(), Session.objects.count()) == (2, 1)
    purge(dt.timedelta(minutes=11))
    assert (Attempts.objects.count(), Session.objects.count()) == (0, 1)
    purge(DAY)
    assert Session.objects.count() == 0


def test_accounts_stay() -> None:
    an_account()
    purge(1000 * DAY)
    assert Account.objects.count() == 1
