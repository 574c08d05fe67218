"""Templates, annotated files, the rights of portfolios: CSV and XLSX."""

import csv
import io
import uuid
import zipfile
from typing import Any

import pytest

from guichet.espaces.declarant.imports.downloads import file_name
from tests.espaces.declarant.imports.firm import ROOT, Firm, browser
from tests.web.people import text_of


def rows_of(answer: Any) -> list[list[str]]:
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")  # so that spreadsheets read the accents
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def spaced(siret: str) -> str:
    return f"{siret[:3]} {siret[3:6]} {siret[6:9]} {siret[9:]}"


def template(firm: Firm, kind: str = "etablissements", ext: str = "csv", *, filled: bool = False) -> str:
    return f"{ROOT}modele/{firm.portefeuille.pk}/{kind}.{ext}{'?rempli=oui' if filled else ''}"


@pytest.mark.parametrize("kind", ["etablissements", "habilitations"])
def test_a_template_is_called_like_its_portfolio(firm: Firm, kind: str) -> None:
    answer = browser(firm.chief).get(template(firm, kind))
    assert answer["Content-Disposition"] == 'attachment; filename="Clients.csv"'
    assert "SIRET" in rows_of(answer)[0]


def test_a_filled_template_holds_what_is_there(firm: Firm) -> None:
    rows = rows_of(browser(firm.chief).get(template(firm, filled=True)))
    assert {row[0] for row in rows[1:]} == {spaced(siret) for siret in firm.sirets}


@pytest.mark.parametrize("filled", [True, False])
def test_a_template_for_spreadsheets(firm: Firm, filled: bool) -> None:
    answer = browser(firm.chief).get(template(firm, ext="xlsx", filled=filled))
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert answer["Content-Disposition"] == 'attachment; filename="Clients.xlsx"'
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None


@pytest.mark.parametrize("name", ["declaration.csv", "etablissements.exe", "x.csv"])
def test_other_templates_do_not_exist(firm: Firm, name: str) -> None:
    answer = browser(firm.chief).get(f"{ROOT}modele/{firm.portefeuille.pk}/{name}")
    assert answer.status_code == 404


def test_a_template_of_another_firm_does_not_exist(firm: Firm) -> None:
    assert browser(firm.chief).get(template(Firm())).status_code == 404


def test_the_annotated_file(firm: Firm) -> None:
    made = firm.demande(head=["SIRET", "1/0"], columns=["siret", "action"])
    firm.lines(made)
    answer = browser(firm.chief).get(f"{ROOT}{made.pk}/fichier-annote.csv")
    head, *lines = rows_of(answer)
    assert head[-3:] == ["Verdict", "Motif", "Que faire"]
    assert [line[0] for line in lines] == [*(spaced(siret) for siret in firm.sirets), "7,32829E+13"]
    for name in ("fichier-annote.pdf", "fichier-annote."):
        assert browser(firm.chief).get(f"{ROOT}{made.pk}/{name}").status_code == 404


@pytest.mark.parametrize("typed", ["=HYPERLINK(1)", "+33", "@x", "-1"])
def test_what_was_typed_is_no_formula(firm: Firm, typed: str) -> None:
    made = firm.demande(head=["SIRET", "1/0"], columns=["siret", "action"])
    firm.lines(made)
    made.lignes.filter(numero=4).update(typed=[typed, "1"])
    *_, last = rows_of(browser(firm.chief).get(f"{ROOT}{made.pk}/fichier-annote.csv"))
    assert last[0] == f"'{typed}"


def test_another_firms_annotated_file_does_not_exist(firm: Firm) -> None:
    other = Firm().demande()
    assert browser(firm.chief).get(f"{ROOT}{other.pk}/fichier-annote.csv").status_code == 404


def test_the_rights_of_one_portfolio_or_all_at_once(firm: Firm) -> None:
    chief = browser(firm.chief)
    page = text_of(chief.get(f"{ROOT}habilitations/"))
    assert "il n’y a pas de délai de 48 heures" in page
    for query, name in (("", "habilitations"), (f"&portefeuille={firm.other.pk}", "Cabinet_Est")):
        answer = chief.get(f"{ROOT}habilitations/fichier/?format=csv{query}")
        assert answer["Content-Disposition"] == f'attachment; filename="{name}.csv"'
        assert "SIRET" in rows_of(answer)[0]


@pytest.mark.parametrize("query", ["format=pdf", "portefeuille=x", "portefeuille=%00"])
def test_rights_of_what_does_not_exist(firm: Firm, query: str) -> None:
    assert browser(firm.chief).get(f"{ROOT}habilitations/fichier/?{query}").status_code == 404


def test_rights_of_another_firms_portfolio_do_not_exist(firm: Firm) -> None:
    for chosen in (Firm().portefeuille.pk, uuid.uuid4()):
        answer = browser(firm.chief).get(f"{ROOT}habilitations/fichier/?portefeuille={chosen}")
        assert answer.status_code == 404


@pytest.mark.parametrize(
    ("name", "called"),
    [("Clients", "Clients"), ("Cabinet Est / 2026", "Cabinet_Est_2026"), ("…", "portefeuille"),
     ("Été à l’Œuvre", "Ete_a_luvre"), ('a"b\r\nc', "a_b_c"), ("../x", "x")],
)  # fmt: skip
def test_a_file_is_called_as_files_may_be(name: str, called: str) -> None:
    assert file_name(name) == called
