"""Portfolios are composed: clients come and go with rights, declarations too; a company ends the tie."""

import datetime as dt
import time
from collections.abc import Collection
from typing import Any

import pytest

from guichet.habilitations import operations, queries
from guichet.habilitations.models import Habilitation
from guichet.habilitations.operations import clientes, closing, hiring
from guichet.habilitations.queries.naming import names_of
from guichet.habilitations.rules import Reason, Wanted
from guichet.inscriptions.models import Acteur, Changement
from guichet.inscriptions.operations import DeclarationNotChosen, NotAdministrateur
from guichet.inscriptions.queries import name_of_company
from guichet.inscriptions.rules import Genre
from guichet.inscriptions.states import Origine
from guichet.kernel import clock
from guichet.portefeuilles.models import Cliente, DeclarationCliente, EtablissementClient, Portefeuille
from guichet.portefeuilles.operations import ClienteNotFound, NotTiers, PortefeuilleNotFound
from guichet.portefeuilles.states import Beneficiaires, Fin
from tests.entreprises import files
from tests.inscriptions import world as companies
from tests.portefeuilles import world

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def cabinet() -> world.Cabinet:
    return world.tiers()


@pytest.fixture
def boss(cabinet: world.Cabinet) -> Acteur:
    return cabinet.administrateur


@pytest.fixture
def nord(cabinet: world.Cabinet) -> Portefeuille:
    return world.portefeuille(cabinet.inscription, "Nord")


def held(acteur: Acteur | None = None) -> set[tuple[str, str]]:
    rows = Habilitation.objects.filter(closed_at=None)
    rows = rows.filter(acteur=acteur) if acteur else rows
    return set(rows.values_list("siret", "declaration"))


def give(boss: Acteur, who: Acteur, sirets: Collection[str], codes: Collection[str] = ("dsn", "c3s")) -> None:
    operations.apply(
        by=boss,
        wanted=[
            Wanted(acteur_id=who.pk, siret=siret, declaration=code, on=True)
            for siret in sirets
            for code in codes
        ],
    )


def test_every_active_place_of_a_company_comes(boss: Acteur, nord: Portefeuille) -> None:
    rank = companies.a_rank()
    siren = companies.put_into_register(rank, places=3)
    companies.close_place(files.siret(rank, 2))
    unknown = files.siren(companies.a_rank())
    added = clientes.add(by=boss, portefeuille_id=nord.pk, sirens=[siren, unknown, boss.inscription.siren])
    client = Cliente.objects.get()
    assert list(added.sirets) == world.sirets(client) == [files.siret(rank, 1), files.siret(rank, 3)]
    assert list(added.inactive) == [files.siret(rank, 2)]
    assert {one.siren: one.reason for one in added.refused} == {
        unknown: "not_in_register",
        boss.inscription.siren: "own_company",
    }
    assert world.codes(client) == ["c3s", "dsn"]
    assert (added.changement.origine, added.changement.opened) == (Origine.PORTEFEUILLE, 0)
    again = clientes.add(by=boss, portefeuille_id=nord.pk, sirens=[siren])
    assert not any((again.changement.pk, again.sirets, again.refused))


@pytest.mark.parametrize(
    ("who", "count"), [(Beneficiaires.TOUS, 3), (Beneficiaires.PRESENTS, 1), (Beneficiaires.PERSONNE, 0)]
)
def test_who_gets_rights_with_an_addition(
    cabinet: world.Cabinet, boss: Acteur, nord: Portefeuille, who: Beneficiaires, count: int
) -> None:
    omar = cabinet.declarants[0]
    give(boss, omar, world.sirets(world.cliente(nord)), ["dsn"])
    companies.candidate(cabinet.inscription)
    companies.ended(companies.declarant(cabinet.inscription))
    companies.acteur(cabinet.inscription, administrateur=True, declarant=False)
    sud = world.portefeuille(cabinet.inscription, "Sud")
    give(boss, cabinet.declarants[1], world.sirets(world.cliente(sud)))
    siren = companies.put_into_register(companies.a_rank(), places=2)
    added = clientes.add(by=boss, portefeuille_id=nord.pk, sirens=[siren], beneficiaires=who)
    assert added.changement.opened == count * 2 * 2
    of = set(Habilitation.objects.filter(siret__startswith=siren).values_list("acteur", flat=True))
    assert len(of) == count
    assert who != Beneficiaires.PRESENTS or of == {omar.pk}
    told = companies.boxed(omar.account, "habilitations/droits_changes")
    assert len(told) == 1 + (count > 0)


def test_places_of_a_client_come_later(cabinet: world.Cabinet, boss: Acteur, nord: Portefeuille) -> None:
    rank = companies.a_rank()
    client = world.cliente(nord, declarations=["dsn"], rank=rank)
    omar = cabinet.declarants[0]
    give(boss, omar, world.sirets(client))
    second, closed = (companies.put_place(rank, place) for place in (2, 3))
    companies.close_place(closed)
    made = clientes.add_places(
        by=boss, cliente_id=client.pk, sirets=[second, closed], beneficiaires=Beneficiaires.PRESENTS
    )
    assert (made.opened, second in world.sirets(client)) == (1, True)
    assert closed not in world.sirets(client)
    assert (second, "dsn") in held(omar)
    assert clientes.add_places(by=boss, cliente_id=client.pk, sirets=[second]).pk is None
    with pytest.raises(clientes.NotOfClient):
        clientes.add_places(by=boss, cliente_id=client.pk, sirets=[boss.inscription.siret])


def test_a_client_goes_with_its_rights_and_no_others(
    cabinet: world.Cabinet, boss: Acteur, nord: Portefeuille
) -> None:
    gone, stays = world.cliente(nord, places=2), world.cliente(nord)
    omar = cabinet.declarants[0]
    own = cabinet.inscription.siret
    give(boss, omar, [*world.sirets(gone), *world.sirets(stays), own])
    made = clientes.take_out(by=boss, cliente_id=gone.pk)
    assert made.closed == 4
    gone.refresh_from_db()
    assert (gone.closed_because, gone.closed_in_id) == (Fin.TIERS, made.pk)
    assert held() == {(siret, code) for siret in (*world.sirets(stays), own) for code in ("dsn", "c3s")}
    with pytest.raises(ClienteNotFound):
        clientes.take_out(by=boss, cliente_id=gone.pk)


def test_the_last_place_takes_the_client_along(
    cabinet: world.Cabinet, boss: Acteur, nord: Portefeuille
) -> None:
    client = world.cliente(nord, places=2)
    one, other = world.sirets(client)
    give(boss, cabinet.declarants[0], [one, other], ["dsn"])
    clientes.take_out(by=boss, cliente_id=client.pk, sirets=[one])
    assert (world.sirets(client), held()) == ([other], {(other, "dsn")})
    with pytest.raises(clientes.NotOfClient):
        clientes.take_out(by=boss, cliente_id=client.pk, sirets=[other, cabinet.inscription.siret])
    assert clientes.take_out(by=boss, cliente_id=client.pk, sirets=[one]).pk is None
    clientes.take_out(by=boss, cliente_id=client.pk, sirets=[other])
    client.refresh_from_db()
    assert (client.closed_because, world.codes(client), held()) == (Fin.TIERS, [], set())


def test_what_leaves_the_container_leaves_its_clients(
    cabinet: world.Cabinet, boss: Acteur, nord: Portefeuille
) -> None:
    client, omar = world.cliente(nord), cabinet.declarants[0]
    elsewhere = world.cliente(world.portefeuille(cabinet.inscription, "Sud"))
    give(boss, omar, [*world.sirets(client), *world.sirets(elsewhere)])
    made = clientes.contain(by=boss, portefeuille_id=nord.pk, codes=["c3s"])
    assert (made.closed, world.contained(nord), world.codes(client)) == (1, ["c3s"], ["c3s"])
    assert world.codes(elsewhere) == ["c3s", "dsn"]
    assert len(held()) == 3
    back = clientes.contain(by=boss, portefeuille_id=nord.pk, codes=["dsn", "c3s"])
    assert (back.opened, world.contained(nord), world.codes(client)) == (0, ["c3s", "dsn"], ["c3s"])
    assert clientes.contain(by=boss, portefeuille_id=nord.pk, codes=["dsn", "c3s"]).pk is None
    with pytest.raises(DeclarationNotChosen):
        clientes.contain(by=boss, portefeuille_id=nord.pk, codes=["ducs"])
    assert world.contained(nord) == ["c3s", "dsn"]


def test_the_content_is_of_the_container(cabinet: world.Cabinet, boss: Acteur, nord: Portefeuille) -> None:
    sud = world.portefeuille(cabinet.inscription, "Sud", declarations=["dsn"])
    client, omar = world.cliente(sud), cabinet.declarants[0]
    siret = world.sirets(client)[0]
    give(boss, omar, [siret])
    assert held() == {(siret, "dsn")}
    with pytest.raises(clientes.NotContained):
        clientes.declare(by=boss, cliente_id=client.pk, codes=["dsn", "c3s"])
    clientes.contain(by=boss, portefeuille_id=sud.pk, codes=["dsn", "c3s"])
    tous = Beneficiaires.TOUS
    made = clientes.declare(by=boss, cliente_id=client.pk, codes=["c3s"], beneficiaires=tous)
    assert (made.opened, made.closed, world.codes(client)) == (3, 1, ["c3s"])
    assert held() == {(siret, "c3s")}
    assert clientes.declare(by=boss, cliente_id=client.pk, codes=["c3s"]).pk is None
    assert clientes.declare(by=boss, cliente_id=client.pk, codes=[]).closed == 3


@pytest.mark.parametrize("moves", [True, False])
def test_a_portfolio_closes(cabinet: world.Cabinet, boss: Acteur, nord: Portefeuille, *, moves: bool) -> None:
    client, omar = world.cliente(nord), cabinet.declarants[0]
    give(boss, omar, world.sirets(client))
    sud = world.portefeuille(cabinet.inscription, "Sud", declarations=())
    with pytest.raises(clientes.SamePortefeuille):
        clientes.close(by=boss, portefeuille_id=nord.pk, into_id=nord.pk)
    clientes.close(by=boss, portefeuille_id=nord.pk, into_id=sud.pk if moves else None)
    client.refresh_from_db()
    assert (client.closed_at is None) is moves
    assert len(held()) == 2 * moves
    assert world.contained(sud) == (["c3s", "dsn"] if moves else [])
    with pytest.raises(PortefeuilleNotFound):
        clientes.close(by=boss, portefeuille_id=nord.pk)


def test_the_company_ends_the_tie(cabinet: world.Cabinet, boss: Acteur, nord: Portefeuille) -> None:
    rank = companies.a_rank()
    company = companies.company(rank=rank, places=2)
    head = companies.administrateur(company)
    client = world.cliente(nord, rank=rank, places=2, registered=False)
    omar = cabinet.declarants[0]
    give(boss, omar, world.sirets(client))
    give(head, head, companies.sirets(company))
    stranger = companies.administrateur(companies.company())
    with pytest.raises(ClienteNotFound):
        clientes.end_tie(by=stranger, cliente_id=client.pk)
    with pytest.raises(NotAdministrateur):
        clientes.end_tie(by=companies.declarant(company), cliente_id=client.pk)
    made = clientes.end_tie(by=head, cliente_id=client.pk)
    assert (made.origine, made.by, made.inscription) == (
        Origine.CLIENT,
        company.subject,  # the firm learns which company, not who of it
        cabinet.inscription,
    )
    client.refresh_from_db()
    assert client.closed_because == Fin.CLIENT
    assert held(omar) == set()
    assert len(held(head)) == 4
    assert companies.boxed(omar.account)[-1] == "habilitations/droits_changes"
    assert companies.boxed(boss.account)[-1].startswith("portefeuilles/")
    assert companies.events(company.subject)[-1] == "inscription.tiers_ended"
    assert names_of([made.by]) == {made.by: name_of_company(company)}
    refused = clientes.add(by=boss, portefeuille_id=nord.pk, sirens=[client.siren]).refused
    assert [one.reason for one in refused] == ["ended_by_client"]
    for gone in (client.pk, 0, 2**63):
        with pytest.raises(ClienteNotFound):
            clientes.end_tie(by=head, cliente_id=gone)
    with pytest.raises(operations.NotUndoable):
        operations.undo(by=boss, changement_id=made.pk)


def test_who_may_not(cabinet: world.Cabinet, nord: Portefeuille) -> None:
    client = world.cliente(nord)
    with pytest.raises(NotAdministrateur):
        clientes.take_out(by=cabinet.declarants[0], cliente_id=client.pk)
    with pytest.raises(NotTiers):
        clientes.add(
            by=companies.administrateur(companies.company()), portefeuille_id=nord.pk, sirens=[client.siren]
        )
    other = world.tiers().administrateur
    with pytest.raises(PortefeuilleNotFound):
        clientes.contain(by=other, portefeuille_id=nord.pk, codes=[])
    with pytest.raises(PortefeuilleNotFound):
        clientes.close(by=other, portefeuille_id=nord.pk)
    for act in (clientes.take_out, clientes.end_tie):
        with pytest.raises(ClienteNotFound):
            act(by=other, cliente_id=client.pk)
    with pytest.raises(ClienteNotFound):
        clientes.declare(by=other, cliente_id=client.pk, codes=["dsn"])


def test_a_declaration_withdrawn_leaves_portfolios_and_clients(
    cabinet: world.Cabinet, boss: Acteur, nord: Portefeuille
) -> None:
    client = world.cliente(nord)
    operations.withdraw_declaration(by=boss, code="c3s")
    assert (world.contained(nord), world.codes(client)) == (["dsn"], ["dsn"])
    give(boss, cabinet.declarants[0], world.sirets(client), ["dsn"])
    with pytest.raises(operations.RightsLeft):
        operations.withdraw_declaration(by=boss, code="dsn")
    assert world.codes(client) == ["dsn"]
    operations.withdraw_declaration(by=boss, code="dsn", close_rights=True)
    assert (world.contained(nord), world.codes(client), held()) == ([], [], set())


def test_places_of_ones_own_are_chosen_without_harm_to_clients(
    cabinet: world.Cabinet, boss: Acteur, nord: Portefeuille
) -> None:
    siret = world.sirets(world.cliente(nord))[0]
    give(boss, boss, [siret, cabinet.inscription.siret], ["dsn"])
    operations.choose_etablissements(by=boss, sirets=[cabinet.inscription.siret])
    assert held() == {(siret, "dsn"), (cabinet.inscription.siret, "dsn")}


@pytest.mark.parametrize("ends", ["resiliation", "genre", "account"])
def test_a_firm_that_ends_lets_its_clients_go(
    boss: Acteur, nord: Portefeuille, cabinet: world.Cabinet, ends: str
) -> None:
    client = world.cliente(nord)
    give(boss, boss, [*world.sirets(client), cabinet.inscription.siret], ["dsn"])
    if ends == "account":
        for one in cabinet.declarants:
            closing.close(account=one.account, actor=one.account.subject)
        assert Cliente.objects.filter(closed_at=None).exists()
        closing.close(account=boss.account, actor=boss.account.subject)
    else:
        genre = Genre.MONO if ends == "genre" else None
        operations.resilier(inscription_id=cabinet.inscription.pk, genre=genre, actor="system")
    client.refresh_from_db()
    nord.refresh_from_db()
    assert client.closed_because == Fin.RESILIATION
    assert nord.closed_at is not None
    assert held() == ({(cabinet.inscription.siret, "dsn")} if ends == "genre" else set())


def test_a_colleague_is_copied_and_leaves_over_a_thousand_clients(
    cabinet: world.Cabinet, boss: Acteur, nord: Portefeuille
) -> None:
    omar, ines = cabinet.declarants
    change = world.changement(cabinet.inscription)
    clients = Cliente.objects.bulk_create(
        Cliente(
            inscription=cabinet.inscription,
            portefeuille=nord,
            siren=f"{900000000 + rank}",
            began_at=change.at,
            opened_at=change.at,
            opened_in=change,
        )
        for rank in range(1_000)
    )
    opened: dict[str, Any] = {"opened_at": change.at, "opened_in": change}
    EtablissementClient.objects.bulk_create(
        EtablissementClient(cliente=one, siret=f"{one.siren}00001", **opened) for one in clients
    )
    DeclarationCliente.objects.bulk_create(
        DeclarationCliente(cliente=one, code="dsn", starts_at=change.at, **opened) for one in clients
    )
    give(boss, omar, [f"{c.siren}00001" for c in clients], ["dsn"])
    took = []
    for act in (
        lambda: hiring.hire(
            by=boss, person=companies.person(), siret=cabinet.inscription.siret, source_id=omar.pk
        ),
        lambda: operations.remove(by=boss, acteur_id=omar.pk, successor_id=ines.pk),
    ):
        began = time.perf_counter()
        act()
        took.append(time.perf_counter() - began)
    assert len(held(ines)) == 1_000
    assert Habilitation.objects.filter(closed_at=None).count() == 2_000
    assert max(took) < 10, took


def test_who_is_there_already_gets_what_comes_in_the_place_of_what_goes(
    cabinet: world.Cabinet, boss: Acteur, nord: Portefeuille
) -> None:
    client, omar = world.cliente(nord, declarations=["dsn"]), cabinet.declarants[0]
    (siret,) = world.sirets(client)
    give(boss, omar, [siret], ["dsn"])
    clientes.declare(by=boss, cliente_id=client.pk, codes=["c3s"], beneficiaires=Beneficiaires.PRESENTS)
    assert (held(omar), held(boss)) == ({(siret, "c3s")}, set())


def test_a_client_that_is_added_says_why_one_waits(boss: Acteur, nord: Portefeuille) -> None:
    """The delay of a declaration counts from when the client came."""
    siren = companies.put_into_register(companies.a_rank())
    added = clientes.add(by=boss, portefeuille_id=nord.pk, sirens=[siren], beneficiaires=Beneficiaires.TOUS)
    starts = dict(Cliente.objects.get().declarations.values_list("code", "starts_at"))
    siret = added.sirets[0]
    for code, opens in starts.items():
        with clock.travel(opens - clock.now() - dt.timedelta(seconds=1)):
            answer = queries.may_file(account=boss.account, siret=siret, declaration=code)
            early = opens <= added.changement.at
            assert answer.reason == (Reason.OK if early else Reason.CLIENT_NOT_OPEN_YET)
        with clock.travel(opens - clock.now() + dt.timedelta(seconds=1)):
            assert queries.may_file(account=boss.account, siret=siret, declaration=code).ok
    assert Changement.objects.filter(pk=added.changement.pk).exists()
