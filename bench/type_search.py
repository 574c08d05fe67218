"""The search of a document's type: its time, and how often what is meant is among the first five."""

import statistics
import time
from collections.abc import Callable, Sequence

from bench.report import percentile, table

ROUNDS = 5
FIRST = 5

Search = Callable[[str], list[str]]


def measure() -> None:
    """Print the table of this measure. Of the half that is kept aside it tells counts alone."""
    import os

    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    import django

    django.setup()
    from tests.teleprocedures.depot_spontane.phrasings import KEPT_ASIDE, TUNING, Phrasing, phrasings

    halves = {"tuning": phrasings(TUNING), "kept aside": phrasings(KEPT_ASIDE)}
    searches = {"the search": _ours(), "rapidfuzz alone, over the same names": _bare()}

    def row(name: str, find: Search, half: str, asked: Sequence[Phrasing]) -> list[object]:
        ranks = [_rank(find(each.text), each.expected) for each in asked]
        took = sorted(_times(find, [each.text for each in asked]))
        found = [rank for rank in ranks if rank]
        return [
            name,
            half,
            f"{sum(rank <= FIRST for rank in found)} of {len(asked)}",
            f"{100 * sum(rank <= FIRST for rank in found) / len(asked):.1f} %",
            statistics.mean(found),
            statistics.median(took),
            percentile(took, 0.95),
            took[-1],
        ]

    rows = [row(name, find, half, each) for name, find in searches.items() for half, each in halves.items()]
    head = ("", "half", f"among the first {FIRST}", "share", "mean rank", "p50, ms", "p95, ms", "most, ms")
    table("The search of a type", head, rows)


def _ours() -> Search:
    from guichet.teleprocedures.depot_spontane.search import search

    return lambda text: [each.code for each in search(text, limit=100)]


def _bare() -> Search:
    """What a library of distances finds by itself: the names that are most alike, as whole texts."""
    from rapidfuzz import fuzz, process, utils

    from guichet.teleprocedures.depot_spontane.nomenclature import types

    names = [(name, each.code) for each in types().values() for name in (each.label, *each.words)]
    folded = [utils.default_process(name) for name, _code in names]

    def find(text: str) -> list[str]:
        alike = process.extract(utils.default_process(text), folded, scorer=fuzz.WRatio, limit=200)
        return list(dict.fromkeys(names[at][1] for _name, _score, at in alike))

    return find


def _rank(found: Sequence[str], expected: Sequence[str]) -> int:
    """The place of the first that is right, from 1; 0 where none is."""
    return next((rank for rank, code in enumerate(found, start=1) if code in expected), 0)


def _times(find: Search, texts: Sequence[str]) -> list[float]:
    """Milliseconds of each search, the middle one of several rounds."""
    rounds = []
    for _ in range(ROUNDS):
        took = []
        for text in texts:
            began = time.perf_counter()
            find(text)
            took.append(1000 * (time.perf_counter() - began))
        rounds.append(took)
    return [statistics.median(each) for each in zip(*rounds, strict=True)]
