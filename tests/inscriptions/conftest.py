"""What the tests of inscriptions share."""

from collections.abc import Iterator

import pytest

from tests.inscriptions import world


@pytest.fixture
def empty_register(transactional_db: None) -> Iterator[None]:
    """For tests with threads: Django's flush does not know the register's tables."""
    yield
    world.empty_register()
