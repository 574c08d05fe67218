"""What the tests of publications share."""

from collections.abc import Iterator

import pytest

from tests.depots.small import ALL, registered


@pytest.fixture
def small() -> Iterator[None]:
    """The tests' own téléprocédures are registered."""
    with registered(*ALL.values()):
        yield
