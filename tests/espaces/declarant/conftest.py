"""A company that nobody has inscribed."""

import pytest

from tests.entreprises import files
from tests.inscriptions import world


@pytest.fixture
def rank() -> int:
    """A company of one établissement, which nobody has inscribed."""
    found = world.a_rank()
    world.put_into_register(found)
    return found


@pytest.fixture
def siret(rank: int) -> str:
    """Its établissement."""
    return files.siret(rank)
