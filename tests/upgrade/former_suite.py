"""Run tests of the former release, with its code, on tables of this one.

``python -m tests.upgrade.former_suite`` runs those of every room that keeps rows.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from guichet.cli import postgres
from guichet.config import env
from tests.upgrade import previous

ROOMS = (
    "accounts",
    "courriers",
    "depots",
    "espaces",
    "files",
    "journal",
    "teleprocedures",
    "verification",
    "web",
)
NAME = "guichet_upgrade"
TABLES = f"test_{NAME}"  # where Django's tests of « guichet_upgrade » look


def run(folder: Path, server: str, tests: list[str]) -> subprocess.CompletedProcess[str]:
    """Tables of this release on ``server`` (an address without a database), then the former ``tests``."""
    former = previous.unpack(folder / "former")
    with closing(psycopg.connect(make_conninfo(server, dbname="postgres"), autocommit=True)) as admin:
        admin.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(TABLES)))
        admin.execute(
            SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'").format(
                Identifier(TABLES)
            )
        )
        try:
            _migrate(folder, address(server, TABLES))
            return _run_tests(former, address(server, NAME), tests)
        finally:
            admin.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(TABLES)))


def address(server: str, name: str) -> str:
    """``server``, as libpq knows it, as the portal's settings want it, with the database ``name``."""
    parts = psycopg.conninfo.conninfo_to_dict(server)
    host, port = str(parts.get("host", "")), str(parts.get("port", "5432"))
    user = parts.get("user", "postgres")
    if host.startswith("/"):
        return f"postgresql://{user}@/{name}?host={host}"
    secret = f":{parts['password']}" if parts.get("password") else ""
    return f"postgresql://{user}{secret}@{host}:{port}/{name}"


def _migrate(folder: Path, url: str) -> None:
    own = {name: value for name, value in os.environ.items() if not name.startswith("GUICHET_")}
    subprocess.run(
        [sys.executable, "-m", "guichet.cli.main", "migrate"],
        env={**own, "GUICHET_TESTING": "1", "GUICHET_VAR": str(folder / "var"), "GUICHET_DATABASE_URL": url},
        check=True,
        capture_output=True,
    )


def _run_tests(former: Path, url: str, tests: list[str]) -> subprocess.CompletedProcess[str]:
    ours = previous.environment(former, list(os.environ.items()), GUICHET_DATABASE_URL=url)
    shutil.copy(Path(__file__).with_name("flush_new_tables.py"), former)
    options = ["-m", "django_db", "-q", "--reuse-db", "-p", "flush_new_tables", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *options, *tests]
    return subprocess.run(command, cwd=former, env=ours, capture_output=True, text=True, check=False)


def main() -> int:
    """Every room's tests, on a server of our own or on that of ``GUICHET_DATABASE_URL``."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cluster = postgres.Cluster(folder / "cluster", env.socket_dir(folder / "cluster"))
        with postgres.running(cluster, {"fsync": "off"}):
            server = make_conninfo("", host=str(cluster.socket), user="postgres")
            done = run(folder, server, [f"tests/{room}" for room in ROOMS])
        shutil.rmtree(cluster.socket, ignore_errors=True)
    sys.stdout.write(done.stdout[-6000:] + done.stderr[-2000:])
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
