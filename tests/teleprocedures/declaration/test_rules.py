"""What a declaration must say: its periods to the day, and what is no answer."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.teleprocedures.declaration.rules import (
    MONTH,
    QUARTER,
    YEAR,
    NoDeclaration,
    NoEtablissement,
    NoPeriod,
    clean,
    in_words,
    periods,
)
from tests.entreprises import files

KINDS = {"dsn": MONTH, "c3s": YEAR, "topaze": ""}
TODAY = dt.date(2026, 3, 1)
SIRET = files.siret(1)
days = st.dates(dt.date(2000, 1, 1), dt.date(2100, 12, 31))


@pytest.mark.parametrize(
    ("kind", "today", "first", "last", "number"),
    [
        (MONTH, dt.date(2026, 1, 1), "2026-01", "2023-01", 37),
        (MONTH, dt.date(2026, 12, 31), "2026-12", "2023-12", 37),
        (QUARTER, dt.date(2026, 3, 31), "2026-T1", "2023-T1", 13),
        (QUARTER, dt.date(2026, 4, 1), "2026-T2", "2023-T2", 13),
        (YEAR, dt.date(2026, 1, 1), "2026", "2023", 4),
    ],
)
def test_three_years_back_to_the_present(
    kind: str, today: dt.date, first: str, last: str, number: int
) -> None:
    found = periods(kind, today)
    assert (found[0], found[-1], len(found)) == (first, last, number)


@given(kind=st.sampled_from([MONTH, QUARTER, YEAR]), today=days)
def test_every_period_is_read_once_and_the_latest_stands_first(kind: str, today: dt.date) -> None:
    found = periods(kind, today)
    assert found == sorted(set(found), reverse=True)
    assert len({in_words(one) for one in found}) == len(found)
    assert all(in_words(one) != one for one in found)


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("2026-03", "mars 2026"),
        ("2026-T1", "1er trimestre 2026"),
        ("2026-T3", "3e trimestre 2026"),
        ("2026", "année 2026"),
        ("2026-13", "2026-13"),
        ("2026-00", "2026-00"),
        ("effacé", "effacé"),
    ],
)
def test_a_period_in_words(period: str, words: str) -> None:
    assert in_words(period) == words


def test_answers_that_hold_hold_again() -> None:
    data = {"declaration": "dsn", "siret": files.siret(1), "periode": "2026-02", "lieu": "Ici", "autre": "x"}
    good, bad = clean(data, TODAY, KINDS)
    assert (good, bad) == ({name: data[name] for name in ("declaration", "siret", "periode", "lieu")}, {})
    assert clean(good, TODAY, KINDS) == (good, {})


@pytest.mark.parametrize(
    ("changed", "field", "refusal"),
    [
        ({"declaration": ""}, "declaration", NoDeclaration),
        ({"declaration": "taux_atmp"}, "declaration", NoDeclaration),
        ({"siret": ""}, "siret", NoEtablissement),
        ({"siret": "12345678900011"}, "siret", NoEtablissement),
        ({"periode": "2026-04"}, "periode", NoPeriod),
        ({"periode": "2023-02"}, "periode", NoPeriod),
        ({"periode": "2026"}, "periode", NoPeriod),
        ({"periode": ""}, "periode", NoPeriod),
    ],
)
def test_what_is_no_answer(changed: dict[str, str], field: str, refusal: type[Exception]) -> None:
    data = {"declaration": "dsn", "siret": SIRET, "periode": "2026-03", **changed}
    _, bad = clean(data, TODAY, KINDS)
    assert {name: type(one) for name, one in bad.items()} == {field: refusal}


def test_what_tells_no_period_keeps_none() -> None:
    good, bad = clean({"declaration": "topaze", "siret": SIRET, "periode": "2026-03"}, TODAY, KINDS)
    assert (good["periode"], bad) == ("", {})
