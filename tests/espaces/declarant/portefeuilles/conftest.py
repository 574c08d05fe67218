"""What the tests of portfolios' pages share."""

import pytest

from tests.espaces.declarant.portefeuilles.firm import Firm


@pytest.fixture
def firm(db: None) -> Firm:
    """A tiers déclarant with one portfolio and one client."""
    return Firm()
