"""A treasurer at the counter, with a browser and a few files."""

from typing import Any

import pytest
from django.test import Client

from tests.teleprocedures.filer import Filer, an_association


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("portal")
    settings.FILES_DIR = folder / "files"
    settings.BASE_URL = "https://guichet.example"


@pytest.fixture
def filer(db: None, client: Client) -> Filer:
    """A treasurer who is signed in."""
    return Filer(client, an_association())
