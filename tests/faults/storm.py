"""One run: filers file while the plan's faults happen; then all is healed, quiet, and examined."""

import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from guichet.demo import register
from tests.faults.desk import Desk, desk
from tests.faults.filer import Filer, Seen
from tests.faults.oracle import Findings, case, examine, is_quiet
from tests.faults.plan import Fault, Plan
from tests.faults.world import World, world

FIRST_RANK = 100  # of the demo's register: associations that the demonstration does not use
QUIET_SECONDS = 180
FIRST_YEAR = 1950  # each filing of an account closes another year
TICK = 0.05
TIME_PASSES = 4  # seconds between two leaps of time


@dataclass
class Run:
    """What happened. ``recovery``: by kind, the seconds from a fault's end until a page came that asks the
    database."""

    plan: Plan
    world: World
    seen: Seen
    filers: list[Filer]
    agent: Desk
    injected: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    recovery: dict[str, list[float]] = field(default_factory=dict)
    seconds: float = 0
    quiet_after: float = 0


@contextmanager
def storm(plan: Plan, folder: Path, clients: int) -> Iterator[Run]:
    """A run of ``plan``, over and quiet; the portal is still there, to be examined."""
    with world(folder, plan.store) as place:
        seen = Seen()
        filers = _filers(plan, place, seen, clients)
        _register(filers)
        with desk(place) as agent:
            run = Run(plan, place, seen, filers, agent)
            for filer in filers:
                filer.start()
            _rage(run)
            _calm(run)
        yield run


def findings(run: Run) -> Findings:
    """What the oracle says, and what the filers could not do."""
    found = examine(case(run.world, run.seen.filed, run.agent.lots))
    found.broken += run.seen.gave_up
    found.broken += [f"a useless answer: {what} ({n} times)" for what, n in run.seen.bad_pages.items()]
    found.broken += run.world.ended
    if len(run.seen.filed) != run.plan.filings:
        found.broken.append(f"{run.plan.filings} were to be filed, {len(run.seen.filed)} were acknowledged")
    missing = [one.reference for one in run.seen.filed if not one.confirmed]
    found.broken += [f"{reference}: its filer could not confirm it" for reference in missing]
    return found


def _filers(plan: Plan, place: World, seen: Seen, clients: int) -> list[Filer]:
    filers = [
        Filer(n, register.siren(FIRST_RANK + n), place.post, place.url, seen, plan.chance("filer", n))
        for n in range(clients)
    ]
    for number, filer in zip(range(plan.filings), itertools.cycle(filers)):
        filer.todo.append(f"31/12/{FIRST_YEAR + number // clients}")
    return filers


def _register(filers: list[Filer]) -> None:
    threads = [threading.Thread(target=filer.register) for filer in filers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not all(filer.signed_in for filer in filers):
        raise AssertionError("an account could not be opened")


def _rage(run: Run) -> None:
    """Let the faults happen as the filings get on, until all filers are through."""
    began, chance = time.monotonic(), run.plan.chance("victims")
    todo, running = list(run.plan.faults), list[threading.Thread]()
    while any(filer.is_alive() for filer in run.filers):
        run.world.watch()
        done = len(run.seen.filed) / run.plan.filings
        while todo and todo[0].at <= done:
            fault = todo.pop(0)
            running.append(threading.Thread(target=_happen, args=(run, fault, chance), daemon=True))
            running[-1].start()
        time.sleep(TICK)
    for thread in running:
        thread.join()
    run.seconds = time.monotonic() - began


def _happen(run: Run, fault: Fault, chance: random.Random) -> None:
    end = run.world.break_(fault.kind, chance)
    if end is None:
        run.left_out[fault.kind] += 1
        return
    run.injected[fault.kind] += 1
    time.sleep(fault.seconds)
    end()
    run.recovery.setdefault(fault.kind, []).append(run.world.wait_until_it_answers())


def _calm(run: Run) -> None:
    """Everything is healed: filers confirm the rest, and nothing is left to do at last."""
    began, last = time.monotonic(), 0.0
    run.world.heal()
    while time.monotonic() < began + QUIET_SECONDS:
        run.world.watch()
        run.world.wait_until_it_answers()
        if time.monotonic() > last + TIME_PASSES:
            run.world.let_time_pass()
            last = time.monotonic()
        waiting = sum(filer.confirm_what_came() for filer in run.filers)
        if not waiting:
            run.agent.close()
            if is_quiet(run.world):
                break
        time.sleep(0.5)
    run.quiet_after = time.monotonic() - began
