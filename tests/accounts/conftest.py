"""The real doors, and two for trials: where people choose their password, and like that of companies."""

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from guichet.accounts import definitions
from tests.accounts.factor import Watch, watch


@pytest.fixture
def now() -> Iterator[Watch]:
    """A clock that stands still until the test moves it."""
    with watch() as stopped:
        yield stopped


@pytest.fixture(autouse=True)
def _doors(settings: Settings) -> Iterator[None]:
    settings.ESPACES = [*settings.ESPACES, "tests.accounts.espace.PORTE", "tests.accounts.espace.SOCIETE"]
    settings.BASE_URL = "https://guichet.example"
    definitions.espaces.cache_clear()
    yield
    definitions.espaces.cache_clear()
