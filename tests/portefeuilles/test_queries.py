"""What pages of portfolios show, and to whom."""

import datetime as dt
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import connection

from guichet.entreprises import queries as entreprises
from guichet.inscriptions.rules import Genre
from guichet.kernel import clock
from guichet.portefeuilles import queries
from guichet.portefeuilles.models import Portefeuille
from guichet.portefeuilles.queries import ClienteNotFound, PortefeuilleNotFound
from guichet.portefeuilles.rules import PAGE_SIZE
from tests.entreprises import files
from tests.inscriptions import world as people
from tests.portefeuilles import world
from tests.portefeuilles.world import Cabinet

pytestmark = pytest.mark.django_db

AtMost = Callable[[int], AbstractContextManager[None]]
DAY = dt.timedelta(days=1)


@pytest.fixture
def firm() -> Cabinet:
    return world.tiers(declarations=("dsn", "c3s", "ducs"))


@pytest.fixture
def clients(firm: Cabinet) -> Portefeuille:
    return world.portefeuille(firm.inscription)


def found(firm: Cabinet, clients: Portefeuille, search: str) -> list[str]:
    """The names of the clients that a search finds."""
    page = queries.clientes(acteur=firm.administrateur, portefeuille_id=clients.pk, search=search)
    assert page.total == len(page.lines)
    return [line.name for line in page.lines]


def test_portfolios_by_name_with_what_they_hold(firm: Cabinet) -> None:
    b, a = world.portefeuille(firm.inscription, "b"), world.portefeuille(firm.inscription, "A")
    world.closed(world.portefeuille(firm.inscription, "C"))
    world.portefeuille(world.tiers().inscription)
    world.cliente(b, places=3)
    world.cliente(b)
    world.ended(world.cliente(b, places=2))
    first, second = queries.portefeuilles(acteur=firm.declarants[0])
    assert (first.id, first.name, first.clientes, first.etablissements) == (a.pk, "A", 0, 0)
    assert (second.id, second.clientes, second.etablissements) == (b.pk, 2, 4)
    assert list(second.codes) == ["dsn", "c3s"]
    assert queries.portefeuilles(acteur=people.candidate(firm.inscription)) == []


def test_a_portfolio_is_its_firm_s(firm: Cabinet, clients: Portefeuille) -> None:
    cliente = world.cliente(clients)
    boss = firm.administrateur
    assert queries.portefeuille(acteur=boss, portefeuille_id=clients.pk) == clients
    assert queries.cliente(acteur=boss, cliente_id=cliente.pk) == cliente
    strangers = [
        world.tiers().administrateur,
        people.candidate(firm.inscription),
        people.ended(people.administrateur(firm.inscription)),
        people.administrateur(people.company(Genre.MULTI)),
    ]
    for stranger in strangers:
        with pytest.raises(PortefeuilleNotFound):
            queries.clientes(acteur=stranger, portefeuille_id=clients.pk)
        for read in (queries.cliente, queries.etablissements, queries.missing, queries.declarations):
            with pytest.raises(ClienteNotFound):
                read(acteur=stranger, cliente_id=cliente.pk)
    for pk in (uuid.uuid4(), world.closed(world.portefeuille(firm.inscription, "B")).pk):
        for read_all in (queries.contained, queries.codes):
            with pytest.raises(PortefeuilleNotFound):
                read_all(acteur=boss, portefeuille_id=pk)


def test_clients_by_name_with_what_is_declared_for_them(
    firm: Cabinet, clients: Portefeuille, assert_queries: AtMost
) -> None:
    world.cliente(clients, name="ZEBRE", places=2, declarations=["c3s"])
    first = world.cliente(clients, name="ABEILLE")
    world.ended(world.cliente(clients, name="MORT"))
    with assert_queries(8):
        page = queries.clientes(acteur=firm.administrateur, portefeuille_id=clients.pk)
    assert [line.name for line in page.lines] == ["ABEILLE", "ZEBRE"]
    assert [(line.etablissements, list(line.codes)) for line in page.lines] == [
        (1, ["dsn", "c3s"]),
        (2, ["c3s"]),
    ]
    assert (page.lines[0].id, page.lines[0].began_at) == (first.pk, first.began_at)


def test_pages_of_clients(firm: Cabinet, clients: Portefeuille) -> None:
    for rank in range(PAGE_SIZE + 1):
        world.cliente(clients, name=f"CLIENT {rank:03}", registered=False, declarations=[])
    for asked, shown in ((1, 1), (2, 2), (3, 2), (0, 1), (-5, 1), (10**12, 2)):
        page = queries.clientes(acteur=firm.administrateur, portefeuille_id=clients.pk, page=asked)
        assert (page.page, page.pages, page.total) == (shown, 2, PAGE_SIZE + 1)
        assert page.lines[0].name == f"CLIENT {(shown - 1) * PAGE_SIZE:03}"


def test_clients_are_found_by_number_or_name(firm: Cabinet, clients: Portefeuille) -> None:
    one = world.cliente(clients, name="GARAGE DE L ETOILE", places=2)
    world.cliente(clients, name="BOULANGERIE 48")
    (first, second), siren = world.sirets(one), one.siren
    mine = ["GARAGE DE L ETOILE"]
    for text in (
        siren,
        f"{siren[:3]} {siren[3:6]} {siren[6:]}",
        first,
        second,
        second[:12],
        "étoile",
        "l’Étoile",
        "garage étoile",
        "  ETOI ",
    ):
        assert found(firm, clients, text) == mine, text
    assert found(firm, clients, "48") == ["BOULANGERIE 48"]
    assert len(found(firm, clients, "")) == 2
    for text in ("absent", first[:13] + str((int(first[13]) + 1) % 10), "%", "_", "\\", "'", "—", "1" * 40):
        assert found(firm, clients, text) == [], text
    assert len(found(firm, clients, "\0")) == 2


def test_a_company_that_withholds_its_name_since_is_not_named(firm: Cabinet, clients: Portefeuille) -> None:
    cliente = world.cliente(clients, name="DUPONT JEAN")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sirene.unite SET \"statutDiffusionUniteLegale\" = 'P' WHERE siren = %s", [cliente.siren]
        )
    assert found(firm, clients, cliente.siren) == ["Non diffusible"]


def test_places_of_a_client_as_the_register_has_them(firm: Cabinet, clients: Portefeuille) -> None:
    cliente = world.cliente(clients, places=3)
    first, second, third = world.sirets(cliente)
    people.close_place(second)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sirene.etablissement SET \"statutDiffusionEtablissement\" = 'P' WHERE siret = %s", [third]
        )
    page = queries.etablissements(acteur=firm.administrateur, cliente_id=cliente.pk)
    assert [(one.siret, one.closed) for one in page.lines] == [
        (first, False),
        (second, True),
        (third, False),
    ]
    assert page.lines[0].address == "12 B AVENUE DES LILAS, 44000 NANTES"
    assert page.lines[2].address == "NANTES"
    assert page.lines[0].since == cliente.opened_at


def test_a_place_that_the_register_lost_is_shown_by_its_number(firm: Cabinet, clients: Portefeuille) -> None:
    cliente = world.cliente(clients, registered=False)
    (place,) = queries.etablissements(acteur=firm.administrateur, cliente_id=cliente.pk).lines
    assert (place.siret, place.name, place.address, place.closed) == (
        world.sirets(cliente)[0],
        "",
        "",
        False,
    )


def test_what_the_register_has_and_the_portfolio_has_not(firm: Cabinet, clients: Portefeuille) -> None:
    rank = people.a_rank()
    cliente = world.cliente(clients, rank=rank)
    second, third = people.put_place(rank, 2), people.put_place(rank, 3)
    people.close_place(third)
    missing = queries.missing(acteur=firm.administrateur, cliente_id=cliente.pk)
    assert (missing.active, missing.closed) == ([second], [third])


def test_what_a_portfolio_contains_and_could(firm: Cabinet, clients: Portefeuille) -> None:
    world.cliente(clients)
    world.cliente(clients, declarations=["c3s"])
    world.ended(world.cliente(clients))
    boss = firm.administrateur
    one, two = queries.contained(acteur=boss, portefeuille_id=clients.pk)
    assert [(it.code, it.clientes) for it in (one, two)] == [("dsn", 1), ("c3s", 2)]
    assert one.since == clients.created_at
    assert queries.codes(acteur=boss, portefeuille_id=clients.pk) == ["dsn", "c3s"]
    more = queries.containable(acteur=boss, portefeuille_id=clients.pk)
    assert [it.code for it in more] == ["ducs"]


def test_what_is_declared_for_a_client_and_from_when(firm: Cabinet, clients: Portefeuille) -> None:
    cliente = world.cliente(clients, starts_after=8 * DAY)
    world.declaration(cliente, "ducs")
    found = queries.declarations(acteur=firm.administrateur, cliente_id=cliente.pk)
    assert [(it.code, it.is_open, it.days_left) for it in found] == [
        ("dsn", False, 8),
        ("c3s", False, 8),
        ("ducs", True, 0),
    ]
    assert all(it.colour and it.label for it in found)
    with clock.travel(8 * DAY):
        again = queries.declarations(acteur=firm.administrateur, cliente_id=cliente.pk)
    assert all(it.is_open for it in again)


@pytest.mark.parametrize(
    "values",
    [
        {"denomination": "GARAGE"},
        {"denomination": "[ND]", "prenomUsuel": "ANNE", "nomUsage": "DURAND", "nom": "MARTIN"},
        {"denomination": "", "prenom1": "ANNE", "prenomUsuel": "[ND]", "nom": "MARTIN"},
        {"denomination": "", "prenom1": "ANNE"},
        {"denomination": "", "nomUsage": "[ND]", "nom": "[ND]", "denominationUsuelle1": "CHEZ ANNE"},
        {"denomination": ""},
    ],
)
def test_the_register_s_name_is_the_same_in_a_statement(values: dict[str, str]) -> None:
    rank = people.a_rank()
    people.put_unite(rank, "GARAGE", **values)
    siren = files.siren(rank)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {entreprises.SHOWN_NAME} FROM sirene.unite u WHERE siren = %s", [siren])
        (name,) = cursor.fetchone()
    unite = entreprises.unite(siren=siren)
    assert unite
    assert (name or "Non diffusible") == unite.name
