"""Roles, filters that survive an address, texts: pure."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.instruction.rules import (
    AGE_CLASSES,
    MAX_TEXT,
    PARAMETERS,
    Filters,
    Role,
    Sort,
    TextMissing,
    TextTooLong,
    age_class,
    clean_text,
    is_last_gestionnaire,
    reason,
)


@pytest.mark.parametrize(
    ("role", "includes"),
    [
        (Role.AGENT, {Role.AGENT}),
        (Role.SUPERVISEUR, {Role.AGENT, Role.SUPERVISEUR}),
        (Role.GESTIONNAIRE, set(Role)),
    ],
)
def test_each_role_has_the_rights_of_those_before_it(role: Role, includes: set[Role]) -> None:
    assert {other for other in Role if role.includes(other)} == includes


@given(
    st.builds(
        Filters,
        teleprocedure=st.sampled_from(["", "comptes_annuels"]),
        state=st.sampled_from(["confirme", "publie", "refuse", "tous"]),
        assigned=st.sampled_from(["", "moi", "personne", "12"]),
        text=st.sampled_from(["", "amis tilleul", "K7RM-3VXP-9QTC", "732 829 320"]),
        late=st.booleans(),
        question=st.sampled_from(["", "posee", "repondue"]),
        submitted_from=st.none() | st.dates(),
        submitted_to=st.none() | st.dates(),
    )
)
def test_an_address_gives_the_filters_back(filters: Filters) -> None:
    assert Filters.parse(filters.query()) == filters


def test_filters_that_choose_nothing_leave_the_address_clean() -> None:
    assert Filters().query() == {}
    assert Filters.parse({}) == Filters()


@pytest.mark.parametrize(
    "query",
    [
        {"etat": "brouillon"},
        {"etat": "'; DROP TABLE"},
        {"agent": "-1"},
        {"agent": "1" * 10},
        {"agent": "²"},
        {"question": "oui"},
        {"retard": "peut-être"},
        {"du": "2026-02-30"},
        {"du": "20260101"},
        {"au": "hier"},
        {"texte": "\0\u202e"},
        {"inconnu": "1"},
    ],
)
def test_what_does_not_hold_in_an_address_is_left_out(query: dict[str, str]) -> None:
    assert Filters.parse(query) == Filters()


@given(st.dictionaries(st.sampled_from(list(PARAMETERS.values())), st.text()))
def test_no_address_is_refused(query: dict[str, str]) -> None:
    once = Filters.parse(query)
    assert Filters.parse(once.query()) == once


def test_an_unknown_order_is_the_oldest_first() -> None:
    assert Sort.parse("recents") == Sort.NEWEST
    assert Sort.parse("hasard") == Sort.OLDEST


@pytest.mark.parametrize(
    ("motif", "text", "read"),
    [
        ("Illisible.", "", "Illisible."),
        ("", "Page 3.", "Page 3."),
        ("Illisible.", " Page 3. ", "Illisible.\n\nPage 3."),
        (" ", "", ""),
    ],
)
def test_the_filer_reads_the_reason_then_what_was_added(motif: str, text: str, read: str) -> None:
    assert reason(motif, text) == read


def test_a_text_is_kept_without_what_cannot_be_shown() -> None:
    assert clean_text(" Bonjour,\r\nmerci\0.\u202e ") == "Bonjour,\nmerci."


@pytest.mark.parametrize("text", ["", " \n\t ", "\0", "\u200b"])
def test_a_text_says_something(text: str) -> None:
    with pytest.raises(TextMissing):
        clean_text(text)


def test_a_text_has_its_length_and_no_sign_more() -> None:
    assert len(clean_text("é" * MAX_TEXT)) == MAX_TEXT
    with pytest.raises(TextTooLong, match=f"{MAX_TEXT + 1} caractères"):
        clean_text("é" * (MAX_TEXT + 1))


@pytest.mark.parametrize(
    ("days", "bounds"), [(0, (0, 1)), (1, (1, 3)), (2, (1, 3)), (3, (3, 7)), (29, (15, 30)), (30, (30, None))]
)
def test_each_age_has_its_class(days: int, bounds: tuple[int, Any]) -> None:
    lower = [0, *AGE_CLASSES]
    place = age_class(days)
    assert (lower[place], AGE_CLASSES[place]) == bounds


@pytest.mark.parametrize(("active", "last"), [([1], True), ([1, 2], False), ([2], False), ([], False)])
def test_the_last_gestionnaire_is_the_only_active_one(active: list[int], last: bool) -> None:
    assert is_last_gestionnaire(1, active) is last


def test_days_are_dates() -> None:
    assert Filters.parse({"du": "2026-11-01"}).submitted_from == dt.date(2026, 11, 1)
