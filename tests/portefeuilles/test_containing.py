"""What portfolios contain, and what is declared for their clients, by sets."""

import datetime as dt

import pytest

from guichet.inscriptions.models import Changement, DeclarationInscrite
from guichet.inscriptions.operations import DeclarationNotChosen
from guichet.kernel import clock
from guichet.portefeuilles import rules
from guichet.portefeuilles.models import Portefeuille
from guichet.portefeuilles.operations import containing
from guichet.portefeuilles.operations.containing import Declared, Removed
from guichet.portefeuilles.queries.containing import everywhere, exactly, of
from guichet.portefeuilles.queries.starting import delay_of, openings
from tests.inscriptions import world as people
from tests.portefeuilles import world
from tests.portefeuilles.world import Cabinet

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
CODES = ("dsn", "c3s", "ducs", "taux_atmp")


@pytest.fixture
def firm() -> Cabinet:
    return world.tiers(declarations=CODES)


@pytest.fixture
def clients(firm: Cabinet) -> Portefeuille:
    return world.portefeuille(firm.inscription, declarations=["dsn", "c3s"])


def change(portefeuille: Portefeuille) -> Changement:
    """A change that begins now."""
    return world.changement(portefeuille.inscription)


def test_the_container_first_and_its_clients_have_nothing_of_it_yet(clients: Portefeuille) -> None:
    cliente = world.cliente(clients)
    assert containing.add(clients, ["ducs", "dsn"], change(clients)) == ["ducs"]
    assert world.contained(clients) == ["c3s", "dsn", "ducs"]
    assert world.codes(cliente) == ["c3s", "dsn"]
    assert containing.add(clients, ["ducs"], change(clients)) == []
    assert people.events(clients.inscription.subject) == ["inscription.declarations_contained"]


@pytest.mark.parametrize("code", ["pasrau", "", "inconnue", "x\0"])
def test_what_the_firm_does_not_declare_cannot_be_contained(clients: Portefeuille, code: str) -> None:
    if "\0" not in code:
        with pytest.raises(DeclarationNotChosen):
            containing.add(clients, [code], change(clients))


def test_then_the_client(clients: Portefeuille) -> None:
    cliente = world.cliente(clients, declarations=[])
    assert containing.declare(of(cliente, ["dsn", "ducs"]), change(clients)) == Declared(opened=1)
    assert world.codes(cliente) == ["dsn"]  # the other one is not contained
    assert containing.declare(of(cliente, ["dsn"]), change(clients)) == Declared()
    assert containing.declare(exactly(cliente, ["c3s"]), change(clients)) == Declared(opened=1, closed=1)
    assert world.codes(cliente) == ["c3s"]
    assert containing.declare(of(cliente, ["dsn"], given=False), change(clients)) == Declared()


@pytest.mark.parametrize("days", [0, 3, 8, 100])
def test_delays_count_from_the_client_s_beginning_as_the_rule_says(clients: Portefeuille, days: int) -> None:
    late = clock.now() + 5 * DAY
    DeclarationInscrite.objects.filter(inscription=clients.inscription, code="c3s").update(opens_at=late)
    containing.add(clients, CODES, change(clients))
    cliente = world.cliente(clients, declarations=[], at=clock.now() - days * DAY)
    made = change(clients)
    containing.declare(of(cliente, CODES), made)
    known = {it.code: it for it in openings(clients.inscription_id)}
    assert dict(cliente.declarations.values_list("code", "starts_at")) == {
        code: rules.starts_at(
            began_at=cliente.began_at, delay=known[code].delay, opens=known[code].opens, now=made.at
        )
        for code in CODES
    }


def test_a_declaration_that_the_catalogue_lost_waits_longest() -> None:
    assert (delay_of("dsn"), delay_of("taux_atmp"), delay_of("perdue")) == (8 * DAY, 0 * DAY, 8 * DAY)


def test_every_client_of_a_portfolio_and_no_other(clients: Portefeuille) -> None:
    one, other = world.cliente(clients, declarations=[]), world.cliente(clients)
    elsewhere = world.cliente(world.portefeuille(clients.inscription, "B"), declarations=[])
    left = world.ended(world.cliente(clients))
    assert containing.declare(everywhere(clients, ["dsn"]), change(clients)) == Declared(opened=1)
    assert [world.codes(it) for it in (one, other, elsewhere, left)] == [["dsn"], ["c3s", "dsn"], [], []]
    assert containing.declare(everywhere(clients, ["dsn"], given=False), change(clients)).closed == 2


def test_clients_of_others_are_out_of_reach(firm: Cabinet, clients: Portefeuille) -> None:
    theirs = world.cliente(world.portefeuille(world.tiers().inscription), declarations=[])
    assert containing.declare(of(theirs, ["dsn"]), change(clients)) == Declared()
    assert world.codes(theirs) == []


def test_what_leaves_the_container_leaves_its_clients(clients: Portefeuille) -> None:
    cliente, other = world.cliente(clients), world.portefeuille(clients.inscription, "B")
    assert containing.remove(clients, ["dsn", "ducs", "x\0"], change(clients)) == Removed(
        contained=1, declarations=1
    )
    assert (world.contained(clients), world.codes(cliente)) == (["c3s"], ["c3s"])
    assert world.contained(other) == ["c3s", "dsn"]
    assert containing.remove(clients, ["dsn"], change(clients)) == Removed()
    assert people.events(clients.inscription.subject) == ["inscription.declarations_removed"]


def test_what_the_firm_withdraws_leaves_every_portfolio_of_its_own(clients: Portefeuille) -> None:
    other = world.portefeuille(clients.inscription, "B")
    theirs = world.portefeuille(world.tiers().inscription)
    cliente = world.cliente(other)
    assert containing.withdraw(change(clients), ["dsn"]) == Removed(contained=2, declarations=1)
    assert (world.codes(cliente), world.contained(theirs)) == (["c3s"], ["c3s", "dsn"])
