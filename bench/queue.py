"""The agents' queue with 200,000 filings: what a page of it takes, and the next one by one key."""

import datetime as dt
import statistics
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from bench.report import percentile, table
from bench.world import world

if TYPE_CHECKING:  # models are imported once Django is set up
    from guichet.accounts.models import Account
    from guichet.depots.models import Depot
    from guichet.instruction.models import Agent

FILINGS = 200_000
YEARS = 10  # filings of each association
DECIDED = 4  # one of so many waits no more
SAMPLES = 30


def measure() -> None:
    """Print the table of this measure."""
    with world():
        from guichet.cli import prepare
        from guichet.cli.portal import portal

        with portal(owner=True):
            prepare.migrate()
            agent = _load()
            found = {name: _timed(ask) for name, ask in _asked(agent).items()}
            floor = _timed(_bare)
    _print(found, floor)


def _load() -> "Agent":
    """One agent, and the filings as they stand in the database after some busy months."""
    from django.db import connection

    from bench.people import filers
    from guichet.depots.models import Depot
    from guichet.instruction.models import Agent
    from guichet.kernel import clock

    filer, colleague = (one.account for one in filers(2))
    Depot.objects.bulk_create(_filings(filer, clock.now()), batch_size=2_000)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE depots_depot")
    return Agent.objects.create(account=colleague, role="superviseur", created_at=clock.now())


def _filings(account: "Account", now: dt.datetime) -> "Iterator[Depot]":
    from bench.people import _answers, _confirmed
    from guichet.demo import register
    from guichet.depots.states import State

    answers = _answers(account)
    for number in range(FILINGS):
        rank, year = 20_000 + number // YEARS, 2016 + number % YEARS
        depot = _confirmed(account, answers | {"date_cloture": f"{year}-12-31"}, now)
        depot.siren = register.siren(rank)
        depot.subject_name = f"LES AMIS DE VALCLAIR {rank}"
        depot.submitted_at = depot.confirmed_at = now - dt.timedelta(seconds=37 * number)
        if number % DECIDED == 0:
            depot.state, depot.decided_at = State.PUBLIE, now
        yield depot


def _asked(agent: "Agent") -> dict[str, Callable[[], object]]:
    from guichet.instruction import operations
    from guichet.instruction.queries.queue import queue
    from guichet.instruction.rules import Filters

    def page(number: int = 1, **filters: str) -> Callable[[], object]:
        return lambda: queue(agent=agent, filters=Filters.parse(filters), page=number)

    def next_one() -> object:
        return operations.take_next(agent=agent, filters=Filters.parse({}))

    return {
        "first page, counts included": page(),
        "page 500": page(500),
        "late ones": page(late="1"),
        "nobody's": page(assigned="nobody"),
        "by a name": page(text="VALCLAIR 31415"),
        "by a SIREN": page(text="000310007"),
        "take the next one": next_one,
    }


def _bare() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM depots_depot WHERE teleprocedure = 'comptes_annuels' AND state = 'confirme' "
            "AND confirmed_at IS NOT NULL ORDER BY confirmed_at, id LIMIT 50"
        )
        cursor.fetchall()


def _timed(ask: Callable[[], object]) -> list[float]:
    ask()
    timings = []
    for _ in range(SAMPLES):
        began = time.perf_counter()
        ask()
        timings.append(1000 * (time.perf_counter() - began))
    return timings


def _print(found: dict[str, list[float]], floor: list[float]) -> None:
    bare = statistics.median(floor)
    table(
        f"The agents' queue with {FILINGS} filings, without HTTP and templates",
        ("asked", "p50 ms", "p95 ms", "× the bare page of ids"),
        [
            *((name, percentile(each, 0.5), percentile(each, 0.95), statistics.median(each) / bare)
              for name, each in found.items()),
            ("bare page of ids", bare, percentile(floor, 0.95), 1.0),
        ],
    )  # fmt: skip
