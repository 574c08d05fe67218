"""Names, dates and sizes: what is read, what is refused, how it is written."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.kernel.dates import MONTHS, InvalidDate, in_words, moment_in_words, parse_date
from guichet.kernel.names import InvalidName, clean_name
from guichet.kernel.sizes import size_in_words


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("  Les\tAmis \n de   l’Orgue ", "Les Amis de l’Orgue"),
        ("E\u0301cole", "École"),
        ("N° 5 & Cie (75) + 1 = 2", "N° 5 & Cie (75) + 1 = 2"),
        ("جمعية", "جمعية"),
        ("O\u00a0Kiosque", "O Kiosque"),
    ],
)
def test_names_are_tidied(typed: str, name: str) -> None:
    assert clean_name(typed) == name


@pytest.mark.parametrize(
    ("typed", "code", "words"),
    [
        ("", "empty", "au moins une lettre"),
        ("--- !", "empty", "au moins une lettre"),
        ("Les 😀", "emoji", "« 😀 »"),
        ("1\ufe0f\u20e3", "emoji", "retirez-le"),
        ("a\u202eb", "invisible", "U+202E"),
        ("a\u200fb", "invisible", "U+200F"),
        ("a\x00b", "invisible", "U+0000"),
        ("\ud800a", "invisible", "U+D800"),
        ("<script>", "angle_bracket", "« < »"),
        ("a" * 201, "too_long", "201 caractères"),
    ],
)
def test_refused_names_say_which_sign(typed: str, code: str, words: str) -> None:
    with pytest.raises(InvalidName) as caught:
        clean_name(typed)
    assert caught.value.code == code
    assert words in str(caught.value)


@given(st.text())
def test_a_tidied_name_is_tidy(text: str) -> None:
    try:
        name = clean_name(text)
    except InvalidName:
        return
    assert clean_name(name) == name
    assert not set("<>\n\r\t") & set(name)


def test_the_longest_name_is_accepted() -> None:
    assert len(clean_name("a" * 200)) == 200


@given(st.dates())
def test_dates_are_read_in_every_usual_form(date: dt.date) -> None:
    numbers = f"{date.day:02}", f"{date.month:02}", f"{date.year:04}"
    for separator in ("/", "-", ".", " ", ""):
        assert parse_date(separator.join(numbers)) == date
    assert parse_date(date.isoformat()) == date
    if date.year >= 1000:
        assert parse_date(f" {in_words(date).upper()} ") == date


@pytest.mark.parametrize(
    "typed", ["1er janvier 2026", "1 janv. 2026", "1/1/2026", "jeudi 1er janvier 2026", "01 / 01 / 2026"]
)
def test_the_first_of_january(typed: str) -> None:
    assert parse_date(typed) == dt.date(2026, 1, 1)


@pytest.mark.parametrize("typed", ["31 decembre 2025", "31 déc 2025", "31 Décembre 2025"])
def test_months_without_accents_or_shortened(typed: str) -> None:
    assert parse_date(typed) == dt.date(2025, 12, 31)


@pytest.mark.parametrize(
    ("typed", "code", "words"),
    [
        ("31/02/2026", "day", "février 2026 n’a que 28 jours"),
        ("30/02/2024", "day", "février 2024 n’a que 29 jours"),
        ("31/04/2026", "day", "avril 2026 n’a que 30 jours"),
        ("32/12/2025", "day", "décembre 2025 n’a que 31 jours"),
        ("31/13/2025", "month", "« 13 »"),
        ("12/31/2025", "month", "« 31 »"),
        ("31 brumaire 2025", "month", "« brumaire »"),
        ("3 jui 2025", "month", "« jui »"),
        ("00/01/2025", "zero", "commencent à 1"),
        ("01/01/0000", "zero", "commencent à 1"),
        ("31/12/25", "short_year", "quatre chiffres"),
        ("demain", "date", "31/12/2025"),
        ("", "date", "31/12/2025"),
        ("٣١/١٢/٢٠٢٥", "date", "31/12/2025"),
    ],
)
def test_impossible_dates_say_why(typed: str, code: str, words: str) -> None:
    with pytest.raises(InvalidDate) as caught:
        parse_date(typed)
    assert caught.value.code == code
    assert words in str(caught.value)


@given(st.text())
def test_whatever_is_typed_gets_a_date_or_a_refusal(text: str) -> None:
    try:
        date = parse_date(text)
    except InvalidDate:
        return
    assert parse_date(date.isoformat()) == date


def test_dates_in_words() -> None:
    assert in_words(dt.date(2025, 12, 31)) == "31 décembre 2025"
    assert in_words(dt.date(2026, 8, 1)) == "1er août 2026"
    assert len(set(MONTHS)) == 12


def test_moments_are_told_in_the_time_of_paris() -> None:
    winter = dt.datetime(2026, 11, 21, 13, 5, tzinfo=dt.UTC)
    assert moment_in_words(winter) == "21 novembre 2026 à 14\u00a0h\u00a005 (heure de Paris)"
    new_year = dt.datetime(2025, 12, 31, 23, 30, tzinfo=dt.UTC)
    assert moment_in_words(new_year) == "1er janvier 2026 à 0\u00a0h\u00a030 (heure de Paris)"
    with pytest.raises(ValueError, match="aware"):
        moment_in_words(dt.datetime(2026, 1, 1))  # noqa: DTZ001 - what is refused


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 octet"),
        (1, "1 octet"),
        (999, "999 octets"),
        (1000, "1 ko"),
        (1234, "1,2 ko"),
        (640_000, "640 ko"),
        (999_499, "999 ko"),
        (999_500, "1 Mo"),
        (1_234_567, "1,2 Mo"),
        (9_960_000, "10 Mo"),
        (20_000_000, "20 Mo"),
        (5_300_000_000, "5,3 Go"),
    ],
)
def test_sizes_in_words(size: int, words: str) -> None:
    assert size_in_words(size) == words.replace(" ", "\u00a0")
