"""What is said of each company before anything is sent."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from guichet.accounts.models import Account
from guichet.adhesions import operations
from guichet.adhesions.models import Demande
from guichet.adhesions.operations import colleagues
from guichet.adhesions.queries.verdicts import check_line, verdicts
from guichet.adhesions.rules import LATELY, Code
from guichet.adhesions.values import WITHHELD, Answerer
from guichet.depots import operations as depots
from guichet.depots.states import State
from guichet.entreprises.operations import import_sirene
from guichet.kernel import clock
from tests.adhesions import world
from tests.adhesions.firm import FIRM, OTHER_FIRM, a_pair, an_abonne, client_files
from tests.entreprises import files

pytestmark = pytest.mark.usefixtures("register")
Queries = Callable[[int], AbstractContextManager[None]]


def code_for(account: Account, siren: str, qualite: str = "expert_comptable") -> Code:
    return check_line(account=account, siren=siren, qualite=qualite).code


@pytest.mark.parametrize(
    ("siren", "code"),
    [
        (world.ALIVE, Code.OK),
        (world.DISCREET, Code.OK),
        (world.NOBODYS, Code.UNKNOWN),
        (world.CLOSED, Code.CLOSED),
        (world.HOMELESS, Code.NO_ADDRESS),
        (world.MOVED_OUT, Code.NO_ADDRESS),
        (FIRM, Code.OWN_FIRM),
    ],
)
def test_the_register_says_whether_a_company_can_be_asked(asker: Account, siren: str, code: Code) -> None:
    verdict = check_line(account=asker, siren=siren, qualite="expert_comptable")
    assert verdict.code == code
    assert verdict.ok == (code == Code.OK)
    assert verdict.sentence


def test_one_s_own_company_is_asked_by_who_works_there(asker: Account) -> None:
    assert code_for(asker, FIRM, "salarie") == Code.OK
    assert code_for(asker, FIRM, "") == Code.OWN_FIRM


def test_a_company_that_refuses_diffusion_is_not_named(asker: Account) -> None:
    verdict = check_line(account=asker, siren=world.DISCREET)
    assert verdict.name == WITHHELD
    assert verdict.unite
    assert verdict.unite.siege
    assert verdict.unite.siege.address == ()


def test_what_one_has_asked_already(asker: Account) -> None:
    demande = world.asked(asker)
    assert code_for(asker, world.ALIVE) == Code.ASKED
    depots.accept(depot_id=demande.pk, actor="system", reason="Papiers vus.")
    assert code_for(asker, world.ALIVE) == Code.IN_FORCE
    operations.end(demande_id=demande.pk, by=Answerer(account=asker))
    assert code_for(asker, world.ALIVE) == Code.OK


def test_what_another_firm_has_asked_is_nobody_s_business(asker: Account) -> None:
    world.asked(an_abonne("Zoé Ailleurs", siren=OTHER_FIRM))
    world.asked(an_abonne("Ida Étrangère", siren=""))
    assert code_for(asker, world.ALIVE) == Code.OK


def test_foreign_firms_are_not_one_firm() -> None:
    one, other = an_abonne("Ida Étrangère", siren=""), an_abonne("Ugo Étranger", siren="")
    world.asked(one)
    assert code_for(one, world.ALIVE) == Code.ASKED
    assert code_for(other, world.ALIVE) == Code.OK


def test_a_recognised_colleague_is_named() -> None:
    lila, omar = a_pair()
    demande = world.asked(omar)
    verdict = check_line(account=lila, siren=world.ALIVE)
    assert verdict.code == Code.ASKED_BY_COLLEAGUE
    assert "Omar Exemple" in verdict.sentence
    depots.accept(depot_id=demande.pk, actor="system", reason="Papiers vus.")
    verdict = check_line(account=lila, siren=world.ALIVE)
    assert verdict.code == Code.IN_FORCE_BY_COLLEAGUE
    assert "Omar Exemple" in verdict.sentence


def test_somebody_who_only_says_to_be_of_the_firm_is_told_no_name_and_is_not_named() -> None:
    lila, _ = a_pair()
    world.asked(lila)
    newcomer = an_abonne("Nora Nouvelle")
    colleagues.present(account=newcomer)
    told = check_line(account=newcomer, siren=world.ALIVE)
    assert told.code == Code.ASKED_BY_COLLEAGUE
    assert "Lila" not in told.sentence
    world.asked(newcomer, world.OTHER)
    assert "Nora" not in check_line(account=lila, siren=world.OTHER).sentence


def test_a_refusal_is_recalled_for_some_time(asker: Account) -> None:
    demande = world.asked(asker)
    depots.refuse(depot_id=demande.pk, actor="system", reason="Non.")
    decided = demande.depot.confirmed_at
    assert decided
    verdict = check_line(account=asker, siren=world.ALIVE)
    assert (verdict.code, verdict.ok) == (Code.REFUSED_LATELY, True)
    with clock.travel(LATELY + dt.timedelta(seconds=1)):
        assert code_for(asker, world.ALIVE) == Code.OK


def test_many_companies_cost_as_many_queries_as_one(asker: Account, assert_queries: Queries) -> None:
    lila, omar = a_pair()
    world.asked(omar)
    sirens = [world.ALIVE, world.CLOSED, world.NOBODYS, *(files.siren(rank) for rank in world.MANY)]
    for few in (sirens[:1], sirens):
        with assert_queries(3):
            assert len(verdicts(account=lila, sirens=few)) == len(few)
    assert len(verdicts(account=asker, sirens=[])) == 0


def test_three_thousand_lines_take_less_than_a_second(asker: Account, tmp_path: Path) -> None:
    many = range(1000, 4000)
    unites, etablissements = world.register_files(tmp_path, many)
    import_sirene(unites=unites, etablissements=etablissements)
    client_files(asker, [30_000 + rank for rank in range(500)])
    sirens = [files.siren(rank) for rank in many]
    found = verdicts(account=asker, sirens=sirens)
    assert {verdict.code for verdict in found.values()} == {Code.OK}
    assert world.quickest(lambda: verdicts(account=asker, sirens=sirens)) < 1


def test_a_request_that_lapsed_leaves_its_place(asker: Account) -> None:
    demande = world.asked(asker)
    with clock.travel(dt.timedelta(days=21)):
        operations.lapse_overdue()
        assert code_for(asker, world.ALIVE) == Code.OK
    assert Demande.objects.get(pk=demande.pk).depot.state == State.CADUC
