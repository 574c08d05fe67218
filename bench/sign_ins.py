"""Sign-ins a second and the memory they take, beside the verification of as many passwords alone."""

import itertools
import os
import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench import processes
from bench.client import Answer, Crowd, Request, crowd
from bench.forms import TOKEN
from bench.report import percentile, table
from bench.world import running, world

ROUNDS = 3
SIGN_INS = {1: 60, 8: 240}  # in each round, by the number of clients
KINDS = ("web", "database", "client")
MEGABYTE = 1_000_000


@dataclass
class Level:
    """The rounds of one number of clients. ``floors``: passwords verified a second, with nothing around."""

    clients: int
    answers: list[Answer] = field(default_factory=list)
    floors: list[float] = field(default_factory=list)
    used: list[dict[str, float]] = field(default_factory=list)
    memory: list[tuple[int, int]] = field(default_factory=list)

    def rate(self) -> float:
        """Sign-ins a second, in the median round."""
        return statistics.median(len(answer.timings) / answer.seconds for answer in self.answers)

    def ratio(self) -> float:
        """The rate beside the floor of the same round, in the median round."""
        each = zip(self.answers, self.floors, strict=True)
        return statistics.median(len(answer.timings) / answer.seconds / floor for answer, floor in each)

    def milliseconds(self, share: float) -> float:
        """The time below which ``share`` of the sign-ins stay, in all rounds."""
        every = itertools.chain.from_iterable(answer.timings for answer in self.answers)
        return 1000 * percentile([sum(task) for task in every], share)

    def cpu(self, kind: str) -> float:
        """Milliseconds of CPU a sign-in, in the median round."""
        each = zip(self.used, self.answers, strict=True)
        return statistics.median(1000 * used.get(kind, 0) / len(answer.timings) for used, answer in each)

    def others(self) -> float:
        """The share of the cores that other work took, in the median round."""
        each = zip(self.used, self.answers, strict=True)
        cores = os.cpu_count() or 1
        return statistics.median(used["others"] / answer.seconds / cores for used, answer in each)


def measure() -> None:
    """Print the tables of this measure."""
    # All come from one address here, which no crowd does: its limit is off.
    with world(LIMIT_SIGN_INS="0") as place, running(place) as leader, crowd() as clients:
        import django

        django.setup()
        from django.conf import settings

        threads = settings.WEB_PROCESSES * settings.PASSWORDS_AT_ONCE
        asked = _requests(max(SIGN_INS.values()))
        clients.send(place.port, 8, [[one] for one in asked[:100]])  # connections are opened
        idle = sum(map(processes.memory, processes.pids(leader, "web")))
        levels = [Level(count) for count in SIGN_INS]
        for _ in range(ROUNDS):
            for level in levels:
                count = SIGN_INS[level.clients]
                level.floors.append(count / _verify(count, min(threads, level.clients)))
                _round(level, clients, place.port, leader, asked[:count])
    _print(levels, idle, threads)


def _requests(count: int) -> list[Request]:
    """So many people, each with an account of their own, who send the form of the sign-in page."""
    from django.urls import reverse

    from bench.people import PASSWORD, subscribers
    from guichet.accounts.definitions import espace

    form = f"csrfmiddlewaretoken={TOKEN}&password={PASSWORD}&identifier="
    door = espace("abonne")
    page, home = reverse(door.sign_in_url), reverse(door.home_url)
    return [
        Request.form(page, f"{form}{account.identifier}", cookie=f"csrftoken={TOKEN}", location=home)
        for account in subscribers(count)
    ]


def _round(level: Level, clients: Crowd, port: int, leader: int, asked: Sequence[Request]) -> None:
    web = processes.pids(leader, "web")
    before_memory = sum(map(processes.memory, web))
    for pid in web:
        processes.forget_peak(pid)
    machine, before = processes.cpu_of_the_machine(), processes.cpu_by_kind(leader)
    answer = clients.send(port, level.clients, [[one] for one in asked])
    used = processes.spent(before, processes.cpu_by_kind(leader)) | {"client": answer.cpu}
    everybody = processes.cpu_of_the_machine() - machine
    level.answers.append(answer)
    level.used.append(used | {"others": max(0.0, everybody - sum(used.values()))})
    level.memory.append((before_memory, sum(map(processes.peak_memory, web))))


def _verify(count: int, threads: int) -> float:
    """Seconds that so many verifications take with the portal's parameters, so many at once: the floor."""
    from argon2 import PasswordHasher

    from bench.people import PASSWORD
    from guichet.accounts.hashers import OwaspArgon2Hasher as Ours

    hasher = PasswordHasher(Ours.time_cost, Ours.memory_cost, Ours.parallelism)
    kept = hasher.hash(PASSWORD)

    def work(share: int) -> None:
        for _ in range(share):
            hasher.verify(kept, PASSWORD)

    shares = [len(range(at, count, threads)) for at in range(threads)]
    workers = [threading.Thread(target=work, args=(share,)) for share in shares]
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return time.perf_counter() - began


def _print(levels: list[Level], idle: int, threads: int) -> None:
    table(
        f"Sign-ins, each of somebody else; the floor: Argon2 alone, {threads} at once at most",
        ("clients", "sign-ins/s", "floor/s", "ratio", "p50 ms", "p95 ms"),
        [
            (level.clients, level.rate(), statistics.median(level.floors), f"{level.ratio():.0%}",
             level.milliseconds(0.5), level.milliseconds(0.95))
            for level in levels
        ],
    )  # fmt: skip
    table(
        "CPU of a sign-in, ms, by process",
        ("clients", *KINDS, "cores: others"),
        [(level.clients, *map(level.cpu, KINDS), f"{level.others():.0%}") for level in levels],
    )
    table(
        "Resident memory of the web processes together, MB",
        ("clients", "before any round", "before, median round", "peak, median round", "highest peak"),
        [
            (level.clients, idle / MEGABYTE,
             statistics.median(before for before, _ in level.memory) / MEGABYTE,
             statistics.median(peak for _, peak in level.memory) / MEGABYTE,
             max(peak for _, peak in level.memory) / MEGABYTE)
            for level in levels
        ],
    )  # fmt: skip
