"""``guichet run`` for real: it starts, answers, refuses a double, and takes everything with it."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
import pytest

from guichet.cli import postgres
from guichet.config import env

STARTED, STOPPED = 60, 20  # seconds that a busy machine may take


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Portal:
    var: Path
    port: int
    process: subprocess.Popen[str]

    @property
    def cluster(self) -> postgres.Cluster:
        return postgres.Cluster(self.var, env.socket_dir(self.var))

    def read_until(self, words: str) -> str:
        assert self.process.stdout
        seen = ""
        for line in self.process.stdout:
            seen += line
            if words in line:
                return seen
        raise AssertionError(f"« {words} » never came:\n{seen}")

    def relatives(self) -> list[int]:
        """The processes that have this portal's folder in their environment."""
        mark = f"GUICHET_VAR={self.var}".encode()
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
        return found

    def gone(self) -> bool:
        deadline = time.monotonic() + STOPPED
        while self.relatives() and time.monotonic() < deadline:
            time.sleep(0.1)
        return not self.relatives()


def environment(var: Path, port: int, **more: str) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("GUICHET_")}
    return ours | {"GUICHET_VAR": str(var), "PORT": str(port), "GUICHET_DEMO": "1", **more}


def guichet(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "guichet.cli.main", *arguments]


def launch(var: Path, port: int) -> Portal:
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        guichet("run"), env=environment(var, port), stdout=pipe, stderr=subprocess.STDOUT, text=True
    )
    return Portal(var, port, process)


def copied_with_its_owners(source: Path, target: Path) -> None:
    """PostgreSQL's folder belongs to somebody else where root runs the tests."""
    subprocess.run(["cp", "--archive", f"{source}/.", str(target)], check=True)


@pytest.fixture(scope="module")
def began(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a demonstration that has begun and was stopped; most tests go on from a copy of it."""
    folder = tmp_path_factory.mktemp("began")
    with running(folder / "var"):
        pass
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def steady(began: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A demonstration that goes on as it is: for tests that change nothing in it."""
    folder = tmp_path_factory.mktemp("steady")
    copied_with_its_owners(began, folder)
    with running(folder / "var") as portal:
        yield portal


@pytest.fixture
def portal(began: Path, tmp_path: Path) -> Iterator[Portal]:
    copied_with_its_owners(began, tmp_path)
    with running(tmp_path / "var") as portal:
        yield portal


@contextlib.contextmanager
def running(var: Path) -> Iterator[Portal]:
    portal = launch(var, free_port())
    portal.read_until("Ctrl-C arrête tout")
    yield portal
    if portal.process.poll() is None:
        portal.process.terminate()
    portal.process.wait(STOPPED)
    assert portal.process.stdout
    portal.process.stdout.close()
    assert portal.gone()
    shutil.rmtree(portal.cluster.socket, ignore_errors=True)


def test_it_answers_refuses_a_double_and_stops_everything(portal: Portal) -> None:
    assert httpx.get(f"http://127.0.0.1:{portal.port}/").status_code == 200

    twin = subprocess.run(
        guichet("run"), env=environment(portal.var, free_port()), capture_output=True, text=True
    )
    assert twin.returncode == 1
    assert f"processus {portal.process.pid}" in twin.stderr

    portal.process.send_signal(signal.SIGINT)
    assert portal.process.wait(STOPPED) == 0
    assert portal.relatives() == []
    assert portal.cluster.running_pid() is None


def test_a_taken_port_is_said_so(steady: Portal, tmp_path: Path) -> None:
    other = tmp_path / "other"
    done = subprocess.run(guichet("run"), env=environment(other, steady.port), capture_output=True, text=True)
    assert done.returncode == 1
    assert f"Le port {steady.port} est déjà pris" in done.stderr


def test_nobody_outlives_a_killed_supervisor(portal: Portal) -> None:
    assert len(portal.relatives()) > 4
    portal.process.kill()
    portal.process.wait()
    assert portal.gone()


def test_a_killed_web_server_comes_back(portal: Portal) -> None:
    [web] = [pid for pid in portal.relatives() if _runs(pid, "web") and _parent(pid) == portal.process.pid]
    os.kill(web, signal.SIGKILL)
    portal.read_until("nouvel essai")
    deadline = time.monotonic() + STARTED
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"http://127.0.0.1:{portal.port}/").status_code == 200:
                return
        time.sleep(0.1)
    pytest.fail("the web server did not come back")


def test_the_portals_role_reads_and_adds_to_the_journal_and_no_more(steady: Portal) -> None:
    with psycopg.connect(steady.cluster.url(), autocommit=True) as connection:
        assert connection.execute("SELECT count(*) > 0 FROM journal_event").fetchone() == (True,)
        for statement in (
            b"UPDATE journal_event SET kind = 'x'",
            b"DELETE FROM journal_seal",
            b"TRUNCATE journal_event",
            b"ALTER TABLE journal_event DISABLE TRIGGER USER",
            b"DROP TABLE journal_event",
            b"SET ROLE guichet_owner",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
        connection.execute("UPDATE accounts_account SET email = email")


def test_the_portals_role_reads_the_register_and_no_more(steady: Portal) -> None:
    with psycopg.connect(steady.cluster.url(), autocommit=True) as connection:
        tables = "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname = 'sirene'"
        found = [name for (name,) in connection.execute(tables.encode())]
        assert found
        for table in found:
            assert connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"DELETE FROM {table}".encode())


def _runs(pid: int, command: str) -> bool:
    return Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").split(b"\0")[-1] == command.encode()


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
