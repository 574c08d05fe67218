"""A change of portfolios is taken back whole, but for what somebody changed since."""

import pytest

from guichet.habilitations import operations
from guichet.habilitations.models import Habilitation
from guichet.habilitations.operations import clientes
from guichet.habilitations.rules import Reason, Wanted
from guichet.inscriptions.models import Acteur, Changement
from guichet.portefeuilles.models import (
    Cliente,
    DeclarationCliente,
    DeclarationPortefeuille,
    EtablissementClient,
    Portefeuille,
)
from guichet.portefeuilles.rules import Ecart
from guichet.portefeuilles.states import Beneficiaires
from tests.inscriptions import world as companies
from tests.portefeuilles import world

pytestmark = pytest.mark.django_db
TOUS = Beneficiaires.TOUS


@pytest.fixture
def cabinet() -> world.Cabinet:
    return world.tiers()


@pytest.fixture
def boss(cabinet: world.Cabinet) -> Acteur:
    return cabinet.administrateur


@pytest.fixture
def nord(cabinet: world.Cabinet) -> Portefeuille:
    return world.portefeuille(cabinet.inscription, "Nord")


def state() -> tuple[set[object], ...]:
    """What there is now: rights, places, declarations."""
    return (
        set(Habilitation.objects.filter(closed_at=None).values_list("acteur", "siret", "declaration")),
        set(Cliente.objects.filter(closed_at=None).values_list("siren", "portefeuille", "began_at")),
        set(EtablissementClient.objects.filter(closed_at=None).values_list("siret", flat=True)),
        set(
            DeclarationCliente.objects.filter(closed_at=None).values_list(
                "cliente__siren", "code", "starts_at"
            )
        ),
        set(DeclarationPortefeuille.objects.filter(closed_at=None).values_list("portefeuille", "code")),
    )


def give(boss: Acteur, who: Acteur, siret: str, code: str = "dsn", *, on: bool = True) -> Changement:
    cell = Wanted(acteur_id=who.pk, siret=siret, declaration=code, on=on)
    return operations.apply(by=boss, wanted=[cell])


def a_company(places: int = 2) -> str:
    return companies.put_into_register(companies.a_rank(), places=places)


def test_an_addition_and_its_undoing_and_the_undoing_of_that(boss: Acteur, nord: Portefeuille) -> None:
    world.cliente(nord)
    before = state()
    made = clientes.add(
        by=boss, portefeuille_id=nord.pk, sirens=[a_company(), a_company()], beneficiaires=TOUS
    ).changement
    after = state()
    undone = operations.undo(by=boss, changement_id=made.pk)
    assert (state(), list(undone.refused), list(undone.left)) == (before, [], [])
    assert undone.changement.closed == made.opened == 2 * 2 * 2 * 3
    operations.undo(by=boss, changement_id=undone.changement.pk)
    assert state() == after
    with pytest.raises(operations.AlreadyUndone):
        operations.undo(by=boss, changement_id=made.pk)


@pytest.mark.parametrize("what", ["client", "place", "container", "content"])
def test_what_went_comes_back_with_its_rights(
    cabinet: world.Cabinet, boss: Acteur, nord: Portefeuille, what: str
) -> None:
    client = world.cliente(nord, places=2)
    first, second = world.sirets(client)
    for who in cabinet.declarants:
        for siret in (first, second):
            for code in ("dsn", "c3s"):
                give(boss, who, siret, code)
    before = state()
    if what == "client":
        made = clientes.take_out(by=boss, cliente_id=client.pk)
    elif what == "place":
        made = clientes.take_out(by=boss, cliente_id=client.pk, sirets=[first])
    elif what == "container":
        made = clientes.contain(by=boss, portefeuille_id=nord.pk, codes=["dsn"])
    else:
        made = clientes.declare(by=boss, cliente_id=client.pk, codes=["dsn"])
    assert made.closed == {"client": 8}.get(what, 4)
    undone = operations.undo(by=boss, changement_id=made.pk)
    assert (state(), list(undone.refused), list(undone.left)) == (before, [], [])


def test_what_got_a_right_since_stays_whole(cabinet: world.Cabinet, boss: Acteur, nord: Portefeuille) -> None:
    stays, goes = a_company(places=1), a_company(places=1)
    made = clientes.add(by=boss, portefeuille_id=nord.pk, sirens=[stays, goes], beneficiaires=TOUS).changement
    siret = world.sirets(Cliente.objects.get(siren=stays))[0]
    zoe = companies.declarant(cabinet.inscription, "Zoé Nouvelle")
    give(boss, zoe, siret)
    give(boss, cabinet.declarants[0], siret, "c3s", on=False)
    undone = operations.undo(by=boss, changement_id=made.pk)
    assert set(Cliente.objects.filter(closed_at=None).values_list("siren", flat=True)) == {stays}
    assert Habilitation.objects.filter(siret=siret, closed_at=None).count() == 3 * 2
    assert {(one.siren, one.reason) for one in undone.left} == {(stays, Ecart.CHANGED_SINCE)}
    assert {(one.siret, one.reason) for one in undone.refused} == {(siret, Reason.CHANGED_SINCE)}
    assert len(undone.refused) == 6


def test_what_cannot_stand_any_more_is_named(boss: Acteur, nord: Portefeuille) -> None:
    """The client ended the tie after the firm took it out: nothing comes back, and it may be tried again."""
    client = world.cliente(nord)
    siret = world.sirets(client)[0]
    give(boss, boss, siret)
    made = clientes.take_out(by=boss, cliente_id=client.pk)
    clientes.close(by=boss, portefeuille_id=nord.pk)
    undone = operations.undo(by=boss, changement_id=made.pk)
    assert not undone.changement.pk
    assert {one.reason for one in undone.left} == {Ecart.PORTEFEUILLE_CLOSED}
    assert [(one.siret, one.reason) for one in undone.refused] == [(siret, Reason.ETABLISSEMENT_UNKNOWN)]
    assert not Changement.objects.filter(undoes=made).exists()


def test_rights_alone_are_taken_back_as_before(boss: Acteur, nord: Portefeuille) -> None:
    siret = world.sirets(world.cliente(nord))[0]
    before = state()
    made = give(boss, boss, siret)
    undone = operations.undo(by=boss, changement_id=made.pk)
    assert (state(), undone.changement.closed) == (before, 1)
