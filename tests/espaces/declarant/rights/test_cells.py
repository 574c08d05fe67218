"""What a page of the grid sends: read back exactly, or refused."""

import re

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from guichet.espaces.declarant.rights import cells
from guichet.espaces.declarant.rights.cells import GridUnreadable, Shown, TooManyCells
from guichet.habilitations.rules import Contradiction, Wanted

SIRETS = [f"{number:014}" for number in range(50)]
CODES = [f"d{number}" for number in range(20)]
# A set of cells, drawn as the bits of one number: a set of pairs would be slow to draw.
CELLS = st.integers(0, 2**1_000 - 1).map(
    lambda bits: {divmod(at, 20) for at in range(1_000) if bits >> at & 1}
)
PAGE = Shown(rows=[(at + 1, siret) for at, siret in enumerate(SIRETS)], columns=CODES, ticked=set())


def sent(**fields: str | list[str]) -> QueryDict:
    made = QueryDict(mutable=True)
    for name, value in fields.items():
        made.setlist(name, [value] if isinstance(value, str) else value)
    return made


@given(before=CELLS, after=CELLS)
def test_what_is_wanted_is_what_was_turned_over(
    before: set[tuple[int, int]], after: set[tuple[int, int]]
) -> None:
    shown = Shown(rows=PAGE.rows, columns=CODES, ticked=before)
    found = cells.wanted(sent(**shown.fields(), c=[f"{row}.{at}" for row, at in after]))
    assert {(one.acteur_id - 1, CODES.index(one.declaration), one.on) for one in found} == {
        (row, at, (row, at) in after) for row, at in before ^ after
    }
    assert all(one.siret == SIRETS[one.acteur_id - 1] for one in found)


@given(
    st.sets(st.tuples(st.integers(1, 2**59), st.sampled_from(SIRETS), st.sampled_from(CODES)), max_size=50)
)
def test_what_is_confirmed_is_what_was_told(chosen: set[tuple[int, str, str]]) -> None:
    wanted = [Wanted(acteur_id=a, siret=s, declaration=d, on=len(s + d) % 2 == 0) for a, s, d in chosen]
    assert cells.read(sent(changements=cells.written(wanted))) == wanted


def test_a_page_of_all_its_cells_fits_the_limit_of_fields() -> None:
    every = {(row, at) for row in range(50) for at in range(20)}
    assert len(cells.wanted(sent(**PAGE.fields(), c=[f"{row}.{at}" for row, at in every]))) == 1_000


@pytest.mark.parametrize(
    "changes",
    [
        {"lignes": "abc"},
        {"lignes": "0.12345678900010", "avant": "0"},
        {"lignes": "1.1234567890001", "avant": "0"},
        {"lignes": "1.12345678900010 1.12345678900010", "avant": "0 0"},
        {"lignes": "1.١٢٣٤٥٦٧٨٩٠٠٠١٠", "avant": "0"},
        {"lignes": f"{'9' * 30}.12345678900010", "avant": "0"},
        {"colonnes": "dsn dsn"},
        {"colonnes": "DSN';--"},
        {"avant": "0"},
        {"avant": "zz zz"},
        {"avant": "fffffffff 0"},
        {"c": ["1"]},
        {"c": ["-1.0"]},
        {"c": ["1.1; DROP"]},
    ],
)
def test_a_forged_page_is_refused(changes: dict[str, str | list[str]]) -> None:
    page: dict[str, str | list[str]] = {
        "lignes": "1.12345678900010 2.12345678900010", "colonnes": "dsn c3s", "avant": "0 3", "c": ["0.1"],
    }  # fmt: skip
    assert len(cells.wanted(sent(**page))) == 3
    with pytest.raises(GridUnreadable):
        cells.wanted(sent(**page | changes))


def test_a_box_outside_the_page_asks_for_nothing() -> None:
    page = sent(lignes="1.12345678900010", colonnes="dsn", avant="0", c=["0.1", "7.0", "9999.9999"])
    assert cells.wanted(page) == []


@pytest.mark.parametrize(
    "fields",
    [
        {**PAGE.fields(), "c": [f"{number}.0" for number in range(1_001)]},
        {**PAGE.fields(), "lignes": " ".join(f"{at}.12345678900010" for at in range(1, 52))},
        {**PAGE.fields(), "colonnes": " ".join(f"d{number}" for number in range(21))},
    ],
)
def test_more_than_a_page_is_refused(fields: dict[str, str | list[str]]) -> None:
    with pytest.raises(TooManyCells):
        cells.wanted(sent(**fields))


@pytest.mark.parametrize(
    "text", ["1.12345678900010.dsn", "+1.123.dsn", "+1.12345678900010.DSN", "+1.12345678900010", "*"]
)
def test_a_forged_confirmation_is_refused(text: str) -> None:
    with pytest.raises(GridUnreadable):
        cells.read(sent(changements=text))


def test_ten_thousand_and_one_cells_are_refused() -> None:
    text = " ".join(f"+{number}.12345678900010.dsn" for number in range(1, 10_002))
    with pytest.raises(TooManyCells):
        cells.read(sent(changements=text))


def test_a_cell_is_not_given_and_taken_at_once() -> None:
    with pytest.raises(Contradiction):
        cells.read(sent(changements="+1.12345678900010.dsn -1.12345678900010.dsn"))


def test_the_refusals_say_that_nothing_changed() -> None:
    for refusal in (GridUnreadable(), TooManyCells(most=1_000)):
        assert re.search("Aucun droit n’a changé", str(refusal))
