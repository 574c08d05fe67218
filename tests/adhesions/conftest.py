"""What the tests of requests share: a register, somebody of a firm."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from guichet.accounts.models import Account
from guichet.entreprises.operations import import_sirene
from tests.adhesions import world
from tests.adhesions.firm import an_abonne


@pytest.fixture
def register(tmp_path: Path, db: None) -> None:
    """The companies of ``world``, for tests that are rolled back."""
    unites, etablissements = world.register_files(tmp_path)
    import_sirene(unites=unites, etablissements=etablissements)


@pytest.fixture
def lasting_register(tmp_path: Path, transactional_db: None) -> Iterator[None]:
    """The same for tests with threads; Django's flush does not know the tables."""
    unites, etablissements = world.register_files(tmp_path)
    import_sirene(unites=unites, etablissements=etablissements)
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE sirene.unite, sirene.etablissement, sirene.nom")


@pytest.fixture
def asker(db: None) -> Account:
    """Somebody of an accounting firm."""
    return an_abonne("Lila Exemple")
