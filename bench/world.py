"""A place of its own for a measure: folder, port, database, and the real portal where it is wanted."""

import http.client
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg.sql import SQL, Identifier

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 120
STOP_SECONDS = 40


@dataclass(frozen=True)
class World:
    """``var`` is the folder of the portal of this measure, ``port`` where it listens."""

    var: Path
    port: int


@contextmanager
def world(settings: str = "guichet.config.settings", **reading: str) -> Iterator[World]:
    """A folder, a free port and a database for the length of the block; the environment names them.

    To be entered before Django is set up. ``reading``: more ``GUICHET_…`` variables. With
    ``GUICHET_DATABASE_URL`` the database is a new one on that server, else the embedded one.
    """
    server = os.environ.get("GUICHET_DATABASE_URL", "")
    for name in [name for name in os.environ if name.startswith("GUICHET_")]:
        del os.environ[name]
    with tempfile.TemporaryDirectory(prefix="guichet-bench-") as folder, _database(server):
        found = World(Path(folder) / "var", free_port())
        os.environ |= {
            "PORT": str(found.port),
            "GUICHET_VAR": str(found.var),
            "GUICHET_DEMO": "1",
            "DJANGO_SETTINGS_MODULE": settings,
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),  # of this checkout
            **{f"GUICHET_{name}": value for name, value in reading.items()},
        }
        yield found


@contextmanager
def running(place: World) -> Iterator[int]:
    """The portal, all of it, as ``guichet run`` starts it; gives the id of the process that leads it."""
    place.var.mkdir(parents=True, exist_ok=True)
    with (place.var / "portal.log").open("wb") as log:
        command = [sys.executable, "-m", "guichet.cli.main", "run"]
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            wait_for_page(place.port, process)
            yield process.pid
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)


def wait_for_page(port: int, process: subprocess.Popen[bytes], path: str = "/") -> None:
    """Return once the page at ``path`` comes with 200. Raises ``RuntimeError`` where it does not."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        except (OSError, http.client.HTTPException):
            time.sleep(0.02)
        finally:
            connection.close()
    raise RuntimeError("the portal gives no page")


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _database(server: str) -> Iterator[None]:
    if not server:
        yield
        return
    own = f"guichet_bench_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(own)))
        os.environ["GUICHET_DATABASE_URL"] = urlunsplit(urlsplit(server)._replace(path=f"/{own}"))
        try:
            yield
        finally:
            connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(own)))
