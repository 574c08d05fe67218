"""The former release: which commit it is, and its sources as the history of this repository has them.

It is the one before the version changed last, so that a history whose commits have other names will do. At
each release: the new version in ``pyproject.toml`` and ``guichet.__version__``, the last migration of each
room here (a test compares them with that commit), and ``REVIEWED`` emptied.
"""

import subprocess
import tarfile
from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VERSION = "src/guichet/__init__.py"  # its one line of code
MIGRATIONS = {
    "accounts": "0005_provisional",
    "adhesions": "0003_asked_today",
    "courriers": "0003_mailbox",
    "depots": "0005_pages",
    "entreprises": "0001_initial",
    "files": "0002_file_not_clean",
    "foyers": "0001_initial",
    "habilitations": "0001_initial",
    "inscriptions": "0002_help_asked",
    "instruction": "0003_classements",
    "journal": "0002_decided",
    "publications": "0002_place_of_its_teleprocedure",
    "retention": "0001_initial",
}

# What the linter asks about, and why the former release goes on working all the same.
REVIEWED: dict[tuple[str, str], str] = {}


@cache
def commit() -> str:
    """The last commit of the former release; empty where the history does not reach it (a shallow clone)."""
    changed = _git("log", "-1", "--format=%H", "-G__version__", "HEAD", "--", VERSION)
    return _git("rev-parse", "--verify", "--quiet", f"{changed}^") if changed else ""


def is_known() -> bool:
    """Whether the history has that commit."""
    return bool(commit())


def migrations() -> dict[str, str]:
    """The last migration of each room, as that commit has them."""
    listed = _git("ls-tree", "-r", "--name-only", commit(), "src/guichet").splitlines()
    files = sorted(Path(line) for line in listed if "/migrations/0" in line)
    return {file.parts[2]: file.stem for file in files}


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def unpack(into: Path, *paths: str) -> Path:
    """The former release's files, or those under ``paths``, in the folder ``into``."""
    archive = subprocess.run(["git", "archive", commit(), *paths], cwd=ROOT, capture_output=True, check=True)
    with tarfile.open(fileobj=BytesIO(archive.stdout)) as content:
        content.extractall(into, filter="data")
    return into


def environment(folder: Path, ours: Sequence[tuple[str, str]], **more: str) -> dict[str, str]:
    """``ours`` without what belongs to this run, so that Python finds the former release's code."""
    kept = {name: value for name, value in ours if not name.startswith(("GUICHET_", "PYTEST", "DJANGO_"))}
    return {**kept, "PYTHONPATH": f"{folder / 'src'}:{folder}", **more}
