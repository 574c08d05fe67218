"""Taking back what a change did to portfolios: what was before is there again, to the second."""

import datetime as dt
import random
from contextlib import suppress

import pytest
from django.db import IntegrityError, connection, transaction

from guichet.inscriptions.models import Changement, DeclarationInscrite, Inscription
from guichet.kernel import clock
from guichet.kernel.source import Source
from guichet.portefeuilles.models import (
    Cliente,
    DeclarationCliente,
    DeclarationPortefeuille,
    EtablissementClient,
    Portefeuille,
)
from guichet.portefeuilles.operations import containing, moving, placing
from guichet.portefeuilles.operations.reverting import Reverted, revert
from guichet.portefeuilles.queries import containing as declaring
from guichet.portefeuilles.queries import reverting
from guichet.portefeuilles.queries.placing import all_of, sirets, whole
from guichet.portefeuilles.queries.reverting import refused
from guichet.portefeuilles.rules import Ecart
from guichet.portefeuilles.states import Fin
from tests.entreprises import files
from tests.inscriptions import world as people
from tests.portefeuilles import world

pytestmark = pytest.mark.django_db

State = set[tuple[object, ...]]
DAY = dt.timedelta(days=1)


@pytest.fixture
def firm() -> Inscription:
    return world.tiers(declarations=("dsn", "c3s", "ducs")).inscription


@pytest.fixture
def clients(firm: Inscription) -> Portefeuille:
    return world.portefeuille(firm)


def living() -> State:
    """All that portfolios hold now; rows that came again under another number are the same."""
    clientes = Cliente.objects.filter(closed_at=None)
    places = EtablissementClient.objects.filter(closed_at=None, cliente__closed_at=None)
    declared = DeclarationCliente.objects.filter(closed_at=None, cliente__closed_at=None)
    contained = DeclarationPortefeuille.objects.filter(closed_at=None)
    return {
        *clientes.values_list("portefeuille", "siren", "began_at", "name", "sort_key"),
        *places.values_list("cliente__siren", "siret"),
        *declared.values_list("cliente__siren", "code", "starts_at"),
        *contained.values_list("portefeuille", "code"),
    }


def back(changement: Changement, **values: Source) -> Changement:
    """Take a change back, in a change that is given."""
    into = world.changement(changement.inscription)
    revert(changement, into=into, **values)
    return into


def reasons(changement: Changement) -> set[tuple[str, str]]:
    """What is not taken back: SIRET or code or SIREN, and why."""
    return {(one.siret or one.code or one.siren, one.reason) for one in refused(changement)}


def test_who_came_goes_and_comes_again_as_before(firm: Inscription, clients: Portefeuille) -> None:
    rank = people.a_rank()
    people.put_into_register(rank, places=3)
    empty, came = living(), world.changement(firm)
    placing.enter(clients, sirets([files.siret(rank, place) for place in (1, 2, 3)]), came)
    full = living()
    assert refused(came) == []
    gone = back(came)
    assert living() == empty
    with clock.travel(30 * DAY):  # its delays don't count twice
        again = back(gone)
        assert living() == full
        back(again)
    assert living() == empty


def test_who_went_comes_again_with_its_first_moments(firm: Inscription, clients: Portefeuille) -> None:
    cliente = world.cliente(clients, places=2, at=clock.now() - 100 * DAY, starts_after=8 * DAY)
    before, went = living(), world.changement(firm)
    placing.take_out(clients, whole(cliente), went)
    assert living() != before
    assert revert(went, into=world.changement(firm)) == Reverted(back=5, out=0)
    assert living() == before
    assert Cliente.objects.filter(siren=cliente.siren).count() == 2  # what ended is kept


def test_one_place_of_several(firm: Inscription, clients: Portefeuille) -> None:
    cliente = world.cliente(clients, places=3)
    before, went = living(), world.changement(firm)
    placing.take_out(clients, sirets(world.sirets(cliente)[:2], given=False), went)
    back(went)
    assert living() == before
    assert Cliente.objects.filter(siren=cliente.siren).count() == 1


def test_what_left_the_container_is_in_it_again_and_at_its_clients(
    firm: Inscription, clients: Portefeuille
) -> None:
    world.cliente(clients)
    world.cliente(clients, declarations=["c3s"])
    before, went = living(), world.changement(firm)
    containing.remove(clients, ["dsn"], went)
    assert len(before) - len(living()) == 2
    back(went)
    assert living() == before


def test_what_a_client_got_it_has_no_more(firm: Inscription, clients: Portefeuille) -> None:
    cliente = world.cliente(clients, declarations=["c3s"])
    before, got = living(), world.changement(firm)
    containing.add(clients, ["ducs"], got)
    containing.declare(declaring.exactly(cliente, ["dsn", "ducs"]), got)
    assert world.codes(cliente) == ["dsn", "ducs"]
    back(got)
    assert living() == before


def test_a_place_that_came_since_keeps_its_client(firm: Inscription, clients: Portefeuille) -> None:
    rank = people.a_rank()
    people.put_into_register(rank, places=2)
    first, second = files.siret(rank, 1), files.siret(rank, 2)
    came = world.changement(firm)
    placing.enter(clients, sirets([first]), came)
    placing.enter(clients, sirets([second]), world.changement(firm))
    before = living()
    since = Ecart.CHANGED_SINCE
    assert reasons(came) == {(first, since), ("dsn", since), ("c3s", since), (first[:9], since)}
    back(came)
    assert living() == before


def test_a_declaration_that_came_since_keeps_its_client(firm: Inscription, clients: Portefeuille) -> None:
    rank = people.a_rank()
    siren = people.put_into_register(rank)
    came = world.changement(firm)
    placing.enter(clients, sirets([files.siret(rank)]), came)
    world.declaration(Cliente.objects.get(siren=siren), "ducs")
    before = living()
    back(came)
    assert living() == before


def test_who_was_taken_out_and_came_again_since_stays_as_it_is(
    firm: Inscription, clients: Portefeuille
) -> None:
    cliente = world.cliente(clients)
    (place,) = world.sirets(cliente)
    went = world.changement(firm)
    placing.take_out(clients, whole(cliente), went)
    placing.enter(clients, sirets([place]), world.changement(firm))
    before = living()
    assert {reason for _what, reason in reasons(went)} == {Ecart.CHANGED_SINCE}
    back(went)
    assert living() == before


def test_the_others_are_taken_back(firm: Inscription, clients: Portefeuille) -> None:
    one, other = world.cliente(clients), world.cliente(clients)
    before, went = living(), world.changement(firm)
    placing.take_out(clients, all_of(clients), went)
    placing.enter(clients, sirets([files.siret(int(one.siren[:8]) - 2000)]), world.changement(firm))
    back(went)
    mine = {line for line in before if other.siren in line}
    assert {line for line in living() if other.siren in line} == mine
    assert {one.siren for one in refused(went)} == {one.siren, other.siren}


def test_a_portfolio_that_was_closed_takes_nobody_back(firm: Inscription, clients: Portefeuille) -> None:
    world.cliente(clients)
    went = world.changement(firm)
    placing.take_out(clients, all_of(clients), went)
    moving.close(clients, went)
    assert {reason for _what, reason in reasons(went)} == {Ecart.PORTEFEUILLE_CLOSED}
    back(went)
    assert living() == set()


def test_who_ended_the_tie_itself_is_not_taken_back(firm: Inscription, clients: Portefeuille) -> None:
    cliente = world.cliente(clients)
    went = world.changement(firm)
    placing.take_out(clients, whole(cliente), went, Fin.CLIENT)
    before = living()
    assert {reason for _what, reason in reasons(went)} == {Ecart.ENDED_BY_CLIENT}
    back(went)
    assert living() == before


def test_what_the_portfolio_contains_no_more_is_not_declared_again(
    firm: Inscription, clients: Portefeuille
) -> None:
    cliente = world.cliente(clients)
    went = world.changement(firm)
    containing.declare(declaring.of(cliente, ["dsn"], given=False), went)
    containing.remove(clients, ["dsn"], world.changement(firm))
    assert reasons(went) == {("dsn", Ecart.NOT_CONTAINED)}
    back(went)
    assert world.codes(cliente) == ["c3s"]


def test_what_the_firm_declares_no_more_is_not_contained_again(
    firm: Inscription, clients: Portefeuille
) -> None:
    world.cliente(clients)
    went = world.changement(firm)
    containing.remove(clients, ["dsn"], went)
    DeclarationInscrite.objects.filter(code="dsn").update(removed_at=clock.now(), removed_by="system")
    assert reasons(went) == {("dsn", Ecart.NOT_CHOSEN), ("dsn", Ecart.NOT_CONTAINED)}
    back(went)
    assert world.contained(clients) == ["c3s"]


def test_what_a_client_has_by_now_stays_contained(firm: Inscription, clients: Portefeuille) -> None:
    cliente = world.cliente(clients)
    got = world.changement(firm)
    containing.add(clients, ["ducs"], got)
    containing.declare(declaring.of(cliente, ["ducs"]), world.changement(firm))
    assert reasons(got) == {("ducs", Ecart.STILL_DECLARED)}
    back(got)
    assert world.contained(clients) == ["c3s", "dsn", "ducs"]


def test_what_rooms_above_hold_stays(firm: Inscription, clients: Portefeuille) -> None:
    one, two = people.a_rank(), people.a_rank()
    people.put_into_register(one, places=2)
    people.put_into_register(two)
    before, came = living(), world.changement(firm)
    placing.enter(clients, sirets([files.siret(one, 1), files.siret(one, 2), files.siret(two)]), came)
    kept = Source("SELECT %(place)s::text AS siret, 'dsn' AS code", {"place": files.siret(one, 1)})
    assert {left.siren for left in refused(came, kept)} == {files.siren(one)}
    back(came, kept=kept)
    assert {line for line in living() if files.siren(two) in line} == set()
    mine = Cliente.objects.get(siren=files.siren(one), closed_at=None)
    assert (world.codes(mine), len(world.sirets(mine))) == (["c3s", "dsn"], 2)
    assert living() > before


def test_a_right_held_on_a_declaration_keeps_it_alone(firm: Inscription, clients: Portefeuille) -> None:
    cliente, got = world.cliente(clients, declarations=[]), world.changement(firm)
    containing.declare(declaring.of(cliente, ["dsn", "c3s"]), got)
    (place,) = world.sirets(cliente)
    back(got, kept=Source("SELECT %(place)s::text AS siret, 'dsn' AS code", {"place": place}))
    assert world.codes(cliente) == ["dsn"]


def test_twice_is_as_once(firm: Inscription, clients: Portefeuille) -> None:
    world.cliente(clients)
    before, went = living(), world.changement(firm)
    placing.take_out(clients, all_of(clients), went)
    back(went)
    assert revert(went, into=world.changement(firm)) == Reverted(back=0, out=0)
    assert living() == before


@pytest.mark.parametrize("seed", range(25))
def test_whatever_a_change_did_its_opposite_restores(firm: Inscription, seed: int) -> None:
    """Random states, a random change of everything, taken back: what was before; and that one taken back."""
    chance = random.Random(seed)
    portfolios = [world.portefeuille(firm, f"P{n}", declarations=["dsn", "c3s"][:n]) for n in (1, 2)]
    ranks = [people.a_rank() for _ in range(5)]
    for rank in ranks:
        people.put_into_register(rank, places=3)
        if chance.random() < 0.6:
            world.cliente(chance.choice(portfolios), rank=rank, registered=False)
    for _ in range(3):
        _anything(chance, portfolios, ranks, world.changement(firm))
    before, change = living(), world.changement(firm)
    for _ in range(chance.randint(1, 4)):
        _anything_once(chance, portfolios, ranks, change)
    after = living()
    undone = back(change)
    assert living() == before
    back(undone)
    assert living() == after


def _anything(
    chance: random.Random, portfolios: list[Portefeuille], ranks: list[int], change: Changement
) -> None:
    """One decision, as operations of the rooms above take it."""
    portefeuille = chance.choice(portfolios)
    places = [files.siret(rank, place) for rank in ranks for place in (1, 2, 3) if chance.random() < 0.4]
    codes = chance.sample(["dsn", "c3s", "ducs"], 2)
    match chance.randint(0, 5):
        case 0:
            placing.enter(portefeuille, sirets(places), change)
        case 1:
            placing.take_out(portefeuille, sirets(places, given=False), change)
        case 2:
            containing.add(portefeuille, codes, change)
        case 3:
            containing.remove(portefeuille, codes[:1], change)
        case _:
            containing.declare(declaring.everywhere(portefeuille, codes, given=chance.random() < 0.5), change)


def _anything_once(
    chance: random.Random, portfolios: list[Portefeuille], ranks: list[int], change: Changement
) -> None:
    """The same; a change does not close what it opened itself."""
    with suppress(IntegrityError), transaction.atomic():
        _anything(chance, portfolios, ranks, change)


@pytest.mark.parametrize("many", [1, 10**6])
def test_a_change_of_many_lines_is_judged_as_one_of_a_few(
    clients: Portefeuille, firm: Inscription, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reverting, "MANY", many)
    for _ in range(3):
        world.cliente(clients, places=2)
    before, change = living(), world.changement(firm)
    placing.take_out(clients, all_of(clients), change)
    rank = int(Cliente.objects.earliest("pk").siren[:8]) - 2_000  # files.siren
    again = world.cliente(clients, rank=rank, registered=False)
    assert (again.siren, "changed_since") in reasons(change)
    back(change)
    assert living() >= {one for one in before if again.siren not in one}
    with connection.cursor() as cursor:
        cursor.execute("SHOW enable_nestloop")
        assert cursor.fetchone() == ("on",)
