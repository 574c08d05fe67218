"""Acknowledged filings a second over HTTP, beside the same bytes kept without HTTP."""

import base64
import itertools
import os
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench import floor, processes
from bench.client import Answer, Crowd, Request, crowd
from bench.document import copy, document
from bench.forms import BOUNDARY, TOKEN, multipart
from bench.report import percentile, table
from bench.world import running, world

ROUNDS = 3
FILINGS = {1: 40, 8: 160, 32: 192}  # in each round, by the number of clients
KINDS = ("web", "checks", "jobs", "database", "client")


@dataclass
class Level:
    """The rounds of one number of clients."""

    clients: int
    answers: list[Answer] = field(default_factory=list)
    floors: list[tuple[float, list[float]]] = field(default_factory=list)
    used: list[dict[str, float]] = field(default_factory=list)

    def rate(self) -> float:
        """Filings a second, in the median round."""
        return statistics.median(len(answer.timings) / answer.seconds for answer in self.answers)

    def floor_rate(self) -> float:
        """The floor's, in the median round."""
        return statistics.median(len(timings) / seconds for seconds, timings in self.floors)

    def milliseconds(self, share: float, part: slice = slice(None)) -> float:
        """The time below which ``share`` of the filings stay, in all rounds; ``part``: of which request."""
        tasks = itertools.chain.from_iterable(answer.timings for answer in self.answers)
        return 1000 * percentile([sum(task[part]) for task in tasks], share)

    def floor_milliseconds(self, share: float) -> float:
        """The same of the floor."""
        every = itertools.chain.from_iterable(timings for _, timings in self.floors)
        return 1000 * percentile(list(every), share)

    def cpu(self, kind: str) -> float:
        """Milliseconds of CPU a filing, in the median round."""
        each = zip(self.used, self.answers, strict=True)
        return statistics.median(1000 * used.get(kind, 0) / len(answer.timings) for used, answer in each)

    def cpu_in_all(self) -> float:
        """Milliseconds of CPU a filing, of all processes of the portal and its client."""
        return sum(self.cpu(kind) for kind in KINDS)

    def most(self) -> float:
        """The filings a second that the cores could do if nothing ever waited and nobody else used them."""
        return 1000 * (os.cpu_count() or 1) / self.cpu_in_all()

    def share(self, whose: str) -> float:
        """The share of the cores' time that ``ours`` or ``others`` took, in the median round."""
        cores = os.cpu_count() or 1
        each = zip(self.used, self.answers, strict=True)
        return statistics.median(
            (used["others"] if whose == "others" else sum(used[kind] for kind in KINDS))
            / answer.seconds
            / cores
            for used, answer in each
        )


def measure() -> None:
    """Print the tables of this measure."""
    with world() as place, running(place) as leader, crowd() as clients:
        import django

        django.setup()
        from django.conf import settings

        conninfo = _owner_conninfo()
        floor.prepare(conninfo)
        content, numbers = document(), itertools.count()
        _settle(clients, settings.PORT, content, numbers)
        levels = [Level(count) for count in FILINGS]
        for at in range(ROUNDS):
            for level in levels:
                copies = [copy(content, next(numbers)) for _ in range(FILINGS[level.clients])]
                folder = place.var / "floor" / f"{at}-{level.clients}"
                level.floors.append(floor.run(conninfo, folder, copies, level.clients))
                _round(level, clients, settings.PORT, leader, copies)
        _check_all_filed()
    _print(levels, len(content))


def _round(level: Level, clients: Crowd, port: int, leader: int, copies: list[bytes]) -> None:
    tasks = list(_tasks(copies))
    machine, before = processes.cpu_of_the_machine(), processes.cpu_by_kind(leader)
    answer = clients.send(port, level.clients, tasks)
    used = processes.spent(before, processes.cpu_by_kind(leader)) | {"client": answer.cpu}
    everybody = processes.cpu_of_the_machine() - machine
    level.answers.append(answer)
    level.used.append(dict.fromkeys(KINDS, 0.0) | used | {"others": max(0, everybody - sum(used.values()))})


def _tasks(copies: list[bytes]) -> Iterator[list[Request]]:
    """For each copy a filer who has signed in and answered, and the two requests that are left to make."""
    from django.urls import reverse

    from bench.people import draft, filers

    for filer, content in zip(filers(len(copies)), copies, strict=True):
        depot = draft(filer.account)
        cookie = f"{filer.cookie}; csrftoken={TOKEN}"
        documents = reverse("comptes_annuels:documents", args=[depot.pk])
        check = reverse("comptes_annuels:check", args=[depot.pk])
        form = f"csrfmiddlewaretoken={TOKEN}&accepted_terms=on".encode()
        upload = (encoded(multipart(content)), f"multipart/form-data; boundary={BOUNDARY}")
        submission = (encoded(form), "application/x-www-form-urlencoded")
        filed = reverse("comptes_annuels:draft", args=[depot.pk])
        yield [
            Request("POST", documents, cookie, *upload, status=302, location=documents),
            Request("POST", check, cookie, *submission, status=302, location=filed),
        ]


def encoded(content: bytes) -> str:
    """``content`` as an order to the client holds it."""
    return base64.b64encode(content).decode()


def _settle(clients: Crowd, port: int, content: bytes, numbers: "itertools.count[int]") -> None:
    """Some filings that don't count: each web process opens its connections and loads what it needs."""
    clients.send(port, 8, list(_tasks([copy(content, next(numbers)) for _ in range(40)])))


def _owner_conninfo() -> str:
    from django.conf import settings

    from guichet.cli.portal import cluster
    from guichet.cli.postgres import OWNER

    return cluster().url(OWNER) if settings.EMBEDDED_POSTGRES else os.environ["GUICHET_DATABASE_URL"]


def _check_all_filed() -> None:
    """What was acknowledged is there: a row that waits for its confirmation, bytes under their hash."""
    from django.conf import settings

    from guichet.depots.models import DepotFile
    from guichet.depots.states import State
    from guichet.files.stores import key

    expected = 40 + ROUNDS * sum(FILINGS.values())
    files = DepotFile.objects.filter(kind=DepotFile.Kind.RECEIVED, depot__state=State.A_CONFIRMER)
    missing = [file for file in files if not (Path(settings.FILES_DIR) / key(file.stored_id)).exists()]
    if len(files) != expected or missing:
        raise RuntimeError(
            f"{expected} filings acknowledged, {len(files)} found, {len(missing)} without bytes"
        )


def _print(levels: list[Level], size: int) -> None:
    table(
        f"Acknowledged filings, {size // 1000} kB each",
        ("clients", "filings/s", "floor/s", "ratio", "p50 ms", "p95 ms", "floor p50", "floor p95"),
        [
            (level.clients, level.rate(), level.floor_rate(), f"{level.rate() / level.floor_rate():.1%}",
             level.milliseconds(0.5), level.milliseconds(0.95),
             level.floor_milliseconds(0.5), level.floor_milliseconds(0.95))
            for level in levels
        ],
    )  # fmt: skip
    parts = [(part, share) for part in (slice(0, 1), slice(1, 2)) for share in (0.5, 0.95)]
    table(
        "The two requests of a filing",
        ("clients", "upload p50 ms", "upload p95 ms", "submission p50 ms", "submission p95 ms"),
        [(level.clients, *(level.milliseconds(share, part) for part, share in parts)) for level in levels],
    )
    table(
        "CPU of a filing, ms, by process",
        ("clients", *KINDS, "in all", "filings/s at most", "cores: ours", "cores: others"),
        [
            (level.clients, *map(level.cpu, KINDS), level.cpu_in_all(), level.most(),
             f"{level.share('ours'):.0%}", f"{level.share('others'):.0%}")
            for level in levels
        ],
    )  # fmt: skip
