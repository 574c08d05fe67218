"""Portfolios are created and renamed; clients go from one to another; a company lets a firm back."""

import datetime as dt
import uuid

import pytest

from guichet.courriers.models import Pli
from guichet.inscriptions.models import Acteur, Changement
from guichet.inscriptions.operations import ActeurGone, NotAdministrateur
from guichet.inscriptions.rules import Genre
from guichet.kernel import clock
from guichet.kernel.names import InvalidName
from guichet.portefeuilles import operations
from guichet.portefeuilles.models import Cliente
from guichet.portefeuilles.operations import (
    ClienteNotFound,
    NameTaken,
    NotEnded,
    NotTiers,
    PortefeuilleNotFound,
    ending,
    moving,
    placing,
    telling,
)
from guichet.portefeuilles.queries import named, tiers_of
from guichet.portefeuilles.queries.placing import all_of, sirets, whole
from guichet.portefeuilles.states import Fin
from tests.entreprises import files
from tests.inscriptions import world as people
from tests.portefeuilles import world
from tests.portefeuilles.world import Cabinet

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@pytest.fixture
def firm() -> Cabinet:
    return world.tiers()


def test_an_administrateur_creates_a_portfolio(firm: Cabinet) -> None:
    colleague = people.administrateur(firm.inscription)
    made = operations.create(by=firm.administrateur, name="  Clients   de Nantes ")
    assert (made.name, made.key, made.inscription) == (
        "Clients de Nantes",
        "CLIENTSDENANTES",
        firm.inscription,
    )
    assert world.contained(made) == []
    assert people.events(firm.inscription.subject) == ["inscription.portefeuille_created"]
    assert people.boxed(colleague.account) == ["portefeuilles/portefeuille"]
    assert people.boxed(firm.administrateur.account) == []
    assert people.boxed(firm.declarants[0].account) == []


@pytest.mark.parametrize("name", ["Clients", "CLIENTS", " cliénts ", "Cli-ents"])
def test_a_name_is_free_once(firm: Cabinet, name: str) -> None:
    world.portefeuille(firm.inscription, "Clients")
    with pytest.raises(NameTaken, match="Clients"):
        operations.create(by=firm.administrateur, name=name)


def test_a_name_is_free_again_once_its_portfolio_is_closed_and_at_other_firms(firm: Cabinet) -> None:
    world.portefeuille(world.tiers().inscription, "Clients")
    world.closed(world.portefeuille(firm.inscription, "Clients"))
    assert operations.create(by=firm.administrateur, name="Clients")


def test_a_name_of_signs_that_unfold_is_kept(firm: Cabinet) -> None:
    long = "\ufdfa" * 60  # one sign, eighteen letters
    assert operations.create(by=firm.administrateur, name=long).name == long


@pytest.mark.parametrize("name", ["", "  ", "a" * 61, "a\0b", "<script>"])
def test_what_can_be_no_name(firm: Cabinet, name: str) -> None:
    with pytest.raises(InvalidName):
        operations.create(by=firm.administrateur, name=name)


def test_who_may_not_create(firm: Cabinet) -> None:
    boss = people.administrateur(people.company(Genre.MULTI))
    with pytest.raises(NotTiers):
        operations.create(by=boss, name="Clients")
    with pytest.raises(NotAdministrateur):
        operations.create(by=firm.declarants[0], name="Clients")
    with pytest.raises(ActeurGone):
        operations.create(by=people.ended(firm.administrateur), name="Clients")


def test_a_portfolio_changes_its_name(firm: Cabinet) -> None:
    found = world.portefeuille(firm.inscription, "Clients")
    for name in ("CLIENTS", "Nantes", "Nantes"):
        operations.rename(by=firm.administrateur, portefeuille_id=found.pk, name=name)
    assert named(inscription_id=firm.inscription.pk, name="nantes") == found
    assert named(inscription_id=firm.inscription.pk, name="clients") is None
    assert people.events(firm.inscription.subject) == ["inscription.portefeuille_renamed"] * 2


def test_a_name_of_another_portfolio_is_not_free(firm: Cabinet) -> None:
    found = world.portefeuille(firm.inscription, "Clients")
    world.portefeuille(firm.inscription, "Nantes")
    with pytest.raises(NameTaken):
        operations.rename(by=firm.administrateur, portefeuille_id=found.pk, name="NANTES")


def test_others_portfolios_cannot_be_touched(firm: Cabinet) -> None:
    theirs = world.portefeuille(world.tiers().inscription)
    cliente, mine = world.cliente(theirs), world.portefeuille(firm.inscription)
    my_client, boss = world.cliente(mine), firm.administrateur
    for pk in (theirs.pk, uuid.uuid4(), world.closed(world.portefeuille(firm.inscription, "B")).pk):
        with pytest.raises(PortefeuilleNotFound):
            operations.rename(by=boss, portefeuille_id=pk, name="C")
        with pytest.raises(PortefeuilleNotFound):
            operations.transfer(by=boss, cliente_id=my_client.pk, portefeuille_id=pk)
    for client_id in (cliente.pk, 0, -1, 2**63, world.ended(world.cliente(mine)).pk):
        with pytest.raises(ClienteNotFound):
            operations.transfer(by=boss, cliente_id=client_id, portefeuille_id=mine.pk)


def test_a_client_goes_to_another_portfolio_with_its_delays_and_history(firm: Cabinet) -> None:
    here, there = (
        world.portefeuille(firm.inscription, "A"),
        world.portefeuille(firm.inscription, "B", declarations=["c3s"]),
    )
    cliente = world.cliente(here, places=2, starts_after=8 * DAY)
    before = set(cliente.declarations.values_list("pk", "starts_at")), world.sirets(cliente)
    moved = operations.transfer(by=firm.administrateur, cliente_id=cliente.pk, portefeuille_id=there.pk)
    assert (moved.pk, moved.portefeuille, moved.began_at) == (cliente.pk, there, cliente.began_at)
    assert (set(cliente.declarations.values_list("pk", "starts_at")), world.sirets(cliente)) == before
    assert world.contained(there) == ["c3s", "dsn"]  # the other one contains what is declared for it
    assert "inscription.cliente_transferred" in people.events(firm.inscription.subject)


def test_to_where_it_is_already_changes_nothing(firm: Cabinet) -> None:
    here = world.portefeuille(firm.inscription)
    cliente, count = world.cliente(here), Changement.objects.count()
    operations.transfer(by=firm.administrateur, cliente_id=cliente.pk, portefeuille_id=here.pk)
    assert (people.events(firm.inscription.subject), Changement.objects.count()) == ([], count)


def test_where_the_container_holds_all_a_transfer_is_no_change_of_rights(firm: Cabinet) -> None:
    here, there = world.portefeuille(firm.inscription), world.portefeuille(firm.inscription, "B")
    cliente, count = world.cliente(here), Changement.objects.count()
    operations.transfer(by=firm.administrateur, cliente_id=cliente.pk, portefeuille_id=there.pk)
    assert Changement.objects.count() == count


def test_every_client_goes_to_another_portfolio_and_the_first_one_closes(firm: Cabinet) -> None:
    here = world.portefeuille(firm.inscription, "A")
    there = world.portefeuille(firm.inscription, "B", declarations=[])
    first, second = world.cliente(here), world.cliente(here, declarations=["dsn"])
    change = world.changement(firm.inscription)
    with pytest.raises(ValueError, match="leave it first"):
        moving.close(here, change)
    assert moving.move(here, there, change).clientes == 2
    moving.close(here, change)
    assert set(there.clientes.values_list("pk", flat=True)) == {first.pk, second.pk}
    assert (world.contained(there), world.contained(here)) == (["c3s", "dsn"], [])
    assert named(inscription_id=firm.inscription.pk, name="A") is None


def test_a_firm_that_ends_has_no_client_and_no_portfolio(firm: Cabinet) -> None:
    for name in ("A", "B"):
        world.cliente(world.portefeuille(firm.inscription, name), places=2)
    other = world.cliente(world.portefeuille(world.tiers().inscription))
    assert ending.end_all(firm.inscription, world.changement(firm.inscription)) == 2
    mine = Cliente.objects.filter(inscription=firm.inscription)
    assert set(mine.values_list("closed_because", flat=True)) == {Fin.RESILIATION.value}
    assert not firm.inscription.portefeuilles.filter(closed_at=None).exists()
    other.refresh_from_db()
    assert other.closed_at is None
    assert ending.end_all(firm.inscription, world.changement(firm.inscription)) == 0


def test_a_change_is_told_to_the_other_administrateurs_once(firm: Cabinet) -> None:
    colleague, boss = people.administrateur(firm.inscription), firm.administrateur
    change = world.changement(firm.inscription, by=boss.account.subject)
    portefeuille = world.portefeuille(firm.inscription)
    telling.announce(change)
    assert people.boxed(colleague.account) == []  # nothing became of portfolios
    people.put_into_register(rank := people.a_rank(), places=2)
    source = sirets([files.siret(rank, 1), files.siret(rank, 2)])
    placing.enter(portefeuille, source, change)
    telling.announce(change)
    assert people.boxed(colleague.account) == ["portefeuilles/portefeuille_change"]
    assert people.boxed(boss.account) == []
    (pli,) = Pli.objects.filter(box=colleague.account.subject)
    assert f"ENTREPRISE {rank}" in pli.body
    assert "Entreprises qui entrent (1)" in pli.body
    assert "Établissements qui entrent : 2" in pli.body
    assert "Lila" in pli.body or boss.account.profile["name"] in pli.body


def ended_by_client(firm: Cabinet) -> tuple[Cliente, Acteur]:
    """A company that declares here, and ended what the firm did for it; with its administrateur."""
    company = people.company(Genre.MULTI)
    boss = people.administrateur(company)
    rank = int(company.siren[:8]) - 2000
    found = world.cliente(world.portefeuille(firm.inscription), rank=rank, registered=False)
    return world.ended(found, Fin.CLIENT), boss


def test_a_company_sees_who_declares_for_it_and_whom_it_ended(firm: Cabinet) -> None:
    gone, boss = ended_by_client(firm)
    other = world.tiers()
    rank = int(gone.siren[:8]) - 2000
    theirs = world.cliente(
        world.portefeuille(other.inscription), rank=rank, registered=False, declarations=["dsn"]
    )
    world.ended(world.cliente(world.portefeuille(world.tiers().inscription), rank=rank, registered=False))
    first, second = tiers_of(acteur=boss)
    assert (first.cliente_id, first.siren, first.ended_at, len(first.labels)) == (
        theirs.pk,
        other.inscription.siren,
        None,
        1,
    )
    assert (second.cliente_id, second.ended_at, second.let_back_at) == (gone.pk, gone.closed_at, None)
    assert (second.since, len(second.labels)) == (gone.began_at, 2)
    assert tiers_of(acteur=people.declarant(boss.inscription)) == []
    assert tiers_of(acteur=people.candidate(boss.inscription)) == []
    assert tiers_of(acteur=firm.administrateur) == []


def test_a_company_lets_a_firm_back(firm: Cabinet) -> None:
    gone, boss = ended_by_client(firm)
    colleague = people.administrateur(boss.inscription)
    found = operations.let_back(by=boss, cliente_id=gone.pk)
    assert found.let_back_at
    assert found.closed_at  # nothing comes back by itself
    assert people.boxed(firm.administrateur.account) == ["portefeuilles/client_autorise"]
    assert people.boxed(colleague.account) == ["portefeuilles/tiers_autorise"]
    assert people.boxed(boss.account) == []
    for inscription in (firm.inscription, boss.inscription):
        assert people.events(inscription.subject) == ["inscription.client_let_back"]
    with pytest.raises(NotEnded):
        operations.let_back(by=boss, cliente_id=gone.pk)


def test_who_may_not_let_a_firm_back(firm: Cabinet) -> None:
    gone, boss = ended_by_client(firm)
    for stranger in (firm.administrateur, people.administrateur(people.company(Genre.MULTI))):
        with pytest.raises(NotEnded):
            operations.let_back(by=stranger, cliente_id=gone.pk)
    with pytest.raises(NotAdministrateur):
        operations.let_back(by=people.declarant(boss.inscription), cliente_id=gone.pk)
    for pk in (0, -1, 2**63):
        with pytest.raises(NotEnded):
            operations.let_back(by=boss, cliente_id=pk)
    with pytest.raises(ActeurGone):
        operations.let_back(by=people.ended(boss), cliente_id=gone.pk)


def test_a_tie_that_the_firm_ended_is_not_to_be_let_back(firm: Cabinet) -> None:
    company = people.company(Genre.MULTI)
    boss, rank = people.administrateur(company), int(company.siren[:8]) - 2000
    portefeuille = world.portefeuille(firm.inscription)
    cliente = world.cliente(portefeuille, rank=rank, registered=False)
    placing.take_out(portefeuille, whole(cliente), world.changement(firm.inscription))
    with pytest.raises(NotEnded):
        operations.let_back(by=boss, cliente_id=cliente.pk)
    assert tiers_of(acteur=boss) == []


def test_a_whole_portfolio_is_emptied(firm: Cabinet) -> None:
    portefeuille = world.portefeuille(firm.inscription)
    for _ in range(3):
        world.cliente(portefeuille, at=clock.now() - DAY)
    change = world.changement(firm.inscription)
    assert placing.take_out(portefeuille, all_of(portefeuille), change).clientes == 3
