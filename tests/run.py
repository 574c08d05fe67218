"""``make test``: everything. The rooms on two workers in random order; then, with the machine for themselves,
a short storm over the real processes and the crowds; then the walks in a browser, on two portals.

What failed is run once more, alone: on a machine that others load, a test may come too late. What fails alone
too has failed; what passes then is named in the summary, for it may hide a race.
``python -m tests.run database`` runs what needs a database and nothing else, by the same rules.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import NamedTuple

WORKERS = "2"
ALONE = ["tests/faults", "tests/parcours"]
APT = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", "chromium"]
AGAIN = ["--last-failed", "--last-failed-no-failures", "none", "-n", "0", "-p", "no:randomly", "-rA"]
FEW = 6  # more failures than this are no accident of a loaded machine
FAILED = 1  # pytest's exit status where tests failed, and nothing worse


class Part(NamedTuple):
    """What one run of pytest takes: the marks it selects, and how it spreads them."""

    name: str
    marks: str
    options: Sequence[str]


ROOMS = Part("rooms", "not parcours and not faults", ["-n", WORKERS, "--dist", "worksteal"])
QUIET = Part("alone", "faults or crowd", ["-n", "0", "-p", "no:randomly", *ALONE])
WALKS = Part(
    "walks",
    "parcours and not crowd",
    ["-p", "no:randomly", "-n", WORKERS, "--dist", "loadfile", "tests/parcours"],
)
DATABASE = Part("database", "django_db and not parcours", ["-n", WORKERS, "--dist", "worksteal"])


def main(arguments: Sequence[str]) -> int:
    """Run every part, whatever the first one says, and give the status; ``arguments`` go on to pytest."""
    began = time.monotonic()
    only_database = arguments[:1] == ["database"]
    browser = only_database or have_browser()
    parts = [DATABASE] if only_database else [ROOMS, QUIET, *([WALKS] if browser else [])]
    results = [run(part, arguments[1:] if only_database else arguments) for part in parts]
    print(f"\nTests: {time.monotonic() - began:.0f} s")
    for _, said in results:
        print(f"  {said}")
    if not browser:
        print("  walks: LEFT OUT, there is no browser. As root: apt-get install chromium")
    return max(status for status, _ in results)


def run(part: Part, options: Sequence[str]) -> tuple[int, str]:
    """One part, and what failed in it once more; its status and what to say of it."""
    status, lines = pytest(["-m", part.marks, *part.options, *options])
    summary = lines[-1].strip(" =") if lines else ""
    failed = [line for line in lines if line.startswith(("FAILED tests/", "ERROR tests/"))]
    said = f"{part.name}: {summary} (exit status {status})"
    if status != FAILED or not 0 < len(failed) <= FEW:
        return status, said
    print(f"\n{len(failed)} failed. Once more, alone:", flush=True)
    files = [option for option in part.options if option.startswith("tests/")]
    status, _ = pytest(["-m", part.marks, *AGAIN, *files, *options])
    verdict = "FAILED ALONE TOO" if status else "PASSED ALONE, look for a race"
    return status, "\n    ".join([f"{said}: {verdict}", *failed])


def have_browser() -> bool:
    """Whether Debian's chromium is there, or could be installed just now."""
    if shutil.which("chromium") is None and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Debian's chromium is missing: installing it for the walks", flush=True)
        if not _quietly(APT):
            _quietly(["apt-get", "update", "--quiet"])
            _quietly(APT)
    return shutil.which("chromium") is not None


def _quietly(command: Sequence[str]) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode == 0


def pytest(arguments: Sequence[str]) -> tuple[int, list[str]]:
    """Run pytest, pass on what it prints, and keep the end of it."""
    command = [sys.executable, "-m", "pytest", *arguments]
    kept: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            print(line, end="", flush=True)
            kept = [*kept[-200:], line.rstrip("\n")]
    return process.returncode, [line for line in kept if line]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
