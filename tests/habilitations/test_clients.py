"""Rights for clients of a tiers déclarant: who may file, why not, what a change would do; now and then."""

import datetime as dt
from typing import Any

import pytest

from guichet.habilitations import operations, queries
from guichet.habilitations.rules import GridFilters, Reason, Wanted
from guichet.inscriptions.models import Acteur
from guichet.kernel import clock
from guichet.portefeuilles.models import Cliente
from guichet.portefeuilles.states import Fin
from tests.entreprises import files
from tests.inscriptions import world as companies
from tests.portefeuilles import world

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def cabinet() -> world.Cabinet:
    return world.tiers()


@pytest.fixture
def client_(cabinet: world.Cabinet) -> Cliente:
    return world.cliente(world.portefeuille(cabinet.inscription), places=2, name="GARAGE DU LAC")


def wanted(who: Acteur, siret: str, declaration: str = "dsn", *, on: bool = True) -> Wanted:
    return Wanted(acteur_id=who.pk, siret=siret, declaration=declaration, on=on)


def ask(who: Acteur, siret: str, **known: Any) -> Any:
    said = {"siret": siret, "declaration": "dsn", **known}
    return queries.may_file(account=who.account, **said)


def give(cabinet: world.Cabinet, who: Acteur, siret: str, declaration: str = "dsn") -> Any:
    return operations.apply(by=cabinet.administrateur, wanted=[wanted(who, siret, declaration)])


def why(cabinet: world.Cabinet, siret: str, declaration: str = "dsn") -> list[str]:
    """Why the plan says that a right can't be given to a déclarant."""
    cell = wanted(cabinet.declarants[0], siret, declaration)
    plan = queries.plan(acteur=cabinet.administrateur, wanted=[cell])
    return [line.reason for line in plan.impossible]


def test_a_right_for_a_client_lets_file_at_once(cabinet: world.Cabinet, client_: Cliente) -> None:
    omar, (siret, other) = cabinet.declarants[0], world.sirets(client_)
    assert why(cabinet, siret) == []
    assert give(cabinet, omar, siret).opened == 1
    answer = ask(omar, siret)
    assert (answer.ok, answer.reason) == (True, Reason.OK)
    assert "GARAGE DU LAC" in answer.sentence
    assert ask(omar, other).reason == Reason.NO_RIGHT


def test_reasons_come_in_the_order_in_which_they_are_mended(cabinet: world.Cabinet) -> None:
    """Everything is wrong at first; each turn mends the reason that was told."""
    portefeuille = world.portefeuille(cabinet.inscription, declarations=())
    client = world.cliente(portefeuille, declarations=(), places=1)
    omar, siret = cabinet.declarants[0], world.sirets(client)[0]
    unknown = files.siret(int(companies.a_rank()))
    chosen = cabinet.inscription.declarations.get(code="dsn")
    chosen.removed_at = clock.now()
    chosen.save()
    client.etablissements.update(closed_at=clock.now() + DAY, closed_in=client.opened_in)
    told = [ask(omar, siret).reason]
    chosen.removed_at, chosen.opens_at = None, clock.now() + DAY
    chosen.save()
    told.append(ask(omar, siret).reason)
    chosen.opens_at = clock.now()
    chosen.save()
    told.append(ask(omar, siret).reason)
    client.etablissements.update(closed_at=None, closed_in=None)
    told.append(ask(omar, siret).reason)
    world.declaration(client, "dsn", starts_after=DAY)
    told.append(ask(omar, siret).reason)
    client.declarations.update(starts_at=clock.now())
    told.append(ask(omar, siret).reason)
    give(cabinet, omar, siret)
    told.append(ask(omar, siret).reason)
    companies.close_place(siret)
    told.append(ask(omar, siret).reason)
    assert told == [
        Reason.DECLARATION_NOT_CHOSEN,
        Reason.NOT_OPEN_YET,
        Reason.ETABLISSEMENT_UNKNOWN,
        Reason.DECLARATION_NOT_OF_CLIENT,
        Reason.CLIENT_NOT_OPEN_YET,
        Reason.NO_RIGHT,
        Reason.OK,
        Reason.ETABLISSEMENT_CLOSED,
    ]
    assert ask(omar, siret).ok
    assert ask(omar, unknown).reason == Reason.ETABLISSEMENT_UNKNOWN


def test_what_is_missing_is_named_the_container_first(cabinet: world.Cabinet) -> None:
    portefeuille = world.portefeuille(cabinet.inscription, declarations=())
    client = world.cliente(portefeuille, declarations=())
    siret, who = world.sirets(client)[0], cabinet.declarants[0]
    known: dict[str, Any] = {
        "acteur": cabinet.administrateur,
        "acteur_id": who.pk,
        "siret": siret,
        "declaration": "dsn",
    }

    def sentences() -> set[str]:
        plan = queries.plan(acteur=cabinet.administrateur, wanted=[wanted(who, siret)])
        assert [line.reason for line in plan.impossible] == [Reason.DECLARATION_NOT_OF_CLIENT]
        return {plan.impossible[0].sentence, queries.explain(**known).sentence}

    assert all("d’abord aux déclarations du portefeuille" in one for one in sentences())
    change = world.changement(cabinet.inscription)
    portefeuille.declarations.create(code="dsn", opened_at=change.at, opened_in=change)
    assert all("son portefeuille la contient déjà" in one for one in sentences())
    assert "administrateur" in ask(who, siret).sentence


@pytest.mark.parametrize("which", ["place", "company", "stranger", "other"])
def test_what_is_no_place_of_a_living_client_is_unknown(
    cabinet: world.Cabinet, client_: Cliente, which: str
) -> None:
    siret = world.sirets(client_)[0]
    if which == "place":
        change = world.changement(cabinet.inscription)
        client_.etablissements.filter(siret=siret).update(closed_at=change.at, closed_in=change)
    elif which == "company":
        world.ended(client_, Fin.CLIENT)
    else:  # of another firm's, or inscribed itself
        firm = world.tiers().inscription if which == "other" else None
        siret = (
            world.sirets(world.cliente(world.portefeuille(firm)))[0] if firm else companies.company().siret
        )
    assert why(cabinet, siret) == [Reason.ETABLISSEMENT_UNKNOWN]
    assert ask(cabinet.declarants[0], siret).reason == Reason.ETABLISSEMENT_UNKNOWN


def test_one_company_is_the_client_of_two_firms_and_declares_itself(
    cabinet: world.Cabinet, client_: Cliente
) -> None:
    siret, firm = world.sirets(client_)[0], world.tiers()
    portefeuille = world.portefeuille(firm.inscription, declarations=("c3s",))
    twin = world.cliente(portefeuille)
    Cliente.objects.filter(pk=twin.pk).update(siren=client_.siren)
    twin.etablissements.update(siret=siret)
    give(cabinet, cabinet.declarants[0], siret)
    assert why(firm, siret) == [Reason.DECLARATION_NOT_OF_CLIENT]
    assert why(firm, siret, "c3s") == []
    assert ask(firm.declarants[0], siret, declaration="c3s").reason == Reason.NO_RIGHT
    assert ask(cabinet.declarants[0], siret).ok


def test_a_place_that_is_own_and_a_clients_is_enough_once(cabinet: world.Cabinet, client_: Cliente) -> None:
    """Nothing lets a company be the client of itself; if a row says so, its own place counts."""
    siret = cabinet.inscription.siret
    Cliente.objects.filter(pk=client_.pk).update(siren=siret[:9])
    client_.etablissements.filter(siret=world.sirets(client_)[0]).update(siret=siret)
    assert why(cabinet, siret) == []
    cabinet.inscription.etablissements.update(ticked_at=None)
    assert why(cabinet, siret) == []
    client_.declarations.all().delete()
    assert why(cabinet, siret) == [Reason.DECLARATION_NOT_OF_CLIENT]


def test_what_could_be_done_at_a_past_moment(cabinet: world.Cabinet, client_: Cliente) -> None:
    omar, siret = cabinet.declarants[0], world.sirets(client_)[0]
    before = clock.now()
    with clock.travel(DAY):
        made = give(cabinet, omar, siret)
    with clock.travel(2 * DAY):
        change = world.changement(cabinet.inscription)
        operations.apply(by=cabinet.administrateur, wanted=[wanted(omar, siret, on=False)])
        world.ended(client_)
        assert ask(omar, siret).reason == Reason.ETABLISSEMENT_UNKNOWN
        assert ask(omar, siret, at=made.at).ok
        assert ask(omar, siret, at=made.at - dt.timedelta(microseconds=1)).reason == Reason.NO_RIGHT
        assert ask(omar, siret, at=change.at).ok
        assert ask(omar, siret, at=before - DAY).reason == Reason.NO_INSCRIPTION
        known: dict[str, Any] = {"acteur": cabinet.administrateur, "siret": siret, "declaration": "dsn"}
        assert [one.acteur_id for one in queries.who_could_file(**known, at=made.at)] == [omar.pk]
        assert queries.who_could_file(**known, at=before) == []


def test_who_waits_for_a_client_says_so_and_is_no_holder(cabinet: world.Cabinet) -> None:
    client = world.cliente(world.portefeuille(cabinet.inscription), starts_after=8 * DAY)
    omar, siret = cabinet.declarants[0], world.sirets(client)[0]
    made = give(cabinet, omar, siret)
    opens = client.declarations.get(code="dsn").starts_at
    answer = ask(omar, siret)
    assert (answer.ok, answer.reason, answer.opens_at) == (False, Reason.CLIENT_NOT_OPEN_YET, opens)
    [right] = queries.mine(account=omar.account)
    assert (right.opens_at, right.place) == (opens, client.name)
    later = queries.opening_later(acteur=cabinet.administrateur, changement_id=made.pk)
    assert later == opens
    known: dict[str, Any] = {"acteur": cabinet.administrateur, "siret": siret, "declaration": "dsn"}
    with clock.travel(9 * DAY):
        assert ask(omar, siret).ok
        assert ask(omar, siret, at=opens).ok
        just_before = opens - dt.timedelta(microseconds=1)
        assert ask(omar, siret, at=just_before).reason == Reason.CLIENT_NOT_OPEN_YET
        assert queries.who_could_file(**known, at=just_before) == []
        assert [one.acteur_id for one in queries.who_could_file(**known, at=opens)] == [omar.pk]
        assert queries.mine(account=omar.account)[0].opens_at is None
        assert queries.opening_later(acteur=cabinet.administrateur, changement_id=made.pk) is None


def test_lists_find_clients_by_portfolio_client_name_and_number(cabinet: world.Cabinet) -> None:
    one, two = (world.portefeuille(cabinet.inscription, name) for name in ("Nord", "Sud"))
    lac, pic, sud = (
        world.cliente(one, name="GARAGE DU LAC"),
        world.cliente(one, name="AUBERGE DU PIC"),
        world.cliente(two, name="MOULIN DU LAC"),
    )
    omar, own = cabinet.declarants[0], cabinet.inscription.siret
    of = {each.pk: world.sirets(each)[0] for each in (lac, pic, sud)}
    for siret in (*of.values(), own):
        give(cabinet, omar, siret)

    def found(**filters: Any) -> set[str]:
        asked = GridFilters(**filters)
        rows = queries.recap(acteur=cabinet.administrateur, filters=asked).lines
        assert rows == list(queries.recap_rows(acteur=cabinet.administrateur, filters=asked))
        assert {row.siret for row in queries.history_rows(acteur=omar, filters=asked)} == {
            row.siret for row in rows
        }
        return {row.siret for row in rows}

    assert found() == {*of.values(), own}
    assert found(portefeuille=one.pk) == {of[lac.pk], of[pic.pk]}
    assert found(cliente=sud.pk) == {of[sud.pk]}
    assert found(cliente=sud.pk, portefeuille=one.pk) == set()
    assert found(etablissement="du Lac") == {of[lac.pk], of[sud.pk]}
    assert found(etablissement="lac", portefeuille=two.pk) == {of[sud.pk]}
    assert found(etablissement=of[pic.pk][4:12]) == {of[pic.pk]}
    assert found(etablissement=own) == {own}
    assert found(portefeuille=world.portefeuille(world.tiers().inscription).pk) == set()


def test_addresses_keep_what_is_looked_at() -> None:
    portefeuille = "6a4b3c2d-1111-2222-3333-444455556666"
    query = {"portefeuille": portefeuille, "cliente": "12"}
    filters = GridFilters.parse(query)
    assert (str(filters.portefeuille), filters.cliente) == (portefeuille, 12)
    assert dict(filters.query()) == query
    assert GridFilters.parse({"portefeuille": "x" * 36, "cliente": "-1"}) == GridFilters()
    assert GridFilters.parse({"portefeuille": f"{{{portefeuille}}}", "cliente": str(2**63)}) == GridFilters()
