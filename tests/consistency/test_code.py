"""What the house promises of its own code."""

import ast
import re
import statistics
import subprocess
import sys
from graphlib import TopologicalSorter

import grimp
import pytest

from tests.consistency.sources import (
    ROOMS,
    ROOT,
    SRC,
    Function,
    functions,
    operations_and_queries,
    public_functions,
    python_files,
    tree,
    where,
)

LONGEST_FILE = 500
MEDIAN, P95 = 8, 35
OWNED_ROOMS = ("depots", "accounts")
# Who asks shows a secret or a public code instead of an account, or holds the row already.
BY_RIGHT = {"account", "token", "code"}
CLOCKS = {
    ("timezone", "now"),
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("date", "today"),
    ("time", "time"),
}


def lengths() -> list[int]:
    return [
        (function.end_lineno or 0) - function.lineno + 1 - _docstring_lines(function)
        for path in python_files()
        for function in functions(path)
    ]


def _docstring_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = function.body[0]
    return (first.end_lineno or 0) - first.lineno + 1 if ast.get_docstring(function) else 0


def test_the_import_contracts_hold() -> None:
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as c; c()",
        "--no-cache",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_nothing_imports_itself_by_a_detour() -> None:
    graph = grimp.build_graph("guichet", cache_dir=None)
    imported = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    TopologicalSorter(imported).prepare()  # raises CycleError, which names the ring


def test_every_room_has_its_tests() -> None:
    packages = {path.name for path in SRC.iterdir() if (path / "__init__.py").exists()}
    tested = {path.relative_to(ROOT / "tests").parts[0] for path in (ROOT / "tests").rglob("test_*.py")}
    assert packages - tested == set()


def test_files_are_short() -> None:
    long = {
        where(path): length
        for path in python_files()
        if (length := len(path.read_text().splitlines())) > LONGEST_FILE
    }
    assert not long


# No spreadsheet opens them: the fictitious register as the Insee publishes it, what a child hands over.
CSV_OF_MACHINES = {"demo/register.py", "files/sandbox/workbooks.py"}
ONE_WRITER = "kernel/cells.py"
CSV_ANSWERS = {"demo/portfolios.py", "web/spreadsheets.py", "web/public/open_data.py"}  # by ``csv_lines``


def test_every_csv_is_written_by_the_one_that_neutralises_formulas() -> None:
    writers, answers = set(), set()
    for path in python_files():
        name = str(path.relative_to(SRC))
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Attribute) and node.attr in {"writer", "DictWriter"}:
                writers.add(name)
            if isinstance(node, ast.ImportFrom) and node.module == "csv":
                writers.add(name)
            if isinstance(node, ast.Constant) and "text/csv" in str(node.value):
                answers.add(name)
    assert writers == {ONE_WRITER, *CSV_OF_MACHINES}
    assert answers == CSV_ANSWERS
    assert all("csv_lines" in (SRC / name).read_text() for name in CSV_ANSWERS)


def test_functions_are_short() -> None:
    measured = lengths()
    p95 = statistics.quantiles(measured, n=20)[-1]
    assert statistics.median(measured) <= MEDIAN
    assert p95 <= P95


def test_rules_operations_and_queries_are_documented() -> None:
    paths = [
        *operations_and_queries(),
        *SRC.glob("*/rules.py"),
        *SRC.glob("*/states.py"),
        *SRC.glob("kernel/*.py"),
    ]
    bare = [where(p, f.lineno) for p in paths for f in public_functions(p) if not ast.get_docstring(f)]
    assert not bare


def test_operations_and_queries_take_keywords_only() -> None:
    positional = [
        where(path, function.lineno)
        for path in operations_and_queries()
        for function in public_functions(path)
        if function.args.args and _is_contract(path.parts) and not _of_a_row(function)
    ]
    assert not positional


def _of_a_row(function: Function) -> bool:
    """It tells something of one row that the caller has loaded already."""
    rows = {"Depot", "Account", "Courrier", "StoredFile", "Session"}
    return [
        ast.unparse(argument.annotation or ast.Constant("")) in rows for argument in function.args.args
    ] == [True]


def _is_contract(parts: tuple[str, ...]) -> bool:
    """A package's inner modules may help one another as they like: what it exports is the contract."""
    return parts[-1] in {"operations.py", "queries.py"}


@pytest.mark.parametrize("room", ROOMS)
def test_what_a_package_of_operations_exports_takes_keywords_only(room: str) -> None:
    import importlib
    import inspect

    operations = importlib.import_module(f"guichet.{room}.operations")
    for name in getattr(operations, "__all__", ()):
        member = getattr(operations, name)
        if inspect.isfunction(member):
            kinds = {parameter.kind for parameter in inspect.signature(member).parameters.values()}
            assert kinds <= {inspect.Parameter.KEYWORD_ONLY}, name
            assert inspect.getdoc(member), name


@pytest.mark.parametrize("room", OWNED_ROOMS)
def test_reads_of_what_belongs_to_someone_ask_for_whom(room: str) -> None:
    forgetful = [
        function.name
        for function in public_functions(SRC / room / "queries.py")
        if not BY_RIGHT & {argument.arg for argument in function.args.kwonlyargs} and not _of_a_row(function)
    ]
    assert not forgetful


def test_time_comes_from_the_clock() -> None:
    # A certificate belongs to the real time, and a seal is tried with it at start-up; so does what the
    # database server has archived, whose moments are its own.
    allowed = {
        SRC / "kernel/clock.py",
        SRC / "journal/pairs.py",
        SRC / "depots/receipts/document.py",
        SRC / "cli/recovery.py",
    }
    found = [
        where(path, node.lineno)
        for path in python_files()
        if path not in allowed
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and (_name(node.value), node.attr) in CLOCKS
    ]
    assert not found


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


def test_the_environment_is_read_in_config_alone() -> None:
    # The commands pass their own environment on to their children, and choose the role by it.
    readers = [
        where(path, node.lineno)
        for path in python_files()
        if not path.is_relative_to(SRC / "config") and not path.is_relative_to(SRC / "cli")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and _name(node.value) == "os"
        and node.attr in {"environ", "getenv"}
    ]
    assert not readers


def test_no_signals_and_no_logic_in_save() -> None:
    found = [
        where(path, function.lineno)
        for path in python_files()
        for function in functions(path)
        if function.name == "save" and "models" in path.stem
    ]
    found += [
        where(path)
        for path in python_files()
        if re.search(r"django\.(db\.models|core)\.signals|@receiver", path.read_text())
    ]
    assert not found


def test_nothing_is_left_to_do() -> None:
    words = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XXX)\b|raise NotImplemented")
    found = [where(path) for path in python_files() if words.search(path.read_text())]
    assert not found


def test_jobs_are_enqueued_under_names_that_exist() -> None:
    from procrastinate.contrib.django import app

    enqueued = {
        name
        for path in python_files()
        for name in re.findall(r"configure_task\(\s*\"([\w.]+)\"", path.read_text())
    }
    house = {name for name in app.tasks if not name.startswith(("builtin", "procrastinate"))}
    assert enqueued <= house
    planned = {task.task.name for task in app.periodic_registry.periodic_tasks.values()}
    assert house - planned <= enqueued, "a job that nobody enqueues"
