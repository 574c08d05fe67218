"""The desk's tests: an own store, and an agent."""

from collections.abc import Iterator
from typing import Any

import pytest

from guichet.instruction.models import Agent
from tests.depots import factories
from tests.web.desk.desk import an_agent, at_the_desk


@pytest.fixture(autouse=True)
def _own_store(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    settings.FILES_DIR = tmp_path_factory.mktemp("portal") / "files"
    yield
    while factories.sent:
        factories.sent.pop().unlink(missing_ok=True)


@pytest.fixture
def agent(db: None) -> Agent:
    """An agent of all téléprocédures."""
    return an_agent()


@pytest.fixture
def desk(agent: Agent) -> Any:
    """The agent's browser."""
    return at_the_desk(agent)
