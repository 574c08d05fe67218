"""A new request: one question a page, answers in the address, then the file or the declaration."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import override_settings

from guichet.imports.models import Demande
from guichet.imports.states import Beneficiaires, Kind
from tests.espaces.declarant.imports.firm import NEW, ROOT, Firm, browser, sent
from tests.imports import world as requests
from tests.portefeuilles import world as portfolios
from tests.web.people import text_of


def at(firm: Firm, **said: str) -> str:
    return f"{NEW}?{urlencode({'portefeuille': str(firm.portefeuille.pk), **said})}"


def test_the_questions_come_one_a_page(firm: Firm) -> None:
    chief = browser(firm.chief)
    first = text_of(chief.get(NEW))
    assert "Portefeuille à modifier" in first
    assert "Étape 1 sur 4" in first
    assert "Clients (1 client)" in first
    second = text_of(chief.get(at(firm)))
    assert "Que voulez-vous faire ?" in second
    third = text_of(chief.get(at(firm, objet="etablissements")))
    assert "Qui pourra déclarer pour ce que vous ajoutez ?" in third
    assert 'value="tous" id="id_droits_0" required checked' in third or "checked" in third
    last = text_of(chief.get(at(firm, objet="etablissements", droits="tous")))
    assert "Étape 4 sur 4" in last
    assert 'type="file"' in last


def test_answers_go_along_and_each_is_gone_back_to(firm: Firm) -> None:
    page = text_of(browser(firm.chief).get(at(firm, objet="etablissements", droits="personne")))
    assert f'href="{NEW}?portefeuille={firm.portefeuille.pk}&objet=etablissements"' in page  # who gets rights
    assert f'href="{NEW}?objet=etablissements&droits=personne"' in page  # the portfolio


def test_the_only_portfolio_is_no_question(db: None) -> None:
    cabinet = portfolios.tiers()
    only = portfolios.portefeuille(cabinet.inscription)
    page = text_of(browser(cabinet.administrateur).get(NEW))
    assert "Que voulez-vous faire ?" in page
    assert only.name in page


def test_without_a_portfolio_it_says_how_to_begin(db: None) -> None:
    cabinet = portfolios.tiers()
    for address in (NEW, ROOT, f"{ROOT}habilitations/"):
        page = text_of(browser(cabinet.administrateur).get(address))
        assert "Votre inscription n’a pas encore de portefeuille." in page
        assert 'href="/declarant/portefeuilles/"' in page


@pytest.mark.parametrize(
    "query",
    ["portefeuille=x", "portefeuille=", "objet=x", "objet=etablissements&droits=x", "portefeuille=%00"],
)
def test_an_answer_that_is_none_is_asked_again(firm: Firm, query: str) -> None:
    base = "" if query.startswith("portefeuille") else f"portefeuille={firm.portefeuille.pk}&"
    answer = browser(firm.chief).get(f"{NEW}?{base}{query}")
    assert answer.status_code == 422
    assert "Erreur" in text_of(answer)


def test_a_question_that_is_passed_over_is_told(firm: Firm) -> None:
    """No box ticked: the browser sends nothing of it."""
    chief = browser(firm.chief)
    assert '<input type="hidden" name="question" value="objet">' in text_of(chief.get(at(firm)))
    answer = chief.get(at(firm, question="objet"))
    assert answer.status_code == 422
    assert "Choisissez ce que la demande doit changer." in text_of(answer)
    assert chief.get(at(firm, question="portefeuille")).status_code == 200


def test_another_firms_portfolio_is_none_of_mine(firm: Firm) -> None:
    other = Firm()
    answer = browser(firm.chief).get(at(other, objet="etablissements", droits="tous"))
    assert answer.status_code == 422
    assert "Choisissez dans la liste." in text_of(answer)
    answer = browser(firm.chief).post(
        at(other, objet="etablissements", droits="tous"), {"fichier": sent(b"SIRET;1/0\r\n")}
    )
    assert answer.status_code == 422
    assert not Demande.objects.exists()


@pytest.mark.parametrize(("droits", "kept"), [(one.value, one) for one in Beneficiaires])
def test_a_file_is_deposited_with_the_choices(firm: Firm, droits: str, kept: Beneficiaires) -> None:
    content = requests.etablissements((firm.sirets[0], 1))
    answer = browser(firm.chief).post(
        at(firm, objet="etablissements", droits=droits), {"fichier": sent(content)}
    )
    made = Demande.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"{ROOT}{made.pk}/"
    assert (made.kind, made.beneficiaires, made.portefeuille_id) == (
        Kind.ETABLISSEMENTS,
        kept,
        firm.portefeuille.pk,
    )


def test_rights_by_file_ask_nobody_who_gets_them(firm: Firm) -> None:
    page = text_of(browser(firm.chief).get(at(firm, objet="habilitations")))
    assert "Étape 3 sur 3" in page
    assert "« Nom », « Prénom »" in page
    assert "« SIRET de connexion »" in page
    content = requests.rights(["dsn"], (firm.sirets[0], firm.chief, [1]))
    browser(firm.chief).post(at(firm, objet="habilitations"), {"fichier": sent(content)})
    assert Demande.objects.get().kind == Kind.HABILITATIONS


@pytest.mark.parametrize("content", [None, b""])
def test_no_file_or_an_empty_one_is_told_at_the_field(firm: Firm, content: bytes | None) -> None:
    form: dict[str, Any] = {} if content is None else {"fichier": sent(content)}
    answer = browser(firm.chief).post(at(firm, objet="etablissements", droits="tous"), form)
    assert answer.status_code == 422
    page = text_of(answer)
    assert "Erreur :" in page
    assert 'id="id_fichier_error"' in page
    assert 'href="#id_fichier"' in page
    assert not Demande.objects.exists()


@override_settings(UPLOAD_MAX_SIZE=1000)
def test_a_file_over_the_ceiling_is_told_in_words_of_tables(firm: Firm) -> None:
    answer = browser(firm.chief).post(
        at(firm, objet="etablissements", droits="tous"), {"fichier": sent(b"1" * 1500)}
    )
    assert answer.status_code == 413
    page = text_of(answer)
    assert "Gardez-y les seules colonnes du modèle" in page
    assert "numérisant" not in page


def test_a_file_of_100_000_lines_passes(firm: Firm) -> None:
    lines = (
        b"SIRET;1/0\r\n"
        + b"73282932000074;1" * 0
        + b"".join(b"%014d;1;%s\r\n" % (number, b"x" * 84) for number in range(100_000))
    )
    assert len(lines) > 10_000_000
    answer = browser(firm.chief).post(
        at(firm, objet="etablissements", droits="tous"), {"fichier": sent(lines)}
    )
    assert answer.status_code == 302


@pytest.mark.parametrize(("objet", "adds"), [("ajouter", True), ("supprimer", False)])
def test_a_declaration_is_asked_for_a_whole_portfolio(firm: Firm, objet: str, adds: bool) -> None:
    said = {"objet": objet, **({"droits": "tous"} if adds else {})}
    chief = browser(firm.chief)
    assert "Rien ne change à cette étape" in text_of(chief.get(at(firm, **said)))
    answer = chief.post(at(firm, **said), {"declaration": "dsn"})
    made = Demande.objects.get()
    assert answer["Location"] == f"{ROOT}{made.pk}/"
    assert (made.kind, made.declaration, made.adds) == (Kind.DECLARATION, "dsn", adds)


@pytest.mark.parametrize("typed", ["", "inconnue", "\0"])
def test_a_declaration_that_is_none_is_refused(firm: Firm, typed: str) -> None:
    answer = browser(firm.chief).post(at(firm, objet="ajouter", droits="tous"), {"declaration": typed})
    assert answer.status_code == 422
    assert not Demande.objects.exists()


def test_a_portfolio_without_declarations_has_none_to_remove(firm: Firm) -> None:
    bare = portfolios.portefeuille(firm.inscription, "Vide", declarations=())
    page = text_of(browser(firm.chief).get(f"{NEW}?portefeuille={bare.pk}&objet=supprimer"))
    assert "il n’y a rien à supprimer" in page
    assert "<select" not in page


def test_the_templates_are_right_there(firm: Firm) -> None:
    page = text_of(browser(firm.chief).get(at(firm, objet="etablissements", droits="tous")))
    base = f"{ROOT}modele/{firm.portefeuille.pk}/etablissements"
    for address in (f"{base}.csv", f"{base}.xlsx", f"{base}.csv?rempli=oui", f"{base}.xlsx?rempli=oui"):
        assert f'href="{address}"' in page
    assert "Mode opératoire" in page
