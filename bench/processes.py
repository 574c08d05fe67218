"""What processes used, read from ``/proc``."""

import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

TICK = 1 / os.sysconf("SC_CLK_TCK")
# The first of these that a command line contains names what a process is for; else it is its parent's.
_KINDS = (
    ("guichet.files.sandbox.zygote", "checks"),
    ("postgres", "database"),
    ("cli.main worker", "jobs"),
    ("cli.main web", "web"),
)


@dataclass(frozen=True)
class Process:
    """``cpu``: seconds, user and system; ``reaped``: those of its children that have ended."""

    pid: int
    parent: int
    cpu: float
    reaped: float
    command: str


def cpu_by_kind(root: int) -> dict[str, float]:
    """The CPU seconds of ``root`` and of all below it, by what they are for: web, checks, jobs, database."""
    found = {process.pid: process for process in _all()}
    used: dict[str, float] = defaultdict(float)
    for process in found.values():
        kind = _kind(process, root, found)
        if kind:
            used[kind] += process.cpu + (process.reaped if kind == "checks" else 0)
    return used


def spent(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    """What was used between two readings, by kind."""
    return {kind: after[kind] - before.get(kind, 0) for kind in after}


def pids(root: int, kind: str) -> list[int]:
    """The processes below ``root`` that are for ``kind``."""
    found = {process.pid: process for process in _all()}
    return [process.pid for process in found.values() if _kind(process, root, found) == kind]


def memory(pid: int) -> int:
    """Bytes of memory that are resident; what processes share counts for each of them."""
    return _status(pid, "VmRSS")


def peak_memory(pid: int) -> int:
    """The most bytes that were resident at once, since the start or since ``forget_peak``."""
    return _status(pid, "VmHWM")


def forget_peak(pid: int) -> None:
    """Have ``peak_memory`` begin anew from what is resident now."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def cpu_of_the_machine() -> float:
    """The CPU seconds that all processes of the machine used since it started."""
    user, nice, system, _idle, _wait, *rest = Path("/proc/stat").read_text().split(maxsplit=9)[1:9]
    return TICK * sum(map(int, (user, nice, system, *rest)))


def _status(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def _kind(process: Process, root: int, found: dict[int, Process]) -> str:
    """Nothing for a process that is not below ``root``."""
    kind = ""
    at: Process | None = process
    while at is not None:
        kind = kind or next((name for sign, name in _KINDS if sign in at.command), "")
        if at.pid == root:
            return kind or "supervisor"
        at = found.get(at.parent)
    return ""


def _all() -> list[Process]:
    found = (_read(entry) for entry in Path("/proc").glob("[0-9]*"))
    return [process for process in found if process]


def _read(entry: Path) -> Process | None:
    try:
        stat = (entry / "stat").read_text().rpartition(")")[2].split()
        command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:  # it has just ended
        return None
    user, system, user_reaped, system_reaped = (int(value) * TICK for value in stat[11:15])
    return Process(int(entry.name), int(stat[1]), user + system, user_reaped + system_reaped, command)
