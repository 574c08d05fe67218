"""``make test``: everything. The rooms on two workers in random order; then, with the machine for themselves,
a short storm over the real processes and the crowds; then the walks in a browser, on two portals."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence

WORKERS = "2"
ALONE = ["tests/faults", "tests/parcours"]
APT = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", "chromium"]


def main(options: Sequence[str]) -> int:
    """Run both parts, whatever the first one says; ``options`` go to pytest. Gives the exit status."""
    began = time.monotonic()
    browser = have_browser()
    parts = [("rooms", ["-m", "not parcours and not faults", "-n", WORKERS, "--dist", "worksteal"])]
    parts.append(("alone", ["-m", "faults or crowd", "-p", "no:randomly", "-p", "no:xdist", *ALONE]))
    if browser:
        walks = ["-m", "parcours and not crowd", "-p", "no:randomly", "-n", WORKERS, "--dist", "loadfile"]
        parts.append(("walks", [*walks, "tests/parcours"]))
    results = [(name, *pytest([*arguments, *options])) for name, arguments in parts]
    print(f"\nmake test: {time.monotonic() - began:.0f} s")
    for name, status, summary in results:
        print(f"  {name}: {summary} (exit status {status})")
    if not browser:
        print("  walks: LEFT OUT, there is no browser. As root: apt-get install chromium")
    return max(status for _, status, _ in results)


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


def pytest(arguments: Sequence[str]) -> tuple[int, str]:
    """Run pytest, pass on what it prints, and keep its own last line."""
    command = [sys.executable, "-m", "pytest", *arguments]
    summary = ""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            print(line, end="", flush=True)
            summary = line.strip(" =\n") or summary
    return process.returncode, summary


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
