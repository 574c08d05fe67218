"""The pages that everybody may see."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

import guichet
from guichet.accounts.definitions import espaces, public_espaces
from guichet.courriers.operations import KEPT_FOR
from guichet.depots.definitions import teleprocedures
from guichet.depots.operations.upkeep import DRAFT_LIFETIME, VOID_FILES_LIFETIME
from guichet.web.templatetags.guichet import lasting
from tests.web.people import an_association, signed_in, text_of

pytestmark = pytest.mark.django_db

PAGES = [
    "/",
    "/aide/",
    "/plan/",
    "/accessibilite/",
    "/mentions-legales/",
    "/donnees-personnelles/",
    "/conditions/",
    "/verifier/",
    "/association/connexion/",
    "/association/inscription/",
    "/association/recherche/",
    "/association/mot-de-passe-oublie/",
    "/association/mot-de-passe-oublie/envoye/",
    "/association/deconnexion/",
]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_what_every_page_has(path: str) -> None:
    answer = Client().get(path)
    page = text_of(answer)
    assert answer.status_code == 200
    assert page.count("<h1") == 1
    assert len(re.findall(r"<title>(?!\s*-).+ - Guichet</title>", page)) == 1
    for landmark in ("<header", "<main", "<footer", 'href="#contenu"', 'lang="fr"'):
        assert landmark in page
    assert len(answer.content) < 30_000


@pytest.mark.parametrize("path", PAGES)
def test_nothing_on_a_page_that_the_content_policy_blocks(path: str) -> None:
    page = Client().get(path)
    assert "'unsafe-inline'" not in page["Content-Security-Policy"]
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", text_of(page))


@pytest.mark.parametrize("path", [page for page in PAGES if "connexion" not in page])
def test_no_script_where_no_field_wants_one(path: str) -> None:
    assert "<script" not in text_of(Client().get(path))


@pytest.mark.parametrize("path", ["/", "/aide/", "/association/connexion/", "/association/inscription/"])
def test_a_page_for_everybody_asks_the_database_nothing(
    path: str, assert_queries: Callable[[int], AbstractContextManager[None]]
) -> None:
    Client().get(path)  # addresses and templates are looked up once
    with assert_queries(0):
        Client().get(path)


def test_a_signed_in_page_costs_one_query_for_who_it_is(
    assert_queries: Callable[[int], AbstractContextManager[None]],
) -> None:
    client = signed_in(an_association())
    with assert_queries(1):
        client.get("/aide/")


def test_no_sign_of_the_state_without_its_brand() -> None:
    page = text_of(Client().get("/"))
    assert "République" not in page
    assert "fr-logo" not in page
    assert "Marianne" not in page


def test_the_official_brand_is_a_setting(settings: Settings) -> None:
    settings.OFFICIAL_BRAND = True
    assert "République<br>Française" in text_of(Client().get("/"))


def test_home_leads_to_every_door() -> None:
    page = text_of(Client().get("/"))
    assert 'href="/association/connexion/"' in page
    assert 'href="/association/inscription/"' in page
    assert 'href="/verifier/"' in page


def test_home_leads_somebody_signed_in_to_their_space() -> None:
    page = text_of(signed_in(an_association()).get("/"))
    assert "Aller à votre espace" in page
    assert "Les Amis du Lavoir" in page


def test_the_terms_can_be_kept_and_say_their_version() -> None:
    answer = Client().get("/conditions/2026-11.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    assert "Version 2026-11" in text_of(answer)
    page = text_of(Client().get("/conditions/"))
    assert "2026-11" in page
    assert page.count("<h2") == 7


def test_the_terms_that_anybody_accepted_can_be_shown() -> None:
    named = {door.terms_version for door in espaces().values()}
    named |= {definition.terms_version for definition in teleprocedures().values()}
    for version in named:
        text = text_of(Client().get(reverse("web:terms_text", args=[version])))
        assert f"Version {version}" in text
        page = text_of(Client().get(reverse("web:terms_of", args=[version])))
        assert f'href="/conditions/{version}.txt"' in page
    for missing in ("/conditions/1999-1.txt", "/conditions/1999-1/"):
        assert Client().get(missing).status_code == 404


def test_the_page_of_the_terms_leads_to_those_of_every_door() -> None:
    page = text_of(Client().get("/conditions/"))
    first, *others = {door.terms_version: door for door in public_espaces()}
    assert f'href="/conditions/{first}.txt"' in page
    assert [version for version in others if f'href="/conditions/{version}/"' not in page] == []


def test_the_terms_have_one_name_but_where_the_references_quote_another() -> None:
    """« Conditions générales » is what the box of 002 and 004 says, at the door of professionals alone."""
    name = re.compile(r"conditions générales", re.IGNORECASE)
    sources = Path(guichet.__file__).parent.rglob("*")
    texts = [
        path for path in sources if path.suffix in {".py", ".html", ".txt"} and "abonne" not in str(path)
    ]
    assert not [path for path in texts if name.search(path.read_text())]


def test_every_retention_is_told_as_it_is() -> None:
    page = text_of(Client().get("/donnees-personnelles/"))
    lives = {"brouillon": DRAFT_LIFETIME, "annulé": VOID_FILES_LIFETIME, "message": KEPT_FOR}
    for about, lifetime in lives.items():
        assert re.search(rf"<li>[^<]*{about}[^<]*{lasting(lifetime)}", page), about
    for door in espaces().values():
        told = [door.session.idle, door.session.absolute]
        for lifetime in [*told, door.lifetimes.activation] if door.public else told:
            assert lasting(lifetime) in page
    for about in ("dépôt confirmé", "journal", "sauvegarde", "compte"):
        assert re.search(rf"<li>[^<]*{about}", page), about


def test_what_has_not_been_audited_is_not_claimed() -> None:
    assert "non évaluée officiellement" in text_of(Client().get("/accessibilite/"))
