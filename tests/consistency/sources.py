"""The repository as these tests read it."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SRC = ROOT / "src" / "guichet"
ROOMS = ("accounts", "courriers", "depots", "entreprises", "files", "instruction", "journal", "publications")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def python_files(folder: Path = SRC) -> tuple[Path, ...]:
    """Every module but the migrations."""
    return tuple(path for path in sorted(folder.rglob("*.py")) if "migrations" not in path.parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def public_functions(path: Path) -> Iterator[Function]:
    """The module's own public functions, not those of its classes."""
    for node in tree(path).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield node


@cache
def templates() -> tuple[Path, ...]:
    return tuple(sorted(SRC.glob("**/templates/**/*.*")))


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that belongs to the repository, and those that are about to."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(path for name in listed.splitlines() if (path := ROOT / name).is_file())


def where(path: Path, line: int = 0) -> str:
    return f"{path.relative_to(ROOT)}:{line}" if line else str(path.relative_to(ROOT))


def operations_and_queries() -> Iterator[Path]:
    for room in ROOMS:
        for name in ("operations", "queries"):
            yield from sorted((SRC / room).glob(f"{name}.py"))
            yield from sorted((SRC / room / name).glob("*.py"))
