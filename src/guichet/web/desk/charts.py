"""Charts as plain numbers, for a template that draws them: bars, and the table that says the same in figures.

Series are told apart by their pattern and their legend, never by colour alone. Lengths are SVG user units.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

PATTERNS = 6  # that the template knows how to draw
WIDTH, HEIGHT = 720, 260
AXIS, TOP = 56, 16  # room for the axis, and for the number over the highest bar
MAX_LABELS = 10
ROW, NAMES = 32, 190  # of a chart of lines: the height of one, and the room for its name


@dataclass(frozen=True, kw_only=True)
class Series:
    """One quantity: a value for each label of its chart."""

    label: str
    values: Sequence[float]


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A rectangle, with the number ``pattern`` of how to fill it; ``told`` is what a pointer reads."""

    x: float
    y: float
    width: float
    height: float
    pattern: int
    told: str


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A text at a place."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of the table: its head and the numbers, as text."""

    head: str
    cells: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Chart:
    """What the template draws. ``grid`` holds the lines of the axis; ``legend`` (pattern, label).

    ``ends_newest``: time goes by from left to right, and a screen too narrow shows the end of it first,
    which is why the axis stands there too; the table begins with it.
    """

    slug: str
    title: str
    told: str
    width: float
    height: float
    bars: Sequence[Bar]
    marks: Sequence[Mark]
    grid: Sequence[Mark]
    legend: Sequence[tuple[int, str]]
    heads: Sequence[str]
    rows: Sequence[Row]
    empty: bool
    ends_newest: bool = False


def stacked(
    *, slug: str, title: str, told: str, head: str, labels: Sequence[str], series: Sequence[Series]
) -> Chart:
    """Columns, one a label, the newest last, in which the series stand on one another."""
    kept = [one for one in series if any(one.values)]
    totals = [sum(one.values[at] for one in kept) for at in range(len(labels))]
    top = ceiling(max(totals, default=0))
    return Chart(
        slug=slug,
        title=title,
        told=told,
        width=WIDTH,
        height=HEIGHT + TOP + 28,
        bars=_columns(labels, kept, top),
        marks=_under(labels),
        grid=[Mark(x=WIDTH - AXIS, y=_level(tick, top), text=figure(tick)) for tick in ticks(top)],
        legend=[(at % PATTERNS, one.label) for at, one in enumerate(kept)] if len(kept) > 1 else [],
        heads=[head, *(one.label for one in series)],
        rows=_rows(labels, series)[::-1],
        empty=not any(totals),
        ends_newest=True,
    )


def lines(*, slug: str, title: str, told: str, head: str, labels: Sequence[str], series: Series) -> Chart:
    """Bars that lie, one a label, each with its number at its end."""
    top = max(series.values, default=0) or 1
    room = WIDTH - NAMES - 60
    bars = [
        Bar(
            x=NAMES,
            y=at * ROW + 6,
            width=round(room * value / top, 1),
            height=ROW - 12,
            pattern=0,
            told=f"{label} : {figure(value)}",
        )
        for at, (label, value) in enumerate(zip(labels, series.values, strict=True))
    ]
    ends = [
        Mark(x=bar.x + bar.width + 8, y=bar.y + 15, text=figure(v))
        for bar, v in zip(bars, series.values, strict=True)
    ]
    names = [Mark(x=0, y=bar.y + 15, text=label) for bar, label in zip(bars, labels, strict=True)]
    return Chart(
        slug=slug,
        title=title,
        told=told,
        width=WIDTH,
        height=max(len(labels), 1) * ROW,
        bars=bars,
        marks=[*names, *ends],
        grid=(),
        legend=(),
        heads=(head, series.label),
        rows=_rows(labels, [series]),
        empty=not any(series.values),
    )


def ceiling(value: float) -> int:
    """The end of an axis that holds ``value``: 1, 2, 5 or 10 times a power of ten, at least 1."""
    if value <= 1:
        return 1
    power = 10 ** math.floor(math.log10(value))
    return int(next(step * power for step in (1, 2, 5, 10) if step * power >= value))


def ticks(top: int) -> list[int]:
    """Whole numbers from 0 to ``top`` at even distances: five at most, and never the same twice."""
    step = next(one for one in (top // 4, top // 2, top) if one and top % one == 0)
    return list(range(0, top + 1, step))


def figure(value: float) -> str:
    """« 1 234 », « 2,5 »: with a no-break space and a comma, without a useless decimal."""
    whole = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"
    return whole.replace(",", "\u00a0").replace(".", ",")


def _columns(labels: Sequence[str], series: Sequence[Series], top: int) -> list[Bar]:
    step = (WIDTH - AXIS) / max(len(labels), 1)
    width = min(step * 0.7, 48)
    bars = []
    for at, label in enumerate(labels):
        edges = [0.0]
        for one in series:
            edges.append(edges[-1] + one.values[at])
        for place, (one, (low, high)) in enumerate(zip(series, pairwise(edges), strict=True)):
            if high > low:
                bars.append(
                    Bar(
                        x=round(at * step + (step - width) / 2, 1),
                        y=_level(high, top),
                        width=round(width, 1),
                        height=round(_level(low, top) - _level(high, top), 1),
                        pattern=place % PATTERNS,
                        told=f"{label}, {one.label} : {figure(high - low)}",
                    )
                )
    return bars


def _under(labels: Sequence[str]) -> list[Mark]:
    """The labels under the columns, every so many where all would not fit."""
    step = (WIDTH - AXIS) / max(len(labels), 1)
    every = math.ceil(len(labels) / MAX_LABELS) or 1
    return [
        Mark(x=round((at + 0.5) * step, 1), y=HEIGHT + TOP + 20, text=label)
        for at, label in enumerate(labels)
        if (len(labels) - 1 - at) % every == 0
    ]


def _level(value: float, top: int) -> float:
    return round(TOP + HEIGHT * (1 - value / top), 1)


def _rows(labels: Sequence[str], series: Sequence[Series]) -> list[Row]:
    return [
        Row(head=label, cells=[figure(one.values[at]) for one in series]) for at, label in enumerate(labels)
    ]
