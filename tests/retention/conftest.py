"""What the tests of retention share."""

import datetime as dt

import pytest

from guichet.accounts.models import Account
from guichet.kernel import clock
from tests.depots import factories
from tests.depots.conftest import _end_of_request  # noqa: F401 - uploads that nobody kept

PASSWORD = "cheval-Lavande-trombone-7"
IDLE = dt.timedelta(days=3 * 365)
NOTICE = dt.timedelta(days=60)
TERM = dt.timedelta(days=10 * 365)
MOMENT = dt.timedelta(seconds=1)


@pytest.fixture
def account(db: None) -> Account:
    """An association that knows its password."""
    made = factories.account()
    made.set_password(PASSWORD)
    made.last_sign_in_at = clock.now()
    made.save()
    return made
