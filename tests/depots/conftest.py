"""What the tests of filings share."""

from collections.abc import Iterator

import pytest

from guichet.accounts.models import Account
from tests.depots import factories
from tests.depots.documents import RULES, WITH_DOCUMENTS
from tests.depots.small import ALL, registered
from tests.depots.small import firm as a_firm


@pytest.fixture(autouse=True)
def _end_of_request() -> Iterator[None]:
    """As Django does, remove the uploads that nobody kept."""
    yield
    while factories.sent:
        factories.sent.pop().unlink(missing_ok=True)


@pytest.fixture
def owner() -> Account:
    """The association that files."""
    return factories.account()


@pytest.fixture
def stranger() -> Account:
    """Another association, which must see nothing of it."""
    return factories.account(siren=factories.SIRENS[1])


@pytest.fixture
def small() -> Iterator[None]:
    """The tests' own téléprocédures are registered."""
    with registered(*ALL.values(), WITH_DOCUMENTS):
        yield
        WITH_DOCUMENTS.__dict__["documents"] = RULES  # the limits of a test were its own


@pytest.fixture
def firm(small: None) -> Account:
    """Somebody who files for others."""
    return a_firm()
