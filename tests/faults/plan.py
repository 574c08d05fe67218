"""What goes wrong in one run, and when: the same seed gives the same plan."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

KILLS = (
    "kill.web",
    "kill.web_process",
    "kill.checks",
    "kill.worker",
    "kill.postgres",
    "kill.session",
    "kill.all",
)
MAIL = ("smtp.refuse_4xx", "smtp.refuse_5xx", "smtp.hang", "smtp.absent", "smtp.lost_answer")
DISK = ("disk.full",)
STORE = ("store.refuse", "store.hang", "store.reset")
# A short run can't hold every kind: it always has one of each of these, and others by chance.
ALWAYS = (("kill.web", "kill.web_process"), ("kill.worker",), ("kill.postgres",), DISK, MAIL)
FILINGS_PER_FAULT = 10
FEWEST = 8


@dataclass(frozen=True)
class Fault:
    """``kind`` begins once the share ``at`` of all filings was acknowledged, for ``seconds`` (kills: 0).

    The share and not the time: so a plan means the same on a slow machine as on a fast one.
    """

    kind: str
    at: float
    seconds: float


@dataclass(frozen=True)
class Plan:
    """Everything that ``seed`` decides: the store, the faults in their order, the documents."""

    seed: int
    store: str
    filings: int
    faults: tuple[Fault, ...]

    def chance(self, *names: object) -> random.Random:
        """A source of chance for one thing of the run, whatever the others have drawn."""
        return random.Random(f"{self.seed} {names}")


def plan(*, seed: int, filings: int, store: str = "") -> Plan:
    """The plan of ``seed`` for so many ``filings``; ``store`` « local » or « s3 », else the seed chooses."""
    chance = random.Random(seed)
    drawn = chance.choice(("local", "s3"))
    store = store or drawn
    kinds = _kinds(chance, max(FEWEST, filings // FILINGS_PER_FAULT), store)
    moments = sorted(chance.uniform(0.02, 0.92) for _ in kinds)
    faults = (Fault(kind, at, _seconds(chance, kind)) for kind, at in zip(kinds, moments, strict=True))
    return Plan(seed, store, filings, tuple(faults))


def _kinds(chance: random.Random, count: int, store: str) -> list[str]:
    stores = (STORE,) if store == "s3" else ()
    found = [chance.choice(some) for some in (*ALWAYS, *stores)]
    deck: list[str] = []
    every: Sequence[str] = (*KILLS, *MAIL, *DISK, *(STORE if stores else ()))
    while len(found) < count:
        if not deck:  # every kind comes before any comes again
            deck = chance.sample(every, len(every))
        found.append(deck.pop())
    chance.shuffle(found)
    return found


def _seconds(chance: random.Random, kind: str) -> float:
    return 0.0 if kind.startswith("kill.") else round(chance.uniform(1.5, 5), 1)
