"""The deadline hour: more filings offered than two cores can take, by filers who wait for nobody."""

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench import processes
from bench.document import document
from bench.forms import TOKEN
from bench.report import percentile, table
from bench.world import running, world

RATE = int(os.environ.get("BENCH_RATE", "200"))  # filings offered a second
SECONDS = int(os.environ.get("BENCH_SECONDS", "60"))
PATIENCE = 60  # seconds until a filer gives up
KINDS = ("web", "checks", "jobs", "database")


@dataclass(frozen=True)
class Ready:
    """A filer who has signed in and answered, and the two addresses that are left to post to."""

    cookie: str
    documents: str
    check: str
    filed: str


def measure() -> None:
    """Print the tables of this measure."""
    with world() as place, running(place) as leader:
        import django

        django.setup()
        from django.conf import settings

        paper = place.var / "comptes.pdf"
        paper.write_bytes(document())
        order = {"port": place.port, "rate": RATE, "patience": PATIENCE, "document": str(paper)}
        filers = [asdict(one) for one in _filers(RATE * SECONDS)]
        _offer(order | {"filers": filers[:20], "rate": 10})  # each process opens its connections
        machine, before = processes.cpu_of_the_machine(), processes.cpu_by_kind(leader)
        told = _offer(order | {"filers": filers[20:]})
        used = processes.spent(before, processes.cpu_by_kind(leader))
        everybody = processes.cpu_of_the_machine() - machine
        found = _found(Path(settings.FILES_DIR))
    if found < told["outcomes"].get("acknowledged", 0):
        raise RuntimeError(f"{told['outcomes']} and {found} found")
    _print(told, used, everybody)


def _filers(count: int) -> list[Ready]:
    from django.urls import reverse

    from bench.people import draft, filers

    ready = []
    for filer in filers(count):
        key = draft(filer.account).pk
        pages = {
            "documents": reverse("comptes_annuels:documents", args=[key]),
            "check": reverse("comptes_annuels:check", args=[key]),
            "filed": reverse("comptes_annuels:draft", args=[key]),
        }
        ready.append(Ready(cookie=f"{filer.cookie}; csrftoken={TOKEN}", **pages))
    return ready


def _offer(order: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.open_loop"],
        input=json.dumps(order) + "\n",
        capture_output=True,
        text=True,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _found(folder: Path) -> int:
    """The filings that wait for their confirmation and whose bytes are on the disk."""
    from guichet.depots.models import DepotFile
    from guichet.depots.states import State
    from guichet.files.stores import key

    received = DepotFile.objects.filter(kind=DepotFile.Kind.RECEIVED, depot__state=State.A_CONFIRMER)
    return sum((folder / key(one.stored_id)).exists() for one in received)


def _print(told: dict[str, Any], used: dict[str, float], everybody: float) -> None:
    seconds, cores = told["seconds"], os.cpu_count() or 1
    timings = [1000 * one for one in told["acknowledged"]]
    count = len(timings)
    table(
        f"The deadline hour: {RATE} filings of 200 kB a second, offered for {SECONDS} s",
        (
            "acknowledged",
            "a second",
            "p50 ms",
            "p95 ms",
            "until the last, s",
            "the others",
            "client late, ms",
        ),
        [
            (
                count,
                count / seconds,
                percentile(timings, 0.5) if timings else "—",
                percentile(timings, 0.95) if timings else "—",
                seconds,
                ", ".join(
                    f"{name}: {many}"
                    for name, many in sorted(told["outcomes"].items())
                    if name != "acknowledged"
                )
                or "—",
                1000 * told["late"],
            )
        ],
    )
    ours = {kind: used.get(kind, 0.0) for kind in KINDS} | {"client": told["cpu"]}
    others = max(0.0, everybody - sum(ours.values()))
    table(
        "What took the cores meanwhile (share of all, and ms for each that was acknowledged)",
        (*ours, "other work", "idle"),
        [
            (
                *(
                    f"{one / seconds / cores:.0%} ({1000 * one / max(count, 1):.0f} ms)"
                    for one in ours.values()
                ),
                f"{others / seconds / cores:.0%}",
                f"{max(0.0, 1 - everybody / seconds / cores):.0%}",
            )
        ],
    )
