"""Whether this machine can serve: the database answers and has this version's tables, the store takes files,
the seal signs.

Each part is looked at once a second at most, however many ask, in a thread of its own: what hangs is not
ready, and keeps nobody waiting for longer than ``PATIENCE``.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from functools import cache
from typing import Any

import psycopg
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from guichet.files import sounding
from guichet.journal import sealing
from guichet.kernel import clock
from guichet.kernel.refusals import N_

logger = logging.getLogger(__name__)

PATIENCE = 3.0  # seconds
KEPT = 1.0  # seconds that an answer holds
CONNECT_SECONDS = 2
STATEMENT_MILLISECONDS = 2000


class NotReady(Exception):  # noqa: N818 - says what is the case
    """A part answers, and is not as it has to be."""


class Part:
    """One thing that serving needs. ``good`` and ``bad`` tell in words how it is."""

    def __init__(self, look: Callable[[], None], *, label: str, good: str, bad: str) -> None:
        self.label, self.good, self.bad = label, good, bad
        self._look = look
        self._lock = threading.Lock()
        self._finding: Future[bool] | None = None
        self._until = 0.0
        self._was_ready = True

    def begin(self) -> Future[bool]:
        """The look that is under way, the last one where it is fresh, or a new one."""
        with self._lock:
            if self._finding is None or (self._finding.done() and time.monotonic() > self._until):
                self._finding = Future()
                threading.Thread(target=self._run, args=(self._finding,), daemon=True).start()
            return self._finding

    def _run(self, finding: Future[bool]) -> None:
        ready = True
        try:
            self._look()
        except Exception as error:
            ready = False
            if self._was_ready:  # told once, not at every probe
                logger.exception("not ready: %s", type(error).__name__)
        self._was_ready, self._until = ready, time.monotonic() + KEPT
        finding.set_result(ready)


def findings() -> Mapping[str, bool]:
    """Which parts are ready, by their name in ``PARTS``; within ``PATIENCE``."""
    looks = {name: part.begin() for name, part in PARTS.items()}
    wait(looks.values(), timeout=PATIENCE)
    return {name: look.done() and look.result() for name, look in looks.items()}


def _connect() -> psycopg.Connection[Any]:
    """A connection beside the pool, which may be waiting for the very server that is asked about."""
    parameters = _parameters()
    options = f"{parameters.pop('options', '')} -c statement_timeout={STATEMENT_MILLISECONDS}".strip()
    return psycopg.connect(**{**parameters, "connect_timeout": CONNECT_SECONDS, "options": options})


def _parameters() -> dict[str, Any]:
    return dict(connection.get_connection_params())


def _database() -> None:
    with _connect() as database:
        database.execute("SELECT 1")


def _tables() -> None:
    with _connect() as database:
        applied = set(database.execute("SELECT app, name FROM django_migrations").fetchall())
    if missing := len(_migrations() - applied):
        raise NotReady(missing)


@cache
def _migrations() -> frozenset[tuple[str, str]]:
    """This version's; the database may be ahead of it, while a newer one is rolled out."""
    return frozenset(MigrationLoader(None).disk_migrations)


def _seal() -> None:
    key = sealing.signer()
    if key.certificate.not_valid_after_utc < clock.now():
        raise NotReady
    key.sign(b"sonde")


PARTS: Mapping[str, Part] = {
    "database": Part(
        _database, label=N_("base de données"), good=N_("elle répond"), bad=N_("elle ne répond pas")
    ),
    "tables": Part(
        _tables, label=N_("tables"), good=N_("à jour"), bad=N_("pas à jour ou illisibles (guichet migrate)")
    ),
    "store": Part(
        sounding.sound,
        label=N_("fichiers"),
        good=N_("ils peuvent être conservés"),
        bad=N_("ils ne peuvent pas être conservés"),
    ),
    "seal": Part(_seal, label=N_("cachet"), good=N_("il signe"), bad=N_("sa clé manque ou a expiré")),
}
