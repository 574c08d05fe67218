"""What the tests of requests by file share."""

import pytest

from tests.espaces.declarant.imports.firm import Firm


@pytest.fixture
def firm(db: None) -> Firm:
    """A firm with an administrateur, two portfolios and a client."""
    return Firm()
