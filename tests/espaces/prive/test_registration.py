"""Opening an espace privé, page by page (001, « Modalités d'accès »)."""

from pathlib import Path

import pytest
from django.test import Client

from guichet.accounts.models import Account
from guichet.entreprises.operations import import_sirene
from tests.espaces.prive import people
from tests.parcours import register as sirene
from tests.web.people import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _register(tmp_path: Path) -> None:
    unites, etablissements = sirene.write(tmp_path)
    import_sirene(unites=unites, etablissements=etablissements)


@pytest.mark.parametrize("kind", ["particulier", "exploitant", "employeur"])
def test_each_kind_registers_opens_the_link_and_signs_in(kind: str) -> None:
    client = Client()
    page = text_of(client.get(people.register(client, kind)))
    assert people.EMAIL in page
    assert not Account.objects.exists()
    assert "mot de passe que vous avez choisi" in text_of(people.confirm(client))
    account = Account.objects.get()
    assert account.profile["kind"] == kind
    assert account.siren == ("" if kind == "particulier" else sirene.SIRENS[0])
    home = text_of(people.signed_in(account).get("/prive/"))
    assert "Mon espace privé" in home
