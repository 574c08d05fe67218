"""Names of portfolios, and when a declaration starts for a client."""

import datetime as dt

import pytest

from guichet.kernel.names import EmptyName, InvalidName, NameTooLong
from guichet.portefeuilles import rules
from guichet.portefeuilles.rules import ECARTS, REFUS, Ecart, Refus

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Clients 1", "CLIENTS1"),
        ("  clients   1 ", "CLIENTS1"),
        ("Île-de-France n° 2", "ILEDEFRANCEN2"),
        ("ÎLE DE FRANCE N°2", "ILEDEFRANCEN2"),
        ("Cœur & Bœuf", "COEURBOEUF"),
        ("Straße", "STRASSE"),
        ("2025", "2025"),
    ],
)
def test_what_portfolios_are_told_apart_by(name: str, key: str) -> None:
    assert rules.key_of(name) == key


def test_numbers_tell_portfolios_apart() -> None:
    assert rules.key_of("Clients 1") != rules.key_of("Clients 2")


def test_a_name_has_sixty_signs_at_most() -> None:
    assert rules.clean("a" * 60) == "a" * 60
    with pytest.raises(NameTooLong):
        rules.clean("a" * 61)


@pytest.mark.parametrize("name", ["", "   ", "—", "…"])
def test_a_name_says_something(name: str) -> None:
    with pytest.raises(EmptyName):
        rules.clean(name)


@pytest.mark.parametrize("name", ["a\0b", "a\u202eb", "<b>", "a\u200bb"])
def test_a_name_is_one_line_of_text(name: str) -> None:
    with pytest.raises(InvalidName):
        rules.clean(name)


@pytest.mark.parametrize(
    ("began", "delay", "opens", "expected"),
    [
        (0, 8, -10, 8),  # a client that begins
        (-3, 8, -10, 5),  # one that began three days ago
        (-8, 8, -10, 0),  # to the day
        (-100, 8, -10, 0),  # never before now
        (0, 30, -10, 8),  # nobody waits longer than eight days
        (0, 0, -10, 0),
        (0, 0, 5, 5),  # never before the firm
        (0, 8, 5, 8),
    ],
)
def test_when_a_declaration_starts_for_a_client(began: int, delay: int, opens: int, expected: int) -> None:
    found = rules.starts_at(began_at=NOW + began * DAY, delay=delay * DAY, opens=NOW + opens * DAY, now=NOW)
    assert found == NOW + expected * DAY


def test_each_refusal_says_what_is_wrong_and_what_to_do() -> None:
    assert set(REFUS) == set(Refus)
    assert set(ECARTS) == set(Ecart)
    for sentence in (*REFUS.values(), *ECARTS.values()):
        for text in (sentence.what, sentence.remedy):
            assert text.endswith(".")
            text.format(siret="1", portefeuille="P")
    assert "Insee" in REFUS[Refus.CLOSED_IN_REGISTER].remedy
    assert "transférez" in REFUS[Refus.ELSEWHERE].remedy


@pytest.mark.parametrize(("page", "shown"), [(-1, 1), (0, 1), (1, 1), (3, 3), (4, 3), (10**9, 3)])
def test_pages(page: int, shown: int) -> None:
    assert rules.pages_of(101, page) == (shown, 3)
    assert rules.pages_of(0, page) == (1, 1)
    assert rules.pages_of(100, 2) == (2, 2)
