"""Two firms, a firm and its client, two administrateurs at the same moment: one order, nothing torn."""

from functools import partial

import pytest
from django.db.models import Count, F

from guichet.habilitations.operations import clientes
from guichet.inscriptions.models import Acteur
from guichet.kernel.identifiers import Siren
from guichet.portefeuilles.models import Cliente, DeclarationCliente, EtablissementClient, Portefeuille
from guichet.portefeuilles.operations import ClienteNotFound, composing, let_back
from guichet.portefeuilles.states import Fin
from tests.at_once import at_once
from tests.entreprises import files
from tests.inscriptions import world as companies
from tests.portefeuilles import world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_register")]


def failures(results: list[object], *expected: type[Exception]) -> list[object]:
    return [one for one in results if isinstance(one, Exception) and not isinstance(one, expected)]


def living(siren: str) -> list[Cliente]:
    return list(Cliente.objects.filter(siren=siren, closed_at=None))


def nothing_is_torn() -> None:
    """A client has établissements and only what its portfolio contains; one that ended has nothing."""
    places = EtablissementClient.objects.filter(closed_at=None)
    declared = DeclarationCliente.objects.filter(closed_at=None)
    for rows in (places, declared):
        assert not rows.exclude(cliente__closed_at=None).exists()
    for one in Cliente.objects.filter(closed_at=None):
        assert places.filter(cliente=one).exists()
        assert {*world.codes(one)} <= {*world.contained(one.portefeuille)}
    elsewhere = Cliente.objects.exclude(inscription=F("portefeuille__inscription"))
    assert not elsewhere.exists()


def client_of(firm: world.Cabinet, company: world.Cabinet) -> Cliente:
    """``company`` as a client of ``firm``."""
    inscription = company.inscription
    into = world.portefeuille(firm.inscription)
    change = world.changement(firm.inscription)
    made = Cliente.objects.create(
        inscription=firm.inscription,
        portefeuille=into,
        siren=inscription.siren,
        began_at=change.at,
        opened_at=change.at,
        opened_in=change,
    )
    world.etablissement(made, inscription.siret, change)
    return made


def test_two_firms_that_are_each_other_s_clients_end_each_other() -> None:
    one, other = world.tiers(), world.tiers()
    for _ in range(4):
        mine, theirs = client_of(one, other), client_of(other, one)
        results = at_once(
            partial(clientes.end_tie, by=other.administrateur, cliente_id=mine.pk),
            partial(clientes.end_tie, by=one.administrateur, cliente_id=theirs.pk),
        )
        assert not failures(results), results
        ended = Cliente.objects.filter(pk__in=[mine.pk, theirs.pk])
        assert [each.closed_because for each in ended] == [Fin.CLIENT, Fin.CLIENT]
        for portefeuille in (mine.portefeuille, theirs.portefeuille):
            world.closed(portefeuille)
    nothing_is_torn()


def test_a_company_lets_a_firm_back_while_it_is_added() -> None:
    firm, company = world.tiers(), companies.company()
    into, boss = world.portefeuille(firm.inscription), companies.administrateur(company)
    add = partial(clientes.add, by=firm.administrateur, portefeuille_id=into.pk, sirens=[company.siren])
    add()
    for turn in range(4):
        [tie] = living(company.siren)
        clientes.end_tie(by=boss, cliente_id=tie.pk)
        back = partial(let_back, by=boss, cliente_id=tie.pk)
        results = at_once(*((back, add) if turn % 2 else (add, back)))
        assert not failures(results), results
        tie.refresh_from_db()
        assert tie.let_back_at
        [added] = [each for each in results if isinstance(each, clientes.Added)]
        assert len(living(company.siren)) == (0 if added.refused else 1)
        add()
        assert len(living(company.siren)) == 1
    nothing_is_torn()


def test_two_administrateurs_add_one_company_to_two_portfolios() -> None:
    firm, rank = world.tiers(), companies.a_rank()
    bosses = [firm.administrateur, companies.administrateur(firm.inscription)]
    folders = [world.portefeuille(firm.inscription, name) for name in ("Est", "Ouest")]
    companies.put_into_register(rank, places=3)
    siren = Siren(files.siren(rank))
    results = at_once(*[partial(clientes.add, by=by, portefeuille_id=into.pk, sirens=[siren])
                        for by, into in zip(bosses, folders, strict=True)])  # fmt: skip
    assert not failures(results), results
    [client] = living(siren)
    assert len(world.sirets(client)) == 3
    refused = [one.reason for each in results if isinstance(each, clientes.Added) for one in each.refused]
    assert refused == ["elsewhere"]
    twice = EtablissementClient.objects.filter(closed_at=None).values("siret").annotate(n=Count("pk"))
    assert not twice.filter(n__gt=1).exists()
    nothing_is_torn()


@pytest.mark.parametrize("turn", range(3))
def test_a_client_is_transferred_while_it_is_taken_out(turn: int) -> None:
    firm = world.tiers()
    boss, other = firm.administrateur, companies.administrateur(firm.inscription)
    est = world.portefeuille(firm.inscription, "Est")
    ouest = world.portefeuille(firm.inscription, "Ouest", declarations=())
    client = world.cliente(est, places=2)
    acts = [
        partial(composing.transfer, by=boss, cliente_id=client.pk, portefeuille_id=ouest.pk),
        partial(clientes.take_out, by=other, cliente_id=client.pk),
    ]
    results = at_once(*(acts if turn % 2 else reversed(acts)))
    assert not failures(results, ClienteNotFound), results
    client.refresh_from_db()
    transferred = not any(isinstance(each, ClienteNotFound) for each in results)
    assert client.closed_because == Fin.TIERS
    assert client.portefeuille_id == (ouest.pk if transferred else est.pk)
    nothing_is_torn()


def test_a_client_is_transferred_while_its_portfolio_closes_into_another() -> None:
    firm = world.tiers()
    boss: Acteur = firm.administrateur
    other = companies.administrateur(firm.inscription)
    est, ouest, nord = (world.portefeuille(firm.inscription, name) for name in ("Est", "Ouest", "Nord"))
    client = world.cliente(est)
    results = at_once(
        partial(composing.transfer, by=boss, cliente_id=client.pk, portefeuille_id=ouest.pk),
        partial(clientes.close, by=other, portefeuille_id=est.pk, into_id=nord.pk),
    )
    assert not failures(results), results
    client.refresh_from_db()
    assert client.portefeuille_id == ouest.pk
    assert [one.name for one in Portefeuille.objects.exclude(closed_at=None)] == ["Est"]
    nothing_is_torn()
