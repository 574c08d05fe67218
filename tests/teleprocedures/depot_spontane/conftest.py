"""Somebody at the counter, with a telephone full of photographs."""

import pytest

from tests.teleprocedures.depot_spontane.sender import Sender


@pytest.fixture
def sender(db: None) -> Sender:
    """A particulier who is signed in."""
    return Sender()
