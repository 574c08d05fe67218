"""The public pages, as a visitor without an account opens them."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.test import Client

from guichet.files.models import StoredFile
from guichet.kernel import clock
from guichet.publications import operations
from guichet.publications.models import Publication
from tests.entreprises import files as sirene
from tests.publications.factories import filing, published, register, siren_of
from tests.teleprocedures.filer import a_pdf
from tests.web.people import html_of, text_of

pytestmark = pytest.mark.django_db
SIREN = siren_of(1)


@pytest.fixture
def browser() -> Client:
    return Client()


class TestSearch:
    def test_an_empty_portal_says_so(self, browser: Client) -> None:
        assert "Rien n’est publié pour le moment" in text_of(browser.get("/publications/"))

    def test_the_newest_come_first(self, browser: Client) -> None:
        published(1, "ANCIENNE")
        published(2, "NOUVELLE")
        page = text_of(browser.get("/publications/"))
        assert "2 comptes publiés" in page
        assert page.index("NOUVELLE") < page.index("ANCIENNE")

    def test_the_address_keeps_everything(self, browser: Client) -> None:
        for rank in range(1, 25):
            published(rank, f"CHORALE {rank:02}", f"20{20 + rank % 2}-12-31")
        page = html_of(browser.get("/publications/?q=chorale&tri=nom&page=2"))
        assert 'value="chorale"' in page
        assert 'href="/publications/?q=chorale&amp;tri=nom"' in page  # the page before
        assert 'href="/publications/?q=chorale&amp;annee=2021&amp;tri=nom"' in page
        assert 'href="/publications/comptes.csv?q=chorale"' in page
        assert "CHORALE 21" in page
        narrowed = html_of(browser.get("/publications/?q=chorale&annee=2021&tri=nom"))
        assert "12 comptes publiés" in narrowed
        assert 'value="2021"' in narrowed
        assert 'class="fr-tag" href="/publications/?q=chorale&amp;tri=nom"' in narrowed

    @pytest.mark.parametrize(
        ("query", "told"),
        [
            ("q=zzyzx", "Essayez avec moins de mots"),
            (f"q={SIREN}", "Aucun compte n’est publié sous ce numéro"),
            (f"q={SIREN[:8]}{(int(SIREN[8]) + 1) % 10}", "erreur de saisie"),
            ("q=W441000001", "Aucun compte n’est publié sous ce numéro"),
            ("q=amis&departement=44", "Chercher sans filtre"),
        ],
    )
    def test_an_empty_list_says_how_to_go_on(self, browser: Client, query: str, told: str) -> None:
        page = text_of(browser.get(f"/publications/?{query}"))
        assert "Aucun compte publié ne correspond" in page
        assert told in page

    @pytest.mark.parametrize(
        "query",
        [
            "q=%00", "q=%25%5F%5C", "q=%27%3B--", "q=" + "a" * 5000, "page=" + "9" * 400, "page=-1", "page=0",
            "page=%D9%A3", "annee=99999999999", "annee=%D9%A2%D9%A0%D9%A2%D9%A4", "departement=%00%27",
            "tri=id;drop", "q=a&q=b", "q=%ED%A0%80", "q=" + "%F0%9F%98%80" * 100, "annee=2024&annee=",
            "departement=<b>", "apres=x",
        ],
    )  # fmt: skip
    def test_hostile_addresses_are_pages(self, browser: Client, query: str) -> None:
        published(1)
        for path in ("/publications/", "/publications/comptes.json", "/publications/comptes.csv"):
            answer = browser.get(f"{path}?{query}")
            assert answer.status_code == 200
            b"".join(answer) if answer.streaming else answer.content

    def test_what_was_typed_is_only_text(self, browser: Client) -> None:
        page = html_of(browser.get("/publications/?q=<script>alert(1)</script>"))
        assert "<script>alert" not in page

    def test_mistyped_names_find_those_alike(self, browser: Client) -> None:
        published(1, "HARMONIE DE SAINT-ALBIN")
        assert "Voici des noms proches" in text_of(browser.get("/publications/?q=harmonnie"))


class TestAssociation:
    def test_its_accounts_over_the_years(self, browser: Client) -> None:
        published(1, "LES AMIS", "2023-12-31")
        published(1, "LES AMIS", "2024-12-31")
        published(1, "LES AMIS", "2024-12-31", version=1)
        page = text_of(browser.get(f"/publications/{SIREN}/"))
        assert page.index("31 décembre 2024") < page.index("31 décembre 2023")
        assert "remplacé par un rectificatif" in page.lower()

    def test_renamed_and_closed(self, browser: Client, tmp_path: Path) -> None:
        published(1, "ANCIEN NOM")
        register(
            tmp_path,
            sirene.unite(1, "NOUVEAU NOM", etatAdministratif="C", dateDebut="2025-03-01"),
        )
        page = text_of(browser.get(f"/publications/{SIREN}/"))
        assert "NOUVEAU NOM" in page
        assert "A aussi publié sous le nom" in page
        assert "ANCIEN NOM" in page
        assert "Fermée depuis le 1er mars 2025" in page
        assert "aujourd’hui : NOUVEAU NOM" in text_of(browser.get(f"/publications/{SIREN}/2024-12-31/"))

    def test_what_the_law_withholds_is_nowhere(self, browser: Client, tmp_path: Path) -> None:
        unit = sirene.unite(
            1, "NOM DU REPERTOIRE", statutDiffusion="P", identifiantAssociation="W442000004", sigle="SECRET"
        )
        place = sirene.etablissement(1, statutDiffusion="P", codePostal="44123", libelleVoie="DU SECRET")
        register(tmp_path, unit, places=(place,))
        published(1, "NOM DES COMPTES")
        for path in (
            "/publications/",
            f"/publications/{SIREN}/",
            f"/publications/{SIREN}/2024-12-31/",
            "/publications/comptes.json",
            "/publications/comptes.csv",
        ):
            answer = browser.get(path)
            content = b"".join(answer) if answer.streaming else answer.content
            assert b"NOM DES COMPTES" in content
            for hidden in (b"NOM DU REPERTOIRE", b"W442000004", b"44123", b"SECRET"):
                assert hidden not in content

    @pytest.mark.parametrize(
        "path",
        [
            "404833048/",
            "000020007/",
            f"{SIREN}/2023-12-31/",
            f"{SIREN}/2024-02-30/",
            f"{SIREN}/2024-12-31/v1/",
            f"{SIREN}/2024-12-31/v00/",
            f"{SIREN}/2024-12-31/v0/pages/3.png",
            f"{SIREN}/2024-12-31/v0/pages/0.png",
        ],
    )
    def test_what_is_not_there(self, browser: Client, path: str) -> None:
        published(1)
        answer = browser.get(f"/publications/{path}")
        assert answer.status_code == 404
        assert answer["Cache-Control"] == "no-store"


class TestDocument:
    URL = f"/publications/{SIREN}/2024-12-31/"

    def test_read_and_saved(self, browser: Client) -> None:
        content = a_pdf(2)
        published(1, content=content)
        page = html_of(browser.get(self.URL))
        assert f'src="{self.URL}v0/pages/2.png"' in page
        saved = browser.get(f"{self.URL}v0/document.pdf")
        assert b"".join(saved) == content
        assert saved["Content-Disposition"] == f'attachment; filename="comptes-{SIREN}-2024-12-31.pdf"'
        picture = browser.get(f"{self.URL}v0/pages/2.png")
        assert picture["Content-Type"] == "image/png"
        assert picture.content.startswith(b"\x89PNG")

    def test_a_page_is_drawn_once(self, browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        published(1, content=a_pdf(2))
        first = browser.get(f"{self.URL}v0/pages/1.png")
        monkeypatch.delattr("guichet.files.checks.page_image")
        assert browser.get(f"{self.URL}v0/pages/1.png").content == first.content

    def test_a_rectification_and_what_it_replaces(self, browser: Client) -> None:
        published(1, content=a_pdf(1))
        published(1, version=1, content=a_pdf(2))
        in_force, before = text_of(browser.get(self.URL)), text_of(browser.get(f"{self.URL}v0/"))
        assert "Toutes les versions" in in_force
        assert "Version remplacée le" not in in_force
        assert "Version remplacée le" in before
        assert "Voir la version en vigueur" in before
        assert browser.get(f"{self.URL}v0/document.pdf").status_code == 200

    def test_withdrawn_it_leaves_its_trace_and_nothing_else(self, browser: Client) -> None:
        depot = filing(1, content=a_pdf(2))
        operations.publish(depot=depot)
        assert browser.get(f"{self.URL}v0/pages/1.png").status_code == 200
        operations.withdraw(depot=depot, reason="Ces comptes comportent des données personnelles.")
        for path in (self.URL, f"{self.URL}v0/"):
            page = html_of(browser.get(path))
            assert "Document retiré de la publication le" in page
            assert "Ces comptes comportent des données personnelles." in page
            assert ".png" not in page
            assert "document.pdf" not in page
        assert browser.get(f"{self.URL}v0/document.pdf").status_code == 410
        assert browser.get(f"{self.URL}v0/pages/1.png").status_code == 410
        assert "données personnelles" in text_of(browser.get(f"/publications/{SIREN}/"))
        assert "Rien n’est publié" in text_of(browser.get("/publications/"))
        assert browser.get("/publications/comptes.json").json()["results"] == []
        found = browser.get("/publications/", {"q": SIREN})
        assert "ont été retirés de la publication" in text_of(found)
        assert f'href="/publications/{SIREN}/"' in html_of(found)

    def test_what_turns_out_to_be_infected_is_shown_to_nobody(self, browser: Client) -> None:
        publication = published(1, content=a_pdf(2))
        browser.get(f"{self.URL}v0/pages/1.png")  # drawn already
        StoredFile.objects.filter(pk=publication.stored_id).update(
            scan=StoredFile.Scan.INFECTED, scanned_at=clock.now()
        )
        page = html_of(browser.get(self.URL))
        assert "Document retenu" in page
        assert ".png" not in page
        assert browser.get(f"{self.URL}v0/document.pdf").status_code == 410
        assert browser.get(f"{self.URL}v0/pages/1.png").status_code == 410


def test_the_rest_of_the_portal_leads_to_the_search(browser: Client) -> None:
    for path in ("/", "/plan/"):
        assert 'href="/publications/"' in html_of(browser.get(path))


def test_as_many_queries_for_one_year_as_for_ten(
    browser: Client, django_assert_max_num_queries: object
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for years in (range(2000, 2001), range(2001, 2010)):
        for year in years:
            published(1, date=f"{year}-12-31")
        with CaptureQueriesContext(connection) as captured:
            browser.get(f"/publications/{SIREN}/")
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 3


def test_dates_are_those_of_paris(browser: Client) -> None:
    publication = published(1)
    night = dt.datetime(2026, 6, 30, 22, 30, tzinfo=dt.UTC)
    Publication.objects.filter(pk=publication.pk).update(published_at=night)
    assert "1er juillet 2026" in text_of(browser.get("/publications/"))
    assert re.search(
        r'"dateparution": "2026-07-01"', browser.get("/publications/comptes.json").content.decode()
    )
