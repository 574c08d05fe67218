"""The two kinds of process that a portal is made of: the web server and the worker."""

import atexit
import hashlib
import os
import resource
import shutil
from pathlib import Path
from typing import Any

from guichet.cli import job_log

HEADER_SECONDS = 10  # until a request's headers are there, or a connection that is kept open says something
BACKLOG = 2_048  # connections that nobody has taken up yet
FILES = 1_024  # of a process, other than its connections
SHARED = Path("/dev/shm")  # noqa: S108 - what is made there is ours alone
OWNER = "owner"  # the file that holds the process id of whoever counts in a folder
STOP_SECONDS = 10  # what is under way may take that long at a stop


def count_together() -> None:
    """Have the processes of ``web`` count their requests in one folder, so that any of them tells all.

    They count in memory that they share as files: were it on a disk, a full one would kill whoever counts
    (SIGBUS). So the folder is of /dev/shm, where there is one; a killed portal's is cleared.
    """
    from django.conf import settings

    name = hashlib.sha256(f"{settings.VAR} {settings.PORT}".encode()).hexdigest()[:12]
    folder = (SHARED if os.access(SHARED, os.W_OK) else settings.VAR) / f"guichet-{os.getuid()}-{name}"
    for old in folder.parent.glob(f"guichet-{os.getuid()}-*"):
        if old == folder or _is_left(old):
            shutil.rmtree(old, ignore_errors=True)
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError:  # somebody else's: each process tells its own
        return
    (folder / OWNER).write_text(str(os.getpid()))
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    atexit.register(_clear, folder, os.getpid())


def _is_left(folder: Path) -> bool:
    """Whether the portal that counted there is gone."""
    try:
        return not Path("/proc", (folder / OWNER).read_text()).exists()
    except OSError:  # it is just beginning, or cleared meanwhile
        return False


def _clear(folder: Path, owner: int) -> None:
    if os.getpid() == owner:  # a fork is not at its end when its own work is
        shutil.rmtree(folder, ignore_errors=True)


def web() -> None:
    """Serve the pages until SIGTERM: granian, WSGI, one process a core by default (ADR 0005)."""
    from django.conf import settings
    from granian.constants import Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels
    from granian.server import MPServer

    _allow_files(settings.WEB_CONNECTIONS)
    os.environ["GUICHET_DIE_WITH_PARENT"] = "1"  # its processes end with it, even if it is killed
    server: Any = MPServer(
        "guichet.config.wsgi:application",
        address=settings.LISTEN,
        port=settings.PORT,
        interface=Interfaces.WSGI,
        workers=settings.WEB_PROCESSES,
        blocking_threads=settings.WEB_THREADS,
        backlog=BACKLOG,
        backpressure=settings.WEB_CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_SECONDS * 1000),
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        respawn_interval=0,
        workers_kill_timeout=STOP_SECONDS,
        log_dictconfig={
            "formatters": dict.fromkeys(("generic", "access"), settings.LOGGING["formatters"]["ours"])
        },
    )
    server.serve()


def worker() -> None:
    """Run the jobs until SIGTERM, several at a time, and the calendar of the periodic ones."""
    from procrastinate.contrib.django import app

    with app.replace_connector(worker_connector(app.connector)) as ready:
        ready.run_worker(worker_middleware=[job_log.observed])


def worker_connector(django: Any) -> Any:
    """The worker's own connector, but for what a job enqueues: that belongs to the job's transaction.

    Else a message written by a job would be looked for before it is there, and after a rollback as well.
    """
    found = django.get_worker_connector()
    found.get_sync_connector = lambda: django
    return found


def _allow_files(connections: int) -> None:
    """A connection is an open file, of which many systems allow 1,024 unless more are asked for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + FILES if hard == resource.RLIM_INFINITY else min(connections + FILES, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
