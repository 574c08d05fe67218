"""« Gérer les déclarants » (003, chapter 3): the list, a new person, her password, roles and rights."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client

from guichet.accounts.models import Session
from guichet.courriers.models import Courrier
from guichet.inscriptions.models import Acteur
from tests.espaces.declarant.acting import browser, held, rights
from tests.inscriptions import world
from tests.web.people import text_of

pytestmark = pytest.mark.django_db
PEOPLE = "/declarant/gestion/declarants/"
NEW = f"{PEOPLE}nouveau/"
GIVEN = re.compile(r'<p class="g-given">([0-9]{5})</p>')


def sheet(acteur: Acteur, page: str = "") -> str:
    return f"{PEOPLE}{acteur.pk}/{page}"


def typed(**changes: Any) -> dict[str, Any]:
    person = {"last_name": "Nouvelle", "first_name": "Zoé", "email": "zoe@entreprise.example"}
    return {**person, "role": "declarant", "mode": "manuel", **changes}


def test_a_colleague_to_copy_is_not_called_optional() -> None:
    company = world.company()
    anne, omar = world.administrateur(company, "Anne Roux"), world.declarant(company, "Omar Petit")
    rights(omar, world.sirets(company), ["dsn"])
    page = text_of(browser(anne.account).get(NEW))
    assert "De quel collègue copier les droits ?<span" in page  # neither required nor optional
    zita = world.declarant(company, "Zita Lis")
    assert "(facultatif)" not in text_of(browser(anne.account).get(sheet(zita, "retirer/")))


class TestList:
    """Everybody of the company, and nobody else."""

    def test_who_does_what_with_how_many_rights(self) -> None:
        company = world.company("multi")
        anne, omar = world.administrateur(company, "Anne Roux"), world.declarant(company, "Omar Petit")
        rights(omar, world.sirets(company), ["dsn"])
        world.declarant(world.company(), "Zita Ailleurs")
        page = text_of(browser(anne.account).get(PEOPLE))
        assert "2 personnes" in page
        assert "Omar Petit" in page
        assert "3 droits" in page
        assert "Zita" not in page

    @pytest.mark.parametrize("typed", ["omar", "PETIT", "petit-jean omar", "Pétit Jean", "omar@entreprise"])
    def test_it_is_searched_as_people_type(self, typed: str) -> None:
        company = world.company()
        anne = world.administrateur(company, "Anne Roux")
        world.declarant(company, "Omar Petit-Jean", email="omar@entreprise.example")
        page = text_of(browser(anne.account).get(PEOPLE, {"q": typed}))
        assert "1 personne pour" in page
        assert "Omar Petit-Jean" in page

    def test_nobody_found_says_what_to_do(self) -> None:
        anne = world.administrateur(world.company())
        assert "essayez une partie du nom" in text_of(browser(anne.account).get(PEOPLE, {"q": "xyz"}))

    @pytest.mark.parametrize("page", ["2", "99", "0", "-1", "x", "٢", "9" * 30])
    def test_fifty_a_page_and_any_page_is_one(self, page: str) -> None:
        company = world.company()
        anne = world.administrateur(company, "Anne Roux")
        for number in range(50):
            world.declarant(company, f"Omar Numero{'abcdefghij'[number // 10]}{'abcdefghij'[number % 10]}")
        text = text_of(browser(anne.account).get(PEOPLE, {"page": page}))
        assert "51 personnes" in text
        assert text.count('<th scope="row">') == (1 if page in ("2", "99") else 50)

    def test_queries_do_not_grow_with_people(
        self, assert_queries: Callable[[int], AbstractContextManager[None]]
    ) -> None:
        company = world.company()
        client = browser(world.administrateur(company).account)
        for number in (1, 20):
            for _ in range(number):
                rights(world.declarant(company), world.sirets(company))
            with assert_queries(12):
                client.get(PEOPLE)


class TestNew:
    """« Nouveau déclarant »: the password is shown once, and no message holds it."""

    def test_the_password_is_shown_once_and_signs_in(self) -> None:
        company = world.company("mono")
        client = browser(world.administrateur(company, "Anne Roux").account)
        answer = client.post(NEW, typed())
        assert answer.status_code == 302, text_of(answer)
        stored = "".join(Session.objects.values_list("session_data", flat=True))
        first = client.get(answer["Location"])
        found = GIVEN.search(text_of(first))
        assert found, text_of(first)
        password = found[1]
        assert "jamais envoyé par courriel" in text_of(first)
        assert first["Cache-Control"] == "no-store"
        assert password not in stored
        assert password not in "".join(Courrier.objects.values_list("body", flat=True))
        again = text_of(client.get(answer["Location"]))
        assert not GIVEN.search(again)
        assert "ne se montre qu’une fois" in again
        newcomer = Client()
        signing_in = {
            "siret": company.siret,
            "last_name": "NOUVELLE",
            "first_name": "zoe",
            "password": password,
        }
        assert newcomer.post("/declarant/connexion/", signing_in).status_code == 302

    def test_another_colleague_s_page_does_not_show_it(self) -> None:
        company = world.company("mono")
        anne, omar = world.administrateur(company), world.declarant(company)
        client = browser(anne.account)
        client.post(NEW, typed())
        assert not GIVEN.search(text_of(client.get(sheet(omar, "mot-de-passe/donne/"))))

    def test_with_the_rights_of_a_colleague(self) -> None:
        company = world.company("multi")
        anne, omar = world.administrateur(company), world.declarant(company)
        rights(omar, world.sirets(company), ["dsn"])
        siret = world.sirets(company)[1]
        client = browser(anne.account)
        answer = client.post(NEW, typed(siret=siret, mode="copie", source=str(omar.pk)))
        assert answer.status_code == 302, text_of(answer)
        zoe = Acteur.objects.get(account__email="zoe@entreprise.example")
        assert (zoe.siret, zoe.administrateur, zoe.declarant, held(zoe)) == (siret, False, True, 3)

    def test_with_one_of_the_five_profiles(self) -> None:
        company = world.company("multi")
        client = browser(world.administrateur(company).account)
        page = text_of(client.get(NEW))
        assert page.count('name="profil"') == 5
        profile = re.findall(r'name="profil" value="([^"]+)"', page)[0]
        answer = client.post(NEW, typed(siret=company.siret, mode="profil", profil=profile))
        assert answer.status_code == 302, text_of(answer)

    def test_one_etablissement_has_no_profiles_and_asks_for_no_siret(self) -> None:
        page = text_of(browser(world.administrateur(world.company("mono")).account).get(NEW))
        assert 'name="profil"' not in page
        assert 'name="siret"' not in page

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"last_name": ""}, "Saisissez le nom de la personne"),
            ({"email": "zoe@"}, "adresse électronique"),
            ({"mode": "copie"}, "Choisissez le collègue"),
            ({"mode": "profil"}, "Choisissez l’un des profils"),
            ({"mode": "copie", "source": "999999"}, "Choisissez dans la liste"),
            ({"siret": "73282932000074"}, "Choisissez dans la liste"),
            ({"role": "administrateur", "mode": "copie"}, "ne dépose rien"),
            ({"role": "chef"}, "Choisissez une des réponses"),
        ],
    )
    def test_errors_lose_nothing_and_create_nobody(self, wrong: dict[str, str], said: str) -> None:
        company = world.company("multi")
        anne, omar = world.administrateur(company), world.declarant(company)
        rights(omar, world.sirets(company))
        before = Acteur.objects.count()
        answer = browser(anne.account).post(NEW, typed(siret=company.siret) | wrong)
        assert answer.status_code == 422
        page = text_of(answer)
        assert said in page
        assert "Erreur :" in page
        assert 'value="Zoé"' in page
        assert Acteur.objects.count() == before

    def test_somebody_of_that_name_is_there_already(self) -> None:
        company = world.company("mono")
        anne = world.administrateur(company, "Anne Roux")
        answer = browser(anne.account).post(NEW, typed(last_name="ROUX", first_name="anne"))
        assert answer.status_code == 409
        assert Acteur.objects.count() == 1

    def test_a_double_click_creates_one_person(self) -> None:
        company = world.company("mono")
        client = browser(world.administrateur(company).account)
        answers = [client.post(NEW, typed()).status_code for _ in range(2)]
        assert answers == [302, 409]
        assert Acteur.objects.filter(account__email="zoe@entreprise.example").count() == 1

    def test_the_colleague_of_another_company_is_not_copied(self) -> None:
        other = world.declarant(world.company("multi"))
        rights(other, world.sirets(other.inscription))
        company = world.company("multi")
        anne, omar = world.administrateur(company), world.declarant(company)
        rights(omar, world.sirets(company))
        wrong = typed(siret=company.siret, mode="copie", source=str(other.pk))
        assert browser(anne.account).post(NEW, wrong).status_code == 422


class TestSheet:
    """What an administrateur reads and changes of a colleague."""

    def test_rights_by_declaration_with_links_to_them(self) -> None:
        company = world.company("multi")
        anne, omar = world.administrateur(company), world.declarant(company, "Omar Petit")
        rights(omar, world.sirets(company), ["c3s"])
        page = text_of(browser(anne.account).get(sheet(omar)))
        assert "3 établissements" in page
        assert f"/declarant/habilitations/?personne={omar.pk}" in page
        assert f"/declarant/habilitations/historique/?personne={omar.pk}" in page

    def test_the_address_is_corrected(self) -> None:
        company = world.company()
        anne, omar = world.administrateur(company), world.declarant(company)
        answer = browser(anne.account).post(sheet(omar, "adresse/"), {"email": "juste@entreprise.example"})
        assert answer.status_code == 302, text_of(answer)
        omar.account.refresh_from_db()
        assert omar.account.email == "juste@entreprise.example"

    def test_a_new_password_is_given_after_a_question(self) -> None:
        company = world.company()
        anne, omar = world.administrateur(company), world.declarant(company, "Omar Petit")
        client = browser(anne.account)
        page = text_of(client.get(sheet(omar, "mot-de-passe/")))
        assert "ne valent plus" in page
        answer = client.post(sheet(omar, "mot-de-passe/"))
        assert GIVEN.search(text_of(client.get(answer["Location"])))

    @pytest.mark.parametrize("page", ["adresse/", "mot-de-passe/"])
    def test_nobody_makes_the_password_of_another_administrateur(self, page: str) -> None:
        company = world.company()
        anne, jean = world.administrateur(company), world.administrateur(company, "Jean Petit")
        client = browser(anne.account)
        assert f'href="{sheet(jean, page)}"' not in text_of(client.get(sheet(jean)))
        for answer in (
            client.get(sheet(jean, page)),
            client.post(sheet(jean, page), {"email": "a@b.example"}),
        ):
            assert answer.status_code == 403
            assert "administrateur comme vous" in text_of(answer)

    def test_roles_are_changed(self) -> None:
        company = world.company()
        anne, omar = world.administrateur(company), world.declarant(company)
        client = browser(anne.account)
        assert client.post(sheet(omar, "role/"), {"role": "les-deux"}).status_code == 302
        omar.refresh_from_db()
        assert (omar.administrateur, omar.declarant) == (True, True)

    def test_the_last_administrateur_stays_one(self) -> None:
        company = world.company()
        anne = world.administrateur(company)
        answer = browser(anne.account).post(sheet(anne, "role/"), {"role": "declarant"})
        assert answer.status_code == 409
        anne.refresh_from_db()
        assert anne.administrateur

    def test_who_gives_the_role_up_is_led_to_the_menu(self) -> None:
        company = world.company()
        anne = world.administrateur(company)
        world.administrateur(company)
        answer = browser(anne.account).post(sheet(anne, "role/"), {"role": "declarant"})
        assert (answer.status_code, answer["Location"]) == (302, "/declarant/")

    def test_rights_of_a_colleague_are_copied_to_somebody_who_is_there(self) -> None:
        company = world.company("multi")
        anne, omar, lila = world.administrateur(company), world.declarant(company), world.declarant(company)
        rights(omar, world.sirets(company), ["dsn"])
        answer = browser(anne.account).post(sheet(lila, "droits/"), {"mode": "copie", "source": str(omar.pk)})
        assert answer.status_code == 302, text_of(answer)
        assert held(lila) == 3

    def test_without_anything_to_copy_the_page_says_where_to_go(self) -> None:
        company = world.company("mono")
        anne, omar = world.administrateur(company), world.declarant(company)
        assert "Donnez les siens un à un" in text_of(browser(anne.account).get(sheet(omar, "droits/")))


PAGES = ("", "mot-de-passe/", "mot-de-passe/donne/", "adresse/", "role/", "droits/", "retirer/")


class TestStrangers:
    """Other companies' people do not exist; déclarants are told whom to ask."""

    @pytest.mark.parametrize("page", PAGES)
    def test_somebody_of_another_company_is_unknown(self, page: str) -> None:
        other = world.declarant(world.company())
        client = browser(world.administrateur(world.company()).account)
        assert client.get(sheet(other, page)).status_code == 404
        assert client.post(sheet(other, page), {"email": "x@y.example"}).status_code in (404, 405)

    @pytest.mark.parametrize("page", PAGES)
    def test_somebody_who_left_is_unknown(self, page: str) -> None:
        company = world.company()
        gone = world.ended(world.declarant(company))
        assert browser(world.administrateur(company).account).get(sheet(gone, page)).status_code == 404

    @pytest.mark.parametrize("page", PAGES)
    def test_a_number_that_no_database_holds_is_unknown(self, page: str) -> None:
        client = browser(world.administrateur(world.company()).account)
        assert client.get(f"{PEOPLE}{'9' * 25}/{page}").status_code == 404

    @pytest.mark.parametrize("page", PAGES)
    def test_a_declarant_is_told_whom_to_ask(self, page: str) -> None:
        company = world.company()
        world.administrateur(company, "Anne Roux")
        omar = world.declarant(company)
        answer = browser(omar.account).get(sheet(omar, page))
        assert answer.status_code == 403
        assert "adressez-vous à Anne Roux" in text_of(answer)
