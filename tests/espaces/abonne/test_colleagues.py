"""« Vos collègues » and the pages that ask before something is said of somebody."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from guichet.accounts import operations as accounts
from guichet.accounts.models import Account
from guichet.adhesions.operations import colleagues
from guichet.adhesions.queries import colleagues as queries
from tests.adhesions.firm import OTHER_FIRM, a_client, a_pair, an_abonne
from tests.web.people import text_of

PAGE = "/abonne/collegues/"


@pytest.fixture
def lila(db: None) -> Account:
    account = an_abonne("Lila Exemple")
    colleagues.present(account=account)
    return account


def browser(account: Account) -> Any:
    client: Any = Client()
    client.force_login(account)
    return client


def at(name: str, account: Account) -> str:
    return reverse(f"abonne:{name}", args=[account.pk])


def newcomer(name: str = "Nora Nouvelle", **values: str) -> Account:
    account = an_abonne(name, **values)
    colleagues.present(account=account)
    return account


def test_somebody_alone_is_told_how_colleagues_appear(lila: Account) -> None:
    page = text_of(browser(lila).get(PAGE))
    assert "Personne d’autre de votre entreprise" in page
    assert "Remettre des dossiers" not in page


def test_the_first_visit_makes_ones_place_in_the_firm(db: None) -> None:
    account = an_abonne()
    assert browser(account).get(PAGE).status_code == 200
    assert queries.is_recognised(account)


def test_a_newcomer_reads_a_number_and_why(lila: Account) -> None:
    nora = browser(newcomer())
    page = text_of(nora.get(PAGE))
    assert "Une autre personne de votre entreprise a un espace abonné." in page
    assert "N’importe qui peut saisir un numéro SIREN." in page
    assert "Lila" not in page
    assert "cabinet.example" not in page


def test_a_newcomer_opens_no_page_about_others(lila: Account) -> None:
    nora, other = browser(newcomer()), newcomer("Autre Nouvelle")
    for name in ("colleague_recognise", "colleague_decline", "colleague_take_over"):
        for about in (lila, other):
            for method in (nora.get, nora.post):
                answer = method(at(name, about))
                assert answer.status_code == 403
                assert about.profile["name"] not in text_of(answer)
    assert nora.get("/abonne/remettre/").status_code == 403


def test_a_colleague_is_recognised(lila: Account) -> None:
    nora, page = newcomer(email="nora@ailleurs.example"), browser(lila)
    shown = text_of(page.get(PAGE))
    assert "Les connaissez-vous ?" in shown
    assert "Nora Nouvelle</strong>, n…@ailleurs.example" in shown
    asked = text_of(page.get(at("colleague_recognise", nora)))
    assert "Reconnaître Nora Nouvelle" in asked
    assert not queries.is_recognised(nora)  # reading says nothing
    answer = page.post(at("colleague_recognise", nora), follow=True)
    assert "vous êtes désormais collègues" in text_of(answer)
    assert "Ne plus reconnaître" in text_of(answer)
    assert "Lila Exemple" in text_of(browser(nora).get(PAGE))


def test_a_newcomer_is_put_aside_and_taken_back(lila: Account) -> None:
    nora, page = newcomer(), browser(lila)
    answer = page.post(at("colleague_decline", nora), follow=True)
    assert "1 personne écartée" in text_of(answer)
    assert "Vos collègues ne vous ont pas reconnu." in text_of(browser(nora).get(PAGE))
    assert page.get(at("colleague_decline", nora)).status_code == 404
    page.post(at("colleague_recognise", nora))
    assert queries.is_recognised(nora)


def test_somebody_that_another_recognised_is_not_excluded(lila: Account) -> None:
    nora, omar = newcomer(), newcomer("Omar Exemple")
    for one in (nora, omar):
        colleagues.recognise(account=lila, colleague_id=one.pk)
    answer = browser(nora).post(at("colleague_decline", omar))
    assert answer.status_code == 403
    assert "appelez l’assistance" in text_of(answer)
    assert queries.is_recognised(omar)


def test_strangers_are_unknown(lila: Account) -> None:
    stranger = newcomer("Autre Cabinet", siren=OTHER_FIRM)
    page = browser(lila)
    for name in ("colleague_recognise", "colleague_decline", "colleague_take_over"):
        assert page.get(at(name, stranger)).status_code == 404
        assert page.post(at(name, stranger)).status_code == 404
        assert page.get(reverse(f"abonne:{name}", args=[uuid.uuid4()])).status_code == 404
    assert "Autre Cabinet" not in text_of(page.get(PAGE))


def test_a_foreign_firm_is_told_that_there_are_none(db: None) -> None:
    account = an_abonne(siren="")
    page = text_of(browser(account).get(PAGE))
    assert "n’a pas de numéro SIREN" in page


def test_the_files_of_a_suspended_colleague_are_taken_over(db: None) -> None:
    lila, omar = a_pair()
    a_client(omar, name="BOULANGERIE DU PONT")
    page = browser(lila)
    assert "Reprendre son dossier" not in text_of(page.get(PAGE))
    assert page.post(at("colleague_take_over", omar)).status_code == 409
    accounts.suspend(account=omar, actor="operator")
    assert "compte suspendu" in text_of(page.get(PAGE))
    assert "Reprendre son dossier" in text_of(page.get(PAGE))
    assert "Reprendre les dossiers de Omar Exemple" in text_of(page.get(at("colleague_take_over", omar)))
    answer = page.post(at("colleague_take_over", omar), follow=True)
    assert "en cours : 0 sur 1" in text_of(answer)


def test_nothing_that_a_newcomer_typed_is_markup(lila: Account) -> None:
    nora = newcomer("<script>alert(1)</script>")
    page = browser(lila)
    for shown in (page.get(PAGE), page.get(at("colleague_recognise", nora))):
        assert b"<script>alert" not in shown.content
