"""Back to a moment of the past, for real: file, note the time, do harm, come back, prove everything."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from guichet.cli import postgres
from guichet.config import env
from tests.cli.test_run import copied_with_its_owners, environment, guichet

FILES = """
import json, sys
from guichet.cli.portal import portal
with portal():
    from guichet.depots import receipts
    from guichet.journal import operations as journal
    from tests.depots import factories
    depot = factories.confirmed(factories.account(siren=sys.argv[1]))
    proof = receipts.ensure(depot_id=depot.pk)
    journal.seal()
    print(json.dumps({"reference": depot.reference, "receipt": proof.stored_id}))
"""
READS = """
import json
from guichet.cli.portal import portal
with portal():
    from guichet.depots.models import Depot
    rows = Depot.objects.order_by("confirmed_at").values_list("reference", "receipt__stored_id")
    print(json.dumps([{"reference": reference, "receipt": receipt} for reference, receipt in rows]))
"""


class Portal:
    """A demonstration on a folder of its own that archives what its database writes."""

    def __init__(self, folder: Path) -> None:
        self.var, self.archive = folder / "var", folder / "archive"
        self.cluster = postgres.Cluster(self.var, env.socket_dir(self.var), self.archive)
        self.env = environment(self.var, 0, GUICHET_ARCHIVE_DIR=str(self.archive))

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(guichet(*arguments), env=self.env, capture_output=True, text=True, check=False)

    def told(self, script: str, *arguments: str) -> object:
        command = [sys.executable, "-c", script, *arguments]
        done = subprocess.run(command, env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def sql(self, statement: str) -> str:
        with psycopg.connect(self.cluster.url(postgres.OWNER), autocommit=True) as connection:
            row = connection.execute(statement).fetchone() if statement.startswith("SELECT") else None
            if row is None:
                connection.execute(statement)
            return str(row[0]) if row else ""


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a portal that stands still; each test begins with a copy of it."""
    folder = tmp_path_factory.mktemp("migrated")
    made = Portal(folder)
    assert made.run("migrate").returncode == 0
    shutil.rmtree(made.cluster.socket, ignore_errors=True)
    return folder


@pytest.fixture
def portal(migrated: Path, tmp_path: Path) -> Iterator[Portal]:
    copied_with_its_owners(migrated, tmp_path)
    made = Portal(tmp_path)
    yield made
    shutil.rmtree(made.cluster.socket, ignore_errors=True)


def lives(portal: Portal) -> tuple[object, str]:
    """A base backup, a filing, a moment, another filing, and harm; what was filed first, and that moment."""
    base = portal.var.parent / "base"
    with postgres.running(portal.cluster):
        assert portal.run("base-backup", str(base)).returncode == 0
        first = portal.told(FILES, "732829320")
        moment = portal.sql("SELECT clock_timestamp()")
        later_than(portal, moment)
        portal.told(FILES, "443061841")
        portal.sql("UPDATE depots_depot SET data = '{}', subject_name = 'harm'")
        portal.sql("DROP TABLE depots_receipt CASCADE")
        assert portal.sql(f"SELECT clock_timestamp() > '{moment}'") == "True", (
            "this machine's clock went back"
        )
    return first, moment


def later_than(portal: Portal, moment: str) -> None:
    """What is told apart by time must be later by the clock too, which a machine sets back now and then."""
    while portal.sql(f"SELECT clock_timestamp() > '{moment}'::timestamptz + interval '10 ms'") != "True":
        pass


def test_what_was_filed_before_the_harm_is_back_and_proves_itself(portal: Portal) -> None:
    first, moment = lives(portal)
    done = portal.run("recover", str(portal.var.parent / "base"), "--until", moment)
    assert done.returncode == 0, done.stderr
    log = portal.cluster.log.read_text()
    assert ("recovery stopping before commit" in log, "read-only connections" in log) == (True, False), (
        "in one go"
    )
    assert portal.told(READS) == [first]
    verified = portal.run("journal", "verify")
    assert verified.returncode == 0, verified.stderr
    files = portal.run("files", "verify")
    assert (files.returncode, "tous intacts" in files.stdout) == (0, True), files.stderr
    assert [path.name for path in portal.var.glob("postgres.avant-*")], "the state before is kept"

    # The archive goes on, and the same base backup leads past the first return.
    again = portal.told(FILES, "552100554")
    assert portal.run("recover", str(portal.var.parent / "base")).returncode == 0
    assert portal.told(READS) == [first, again]


def test_a_server_that_was_killed_loses_nothing_that_it_had_committed(portal: Portal) -> None:
    """What its last minute wrote is in its own folder, not in the archive yet."""
    base = portal.var.parent / "base"
    server = postgres.start(portal.cluster)
    assert server is not None
    assert portal.run("base-backup", str(base)).returncode == 0
    first = portal.told(FILES, "732829320")
    server.kill()
    server.wait()
    done = portal.run("recover", str(base))
    assert done.returncode == 0, done.stderr
    assert portal.told(READS) == [first]


def test_a_moment_that_the_archive_does_not_reach_changes_nothing(portal: Portal) -> None:
    lives(portal)
    before = (portal.cluster.data / "PG_VERSION").stat().st_ino
    refused = portal.run("recover", str(portal.var.parent / "base"), "--until", "2001-01-01 00:00:00")
    assert refused.returncode == 1
    assert "une copie antérieure" in refused.stderr
    assert (portal.cluster.data / "PG_VERSION").stat().st_ino == before
    with postgres.running(portal.cluster):
        assert portal.sql("SELECT max(subject_name) FROM depots_depot") == "harm"


REFUSALS: dict[str, Callable[[Portal], tuple[str, ...]]] = {
    "n’est pas un moment": lambda portal: ("recover", str(portal.archive), "--until", "hier"),
    "existe déjà": lambda portal: ("base-backup", str(portal.var)),
}


@pytest.mark.parametrize("said", REFUSALS)
def test_what_cannot_be_done_is_told(portal: Portal, said: str) -> None:
    with postgres.running(portal.cluster):
        portal.sql("SELECT 1")
    (portal.archive / "000000010000000000000001").touch()
    refused = portal.run(*REFUSALS[said](portal))
    assert (refused.returncode, said in refused.stderr) == (1, True), refused.stderr
    assert "Traceback" not in refused.stderr


def test_an_archive_with_a_gap_changes_nothing(portal: Portal) -> None:
    lives(portal)
    for segment in (*portal.archive.glob("0*"), *(portal.cluster.data / "pg_wal").glob("0*")):
        segment.write_bytes(b"")
    before = (portal.cluster.data / "PG_VERSION").stat().st_ino
    refused = portal.run("recover", str(portal.var.parent / "base"), "--until", "2999-01-01 00:00:00")
    assert refused.returncode == 1
    assert "PostgreSQL ne démarre pas" in refused.stderr
    assert (portal.cluster.data / "PG_VERSION").stat().st_ino == before
    assert not list(portal.var.glob("postgres.avant-*"))


def test_a_database_that_runs_is_not_replaced(portal: Portal) -> None:
    (portal.archive / "000000010000000000000001").touch()
    with postgres.running(portal.cluster):
        refused = portal.run("recover", str(portal.archive))
    assert (refused.returncode, "arrêtez d’abord" in refused.stderr) == (1, True)


def test_without_an_archive_there_is_nothing_to_go_back_with(portal: Portal) -> None:
    del portal.env["GUICHET_ARCHIVE_DIR"]
    refused = portal.run("recover", str(portal.archive))
    assert (refused.returncode, "GUICHET_ARCHIVE_DIR" in refused.stderr) == (1, True)


def test_a_server_of_ones_own_has_its_own_tools(portal: Portal) -> None:
    portal.env["GUICHET_DATABASE_URL"] = "postgresql://guichet@127.0.0.1:1/guichet"
    refused = portal.run("base-backup", str(portal.archive / "base"))
    assert (refused.returncode, "ses propres outils" in refused.stderr) == (1, True)
