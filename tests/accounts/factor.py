"""People of a door that asks for a second factor, and the application in their hand."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any
from unittest import mock

from django.conf import settings
from django.http import HttpRequest
from django.test import Client

from guichet.accounts import operations, totp
from guichet.accounts.models import Account
from guichet.accounts.sessions import begin
from guichet.kernel import clock
from tests.accounts.people import HERE, PASSWORD

EMAIL = "camille.exemple@service.example"
PERIOD = dt.timedelta(seconds=totp.PERIOD)


def an_agent(email: str = EMAIL, *, password: str = PASSWORD, **values: Any) -> Account:
    """An account at the door of agents, with a password and no application yet."""
    known = {"email": email, "profile": {"name": "Camille Exemple"}, "terms_version": "1", **values}
    account = Account(espace="agents", identifier=email, created_at=clock.now(), **known)
    account.set_password(password)
    account.save()
    return account


class Telephone:
    """The application of ``account``, linked at this moment, and the recovery codes on a sheet of paper."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.secret = operations.begin_enrolment(account=account).secret
        self.recovery_codes = operations.enrol(account=account, secret=self.secret, code=self.code())

    def code(self, *, periods: int = 0) -> str:
        """What it shows now, or so many periods of 30 seconds later."""
        return totp.code_at(self.secret, totp.step_at(clock.now()) + periods)

    def wrong_code(self) -> str:
        """Six digits that it shows neither now nor around now."""
        shown = {self.code(periods=periods) for periods in range(-3, 4)}
        return next(code for code in map("{:06}".format, range(10)) if code not in shown)


class Watch:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        # In the middle of a period, so that no edge is near.
        self.moment = dt.datetime(2026, 11, 21, 9, 0, 15, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.moment

    def forward(self, delta: dt.timedelta = PERIOD) -> None:
        """Later."""
        self.moment += delta


@contextmanager
def watch() -> Iterator[Watch]:
    """The house's clock stands still for the length of the block."""
    stopped = Watch()
    with mock.patch.object(clock, "now", stopped):
        yield stopped


def signed_in(account: Account, *, second_factor: bool = True) -> Client:
    """A browser where ``account`` is signed in, without walking through the pages."""
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    begin(request, account=account, client=HERE, second_factor=second_factor)
    request.session.save()
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key or ""
    return client
