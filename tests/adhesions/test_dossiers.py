"""« Mes dossiers »: filters, counts, pages, orders, export; quick for three thousand clients."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

import pytest

from guichet.accounts.models import Account
from guichet.adhesions import operations
from guichet.adhesions.models import Demande
from guichet.adhesions.queries.dossiers import CSV_HEAD, STATES, dossiers, export
from guichet.adhesions.rules import PAGE_SIZE, Filters, Sort
from guichet.adhesions.rules import STATES as FILTERED
from guichet.adhesions.values import WITHHELD, Answerer
from guichet.depots.models import Depot
from guichet.depots.states import State
from guichet.kernel import clock
from guichet.kernel.cells import csv_lines
from tests.adhesions import world
from tests.adhesions.firm import OTHER_FIRM, an_abonne, client_files

Queries = Callable[[int], AbstractContextManager[None]]


def found(account: Account, **filters: str) -> list[str]:
    page = dossiers(account=account, filters=Filters.parse(filters))
    return [line.name for line in page.lines]


def named(account: Account, *names: str, state: State = State.ACCEPTE, first: int = 40_000) -> list[Demande]:
    made = []
    for rank, name in enumerate(names, start=first):
        with clock.travel(dt.timedelta(minutes=rank - first)):
            made += client_files(account, [rank], name=name, state=state)
    return made


def test_every_state_is_told_and_can_be_chosen() -> None:
    assert tuple(STATES) == FILTERED
    assert all(STATES.values())


def test_counts_are_those_of_all_states_whichever_is_chosen(asker: Account) -> None:
    named(asker, "A", "B", "C")
    named(asker, "D", state=State.CONFIRME, first=41_000)
    named(asker, "E", state=State.TERMINE, first=42_000)
    for state, total in (("", 5), ("accepte", 3), ("confirme", 1), ("refuse", 0)):
        page = dossiers(account=asker, filters=Filters(state=state))
        assert page.total == len(page.lines) == total
        assert page.counts == {State.ACCEPTE: 3, State.CONFIRME: 1, State.TERMINE: 1}


@pytest.mark.parametrize("text", ["boulangerie", "BOULANGÈRIE du pônt", "pont boulang", "d’Arc"])
def test_a_name_is_found_as_people_type_it(asker: Account, text: str) -> None:
    named(asker, "BOULANGERIE DU PONT D'ARC", "GARAGE")
    assert found(asker, q=text) == ["BOULANGERIE DU PONT D'ARC"]


def test_a_siren_and_a_reference_find_their_file(asker: Account) -> None:
    one, _ = named(asker, "UN", "DEUX")
    depot = one.depot
    assert found(asker, q=f"{depot.siren[:3]} {depot.siren[3:6]} {depot.siren[6:]}") == ["UN"]
    assert found(asker, q=(depot.reference or "").lower()) == ["UN"]
    assert found(asker, q="%") == found(asker, q="_") == []


def test_services_are_a_filter(asker: Account) -> None:
    one, _ = named(asker, "UN", "DEUX")
    Demande.objects.filter(pk=one.pk).update(services=["cfe", "tva"])
    assert found(asker, service="cfe") == ["UN"]
    assert found(asker, service="tva") == ["DEUX", "UN"]
    assert found(asker, service="x_inconnu") == []


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        (Sort.NEWEST, ["Zed", "élan", "Bec"]),
        (Sort.OLDEST, ["Bec", "élan", "Zed"]),
        (Sort.NAME, ["Bec", "élan", "Zed"]),
        (Sort.ENDING, ["Bec", "élan", "Zed"]),
    ],
)
def test_orders(asker: Account, sort: Sort, names: list[str]) -> None:
    named(asker, "Bec", "élan", "Zed")
    assert found(asker, tri=sort.value) == names


def test_pages_hold_each_file_once_and_far_ones_are_the_last(asker: Account) -> None:
    client_files(asker, list(range(50_000, 50_000 + 2 * PAGE_SIZE + 1)))
    pages = [dossiers(account=asker, filters=Filters(), page=page) for page in (1, 2, 3)]
    ids = [line.depot_id for page in pages for line in page.lines]
    assert len(ids) == len(set(ids)) == 2 * PAGE_SIZE + 1
    assert {page.pages for page in pages} == {3}
    assert dossiers(account=asker, filters=Filters(), page=99).page == 3
    assert dossiers(account=asker, filters=Filters(), page=-5).page == 1


def test_nobody_sees_the_files_of_others(asker: Account) -> None:
    named(asker, "À MOI")
    for stranger in (an_abonne("Zoé Ailleurs", siren=OTHER_FIRM), an_abonne("Nora du même cabinet")):
        page = dossiers(account=stranger, filters=Filters())
        assert (page.lines, page.total, page.pages, dict(page.counts)) == ([], 0, 1, {})
        assert len(list(export(account=stranger, filters=Filters()))) == 1


def test_one_page_costs_the_same_queries_whatever_it_holds(asker: Account, assert_queries: Queries) -> None:
    for ranks in ([60_000], list(range(60_001, 60_045))):
        client_files(asker, ranks)
        with assert_queries(3):
            dossiers(account=asker, filters=Filters())


@pytest.mark.usefixtures("register")
def test_who_refuses_diffusion_today_is_masked_today(asker: Account) -> None:
    demande = world.asked(asker, world.DISCREET)
    Depot.objects.filter(pk=demande.pk).update(subject_name="DISCRETE")
    assert found(asker) == [WITHHELD]
    assert list(export(account=asker, filters=Filters()))[1][2] == WITHHELD


# The export


@pytest.mark.usefixtures("register")
def test_the_export_holds_what_the_filters_choose(asker: Account) -> None:
    world.asked(asker, world.OTHER)
    demande = world.asked(asker)
    operations.answer(demande_id=demande.pk, by=world.by_code(demande), accept=True)
    operations.end(demande_id=demande.pk, by=Answerer(account=asker))
    head, line = export(account=asker, filters=Filters(state="termine"))
    told = dict(zip(head, line, strict=True))
    assert tuple(head) == CSV_HEAD
    assert told["siren"] == world.ALIVE
    assert told["etat"] == "terminée"
    assert told["services"] == "Taxe sur la valeur ajoutée (TVA), Impôt sur les sociétés (IS)"
    assert told["qualite"] == "Expert-comptable"
    assert told["fin_le"] >= told["repondu_le"] >= told["demande_le"] > "2"
    assert told["motif"] == "Vous y avez mis fin."


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1"])
def test_no_cell_is_a_formula(asker: Account, formula: str) -> None:
    depot = named(asker, formula)[0].depot
    Depot.objects.filter(pk=depot.pk).update(decision_text=formula)
    written = io.StringIO("".join(csv_lines(export(account=asker, filters=Filters()))), newline="")
    _, line = csv.reader(written, delimiter=";")
    assert [cell for cell in line if formula in cell] == [f"'{formula}"] * 2


def test_three_thousand_clients_are_listed_and_exported_in_no_time(asker: Account) -> None:
    client_files(asker, list(range(70_000, 73_000)), name="BOULANGERIE DU PONT")
    for filters in (Filters(), Filters(text="pont"), Filters(service="tva", sort=Sort.NAME)):
        look = partial(dossiers, account=asker, filters=filters, page=60)
        assert look().total == 3_000
        assert world.quickest(look) < 0.5

    def written() -> int:
        out = io.StringIO()
        csv.writer(out).writerows(export(account=asker, filters=Filters()))
        return out.getvalue().count("\n")

    assert written() == 3_001
    assert world.quickest(written) < 2
