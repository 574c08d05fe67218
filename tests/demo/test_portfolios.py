"""The demonstration's tiers déclarant: portfolios, who may file what there, requests by file."""

import pytest
from django.conf import LazySettings

from guichet.accounts.models import Account
from guichet.demo import operations, portfolios, register
from guichet.demo.declarants import ASSISTANT, FIRM, Declarant
from guichet.habilitations.models import Habilitation
from guichet.habilitations.queries import may_file
from guichet.imports.models import Demande
from guichet.imports.states import Etat, Kind
from guichet.inscriptions.models import Acteur
from guichet.inscriptions.queries import acteur_of
from guichet.kernel.identifiers import Siren, Siret
from guichet.portefeuilles.queries import portefeuilles

pytestmark = pytest.mark.django_db


def account(one: Declarant) -> Account:
    return Account.objects.get(espace="declarant", identifier=one.identifier)


def acteur(one: Declarant) -> Acteur:
    found = acteur_of(account=account(one))
    assert found
    return found


@pytest.fixture(autouse=True)
def _filled(settings: LazySettings) -> None:
    settings.ROOT_URLCONF = "tests.demo.urls"
    operations.load()
    assert portfolios.fill() == 3


def test_three_portfolios_with_some_dozens_of_clients() -> None:
    found = {one.name: (one.clientes, set(one.codes)) for one in portefeuilles(acteur=acteur(FIRM))}
    assert found == {
        "Commerces": (18, {"dsn", "pasrau"}),
        "Artisans": (14, {"dsn"}),
        "Services": (13, {"dsn", "c3s"}),
    }


def test_the_clients_numbers_are_right_and_nobodys() -> None:
    numbers = [register.siren(rank) for rank in register.CLIENTS]
    assert all(Siren.parse(number) == number for number in numbers)
    assert all(Siret.parse(register.siret(rank)) for rank in register.CLIENTS)
    assert max(numbers) < "000300000"


def test_people_of_the_firm_have_different_rights() -> None:
    shop, artisan, service = (register.siret(one.clients[0]) for one in portfolios.PORTFOLIOS)
    held = {
        (who, siret): may_file(account=account(who), siret=siret, declaration="dsn").reason
        for who in (FIRM, ASSISTANT)
        for siret in (shop, artisan, service)
    }
    assert held[FIRM, shop] == held[FIRM, artisan] == held[ASSISTANT, shop] == "ok"
    assert held[ASSISTANT, artisan] == "no_right"
    assert held[FIRM, service] == "client_not_open_yet"
    people = Acteur.objects.filter(inscription=acteur(FIRM).inscription, ended_at=None)
    counts = sorted(Habilitation.objects.filter(acteur=one, closed_at=None).count() for one in people)
    assert len(counts) == 4
    assert counts[0] == 0  # who came last has nothing yet
    assert len(set(counts)) == 4


def test_requests_stand_in_the_list_as_they_end_and_one_waits() -> None:
    by_file = Demande.objects.exclude(kind=Kind.DECLARATION).order_by("created_at")
    assert [one.etat for one in by_file] == [Etat.OK_PARTIEL, Etat.OK, Etat.OK, Etat.PRETE]
    assert by_file[0].counts["impossibles"] == 3
    assert by_file[3].counts["ajouts"] == 6
    assert {one.etat for one in Demande.objects.filter(kind=Kind.DECLARATION)} == {Etat.OK}


def test_filled_again_nothing_changes() -> None:
    def counted() -> tuple[int, int, int]:
        return Demande.objects.count(), Habilitation.objects.count(), Acteur.objects.count()

    before = counted()
    assert portfolios.fill() == 0
    operations.load()
    assert counted() == before
