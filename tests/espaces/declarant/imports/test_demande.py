"""A request's page, whatever its state; deciding; what two tabs do."""

import gzip
import re
import uuid
from typing import Any

import pytest

from guichet.imports import operations
from guichet.imports.models import Demande
from guichet.imports.reasons import said
from guichet.imports.states import Etat, Kind, Verdict
from tests.espaces.declarant.imports.firm import ROOT, Firm, browser, page_of
from tests.imports import world as requests
from tests.portefeuilles import world as portfolios
from tests.web.people import text_of

MOST_BYTES = 30_000  # of a page's own HTML, compressed


@pytest.mark.parametrize(
    ("etat", "title"),
    [
        (Etat.LECTURE, "Lecture de votre demande"),
        (Etat.REFUSEE, "Ce fichier ne peut pas être traité"),
        (Etat.PRETE, "Vérifiez, puis validez"),
        (Etat.VALIDEE, "Votre demande attend son tour"),
        (Etat.EN_COURS, "Votre demande s’applique"),
        (Etat.OK, "Compte rendu : OK"),
        (Etat.OK_PARTIEL, "Compte rendu : OK partiel"),
        (Etat.KO, "Compte rendu : KO"),
        (Etat.SUPPRIMEE, "Demande supprimée"),
    ],
)
def test_one_address_for_its_whole_life(firm: Firm, etat: Etat, title: str) -> None:
    made = firm.demande(etat, problem=_problem() if etat is Etat.REFUSEE else None)
    firm.lines(made)
    answer = browser(firm.chief).get(page_of(made))
    page = text_of(answer)
    assert answer.status_code == 200
    assert f"<h1>{title}</h1>" in page
    assert page.count("<h1") == 1
    assert page.count('role="status"') == 1
    assert "Clients.csv" in page


@pytest.mark.parametrize("etat", [Etat.LECTURE, Etat.VALIDEE, Etat.EN_COURS])
def test_what_is_awaited_refreshes_by_itself(firm: Firm, etat: Etat) -> None:
    made = firm.demande(etat, done=1, total=4)
    chief = browser(firm.chief)
    page = text_of(chief.get(page_of(made)))
    assert "data-watch" in page
    assert '<noscript><meta http-equiv="refresh" content="10"></noscript>' in page
    assert "Vous pouvez quitter cette page" in page
    stopped = text_of(chief.get(f"{page_of(made)}?suivi=non"))  # who reads slowly stops it
    assert "http-equiv" not in stopped
    assert "Actualiser l’avancement" in stopped


@pytest.mark.parametrize(
    ("done", "total", "said"), [(0, 0, "Le travail commence."), (1, 4, "Lecture : 25 %"), (5, 4, "100 %")]
)
def test_progress_is_told(firm: Firm, done: int, total: int, said: str) -> None:
    page = text_of(browser(firm.chief).get(page_of(firm.demande(Etat.LECTURE, done=done, total=total))))
    assert said in page


@pytest.mark.parametrize("etat", [Etat.PRETE, Etat.OK, Etat.REFUSEE, Etat.SUPPRIMEE])
def test_what_is_settled_stands_still(firm: Firm, etat: Etat) -> None:
    page = text_of(browser(firm.chief).get(page_of(firm.demande(etat))))
    assert "http-equiv" not in page
    assert "data-watch" not in page


def test_before_anything_changes_it_says_what_it_will_do(firm: Firm) -> None:
    made = firm.demande()
    firm.lines(made)
    page = text_of(browser(firm.chief).get(page_of(made)))
    assert "Rien n’est encore changé." in page
    assert "Appliquer 2 ajouts et 1 suppression</button>" in page
    assert "Supprimer cette demande" in page
    assert "BOULANGERIE EXEMPLE" in page
    assert "Le tableur a arrondi ce numéro" in page
    assert said("siret_rounded").remedy in page
    assert "7,32829E+13" in page
    for verdict in ("Ajout", "Suppression", "Impossible"):
        assert f">{verdict}</span>" in page


def test_large_numbers_are_grouped(firm: Firm) -> None:
    made = firm.demande(counts={"lignes": 100_000, "ajouts": 99_996, "suppressions": 4})
    page = re.sub(r"\s", " ", text_of(browser(firm.chief).get(page_of(made))))
    assert "Appliquer 99 996 ajouts et 4 suppressions" in page


def test_nothing_to_do_is_no_button(firm: Firm) -> None:
    made = firm.demande(counts={"lignes": 2, "ajouts": 0, "suppressions": 0, "deja": 2, "impossibles": 0})
    page = text_of(browser(firm.chief).get(page_of(made)))
    assert "Cette demande ne changerait rien" in page
    assert "valider/" not in page


def test_lines_are_filtered_by_the_address(firm: Firm) -> None:
    made = firm.demande()
    firm.lines(made)
    chief = browser(firm.chief)
    only = text_of(chief.get(f"{page_of(made)}?verdict={Verdict.IMPOSSIBLE}"))
    assert "7,32829E+13" in only
    assert firm.sirets[0] not in _rows(only)
    found = text_of(chief.get(f"{page_of(made)}?recherche={firm.sirets[1]}"))
    assert "7,32829E+13" not in _rows(found)
    none = text_of(chief.get(f"{page_of(made)}?recherche=zzz"))
    assert "Aucune ligne ne répond à ce filtre." in none
    assert "Tout afficher" in none


@pytest.mark.parametrize("query", ["verdict=x", "page=x", "page=0", "page=99999", "recherche=%00", "page=-1"])
def test_what_cannot_be_read_in_the_address_counts_for_nothing(firm: Firm, query: str) -> None:
    made = firm.demande()
    firm.lines(made)
    assert browser(firm.chief).get(f"{page_of(made)}?{query}").status_code == 200


def test_what_is_typed_is_no_markup(firm: Firm) -> None:
    made = firm.demande(file_name="<b>x</b>.csv", head=["<i>y</i>"])
    requests.ligne(made, 2, typed=["<script>z"], verdict=Verdict.IMPOSSIBLE, problem="siret_letters",
                   reasons=["siret_letters"])  # fmt: skip
    content = browser(firm.chief).get(f"{page_of(made)}?recherche=<script>").content.decode()
    assert "<script>z" not in content
    assert "<b>x</b>" not in content
    assert "<i>y</i>" not in content


def test_a_page_of_lines_is_light(firm: Firm) -> None:
    made = firm.demande(counts={"lignes": 500, "ajouts": 0, "suppressions": 0, "impossibles": 500})
    for number in range(2, 502):
        requests.ligne(made, number, typed=[f"{number:014d}", "1"], siret=f"{number * 7919:014d}",
                       given=[True], verdict=Verdict.IMPOSSIBLE, reasons=["not_in_register"])  # fmt: skip
    answer = browser(firm.chief).get(page_of(made))
    assert "Page suivante" in text_of(answer)
    assert len(gzip.compress(answer.content)) < MOST_BYTES


def test_the_number_of_queries_does_not_grow_with_the_lines(
    firm: Firm, django_assert_max_num_queries: Any
) -> None:
    made = firm.demande()
    for number in range(2, 60):
        requests.ligne(made, number, typed=["x"], siret=firm.sirets[0], given=[True],
                       verdict=Verdict.AJOUT, reasons=[""])  # fmt: skip
    chief = browser(firm.chief)
    with django_assert_max_num_queries(24):
        chief.get(page_of(made))


def test_a_refused_file_is_deposited_again_with_the_same_choices(firm: Firm) -> None:
    made = firm.demande(Etat.REFUSEE, beneficiaires="presents", problem=_problem())
    page = text_of(browser(firm.chief).get(page_of(made)))
    assert "Rien n’a changé." in page
    address = f"{ROOT}nouvelle/?portefeuille={firm.portefeuille.pk}&objet=etablissements&droits=presents"
    assert f'href="{address}"' in page
    again = text_of(browser(firm.chief).get(address))
    assert 'type="file"' in again


def test_validating_leads_back_to_the_request(firm: Firm) -> None:
    made = firm.demande()
    answer = browser(firm.chief).post(f"{page_of(made)}valider/")
    assert answer["Location"] == page_of(made)
    assert Demande.objects.get().etat == Etat.VALIDEE


def test_a_double_click_is_one(firm: Firm) -> None:
    made, chief = firm.demande(), browser(firm.chief)
    for _ in range(2):
        answer = chief.post(f"{page_of(made)}valider/", follow=True)
        assert "Votre demande attend son tour" in text_of(answer)


def test_validating_what_was_deleted_in_another_tab_is_told(firm: Firm) -> None:
    made, chief = firm.demande(), browser(firm.chief)
    operations.delete(by=firm.chief, demande_id=made.pk)
    answer = chief.post(f"{page_of(made)}valider/")
    assert answer.status_code == 409
    page = text_of(answer)
    assert 'role="alert"' in page
    assert "Demande supprimée" in page


@pytest.mark.parametrize("etat", [Etat.EN_COURS, Etat.OK, Etat.KO])
def test_deleting_what_has_begun_is_told(firm: Firm, etat: Etat) -> None:
    made = firm.demande(etat)
    answer = browser(firm.chief).post(f"{page_of(made)}supprimer/")
    assert answer.status_code == 409
    assert "Voici où en est cette demande maintenant." in text_of(answer)
    assert Demande.objects.get().etat == etat


@pytest.mark.parametrize("etat", [Etat.LECTURE, Etat.PRETE, Etat.VALIDEE])
def test_a_request_is_deleted_before_it_starts(firm: Firm, etat: Etat) -> None:
    made = firm.demande(etat)
    answer = browser(firm.chief).post(f"{page_of(made)}supprimer/", follow=True)
    assert "Cette demande est supprimée. Rien n’a changé dans le portefeuille." in text_of(answer)
    assert Demande.objects.get().etat == Etat.SUPPRIMEE


def test_a_name_of_another_portfolio_is_confirmed_first(firm: Firm) -> None:
    made = firm.demande(designates=firm.other, file_name="Cabinet Est.csv")
    chief = browser(firm.chief)
    page = text_of(chief.get(page_of(made)))
    assert "désigne votre portefeuille « Cabinet Est »" in page
    answer = chief.post(f"{page_of(made)}valider/")
    assert answer.status_code == 422
    assert "Cochez cette case si ce fichier est bien pour ce portefeuille." in text_of(answer)
    assert Demande.objects.get().etat == Etat.PRETE
    assert chief.post(f"{page_of(made)}valider/", {"confirmed": "on"}).status_code == 302
    assert Demande.objects.get().etat == Etat.VALIDEE


def test_taking_back_opens_a_request_of_its_own(firm: Firm) -> None:
    change = portfolios.changement(firm.inscription)
    made = firm.demande(Etat.OK, changement=change)
    chief = browser(firm.chief)
    assert "Revenir en arrière</button>" in text_of(chief.get(page_of(made)))
    answer = chief.post(f"{page_of(made)}revenir-en-arriere/")
    back = Demande.objects.get(kind=Kind.ANNULATION)
    assert answer["Location"] == page_of(back)
    assert page_of(made) in text_of(chief.get(page_of(back)))
    assert page_of(back) in text_of(chief.get(page_of(made)))
    again = chief.post(f"{page_of(made)}revenir-en-arriere/")
    assert again.status_code == 409
    assert 'role="alert"' in text_of(again)


def test_what_did_nothing_is_not_taken_back(firm: Firm) -> None:
    made = firm.demande(Etat.KO)
    chief = browser(firm.chief)
    assert "revenir-en-arriere" not in text_of(chief.get(page_of(made)))
    assert chief.post(f"{page_of(made)}revenir-en-arriere/").status_code == 409


@pytest.mark.parametrize("name", ["", "valider/", "supprimer/", "revenir-en-arriere/"])
def test_another_firms_request_does_not_exist(firm: Firm, name: str) -> None:
    made, other = Firm().demande(), browser(firm.chief)
    answer = other.post(f"{page_of(made)}{name}") if name else other.get(page_of(made))
    assert answer.status_code == 404
    unknown = f"{ROOT}{uuid.uuid4()}/{name}"
    assert (other.post(unknown) if name else other.get(unknown)).status_code == 404


def _problem() -> dict[str, Any]:
    return {"code": "no_lines"}


def _rows(page: str) -> str:
    found = re.search(r"<tbody>(.*)</tbody>", page, re.DOTALL)
    return found[1] if found else ""
