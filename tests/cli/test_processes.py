"""Children that die are started again, ever more slowly."""

import sys
from collections.abc import Iterator

import pytest

from guichet.cli import processes


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def child(clock: Clock) -> Iterator[processes.Child]:
    child = processes.Child("essai", [sys.executable, "-c", "import sys; sys.exit(3)"], now=clock)
    yield child
    processes.stop([child])


def dies(child: processes.Child) -> str:
    child.look()
    assert child.process
    child.process.wait()
    return child.look() or ""


def test_waits_grow_up_to_a_minute(child: processes.Child, clock: Clock) -> None:
    waits = []
    for _ in range(8):
        waits.append(dies(child).rpartition("dans ")[2])
        clock.seconds = child.not_before
    assert waits == ["1 s.", "2 s.", "4 s.", "8 s.", "16 s.", "32 s.", "60 s.", "60 s."]


def test_the_operator_is_told_who_died_and_how(child: processes.Child) -> None:
    assert dies(child) == "Le processus « essai » s’est arrêté (statut 3) : nouvel essai dans 1 s."


def test_nothing_starts_before_its_time(child: processes.Child, clock: Clock) -> None:
    dies(child)
    clock.seconds = 0.9
    child.look()
    assert child.process is None
    clock.seconds = 1.0
    child.look()
    assert child.process is not None


def test_one_that_lived_long_begins_anew(child: processes.Child, clock: Clock) -> None:
    dies(child)
    clock.seconds = 10
    child.look()
    assert child.process
    child.process.wait()
    clock.seconds += processes.STEADY_SECONDS + 1
    assert "dans 1 s." in (child.look() or "")


def test_one_that_does_not_want_to_stop_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "STOP_SECONDS", 0.1)
    script = (
        "import signal, sys, time; signal.signal(15, signal.SIG_IGN); print('on', flush=True); time.sleep(60)"
    )
    child = processes.Child("têtu", [sys.executable, "-c", script])
    child.look()
    processes.stop([child])
    assert child.process
    assert child.process.returncode in (-9, -15)
