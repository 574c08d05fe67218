"""The public search among a million associations, through the portal's web server, beside the bare query."""

import os
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from bench.client import Crowd, Request, crowd
from bench.publications_data import ASSOCIATIONS, PUBLICATIONS, load
from bench.report import percentile, table
from bench.world import running, world

SAMPLES = 100  # addresses of each kind; nobody asks for the same one twice
CLIENTS = 1
SEED = 2026
TARGET = 100.0  # ms, p95 of a search that a person types

Query = dict[str, str]


@dataclass(frozen=True)
class Kind:
    """What people ask for, and the statement that finds its first twenty rows by an index alone."""

    name: str
    queries: Sequence[Query]
    bare: str = ""
    params: Callable[[Query], list[str | int]] = lambda _query: []
    path: str = "/publications/"


def measure() -> None:
    """Print the table of this measure."""
    with world(LIMIT_SEARCHES="0") as place:
        from guichet.cli import prepare
        from guichet.cli.portal import portal

        with portal(owner=True):
            prepare.migrate()
            load()
            _hang_up()
        with running(place) as _leader, crowd() as clients:
            kinds = _kinds()
            found = {kind.name: _asked(clients, place.port, kind) for kind in kinds}
            floors = {kind.name: _bare(kind) for kind in kinds if kind.bare}
    _print(found, floors)


def _hang_up() -> None:
    """End the owner's part: the portal starts the server anew, under its own role."""
    from django.db import connection

    connection.close()
    os.environ.pop("GUICHET_AS_OWNER", None)


def _kinds() -> list[Kind]:
    chance = random.Random(SEED)
    names, sirens = _drawn(chance)
    words = [name.split() for name in names]
    by_words = (
        "SELECT id FROM publications_publication WHERE state = 'en_vigueur' AND words @@ %s::tsquery LIMIT 20"
    )
    pages = [
        {"page": str(chance.randint(2, 500)), "tri": tri} for tri in ("publication", "cloture", "nom") * 40
    ]
    departments = ("75", "59", "44", "2A", "974", "13", "69", "01")
    return [
        Kind("a whole name", [{"q": name} for name in names], by_words, _as_words),
        Kind("its last word", [{"q": one[-1]} for one in words], by_words, _as_words),
        Kind(
            "a word and a department",
            [{"q": one[-1], "departement": chance.choice(departments)} for one in words],
            by_words,
            _as_words,
        ),
        Kind("a mistyped word", [{"q": _mistyped(one[-1], chance)} for one in words]),
        Kind(
            "two frequent words", [{"q": "association " + one} for one in _FREQUENT * 10], by_words, _as_words
        ),
        Kind("one word of a third of all names", [{"q": "association"}] * 20, by_words, _as_words),
        Kind(
            "a SIREN",
            [{"q": siren} for siren in sirens],
            "SELECT id FROM publications_publication WHERE state = 'en_vigueur' AND siren = %s",
            lambda query: [query["q"]],
        ),
        Kind("the newest", [{"x": str(number)} for number in range(SAMPLES)]),
        Kind(
            "a department, a year",
            [
                {"departement": chance.choice(departments), "annee": str(chance.randint(2019, 2025))}
                for _ in names
            ],
            "SELECT id FROM publications_publication WHERE state = 'en_vigueur' AND department = %s"
            " AND closing_year = %s ORDER BY published_at DESC, id DESC LIMIT 20",
            lambda query: [query["departement"], int(query["annee"])],
        ),
        Kind("any page of everything", pages),
        Kind("open data, JSON", [{"q": one[-1]} for one in words], path="/publications/comptes.json"),
    ]


_FREQUENT = (
    "sportive",
    "foret",
    "musique",
    "ecole",
    "patrimoine",
    "parents",
    "tennis",
    "jardins",
    "arts",
    "moulin",
)


def _drawn(chance: random.Random) -> tuple[list[str], list[str]]:
    from django.db import connection

    ids = [chance.randint(1, PUBLICATIONS) for _ in range(SAMPLES)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, siren FROM publications_publication WHERE id = ANY(%s)", [ids])
        rows = cursor.fetchall()
    return [name for name, _ in rows], [_with_key(siren) for _, siren in rows]


def _with_key(siren: str) -> str:
    """A SIREN with a right key near by: those of the data are mere ranks."""
    from stdnum import luhn

    return siren[:8] + luhn.calc_check_digit(siren[:8])


def _mistyped(word: str, chance: random.Random) -> str:
    at = chance.randint(1, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _as_words(query: Query) -> list[str | int]:
    from guichet.publications import reading
    from guichet.publications.rules import Criteria, telling_words

    criteria = Criteria.parse(query)
    words = telling_words(reading.search_key(criteria.name))
    return [reading.tsquery(reading.beginnings(words), criteria)]


def _asked(clients: Crowd, port: int, kind: Kind) -> list[float]:
    """Milliseconds of each answer."""
    tasks = [[Request("GET", f"{kind.path}?{urlencode(query)}")] for query in kind.queries]
    clients.send(port, CLIENTS, tasks[:5])  # templates are read, connections opened
    return [1000 * second for (second,) in clients.send(port, CLIENTS, tasks).timings]


def _bare(kind: Kind) -> list[float]:
    from django.db import connection

    timings = []
    for query in kind.queries:
        params = kind.params(query)
        with connection.cursor() as cursor:
            began = time.perf_counter()
            cursor.execute(kind.bare, params)
            cursor.fetchall()
            timings.append(1000 * (time.perf_counter() - began))
    return timings


def _print(found: Mapping[str, list[float]], floors: Mapping[str, list[float]]) -> None:
    title = f"Public search, {ASSOCIATIONS:,} associations, {PUBLICATIONS:,} publications, one client"
    rows = [
        (
            name,
            statistics.median(timings),
            percentile(timings, 0.95),
            statistics.median(floors[name]) if name in floors else "",
            percentile(floors[name], 0.95) if name in floors else "",
            TARGET,
        )
        for name, timings in found.items()
    ]
    table(title, ("what", "p50 ms", "p95 ms", "bare p50", "bare p95", "target p95"), rows)
