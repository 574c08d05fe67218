"""Somebody with a household, an agent, and a store of their own."""

from typing import Any

import pytest

from guichet.accounts.models import Account
from guichet.foyers.models import Personne
from guichet.instruction.models import Agent
from tests.foyers import people
from tests.instruction.people import agent as an_agent
from tests.teleprocedures.foyer.somebody import Somebody


@pytest.fixture
def account(db: None) -> Account:
    """Whose file it is."""
    return people.an_account()


@pytest.fixture
def person(account: Account) -> Somebody:
    """The same, signed in."""
    return Somebody(account)


@pytest.fixture
def emma(account: Account) -> Personne:
    """Their child."""
    return people.somebody(account)


@pytest.fixture
def claude(account: Account) -> Personne:
    """Their spouse."""
    return people.somebody(account, people.CLAUDE)


@pytest.fixture
def agent(db: None) -> Any:
    """An agent who sees everything."""
    found: Agent = an_agent(name="Camille Aubert")
    return found
