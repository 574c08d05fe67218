"""The real portal for the walks: all that ``guichet run`` starts, with a clock that moves."""

import datetime as dt
import json
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg.sql import SQL, Identifier

from guichet.cli import processes
from tests.parcours.mailbox import Mailbox
from tests.smtp import free_port

START_SECONDS = 120
STOP_SECONDS = 40
CLOCK = "clock"  # the file, under GUICHET_VAR, that holds by how many seconds the clock is moved
WELCOME = "Le portail vous attend"


@dataclass
class Portal:
    """A portal that runs. ``env`` is what its processes, and the commands beside it, read."""

    url: str
    var: Path
    env: dict[str, str]
    mailbox: Mailbox
    _moved: dt.timedelta = field(default_factory=dt.timedelta)

    def forward(self, delta: dt.timedelta) -> None:
        """Move the clock of all processes forward; never back, as what is written stays written."""
        self._moved += delta
        new = self.var / f"{CLOCK}.new"
        new.write_text(str(self._moved.total_seconds()))
        new.replace(self.var / CLOCK)

    def now(self) -> dt.datetime:
        """The portal's present moment."""
        return dt.datetime.now(dt.UTC) + self._moved

    def guichet(self, *arguments: str, status: int = 0) -> str:
        """The output of a ``guichet`` command of an operator, which ends with ``status``."""
        done = subprocess.run(
            processes.guichet(*arguments),
            env=self.env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == status, f"{done.stdout}\n{done.stderr}"
        return done.stdout

    def run_job(self, name: str) -> None:
        """Have the worker run a periodic job now, rather than at the full hour of the real clock."""
        self.guichet("django", "procrastinate", "defer", name, json.dumps({"timestamp": 0}))


@contextmanager
def running(var: Path, database: str | None, *, host: str = "127.0.0.1", **settings: str) -> Iterator[Portal]:
    """A portal on a free port, all under ``var``; on the server of the URL ``database``, or on its own.

    ``host``: what its visitors call this machine (« localhost »: passkeys want a name).
    """
    var.mkdir(parents=True)
    with ExitStack() as stack:
        mailbox = stack.enter_context(Mailbox())
        port = free_port()
        url = f"http://{host}:{port}"
        env = _environment(var, port, mailbox.port) | {"GUICHET_BASE_URL": url} | settings
        if database:
            own = f"guichet_{var.name}".replace("-", "_")
            env["GUICHET_DATABASE_URL"] = stack.enter_context(_own_database(database, own))
        stack.enter_context(_group(env, var / "portal.log"))
        yield Portal(url=url, var=var, env=env, mailbox=mailbox)


def _environment(var: Path, port: int, smtp: int) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GUICHET_")}
    return clean | {
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
        "GUICHET_DEMO": "1",
        "GUICHET_VAR": str(var),
        "GUICHET_CLOCK_FILE": CLOCK,
        "GUICHET_SMTP_URL": f"smtp://127.0.0.1:{smtp}",
        "GUICHET_TRUSTED_PROXIES": "127.0.0.1",  # so that each visitor comes from an address of their own
    }


@contextmanager
def _own_database(url: str, own: str) -> Iterator[str]:
    name = Identifier(own)
    with psycopg.connect(_named(url, "postgres"), autocommit=True) as server:
        server.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        server.execute(SQL("CREATE DATABASE {}").format(name))
        try:
            yield _named(url, own)
        finally:
            server.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def _named(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


@contextmanager
def _group(env: dict[str, str], log: Path) -> Iterator[None]:
    """``guichet run``, which ends with this process even when that is killed."""
    process = subprocess.Popen(
        processes.guichet("run"), env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    ready = threading.Event()
    reader = threading.Thread(target=_copy, args=(process, log, ready), daemon=True)
    reader.start()
    try:
        assert ready.wait(START_SECONDS), log.read_text()
        assert process.poll() is None, log.read_text()
        yield
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)
        reader.join(STOP_SECONDS)


def _copy(process: subprocess.Popen[Any], log: Path, ready: threading.Event) -> None:
    """Write the output to ``log``; tell when the portal is ready, or over."""
    with log.open("w") as copy:
        for line in process.stdout or ():
            copy.write(line)
            copy.flush()
            if WELCOME in line:
                ready.set()
    ready.set()
