"""« Mes dossiers »: filters in the address, counts, pages, export; and nothing of anybody else."""

import csv
import io

import pytest

from guichet.adhesions.rules import PAGE_SIZE
from guichet.depots.states import State
from tests.adhesions import world
from tests.adhesions.firm import a_client, an_abonne, client_files
from tests.teleprocedures.adhesion.cabinet import Cabinet, signed_in
from tests.web.people import html_of, text_of


def read(cabinet: Cabinet, query: str = "") -> str:
    answer = cabinet.client.get(cabinet.at("dossiers") + query)
    assert answer.status_code == 200
    return text_of(answer)


def exported(cabinet: Cabinet, query: str = "") -> list[dict[str, str]]:
    answer = cabinet.client.get(cabinet.at("dossiers_csv") + query)
    assert "attachment" in answer["Content-Disposition"]
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content), delimiter=";"))


def test_nothing_yet_says_how_to_begin(cabinet: Cabinet) -> None:
    page = read(cabinet)
    assert "Vous n’avez encore demandé aucune adhésion" in page
    assert cabinet.at("start") in page
    assert cabinet.at("list_new") in page


def test_each_state_is_counted_and_can_be_chosen(cabinet: Cabinet) -> None:
    for state in (State.CONFIRME, State.ACCEPTE, State.ACCEPTE, State.REFUSE, State.CADUC, State.TERMINE):
        a_client(cabinet.account, name=f"CLIENT {state}", state=state)
    page = read(cabinet)
    for words in (
        "Tous (6)",
        "En attente de l’entreprise (1)",
        "En vigueur (2)",
        "Refusée (1)",
        "Terminée (1)",
    ):
        assert words in page
    chosen = read(cabinet, "?etat=refuse")
    assert "CLIENT refuse" in chosen
    assert "CLIENT accepte" not in chosen
    assert "Tous (6)" in chosen


@pytest.mark.parametrize("typed", ["boulang", "Boulangérie", "pont boul", world.ALIVE, "reference"])
def test_one_is_found_by_name_number_or_reference(cabinet: Cabinet, typed: str) -> None:
    depot = cabinet.asked(world.ALIVE)
    a_client(cabinet.account, name="AUTRE CLIENT")
    page = read(cabinet, f"?q={depot.reference if typed == 'reference' else typed}")
    assert "BOULANGERIE DU PONT" in page
    assert "AUTRE CLIENT" not in page


def test_what_finds_nothing_says_so_and_how_to_go_on(cabinet: Cabinet) -> None:
    a_client(cabinet.account)
    page = read(cabinet, "?q=introuvable&service=cfe")
    assert "Aucun dossier ne répond à ce filtre" in page
    assert "Voir tous les dossiers" in page


def test_what_is_typed_is_never_markup(cabinet: Cabinet) -> None:
    a_client(cabinet.account)
    page = html_of(cabinet.client.get(cabinet.at("dossiers"), {"q": '"><script>alert(1)</script>'}))
    assert "<script>alert" not in page


@pytest.mark.parametrize("query", ["?etat=nulle&tri=x&page=0", "?page=abc&service=%00", "?page=9999999999"])
def test_an_old_or_mistyped_address_still_shows_the_list(cabinet: Cabinet, query: str) -> None:
    a_client(cabinet.account, name="CLIENT UN")
    assert "CLIENT UN" in read(cabinet, query)


def test_pages_keep_the_filter(cabinet: Cabinet) -> None:
    client_files(cabinet.account, list(range(PAGE_SIZE + 1)), state=State.ACCEPTE)
    first = read(cabinet, "?etat=accepte&tri=nom")
    assert "page 1 sur 2" in first
    assert "?etat=accepte&tri=nom&page=2" in first
    second = read(cabinet, "?etat=accepte&tri=nom&page=2")
    assert second.count('scope="row"') == 1


def test_a_whole_page_asks_few_questions_of_the_database(
    cabinet: Cabinet, django_assert_max_num_queries: object
) -> None:
    client_files(cabinet.account, list(range(PAGE_SIZE)), state=State.CONFIRME)
    with django_assert_max_num_queries(9):  # type: ignore[operator]  # pytest-django's fixture
        read(cabinet)


def test_a_draft_is_told_above_the_list(cabinet: Cabinet) -> None:
    a_client(cabinet.account)
    draft = cabinet.begin()
    page = read(cabinet)
    assert "Une demande est en préparation" in page
    assert cabinet.at("draft", draft.pk) in page


def test_the_export_gives_what_is_shown_and_no_formula(cabinet: Cabinet) -> None:
    a_client(cabinet.account, name="=HYPERLINK(1)", state=State.ACCEPTE)
    a_client(cabinet.account, name="AUTRE", state=State.REFUSE)
    rows = exported(cabinet, "?etat=accepte")
    assert [row["nom"] for row in rows] == ["'=HYPERLINK(1)"]
    assert len(exported(cabinet)) == 2


def test_nobody_sees_anybody_elses(cabinet: Cabinet) -> None:
    a_client(cabinet.account, name="CLIENT SECRET")
    other = Cabinet(an_abonne("Omar Autre", siren="443061841"))
    assert "CLIENT SECRET" not in read(other)
    assert exported(other) == []


def test_the_shared_list_of_filings_leads_here(cabinet: Cabinet) -> None:
    assert cabinet.client.get(cabinet.at("depots"))["Location"] == cabinet.at("dossiers")


@pytest.mark.parametrize("name", ["dossiers", "dossiers_csv", "lists", "list_new", "start"])
def test_it_takes_an_account_of_this_door(cabinet: Cabinet, stranger: object, name: str) -> None:
    assert "/abonne/connexion/" in stranger.get(cabinet.at(name))["Location"]  # type: ignore[attr-defined]  # a browser
    assert signed_in(world.company_account()).get(cabinet.at(name)).status_code == 403


def test_the_home_of_the_door_leads_here(cabinet: Cabinet) -> None:
    page = text_of(cabinet.client.get("/abonne/"))
    for name in ("start", "dossiers", "list_new"):
        assert cabinet.at(name) in page
