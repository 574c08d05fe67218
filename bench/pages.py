"""CPU of the web processes for one page of each kind, beside a view with nothing in it."""

import os
import statistics
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from bench import processes
from bench.client import Crowd, Request, crowd
from bench.document import document
from bench.report import table
from bench.world import free_port, running, wait_for_page, world

ROUNDS = 5
REQUESTS = 300  # of each page in each round; an empty view gets ten times as many, as CPU is told in 1/100 s
CLIENTS = 2
BARE, BEHIND = "an empty view, bare Django", "an empty view behind the portal's middleware"
EMPTY = "/bench/empty/"
TARGETS = {"sign-in page": 3.5, "« Vos dépôts », 20 filings": 8.0}


def measure() -> None:
    """Print the table of this measure."""
    with (
        world("bench.settings") as place,
        running(place) as leader,
        crowd() as clients,
        _bare() as (bare, port),
    ):
        import django

        django.setup()
        asked = {name: (place.port, leader, request) for name, request in _pages().items()}
        asked = {BARE: (port, bare, Request("GET", EMPTY)), **asked}
        for target in asked.values():  # templates are read, connections opened
            _cpu(clients, *target)
        found: dict[str, list[float]] = defaultdict(list)
        for _ in range(ROUNDS):
            for name, target in asked.items():
                found[name].append(_cpu(clients, *target))
    _print({name: statistics.median(values) for name, values in found.items()})


def _pages() -> dict[str, Request]:
    from django.urls import reverse

    from bench.people import attach, draft, filed, filers

    (filer,) = filers(1)
    filed(filer.account, 20)
    (other,) = filers(1)
    begun = draft(other.account)
    attach(other.account, begun, document())
    return {
        BEHIND: Request("GET", EMPTY),
        "home": Request("GET", reverse("web:home")),
        "sign-in page": Request("GET", reverse("association:sign_in")),
        "home of the espace": Request("GET", reverse("association:home"), filer.cookie),
        "« Vos dépôts », 20 filings": Request("GET", reverse("comptes_annuels:depots"), filer.cookie),
        "« Documents » of a draft": Request(
            "GET", reverse("comptes_annuels:documents", args=[begun.pk]), other.cookie
        ),
        "« Vérifiez vos réponses »": Request(
            "GET", reverse("comptes_annuels:check", args=[begun.pk]), other.cookie
        ),
    }


def _cpu(clients: Crowd, port: int, leader: int, request: Request) -> float:
    """Milliseconds of CPU, user and system, that the web processes took for a page."""
    count = REQUESTS * (10 if request.path == EMPTY else 1)
    before = processes.cpu_by_kind(leader)
    clients.send(port, CLIENTS, [[request]] * count)
    return 1000 * processes.spent(before, processes.cpu_by_kind(leader))["web"] / count


@contextmanager
def _bare() -> Iterator[tuple[int, int]]:
    """The same server with no middleware, beside the portal: its process and its port."""
    port = free_port()
    env = os.environ | {"PORT": str(port), "DJANGO_SETTINGS_MODULE": "bench.bare"}
    process = subprocess.Popen([sys.executable, "-m", "guichet.cli.main", "web"], env=env)
    try:
        wait_for_page(port, process, EMPTY)
        yield process.pid, port
    finally:
        process.terminate()
        process.wait()


def _print(found: Mapping[str, float]) -> None:
    table(
        "CPU of a page, of the web processes",
        ("page", "ms", "× bare", "× behind the middleware", "target ms"),
        [
            (name, value, value / found[BARE], value / found[BEHIND], TARGETS.get(name, ""))
            for name, value in found.items()
        ],
    )
