"""What the tests of rights share."""

import pytest

from tests.espaces.declarant.rights.company import Company


@pytest.fixture
def company(db: None) -> Company:
    """A company with an administrateur, a déclarante, three établissements and two declarations."""
    return Company()
