"""Seconds from a fresh clone to the first page with ``make run``, downloads included; then a second start."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.report import table
from bench.world import ROOT, STOP_SECONDS, free_port, wait_for_page

SECOND_STARTS = 3


def measure() -> None:
    """Print the table of this measure."""
    with tempfile.TemporaryDirectory(prefix="guichet-bench-") as folder:
        clone = Path(folder) / "guichet"
        env = _environment(Path(folder))
        began = time.perf_counter()
        subprocess.run(["git", "clone", "--quiet", "--no-local", str(ROOT), str(clone)], check=True)
        with _made(clone, env):
            first = time.perf_counter() - began
        installed = (
            (clone / ".venv" / ".installed").stat().st_mtime - time.time() + time.perf_counter() - began
        )
        starts = [(_start(clone, env), _bare_start(clone, env)) for _ in range(SECOND_STARTS)]
        second, floor = (statistics.median(seconds) for seconds in zip(*starts, strict=True))
    rows = [
        ("clone, install, start: the first page", first, first / installed, 30.0),
        ("of which clone and installation", installed, 1.0, ""),
        ("second start: the first page", second, second / floor, 5.0),
        ("of which Django with the portal's settings alone", floor, 1.0, ""),
    ]
    table("From a clone to the first page", ("what", "s", "× floor", "target s"), rows)


def _environment(folder: Path) -> dict[str, str]:
    """A machine that has downloaded nothing yet: the caches are empty."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GUICHET_", "DJANGO_"))}
    for name in ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "MAKEFLAGS", "MAKELEVEL"):
        kept.pop(name, None)
    return kept | {
        "PORT": str(free_port()),
        "GUICHET_VAR": str(folder / "var"),
        "UV_CACHE_DIR": str(folder / "uv"),
        "PIP_CACHE_DIR": str(folder / "pip"),
        "PYTHON": _system_python(),
    }


def _system_python() -> str:
    """The interpreter that this one's virtual environment was made with."""
    return str(Path(sys.base_prefix) / "bin" / "python3")


@contextmanager
def _made(clone: Path, env: dict[str, str]) -> Iterator[None]:
    """``make run``, from the first page to the end of the block."""
    log = (clone.parent / "make.log").open("ab")
    command = ["make", "--no-print-directory", "run", f"PYTHON={env['PYTHON']}"]
    process = subprocess.Popen(command, cwd=clone, env=env, stdout=log, stderr=log, start_new_session=True)
    try:
        wait_for_page(int(env["PORT"]), process)
        yield
    finally:
        os.killpg(process.pid, 2)  # Ctrl-C: make and the portal are one group, of our own
        process.wait(STOP_SECONDS)
        log.close()


def _start(clone: Path, env: dict[str, str]) -> float:
    began = time.perf_counter()
    with _made(clone, env):
        return time.perf_counter() - began


def _bare_start(clone: Path, env: dict[str, str]) -> float:
    began = time.perf_counter()
    code = "import django; django.setup()"
    settings = {"DJANGO_SETTINGS_MODULE": "guichet.config.settings", "GUICHET_DEMO": "1"}
    subprocess.run([clone / ".venv/bin/python", "-c", code], cwd=clone, env=env | settings, check=True)
    return time.perf_counter() - began
