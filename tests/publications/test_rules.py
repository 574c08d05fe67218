"""What an address says of a search, and the departments of postcodes."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.publications.rules import (
    MAX_PAGE,
    MAX_TEXT,
    MAX_WORDS,
    Criteria,
    Sort,
    clean,
    closing_date,
    page_number,
    telling_words,
)
from guichet.publications.territories import DEPARTMENTS, department_of

SIREN = "732829320"


@given(st.dictionaries(st.sampled_from(["q", "departement", "annee", "tri", "page"]), st.text()))
def test_any_address_can_be_read_and_says_the_same_when_written_again(query: dict[str, str]) -> None:
    criteria = Criteria.parse(query)
    again = Criteria.parse(criteria.query())
    assert again == criteria
    assert len(criteria.text) <= MAX_TEXT
    assert criteria.text.isprintable()


@pytest.mark.parametrize(
    ("text", "name", "siren", "rna"),
    [
        ("les amis", "les amis", "", ""),
        (SIREN, "", SIREN, ""),
        ("732 829 320", "", SIREN, ""),
        ("732.829.320 00074", "", SIREN, ""),
        ("w751000001", "", "", "W751000001"),
        ("W 751 000 001", "", "", "W751000001"),
        ("W75100000", "W75100000", "", ""),
        ("73282932", "73282932", "", ""),
        ("\u0667\u0663\u0662\u0668\u0662\u0669\u0663\u0662\u0660", "٧٣٢٨٢٩٣٢٠", "", ""),
        ("", "", "", ""),
    ],
)
def test_one_box_for_names_and_numbers(text: str, name: str, siren: str, rna: str) -> None:
    found = Criteria.parse({"q": text})
    assert (found.name, found.siren, found.rna) == (name, siren, rna)


@pytest.mark.parametrize(("number", "wrong"), [(SIREN, False), ("732829321", True), ("73282932100074", True)])
def test_a_number_with_a_wrong_key_is_told(number: str, *, wrong: bool) -> None:
    assert Criteria.parse({"q": number}).wrong_number is wrong


@pytest.mark.parametrize(
    ("query", "sort"),
    [
        ({}, Sort.NEWEST),
        ({"q": "amis"}, Sort.RELEVANCE),
        ({"q": SIREN}, Sort.NEWEST),
        ({"tri": "pertinence"}, Sort.NEWEST),
        ({"q": "amis", "tri": "nom"}, Sort.NAME),
        ({"tri": "cloture"}, Sort.CLOSING),
        ({"tri": "NOM"}, Sort.NEWEST),
    ],
)
def test_the_order(query: dict[str, str], sort: Sort) -> None:
    assert Criteria.parse(query).sort == sort


@pytest.mark.parametrize(
    ("text", "year"),
    [("2024", 2024), (" 2024 ", 2024), ("1901", 1901), ("1900", None), ("2201", None), ("24", None),
     ("20240", None), ("٢٠٢٤", None), ("-202", None), ("²024", None)],
)  # fmt: skip
def test_the_year(text: str, year: int | None) -> None:
    assert Criteria.parse({"annee": text}).year == year


@pytest.mark.parametrize(
    ("text", "page"),
    [("", 1), ("0", 1), ("1", 1), ("2", 2), (str(MAX_PAGE), MAX_PAGE), (str(MAX_PAGE + 1), MAX_PAGE),
     ("9" * 5000, MAX_PAGE), ("-3", 1), ("1.5", 1), ("٣", 1)],
)  # fmt: skip
def test_the_page(text: str, page: int) -> None:
    assert page_number(text) == page


def test_what_is_typed_is_cut_at_the_edge() -> None:
    assert len(clean("a" * MAX_TEXT)) == MAX_TEXT
    assert len(clean("a" * (MAX_TEXT + 1))) == MAX_TEXT
    assert clean("  a\x00b\u202e\n c ") == "a b c"


def test_the_words_that_tell_names_apart() -> None:
    assert telling_words("les amis de la foret des amis") == ["amis", "foret"]
    assert telling_words("de la") == ["de", "la"]
    assert telling_words("") == []
    assert len(telling_words(" ".join(f"mot{n}" for n in range(100)))) == MAX_WORDS


@pytest.mark.parametrize(
    ("text", "date"),
    [("2024-02-29", dt.date(2024, 2, 29)), ("2023-02-29", None), ("20240229", None), ("2024-W01-1", None)],
)
def test_dates_of_addresses(text: str, date: dt.date | None) -> None:
    assert closing_date(text) == date


@pytest.mark.parametrize(
    ("postcode", "code"),
    [("44000", "44"), ("01000", "01"), ("20000", "2A"), ("20190", "2A"), ("20200", "2B"), ("20620", "2B"),
     ("97110", "971"), ("97400", "974"), ("98800", "988"), ("75116", "75"), ("99123", ""), ("", ""),
     ("4400", "")],
)  # fmt: skip
def test_the_department_of_a_postcode(postcode: str, code: str) -> None:
    assert department_of(postcode) == code


def test_every_department_of_the_republic() -> None:
    assert len([one for one in DEPARTMENTS.values() if one.region_code]) == 101
    assert len({one.region_code for one in DEPARTMENTS.values()} - {""}) == 18
    assert all(bool(one.region_code) == bool(one.region_label) for one in DEPARTMENTS.values())
