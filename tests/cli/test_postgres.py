"""The embedded server: first start, found again, killed, shared, refused. All of it with real servers."""

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from guichet.cli import postgres
from guichet.config import env

FAST = {"fsync": "off"}
ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[postgres.Cluster]:
    socket = env.socket_dir(tmp_path / "var")
    yield postgres.Cluster(var=tmp_path / "var", socket=socket)
    shutil.rmtree(socket, ignore_errors=True)


def ask(cluster: postgres.Cluster, question: str, user: str = postgres.USER) -> object:
    with psycopg.connect(cluster.url(user), autocommit=True) as connection:
        cursor = connection.execute(question.encode())
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else None


def wait_for(condition: Callable[[], object], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)


def test_a_first_start_makes_roles_and_database_and_a_second_one_finds_the_data(
    cluster: postgres.Cluster,
) -> None:
    with postgres.running(cluster, FAST) as own:
        assert own
        ask(cluster, "CREATE TABLE kept (name text)", postgres.OWNER)
        assert ask(cluster, "SELECT lower('ÉTÉ À NOËL')") == "été à noël"
        assert ask(cluster, "SHOW data_checksums") == "on"
    with postgres.running(cluster, FAST):
        assert ask(cluster, "SELECT count(*) FROM pg_tables WHERE tablename = 'kept'") == 1
    assert cluster.running_pid() is None


def test_it_keeps_what_it_says_it_keeps(cluster: postgres.Cluster) -> None:
    with postgres.running(cluster):
        assert ask(cluster, "SHOW fsync") == "on"
        assert ask(cluster, "SHOW synchronous_commit") == "on"
        assert ask(cluster, "SHOW full_page_writes") == "on"


def test_it_listens_on_a_private_socket_and_nowhere_else(cluster: postgres.Cluster) -> None:
    with postgres.running(cluster, FAST):
        assert ask(cluster, "SHOW listen_addresses") == ""
        assert cluster.socket.stat().st_mode & 0o077 == 0
        assert cluster.data.stat().st_mode & 0o077 == 0


def test_the_portals_role_owns_nothing_and_makes_nothing(cluster: postgres.Cluster) -> None:
    with (
        postgres.running(cluster, FAST),
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        ask(cluster, "CREATE TABLE mine (name text)")


def test_the_extensions_that_the_house_counts_on_are_there(cluster: postgres.Cluster) -> None:
    with postgres.running(cluster, FAST):
        for name in ("pg_trgm", "unaccent", "btree_gist"):
            ask(cluster, f"CREATE EXTENSION {name}", postgres.OWNER)


def test_a_second_launcher_uses_the_running_server_and_leaves_it_running(cluster: postgres.Cluster) -> None:
    with postgres.running(cluster, FAST) as first:
        with postgres.running(cluster, FAST) as second:
            assert (first, second) == (True, False)
        assert ask(cluster, "SELECT 1") == 1


def test_of_launchers_that_start_together_exactly_one_starts_it(cluster: postgres.Cluster) -> None:
    with ThreadPoolExecutor(4) as pool:
        started = list(pool.map(lambda _: postgres.start(cluster, FAST), range(4)))
        own = [server for server in started if server is not None]
        assert len(own) == 1
        assert cluster.running_pid() == own[0].pid
        postgres.stop(own[0])


def test_what_was_committed_survives_a_kill(cluster: postgres.Cluster) -> None:
    server = postgres.start(cluster)
    assert server
    ask(cluster, "CREATE TABLE kept AS SELECT 1 AS one", postgres.OWNER)
    server.kill()
    server.wait()
    assert (cluster.data / "postmaster.pid").exists()
    with postgres.running(cluster) as own:
        assert own
        assert ask(cluster, "SELECT one FROM kept", postgres.OWNER) == 1


def test_a_stale_number_that_is_somebody_elses_now_stops_nothing(cluster: postgres.Cluster) -> None:
    with postgres.running(cluster, FAST):
        lines = (cluster.data / "postmaster.pid").read_text().splitlines()
    (cluster.data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert cluster.running_pid() is None
    with postgres.running(cluster, FAST):
        assert ask(cluster, "SELECT 1") == 1


def test_it_goes_when_its_launcher_is_killed(cluster: postgres.Cluster) -> None:
    script = f"""
        import sys
        from pathlib import Path
        from guichet.cli import postgres
        postgres.start(postgres.Cluster(var=Path({str(cluster.var)!r}), socket=Path({str(cluster.socket)!r})))
        print("started", flush=True)
        sys.stdin.read()
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as launcher:
        assert launcher.stdout
        assert launcher.stdout.readline() == b"started\n"
        assert cluster.running_pid()
        launcher.send_signal(signal.SIGKILL)
    wait_for(lambda: not (cluster.data / "postmaster.pid").exists())


def test_data_that_were_half_made_are_made_anew(cluster: postgres.Cluster) -> None:
    half = cluster.var / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")
    with postgres.running(cluster, FAST):
        assert ask(cluster, "SELECT 1") == 1
    assert not half.exists()


def test_a_server_that_cannot_start_says_why(cluster: postgres.Cluster) -> None:
    with pytest.raises(postgres.PostgresError, match="shared_buffers"):
        postgres.start(cluster, {"shared_buffers": "nonsense"})
    assert cluster.running_pid() is None


def test_data_of_a_version_that_is_not_here_name_the_package_to_install(cluster: postgres.Cluster) -> None:
    cluster.data.mkdir(parents=True)
    (cluster.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(postgres.PostgresError, match="postgresql-9"):
        postgres.start(cluster)


def test_without_the_wheel_debians_programs_serve(
    cluster: postgres.Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not list(postgres.DEBIAN.glob("*/bin/initdb")):
        pytest.skip("Debian's PostgreSQL is not installed")
    monkeypatch.setattr(postgres, "find_spec", lambda _: None)
    assert postgres.find_binaries().folder.is_relative_to(postgres.DEBIAN)
    with postgres.running(cluster, FAST):
        assert ask(cluster, "SELECT lower('ÉTÉ')") == "été"


@ROOT_ONLY
def test_roots_own_files_stay_roots_where_the_kernel_allows_it(cluster: postgres.Cluster) -> None:
    if not postgres._works(["unshare", "--user", "true"]):
        pytest.skip("no user namespaces here")
    with postgres.running(cluster, FAST):
        assert cluster.data.stat().st_uid == 0
        assert ask(cluster, "SHOW data_directory", "postgres") == str(cluster.data)


@ROOT_ONLY
def test_without_user_namespaces_the_files_are_given_to_somebody_even_in_a_closed_folder(
    cluster: postgres.Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    works = postgres._works
    monkeypatch.setattr(postgres, "_works", lambda command: command[0] != "unshare" and works(command))
    cluster.var.mkdir(mode=0o700)
    cluster.var.parent.chmod(0o700)
    with postgres.running(cluster, FAST):
        assert cluster.data.stat().st_uid == postgres._somebody().pw_uid
        assert ask(cluster, "SELECT 1") == 1
    monkeypatch.undo()
    with postgres.running(cluster, FAST):  # back where namespaces work: the data keep their owner
        assert ask(cluster, "SELECT 1") == 1


@ROOT_ONLY
def test_without_user_namespaces_its_programs_too_may_be_in_a_closed_folder(
    cluster: postgres.Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A checkout under /root, in a container: initdb asks access(2) whether it may run « postgres »."""
    works = postgres._works
    monkeypatch.setattr(postgres, "_works", lambda command: command[0] != "unshare" and works(command))
    cluster.var.mkdir(mode=0o700)
    program = cluster.var / "postgres-program"
    program.touch(mode=0o700)
    question = f"import os, sys; sys.exit(not os.access({str(program)!r}, os.R_OK))"
    asked = subprocess.run([*postgres._unprivileged(cluster), sys.executable, "-c", question], check=False)
    assert asked.returncode == 0
