"""The world of the authorisation table, built once: whatever a request does in it is undone."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test.utils import override_settings
from pytest_django import DjangoDbBlocker

from guichet.accounts import definitions
from tests.autorisations import world as worlds


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[worlds.World]:
    """Everybody, and what is the owner's."""
    espaces = [*settings.ESPACES, "tests.autorisations.voisine.VOISINE"]
    with override_settings(
        ESPACES=espaces, BASE_URL="https://guichet.example", ALLOWED_HOSTS=["*"], LIMITS_A_MINUTE={}
    ):
        definitions.espaces.cache_clear()
        with (
            override_settings(ROOT_URLCONF="tests.autorisations.urls"),
            django_db_blocker.unblock(),
            worlds.undone(),
        ):
            yield worlds.build()
    definitions.espaces.cache_clear()
