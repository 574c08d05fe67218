"""The geometry of the charts, and that none says by colour alone what it says."""

from itertools import pairwise

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from guichet.web.desk.charts import (
    HEIGHT,
    PATTERNS,
    TOP,
    Chart,
    Series,
    ceiling,
    figure,
    lines,
    stacked,
    ticks,
)

DAYS = ("1er", "2", "3")


def a_chart(*values: tuple[float, ...]) -> Chart:
    series = [Series(label=f"État {at}", values=one) for at, one in enumerate(values)]
    return stacked(
        slug="jours", title="Par jour", told="Trois jours.", head="Jour", labels=DAYS, series=series
    )


@pytest.mark.parametrize(
    ("value", "top"), [(0, 1), (1, 1), (1.5, 2), (3, 5), (7, 10), (10, 10), (11, 20), (201, 500)]
)
def test_an_axis_ends_at_a_round_number(value: float, top: int) -> None:
    assert ceiling(value) == top


@given(st.integers(0, 10_000_000))
def test_an_axis_holds_its_value_in_even_steps(value: int) -> None:
    top = ceiling(value)
    found = ticks(top)
    assert top >= value
    assert (found[0], found[-1]) == (0, top)
    assert len(found) <= 6
    assert len({high - low for low, high in pairwise(found)}) == 1


def test_series_stand_on_one_another() -> None:
    chart = a_chart((2, 0, 1), (3, 0, 0))
    low, high, last = chart.bars
    assert low.x == high.x < last.x
    assert low.y + low.height == TOP + HEIGHT
    assert high.y + high.height == low.y
    assert high.y == TOP  # five of five
    assert {low.pattern, high.pattern} == {0, 1}
    assert high.told == "1er, État 1 : 3"


def test_a_series_without_a_number_has_no_legend_but_its_column() -> None:
    chart = a_chart((1, 1, 1), (0, 0, 0), (2, 2, 2))
    assert [label for _pattern, label in chart.legend] == ["État 0", "État 2"]
    assert chart.heads == ["Jour", "État 0", "État 1", "État 2"]


def test_the_longest_line_ends_before_its_number_does() -> None:
    chart = lines(
        slug="ages",
        title="Âges",
        told="",
        head="Âge",
        labels=("a", "b"),
        series=Series(label="n", values=(1, 4)),
    )
    short, long = chart.bars
    assert long.width == 4 * short.width
    assert long.x + long.width < chart.width - 40


def test_numbers_are_french() -> None:
    assert [figure(value) for value in (1234, 2.5, 3.0)] == ["1\u00a0234", "2,5", "3"]


def test_the_page_says_in_a_table_what_it_draws() -> None:
    page = render_to_string("web/desk/chart.html", {"chart": a_chart((2, 0, 1234.5), (3, 0, 0))})
    assert page.count('<rect class="g-bar"') == 3 + 2  # the legend's too
    assert "<desc" in page
    assert "<td>1\u00a0234,5</td>" in page
    assert 'y="16.0"' in page or 'y="16"' in page  # numbers of a drawing have a point, whatever the language
    assert page.count("<pattern") == PATTERNS


def test_a_period_without_anything_says_so() -> None:
    page = render_to_string("web/desk/chart.html", {"chart": a_chart((0, 0, 0))})
    assert "Rien à montrer" in page
    assert "<svg" not in page


def test_a_narrow_screen_shows_the_newest_day_first_and_so_does_the_table() -> None:
    chart = a_chart((2, 0, 1))
    assert [row.head for row in chart.rows] == ["3", "2", "1er"]
    assert [mark.text for mark in chart.marks] == list(DAYS)
    assert all(tick.x > bar.x + bar.width for tick in chart.grid for bar in chart.bars)
    page = render_to_string("web/desk/chart.html", {"chart": chart})
    assert 'class="g-scroll g-scroll--end"' in page


def test_the_newest_day_has_its_label_however_many_there_are() -> None:
    days = [str(day) for day in range(1, 32)]
    chart = stacked(
        slug="s", title="t", told="", head="Jour", labels=days, series=[Series(label="n", values=[1] * 31)]
    )
    assert chart.marks[-1].text == "31"
    assert len(chart.marks) <= 10


def test_a_chart_of_lines_begins_at_its_names() -> None:
    chart = lines(
        slug="a", title="t", told="", head="Âge", labels=("a", "b"), series=Series(label="n", values=(1, 4))
    )
    assert [row.head for row in chart.rows] == ["a", "b"]
    assert "g-scroll--end" not in render_to_string("web/desk/chart.html", {"chart": chart})
