"""The former release's code, with its own tests, on the tables of this one."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from tests.upgrade import former_suite, previous

pytestmark = pytest.mark.skipif(
    not previous.is_known(), reason="the history of this checkout does not reach the former release"
)

# From registration to receipt; ``python -m tests.upgrade.former_suite`` runs all of them.
STORY = [
    "tests/accounts/test_registration.py",
    "tests/accounts/test_sign_in.py",
    "tests/depots/test_submission.py",
    "tests/depots/test_upkeep.py",
    "tests/courriers/test_outbox.py",
    "tests/journal/test_record.py",
]


@pytest.fixture
def server(db: None) -> str:
    names = ("host", "port", "user", "password")
    parameters = connection.get_connection_params()
    return make_conninfo("", **{name: parameters[name] for name in names if parameters.get(name)})


def test_it_registers_files_and_proves_on_the_new_tables(server: str, tmp_path: Path) -> None:
    done = former_suite.run(tmp_path, server, STORY)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "passed" in done.stdout


def test_it_is_its_code_that_runs(tmp_path: Path) -> None:
    former = previous.unpack(tmp_path, "src")
    environment = previous.environment(former, [("PATH", "/usr/bin:/bin")])
    command = [sys.executable, "-c", "import guichet; print(guichet.__file__)"]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert told.stdout.startswith(str(former))


def test_the_migrations_that_it_has_are_those_that_we_name() -> None:
    assert previous.migrations() == previous.MIGRATIONS
