"""« Menu personnalisé »: who sees what (003, chapter 3)."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.test import Client
from django.urls import reverse

from guichet.inscriptions.models import EtablissementInscrit
from guichet.kernel import clock
from tests.entreprises import files
from tests.espaces.declarant.acting import browser, rights
from tests.inscriptions import world
from tests.web.people import text_of

pytestmark = pytest.mark.django_db
HOME = "/declarant/"


def test_a_visitor_signs_in_first() -> None:
    answer = Client().get(HOME)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/declarant/connexion/")


def test_a_candidate_waits_elsewhere() -> None:
    asking = world.candidate(world.company())
    answer = browser(asking.account).get(HOME)
    assert (answer.status_code, answer["Location"]) == (302, "/declarant/attente/")


def test_somebody_who_acts_for_nobody_chooses() -> None:
    alone = world.account(files.siret(world.a_rank()))
    answer = browser(alone).get(HOME)
    assert answer.status_code == 302
    assert "/declarant/choix" in answer["Location"]


def test_an_administrateur_finds_everything() -> None:
    company = world.company("multi")
    anne = world.administrateur(company, "Anne Roux")
    rights(anne, world.sirets(company))
    page = text_of(browser(anne.account).get(HOME))
    for words in (
        "Anne Roux, vous êtes administrateur et déclarant",
        "Déclaration sociale nominative",
        "pour 3 établissements",
        "Gérer les déclarants",
        "Gérer les habilitations",
        "Gérer les déclarations",
        "Gérer les établissements",
        "Administrateurs en attente",
        "Contrôle SIRET",
    ):
        assert words in page


def test_a_declarant_finds_neither_gestion_nor_requests() -> None:
    company = world.company("multi")
    world.administrateur(company, "Anne Roux")
    page = text_of(browser(world.declarant(company).account).get(HOME))
    assert "Demandez-le à Anne Roux" in page
    assert "/declarant/gestion/" not in page
    assert "Vous êtes le seul administrateur" not in page


@pytest.mark.parametrize("left", ["nobody", "suspended", "somebody"])
def test_a_declarant_whom_nobody_administers_is_shown_the_way(left: str) -> None:
    company = world.company()
    if left != "nobody":
        world.administrateur(company, suspended_at=clock.now() if left == "suspended" else None)
    page = text_of(browser(world.declarant(company).account).get(HOME))
    assert ("n’a plus d’administrateur : demander l’accès" in page) is (left != "somebody")


@pytest.mark.parametrize("administrateur", [True, False])
def test_links_about_rights_read_as_the_titles_of_their_pages(administrateur: bool) -> None:
    company = world.company()
    anne = world.administrateur(company) if administrateur else world.declarant(company)
    client = browser(anne.account)
    home = text_of(client.get(HOME))
    for name in ("recap", "history", *(("who", "changes") if administrateur else ())):
        address = reverse(f"declarant:{name}")
        title = text_of(client.get(address)).partition("<title>")[2].partition(" - ")[0]
        assert f'href="{address}">{title}</a>' in home


def test_another_company_shows_nothing_of_itself() -> None:
    other = world.administrateur(world.company("multi"), "Zita Ailleurs")
    rights(other, world.sirets(other.inscription))
    company = world.company("mono")
    page = text_of(browser(world.administrateur(company).account).get(HOME))
    assert "Zita" not in page
    assert other.inscription.siren not in page
    assert "donné le droit" in page  # none of the other's rights count


def test_what_is_not_open_yet_counts_down() -> None:
    with clock.travel(dt.datetime(2026, 11, 21, 10, 0, tzinfo=clock.PARIS) - clock.now()):
        company = world.company(opens_after=dt.timedelta(days=8))
        anne = world.administrateur(company)
        rights(anne, world.sirets(company))
        page = text_of(browser(anne.account).get(HOME))
    assert page.count("accessible le 29 novembre 2026, dans 8 jours") == 2
    assert "?declaration=dsn" not in page


@pytest.mark.parametrize(("number", "advised"), [(1, True), (2, False)])
def test_a_second_administrateur_is_advised(number: int, advised: bool) -> None:
    company = world.company()
    people = [world.administrateur(company) for _ in range(number)]
    page = text_of(browser(people[0].account).get(HOME))
    assert ("Vous êtes le seul administrateur" in page) is advised


class TestNotices:
    """What is new, and where it leads."""

    def test_nothing_new_says_nothing(self) -> None:
        page = text_of(browser(world.administrateur(world.company()).account).get(HOME))
        assert "Vos notifications" not in page

    def test_candidates_places_and_colleagues_who_ask_for_help(self) -> None:
        company = world.company("multi")
        anne, lost = world.administrateur(company), world.declarant(company)
        world.candidate(company)
        EtablissementInscrit.objects.create(
            inscription=company, siret=f"{company.siren}00099", found_at=clock.now(), announced_at=clock.now()
        )
        lost.help_asked_at = clock.now()
        lost.save(update_fields=["help_asked_at"])
        page = text_of(browser(anne.account).get(HOME))
        assert "1 personne demande à administrer votre inscription" in page
        assert "1 nouvel établissement au répertoire" in page
        assert "1 collègue ne peut plus se connecter" in page

    @pytest.mark.parametrize(("later", "said"), [(-1, False), (0, True), (23, True), (25, False)])
    def test_a_declaration_that_has_opened_is_news_for_a_day(self, later: int, said: bool) -> None:
        company = world.company(opens_after=dt.timedelta(days=8), declarations=["dsn"])
        anne = world.administrateur(company)
        with clock.travel(dt.timedelta(days=8, hours=later, seconds=1)):
            page = text_of(browser(anne.account).get(HOME))
        assert ("déclaration s’est ouverte" in page) is said
        assert ('<a href="#declarations">1 déclaration s’est ouverte' in page) is said


def test_the_same_number_of_queries_for_one_colleague_and_for_twenty(
    assert_queries: Callable[[int], AbstractContextManager[None]],
) -> None:
    company = world.company("multi")
    anne = world.administrateur(company)
    client = browser(anne.account)
    for number in (1, 20):
        for _ in range(number):
            rights(world.administrateur(company), world.sirets(company))
        with assert_queries(24):
            client.get(HOME)
