"""Firms and clients at the same moment: one order, no deadlock, no right without what it stands on."""

from typing import Any

import pytest

from guichet.habilitations import operations
from guichet.habilitations.models import Habilitation
from guichet.habilitations.operations import clientes
from guichet.habilitations.rules import Wanted
from guichet.inscriptions.models import Acteur, Changement, Inscription
from guichet.portefeuilles.models import Cliente, EtablissementClient
from guichet.portefeuilles.operations import ClienteNotFound
from guichet.portefeuilles.states import Beneficiaires
from tests.at_once import at_once
from tests.inscriptions import world as companies
from tests.portefeuilles import world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_register")]


def cells(acteur: Acteur, client: Cliente, *, on: bool = True) -> list[Wanted]:
    return [
        Wanted(acteur_id=acteur.pk, siret=siret, declaration="dsn", on=on)
        for siret in EtablissementClient.objects.filter(cliente=client).values_list("siret", flat=True)
    ]


def failures(results: list[object], *expected: type[Exception]) -> list[object]:
    return [one for one in results if isinstance(one, Exception) and not isinstance(one, expected)]


def standing() -> bool:
    """Whether each right that is held is for a living place of a client."""
    places = EtablissementClient.objects.filter(closed_at=None, cliente__closed_at=None).values("siret")
    return not Habilitation.objects.filter(closed_at=None).exclude(siret__in=places).exists()


def a_client_that_declares(firm: Inscription) -> tuple[Cliente, Acteur]:
    rank = companies.a_rank()
    head = companies.administrateur(companies.company(rank=rank, places=2))
    client = world.cliente(world.portefeuille(firm), rank=rank, places=2, registered=False)
    return client, head


def test_two_administrateurs_compose_one_portfolio() -> None:
    firm = world.tiers(declarants=1)
    other, nord = companies.administrateur(firm.inscription), world.portefeuille(firm.inscription)
    siren = companies.put_into_register(companies.a_rank(), places=2)
    results = at_once(
        *[
            lambda by=by: clientes.add(
                by=by, portefeuille_id=nord.pk, sirens=[siren], beneficiaires=Beneficiaires.TOUS
            )
            for by in (firm.administrateur, other)
        ],
        lambda: clientes.contain(by=other, portefeuille_id=nord.pk, codes=["dsn"]),
    )
    assert not failures(results), results
    client = Cliente.objects.get(siren=siren)
    assert (world.codes(client), len(world.sirets(client))) == (["dsn"], 2)
    assert Habilitation.objects.filter(closed_at=None).count() == 2 * 3
    moments = list(Changement.objects.order_by("pk").values_list("at", flat=True))
    assert moments == sorted({*moments})


def test_the_client_ends_the_tie_while_the_firm_gives_rights() -> None:
    firm = world.tiers()
    client, head = a_client_that_declares(firm.inscription)
    results = at_once(
        lambda: operations.apply(by=firm.administrateur, wanted=cells(firm.declarants[0], client)),
        lambda: clientes.end_tie(by=head, cliente_id=client.pk),
        lambda: clientes.declare(by=firm.administrateur, cliente_id=client.pk, codes=["dsn"]),
    )
    assert not failures(results, ClienteNotFound), results
    client.refresh_from_db()
    assert client.closed_because == "client"
    assert standing()
    assert not Habilitation.objects.filter(closed_at=None).exists()


def test_two_firms_that_are_clients_of_each_other_end_their_ties() -> None:
    ranks = [companies.a_rank(), companies.a_rank()]
    one, two = (world.tiers(rank=rank) for rank in ranks)
    of_one = world.cliente(world.portefeuille(one.inscription), rank=ranks[1], registered=False)
    of_two = world.cliente(world.portefeuille(two.inscription), rank=ranks[0], registered=False)
    for firm, client in ((one, of_one), (two, of_two)):
        operations.apply(by=firm.administrateur, wanted=cells(firm.administrateur, client))
    acts: list[Any] = [
        lambda: clientes.end_tie(by=two.administrateur, cliente_id=of_one.pk),
        lambda: clientes.end_tie(by=one.administrateur, cliente_id=of_two.pk),
        lambda: operations.apply(by=one.administrateur, wanted=cells(one.declarants[0], of_one)),
        lambda: operations.apply(by=two.administrateur, wanted=cells(two.declarants[0], of_two)),
    ]
    results = at_once(*acts)
    assert not failures(results), results
    assert not Cliente.objects.filter(closed_at=None).exists()
    assert not Habilitation.objects.filter(closed_at=None).exists()


def test_a_client_leaves_and_its_addition_is_undone() -> None:
    firm = world.tiers(declarants=1)
    nord = world.portefeuille(firm.inscription)
    siren = companies.put_into_register(companies.a_rank())
    made = clientes.add(
        by=firm.administrateur, portefeuille_id=nord.pk, sirens=[siren], beneficiaires=Beneficiaires.TOUS
    ).changement
    client = Cliente.objects.get(siren=siren)
    results = at_once(
        lambda: operations.undo(by=firm.administrateur, changement_id=made.pk),
        lambda: clientes.take_out(by=firm.administrateur, cliente_id=client.pk),
    )
    assert not failures(results, ClienteNotFound), results
    assert not Cliente.objects.filter(closed_at=None).exists()
    assert not Habilitation.objects.filter(closed_at=None).exists()
