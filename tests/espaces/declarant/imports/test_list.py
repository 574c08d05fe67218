"""The list of requests, and who sees these pages."""

import pytest

from guichet.imports.states import Etat
from guichet.inscriptions.rules import Genre
from tests.espaces.declarant.imports.firm import NEW, ROOT, Firm, browser, page_of
from tests.inscriptions import world
from tests.web.people import text_of


def test_an_empty_list_says_how_to_begin(firm: Firm) -> None:
    page = text_of(browser(firm.chief).get(ROOT))
    assert "Vous n’avez encore fait aucune demande." in page
    assert f'href="{NEW}"' in page


def test_a_request_in_the_list(firm: Firm) -> None:
    made = firm.demande(Etat.OK_PARTIEL)
    page = text_of(browser(firm.chief).get(ROOT))
    for words in (
        f'href="{page_of(made)}"',
        "Ajouter ou supprimer des établissements",
        "Clients.csv",
        ">OK partiel</span>",
        "2 ajouts, 1 suppression, 1 impossible",
    ):
        assert words in page


def test_the_list_is_paged(firm: Firm) -> None:
    for _ in range(60):
        firm.demande(Etat.OK)
    chief = browser(firm.chief)
    assert "Page suivante" in text_of(chief.get(ROOT))
    assert "Page précédente" in text_of(chief.get(f"{ROOT}?page=2"))
    assert chief.get(f"{ROOT}?page=x").status_code == 200


def test_another_firms_requests_are_not_listed(firm: Firm) -> None:
    made = Firm().demande()
    assert str(made.pk) not in text_of(browser(firm.chief).get(ROOT))


@pytest.mark.parametrize("address", [ROOT, NEW, f"{ROOT}habilitations/", f"{ROOT}habilitations/fichier/"])
def test_these_pages_are_for_administrateurs_of_tiers(firm: Firm, address: str) -> None:
    assert browser(firm.cabinet.declarants[0]).get(address).status_code == 403
    alone = world.administrateur(world.company(Genre.MULTI))
    assert browser(alone).get(address).status_code == 403


def test_the_menu_leads_there(firm: Firm) -> None:
    page = text_of(browser(firm.chief).get("/declarant/"))
    assert f'href="{ROOT}"' in page
    assert "Importer des habilitations avec dépôt de fichier" in page
    assert f'href="{ROOT}habilitations/"' in page
    assert "Consulter le détail des habilitations" in page


def test_who_is_no_tiers_has_none_of_it_in_the_menu(db: None) -> None:
    page = text_of(browser(world.administrateur(world.company(Genre.MULTI))).get("/declarant/"))
    assert ROOT not in page
