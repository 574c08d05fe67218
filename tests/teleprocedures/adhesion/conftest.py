"""A register with companies of each kind, and somebody of an accounting firm with a browser."""

from pathlib import Path
from typing import Any

import pytest

from guichet.accounts.models import Account
from guichet.entreprises.operations import import_sirene
from tests.adhesions import world
from tests.adhesions.firm import an_abonne
from tests.teleprocedures.adhesion.cabinet import Cabinet, a_browser


@pytest.fixture(autouse=True)
def _register(tmp_path: Path, db: None) -> None:
    unites, etablissements = world.register_files(tmp_path)
    import_sirene(unites=unites, etablissements=etablissements)


@pytest.fixture
def asker() -> Account:
    """Somebody of an accounting firm."""
    return an_abonne("Lila Exemple")


@pytest.fixture
def cabinet(asker: Account) -> Cabinet:
    """The same, signed in."""
    return Cabinet(asker)


@pytest.fixture
def stranger() -> Any:
    """A browser in which nobody is signed in."""
    return a_browser()
