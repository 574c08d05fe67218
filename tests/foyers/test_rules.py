"""What may be known of somebody: names, dates, and what is the same. No database."""

import datetime as dt
from dataclasses import replace

import pytest

from guichet.foyers import rules
from guichet.foyers.rules import BornLater, BornTooLongAgo, Identity, UnknownLien
from guichet.kernel import names
from tests.foyers.people import CLAUDE, EMMA

TODAY = dt.date(2026, 11, 21)


@pytest.mark.parametrize("code", ["conjoint", "enfant", "ayant_droit"])
def test_the_known_liens(code: str) -> None:
    assert rules.lien(code) == code


@pytest.mark.parametrize("text", ["", "Conjoint", "parent", "enfant "])
def test_any_other_lien_is_refused(text: str) -> None:
    with pytest.raises(UnknownLien):
        rules.lien(text)


def test_a_name_has_a_hundred_characters_at_most() -> None:
    assert rules.name("é" * 100) == "é" * 100
    with pytest.raises(names.NameTooLong):
        rules.name("é" * 101)


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("<b>Emma</b>", names.AngleBracket),
        ("Emma\u202eamme", names.InvisibleSign),
        ("Emma 🐣", names.Emoji),
        ("", names.EmptyName),
        ("  -  ", names.EmptyName),
    ],
)
def test_what_is_no_name_is_refused(typed: str, refusal: type[names.InvalidName]) -> None:
    with pytest.raises(refusal):
        rules.name(typed)


@pytest.mark.parametrize("day", [TODAY, dt.date(1896, 11, 21), dt.date(2000, 2, 29)])
def test_a_birth_of_today_and_of_130_years_ago_holds(day: dt.date) -> None:
    assert rules.birth(day, TODAY) == day


def test_a_birth_of_tomorrow_is_refused() -> None:
    with pytest.raises(BornLater):
        rules.birth(dt.date(2026, 11, 22), TODAY)


def test_a_birth_of_130_years_and_a_day_ago_is_refused() -> None:
    with pytest.raises(BornTooLongAgo) as refused:
        rules.birth(dt.date(1896, 11, 20), TODAY)
    assert "130 ans" in str(refused.value)


def test_a_birth_on_the_29th_of_february_has_its_130_years_too() -> None:
    born = dt.date(1896, 2, 29)
    assert rules.birth(born, dt.date(2026, 2, 28)) == born
    with pytest.raises(BornTooLongAgo):
        rules.birth(born, dt.date(2026, 3, 1))


def test_an_identity_is_cleaned() -> None:
    typed = Identity(lien="enfant", last_name="  Exemple ", first_name="Emma  Rose", born_on=None)
    found = rules.identity(typed, TODAY)
    assert (found.last_name, found.first_name, found.name) == ("Exemple", "Emma Rose", "Emma Rose Exemple")


def test_the_same_but_for_capitals() -> None:
    assert rules.same(EMMA, replace(EMMA, last_name="EXEMPLE"))
    assert not rules.same(EMMA, replace(EMMA, born_on=None))
    assert not rules.same(EMMA, CLAUDE)


def test_what_differs_is_named() -> None:
    assert rules.changed(EMMA, EMMA) == []
    assert rules.changed(EMMA, replace(EMMA, first_name="Emmanuelle", born_on=None)) == [
        "first_name",
        "born_on",
    ]
