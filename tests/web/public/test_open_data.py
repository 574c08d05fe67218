"""The list as open data, and the maps for robots."""

import csv
import io
import json
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree as ET

import pytest
from django.core.cache import caches
from django.test import Client

from guichet.publications.open_data import FIELDS
from guichet.web.public import open_data, robots
from tests.entreprises import files as sirene
from tests.publications.factories import published, register, siren_of
from tests.web.people import text_of

SHARED = Path(__file__).resolve().parents[4] / "shared/data/associations"
NAMES = [
    "id",
    "dca_siren",
    "dca_datecloture",
    "dca_datevalidation",
    "dca_rectificatif_version",
    "dca_codepostal",
    "dateparution",
    "numero_rna",
    "titre",
    "titre_search",
    "siteweb",
    "source",
    "association_type",
    "association_type_libelle",
    "annonce_type_facette",
    "cronosort",
    "departement_code",
    "departement_libelle",
    "region_code",
    "region_libelle",
    "localisation_facette",
]
SPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def rows_of(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(answer).decode(), newline="")))


def test_the_fields_are_those_of_the_journal_officiel() -> None:
    assert list(FIELDS) == NAMES


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the real sample files are not here")
def test_the_fields_are_those_of_the_real_file() -> None:
    lines = (SHARED / "jo_associations_champs_dca.csv").read_text().splitlines()
    assert [line.split(";")[0] for line in lines[1:] if line] == list(FIELDS)
    sample = json.loads((SHARED / "dca_jo_association_338365059.json").read_text())
    numbers = [one["numeroParution"] for one in sample["result"]["annonces"]]
    assert "338365059_31122022" in numbers


@pytest.mark.django_db
class TestList:
    @pytest.fixture(autouse=True)
    def _lists(self, tmp_path: Path) -> None:
        unit = sirene.unite(1, identifiantAssociation="W441000001")
        register(tmp_path, unit, places=(sirene.etablissement(1),))
        published(1, 'L’AMI, "LE VRAI"\n DES LILAS')
        published(1, version=1)
        published(2, "=HYPERLINK(1)", "2023-06-30")
        published(3, "ÉCOLE", "2022-12-31")

    def test_each_line_says_what_the_fields_promise(self) -> None:
        (first, *_) = Client().get("/publications/comptes.json").json()["results"]
        day = first.pop("dateparution"), first.pop("dca_datevalidation"), first.pop("cronosort")[:10]
        assert day[0] == day[1]
        assert first == {
            "id": f"{siren_of(1)}_31122024",
            "dca_siren": siren_of(1),
            "dca_datecloture": "2024-12-31",
            "dca_rectificatif_version": 1,
            "dca_codepostal": "44000",
            "numero_rna": "W441000001",
            "titre": "LES AMIS DU LAVOIR",
            "titre_search": "les amis du lavoir",
            "siteweb": "",
            "source": "dca",
            "association_type": "assoLoi1901",
            "association_type_libelle": "Associations loi du 1er juillet 1901",
            "annonce_type_facette": "Associations loi du 1er juillet 1901/Comptes annuels/Rectificatif",
            "departement_code": "44",
            "departement_libelle": "Loire-Atlantique",
            "region_code": "52",
            "region_libelle": "Pays de la Loire",
            "localisation_facette": "Pays de la Loire/Loire-Atlantique",
        }

    def test_csv_and_json_hold_the_same_lines(self) -> None:
        for query in ("", "?q=amis", "?annee=2022", "?departement=44", "?q=zzzz", f"?q={siren_of(2)}"):
            answer = Client().get(f"/publications/comptes.csv{query}")
            assert answer.streaming
            lines = rows_of(answer)
            found = Client().get(f"/publications/comptes.json{query}").json()["results"]
            assert [line["id"] for line in lines] == [line["id"] for line in found]

    def test_a_spreadsheet_runs_nothing(self) -> None:
        lines = rows_of(Client().get("/publications/comptes.csv"))
        assert lines[1]["titre"] == "'=HYPERLINK(1)"
        assert Client().get("/publications/comptes.json").json()["results"][1]["titre"] == "=HYPERLINK(1)"

    def test_an_empty_csv_has_its_head(self) -> None:
        assert b"".join(Client().get("/publications/comptes.csv?q=zzzz")).decode() == ",".join(NAMES) + "\r\n"

    @pytest.mark.parametrize("query", ["", "?q=amis+OU", "?annee=2024"])
    def test_the_pages_of_json_hold_everything_once(
        self, query: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for rank in range(4, 9):
            published(rank, "AMIS OU COPAINS")
        whole = [line["id"] for line in Client().get(f"/publications/comptes.json{query}").json()["results"]]
        monkeypatch.setattr(open_data, "JSON_PAGE", 2)
        got, address = [], f"/publications/comptes.json{query}"
        while address:
            page = Client().get(address).json()
            got += [line["id"] for line in page["results"]]
            following = urlsplit(page["next"] or "")
            address = f"{following.path}?{following.query}" if page["next"] else ""
        assert got == whole
        assert len(whole) >= 5

    def test_the_page_of_explanations_names_every_field(self) -> None:
        page = text_of(Client().get("/publications/donnees-ouvertes/"))
        assert [name for name in NAMES if name not in page] == []
        assert "/publications/donnees-ouvertes/" in text_of(Client().get("/publications/"))


@pytest.mark.django_db
class TestRobots:
    @pytest.fixture(autouse=True)
    def _fresh(self) -> None:
        caches["public"].clear()

    def test_parts_hold_every_association_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(robots, "PART", 2)
        for rank in range(1, 6):
            published(rank)
            published(rank, date="2023-12-31")
        index = ET.fromstring(Client().get("/sitemap.xml").content)
        parts = [str(one.text) for one in index.iterfind("s:sitemap/s:loc", SPACE)]
        assert len(parts) == 3
        pages = [
            str(one.text)
            for part in parts
            for one in ET.fromstring(Client().get(urlsplit(part).path).content).iterfind("s:url/s:loc", SPACE)
        ]
        assert pages == sorted(set(pages))
        assert len(pages) == 5
        assert all(first < second for first, second in pairwise(pages))
        assert all(Client().get(urlsplit(page).path).status_code == 200 for page in pages)

    def test_no_part_beyond_the_last(self) -> None:
        published(1)
        assert Client().get(f"/sitemap-{siren_of(2)}.xml").status_code == 404

    def test_an_empty_portal_has_an_empty_map(self) -> None:
        answer = Client().get("/sitemap.xml")
        assert answer["Content-Type"] == "application/xml"
        assert len(ET.fromstring(answer.content)) == 0

    def test_robots_read_the_publications_alone(self) -> None:
        text = Client().get("/robots.txt").content.decode()
        # Python's reader takes the first line that fits, and no wildcards.
        rules = RobotFileParser()
        rules.parse([line for line in text.splitlines() if "*?" not in line and "$" not in line])
        assert "Allow: /publications/" in text
        assert "Disallow: /\n" in text
        assert "Sitemap: " in text
        for path in ("/publications/", f"/publications/{siren_of(1)}/", "/sitemap.xml", "/static/x.css"):
            assert rules.can_fetch("*", path)
        for path in (
            "/association/connexion/",
            "/agents/",
            "/v/abc",
            "/c/abc",
            "/verifier/",
            "/demo/messagerie/",
        ):
            assert not rules.can_fetch("*", path)
