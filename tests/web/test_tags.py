"""Filters and tags."""

import datetime as dt

import pytest

from guichet.web.templatetags import guichet as tags


@pytest.mark.parametrize(
    ("number", "groups"),
    [
        ("732829320", ["732", "829", "320"]),
        ("73282932000074", ["732", "829", "320", "00074"]),
        ("12", ["12"]),
    ],
)
def test_numbers_are_grouped_for_the_eye_and_copied_whole(number: str, groups: list[str]) -> None:
    html = str(tags.grouped(number))
    assert [part.partition("<")[0] for part in html.split('class="g-digits">')[1:]] == groups
    assert " " not in html.replace("<span class", "")


def test_grouping_escapes() -> None:
    assert "<b>" not in str(tags.grouped("<b>12"))


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (dt.timedelta(days=365), "1 an"),
        (dt.timedelta(days=3 * 365), "3 ans"),
        (dt.timedelta(days=366), "366 jours"),
        (dt.timedelta(days=15), "15 jours"),
        (dt.timedelta(days=1), "1 jour"),
        (dt.timedelta(hours=2), "2 heures"),
        (dt.timedelta(minutes=15), "15 minutes"),
    ],
)
def test_lasting(length: dt.timedelta, words: str) -> None:
    assert tags.lasting(length) == words


def test_dates_in_words() -> None:
    assert tags.in_words(dt.date(2025, 12, 31)) == "31 décembre 2025"
    moment = dt.datetime(2026, 11, 21, 13, 5, tzinfo=dt.UTC)
    assert "21 novembre 2026 à 14" in str(tags.in_words(moment))
    assert tags.in_words(None) == ""


@pytest.mark.parametrize(
    ("number", "shown"), [("0199000000", "01 99 00 00 00"), ("+32 2 555", "+32 2 555"), ("", "")]
)
def test_phone(number: str, shown: str) -> None:
    assert tags.phone(number).replace("\u00a0", " ") == shown


def test_the_stepper_names_where_one_is_and_what_follows() -> None:
    first = tags.stepper(1, "Numéro", "Coordonnées")
    assert (first["name"], first["next"]) == ("Numéro", "Coordonnées")
    assert tags.stepper(2, "Numéro", "Coordonnées")["next"] == ""


def test_an_international_address_is_shown_as_it_is_read() -> None:
    assert tags.email("anne@xn--caf-dma.example") == "anne@café.example"
    assert tags.email("anne@exemple.fr") == "anne@exemple.fr"
