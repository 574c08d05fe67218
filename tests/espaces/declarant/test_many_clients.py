"""The pages of a déclarant with rights on 3,000 clients: each stays small, none lists them all."""

import gzip

import pytest
from django.test import Client
from django.urls import reverse

from guichet.depots.models import Depot
from guichet.habilitations.models import Habilitation
from guichet.inscriptions.models import Acteur
from guichet.portefeuilles.models import Cliente, DeclarationCliente, EtablissementClient
from tests.entreprises import files
from tests.inscriptions import world as companies
from tests.portefeuilles import world

pytestmark = pytest.mark.django_db
CLIENTS = 3_000
MOST = 30_000  # bytes of a page, compressed (DESIGN.md)
PAGES = ("home", "recap", "history", "may_file", "who", "grid", "changes", "people", "profile")


def rights_on_many(cabinet: world.Cabinet, acteurs: list[Acteur]) -> None:
    """``CLIENTS`` clients of one établissement, and the right to two declarations of each."""
    there = world.portefeuille(cabinet.inscription)
    change, first = world.changement(cabinet.inscription), 100_000
    opened = {"opened_at": change.at, "opened_in": change}
    clients = Cliente.objects.bulk_create(
        Cliente(
            inscription=cabinet.inscription, portefeuille=there, siren=files.siren(first + number),
            name=f"CLIENT {number:04}", sort_key=f"CLIENT {number:04}", began_at=change.at, **opened,
        )
        for number in range(CLIENTS)
    )  # fmt: skip
    sirets = [files.siret(first + number) for number in range(CLIENTS)]
    EtablissementClient.objects.bulk_create(
        EtablissementClient(cliente=one, siret=siret, **opened)
        for one, siret in zip(clients, sirets, strict=True)
    )
    DeclarationCliente.objects.bulk_create(
        DeclarationCliente(cliente=one, code=code, starts_at=change.at, **opened)
        for one in clients
        for code in companies.DECLARATIONS
    )
    Habilitation.objects.bulk_create(
        Habilitation(acteur=acteur, siret=siret, declaration=code, **opened)
        for acteur in acteurs
        for siret in sirets
        for code in companies.DECLARATIONS
    )


def signed_in(acteur: Acteur) -> Client:
    client = Client()
    client.force_login(acteur.account)
    return client


def test_no_page_lists_them_all() -> None:
    cabinet = world.tiers(declarants=1)
    omar = cabinet.declarants[0]
    rights_on_many(cabinet, [omar])
    for acteur in (omar, cabinet.administrateur):
        client = signed_in(acteur)
        for name in PAGES:
            page = client.get(reverse(f"declarant:{name}"))
            allowed = acteur.administrateur or name not in ("grid", "changes", "people", "who")
            assert page.status_code == (200 if allowed else 403), name
            assert page.content.count(b"CLIENT ") <= 200, name
            assert len(gzip.compress(page.content)) < MOST, (name, len(page.content))
    home = signed_in(omar).get(reverse("declarant:home")).content.decode()
    assert "pour 3\u202f000 établissements" in home or "pour 3000 établissements" in home


def test_one_of_them_is_found_and_chosen() -> None:
    cabinet = world.tiers(declarants=1)
    omar = cabinet.declarants[0]
    rights_on_many(cabinet, [omar])
    client = signed_in(omar)
    client.post(f"{reverse('declaration:start')}?declaration=dsn")
    draft = Depot.objects.get(account=omar.account)
    at = reverse("declaration:step", args=[draft.pk, "etablissement"])
    for text in ("", "client", "CLIENT 2999", files.siren(102_999)):
        page = client.get(at, {"recherche": text} if text else {})
        assert page.content.count(b"CLIENT ") <= 21
        assert len(gzip.compress(page.content)) < MOST
    assert page.context["form"].places.keys() == {files.siret(102_999)}
