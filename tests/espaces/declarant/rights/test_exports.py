"""The lists as files, read back: CSV by a reader of CSV, PDF by a reader of PDF."""

import csv
import io
import unicodedata
from typing import Any

import pikepdf
import pypdfium2
import pytest

from guichet.habilitations.queries.naming import label_of
from tests.espaces.declarant.rights.company import ROOT, Company, browser
from tests.web.people import text_of


def rows_of(answer: Any) -> list[list[str]]:
    """The lines of a CSV file, its head first."""
    content = b"".join(answer.streaming_content)
    assert answer["Content-Disposition"].startswith("attachment")
    assert content.startswith(b"\xef\xbb\xbf")  # so that spreadsheets read the accents
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def pdf_text(answer: Any) -> str:
    assert answer["Content-Type"] == "application/pdf"
    pages = " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(answer.content))
    return " ".join(unicodedata.normalize("NFKC", pages).split())


def spaced(siret: str) -> str:
    return f"{siret[:3]} {siret[3:6]} {siret[6:9]} {siret[9:]}"


def test_the_recap_as_csv(company: Company) -> None:
    company.apply(company.wanted(), company.wanted(place=1, code="c3s"))
    head, *lines = rows_of(browser(company.chief).get(f"{ROOT}recapitulatif.csv"))
    assert head == ["Personne", "SIRET", "Établissement", "Déclaration", "Depuis", "Donné par", "Origine"]
    assert [line[:2] + line[3:4] for line in lines] == [
        ["Lila Rosemonde", spaced(company.sirets[0]), label_of("dsn")],
        ["Lila Rosemonde", spaced(company.sirets[1]), label_of("c3s")],
    ]
    assert {line[5] for line in lines} == {"Anne Chef"}


def test_the_history_as_csv_tells_what_ended(company: Company) -> None:
    company.apply(company.wanted())
    company.apply(company.wanted(False))
    head, line = rows_of(browser(company.lila).get(f"{ROOT}historique.csv"))
    told = dict(zip(head, line, strict=True))
    assert told["Jusqu’au"] >= told["Depuis"]
    assert told["Retiré par"] == "Anne Chef"


def test_a_siret_is_no_number_and_no_formula(company: Company) -> None:
    company.apply(company.wanted())
    _head, line = rows_of(browser(company.chief).get(f"{ROOT}recapitulatif.csv"))
    assert not line[1].isdigit()
    assert not line[1].startswith(("=", "'"))
    assert line[1].replace(" ", "") == company.sirets[0]


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+33", "-1", "@x", 'a;b\n"c'])
def test_names_are_no_formulas(company: Company, name: str) -> None:
    company.lila.account.profile |= {"name": name}
    company.lila.account.save()
    company.apply(company.wanted())
    _head, line = rows_of(browser(company.chief).get(f"{ROOT}recapitulatif.csv"))
    assert line[0] == (name if name[0] == "a" else f"'{name}")


@pytest.mark.parametrize("page", ["recapitulatif", "historique"])
def test_files_hold_what_their_page_shows(company: Company, page: str) -> None:
    company.apply(company.wanted(), company.wanted(acteur=company.chief, place=1))
    mine = browser(company.lila)
    for query in ("", f"?personne={company.chief.pk}"):
        assert len(rows_of(mine.get(f"{ROOT}{page}.csv{query}"))) == 2
        assert "Anne Chef Anne Chef" not in pdf_text(mine.get(f"{ROOT}{page}.pdf{query}"))
    chief = browser(company.chief)
    assert len(rows_of(chief.get(f"{ROOT}{page}.csv"))) == 3
    assert len(rows_of(chief.get(f"{ROOT}{page}.csv?etablissement={company.sirets[1]}"))) == 2
    shown = text_of(chief.get(f"{ROOT}{page}/?etablissement={company.sirets[1]}"))
    assert f"{page}.csv?etablissement={company.sirets[1]}" in shown


def test_another_companys_rights_are_in_no_file(company: Company) -> None:
    other = Company()
    other.apply(other.wanted())
    chief = browser(company.chief)
    for page in ("recapitulatif", "historique"):
        assert len(rows_of(chief.get(f"{ROOT}{page}.csv?personne={other.lila.pk}"))) == 1
        assert "Lila" not in pdf_text(chief.get(f"{ROOT}{page}.pdf?personne={other.lila.pk}"))


def test_the_recap_as_pdf_is_tagged_and_its_head_is_on_each_page(db: None) -> None:
    big = Company(places=60)
    big.apply(*[big.wanted(place=place) for place in range(60)])
    answer = browser(big.chief).get(f"{ROOT}recapitulatif.pdf")
    text = pdf_text(answer)
    for siret in (big.sirets[0], big.sirets[59]):
        assert spaced(siret) in text
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert len(pdf.pages) > 1
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "fr"
        count = len(pdf.pages)
    assert text.count("Donné par") == count


def test_the_history_as_pdf_says_that_it_is_empty(company: Company) -> None:
    assert "Aucun droit ne répond à ces critères" in pdf_text(
        browser(company.chief).get(f"{ROOT}historique.pdf")
    )


def test_nothing_typed_is_source_for_the_pdf(company: Company) -> None:
    company.lila.account.profile |= {"name": '#panic("x") *Lila* 🙂'}
    company.lila.account.save()
    company.apply(company.wanted())
    assert '#panic("x") *Lila* [U+1F642]' in pdf_text(browser(company.chief).get(f"{ROOT}recapitulatif.pdf"))


def test_more_lines_than_a_pdf_holds_are_offered_as_csv(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("exports", "consultation"):
        monkeypatch.setattr(f"guichet.espaces.declarant.rights.{module}.MOST_PRINTED", 1)
    company.apply(company.wanted())
    chief = browser(company.chief)
    assert chief.get(f"{ROOT}recapitulatif.pdf").status_code == 200
    company.apply(company.wanted(place=1))
    refused = chief.get(f"{ROOT}recapitulatif.pdf")
    assert refused.status_code == 422
    assert "téléchargez le fichier CSV" in text_of(refused)
    shown = text_of(chief.get(f"{ROOT}recapitulatif/"))
    assert "recapitulatif.pdf" not in shown
    assert "prenez le CSV" in shown
