"""What the tests of the agents' work share."""

import pytest

from guichet.accounts.models import Account
from guichet.instruction.models import Agent
from guichet.instruction.rules import Role
from tests.depots import factories
from tests.depots.conftest import _end_of_request  # noqa: F401 - what a request's end would sweep away
from tests.instruction import people


@pytest.fixture
def owner() -> Account:
    """The association that files."""
    return factories.account()


@pytest.fixture
def agent() -> Agent:
    """Somebody who sees everything and decides."""
    return people.agent(name="Camille Aubert")


@pytest.fixture
def colleague() -> Agent:
    """Somebody else of the same role."""
    return people.agent(name="Dominique Besson")


@pytest.fixture
def supervisor() -> Agent:
    """Somebody who gives work to others."""
    return people.agent(Role.SUPERVISEUR, name="Éloi Charrier")


@pytest.fixture
def manager() -> Agent:
    """Somebody who manages agents."""
    return people.agent(Role.GESTIONNAIRE, name="Fanny Delmas")
