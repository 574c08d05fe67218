"""What every test stands on: settings for tests, a database server of our own, and a hostile harness."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guichet.cli import postgres
from guichet.config import env

ROOT = Path(__file__).resolve().parent.parent
RUNS = ROOT / "var" / "tests"  # one folder for each run; those of runs that were killed are swept away


def _sweep() -> None:
    for old in RUNS.iterdir():
        with (old / "alive").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            shutil.rmtree(old)


def _new_run() -> Path:
    RUNS.mkdir(parents=True, exist_ok=True)
    _sweep()
    run = Path(tempfile.mkdtemp(dir=RUNS))
    lock = os.open(run / "alive", os.O_CREAT | os.O_WRONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)  # held until this process ends
    return run


# Before Django reads its settings. The workers of pytest-xdist inherit their run from the process that
# started them, and write into folders of their own.
RUN = Path(os.environ.get("GUICHET_TEST_RUN") or _new_run())
CLUSTER = postgres.Cluster(var=RUN, socket=env.socket_dir(RUN))
EMBEDDED = "GUICHET_DATABASE_URL" not in os.environ
os.environ["GUICHET_TEST_RUN"] = str(RUN)
os.environ["GUICHET_TESTING"] = "1"
os.environ["GUICHET_VAR"] = str(RUN / os.environ.get("PYTEST_XDIST_WORKER", "main"))
os.environ["DJANGO_SETTINGS_MODULE"] = "guichet.config.settings"
if EMBEDDED:
    os.environ["GUICHET_DATABASE_URL"] = CLUSTER.url("postgres")

TEMPORARY = Path(os.environ["GUICHET_VAR"]) / "tmp"
TEMPORARY.mkdir(parents=True, exist_ok=True)
os.environ["TMPDIR"] = tempfile.tempdir = str(TEMPORARY)

import django  # noqa: E402

from tests import cheap_passwords  # noqa: E402 - before Django is set up, after its environment

cheap_passwords.make()
django.setup()
# A worker would inherit the name, and pytest-django would read the settings before this file is.
del os.environ["DJANGO_SETTINGS_MODULE"]
assert Path(os.environ["GUICHET_VAR"]) == settings.VAR, "unset DJANGO_SETTINGS_MODULE: the tests choose it"

from guichet.journal import head  # noqa: E402 - it needs Django
from guichet.web import limits  # noqa: E402
from tests import harness  # noqa: E402

harness.close_the_network()
harness.forbid_sleep()
harness.forbid_queries_in_templates()
harness.forbid_undefined_in_messages()
harness.let_the_flush_pass()

SERVER = pytest.StashKey["postgres.Server | None"]()
# Nothing of a test run has to survive a power cut.
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


def pytest_configure(config: pytest.Config) -> None:
    """Start one database server for all workers, in the process that leads them."""
    if EMBEDDED and not hasattr(config, "workerinput"):
        config.stash[SERVER] = postgres.start(CLUSTER, FAST)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark whatever needs the database, so that ``-m django_db`` runs it on another server."""
    for item in items:
        wanted = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
        if wanted and item.get_closest_marker("django_db") is None:
            item.add_marker(pytest.mark.django_db(transaction="transactional_db" in wanted))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server and leave nothing behind."""
    if hasattr(config, "workerinput"):
        return
    if server := config.stash.get(SERVER, None):
        postgres.stop(server)
    shutil.rmtree(RUN, ignore_errors=True)


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    with harness.nothing_left([TEMPORARY, Path(settings.FILES_DIR) / "incoming"]):
        yield


@pytest.fixture(autouse=True)
def _no_memory_of_other_tests() -> None:
    """What others asked for in this process counts for nothing, and nobody remembers their seals."""
    limits.forget()
    head.path().unlink(missing_ok=True)


@pytest.fixture
def assert_queries() -> Callable[[int], AbstractContextManager[None]]:
    """``with assert_queries(3):`` fails, and shows them, when the block makes more queries than that.

    Give it the same number for lists of one and of twenty: a query a line (« N+1 ») can't hide then.
    """

    @contextmanager
    def at_most(number: int) -> Iterator[None]:
        with CaptureQueriesContext(connection) as captured:
            yield
        shown = "\n".join(query["sql"] for query in captured.captured_queries)
        assert len(captured) <= number, f"{len(captured)} queries instead of {number}:\n{shown}"

    return at_most
