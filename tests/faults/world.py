"""The portal under fire: all that ``guichet run`` starts, its disk, its mail server, its store, and the ways
to break each of them."""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import boto3
import httpx
import psycopg

from guichet.cli import postgres, processes
from guichet.config import env as portal_env
from tests.faults.disk import Disk, disk
from tests.faults.post import Post
from tests.faults.wire import Mode, Wire
from tests.smtp import free_port

START_SECONDS, STOP_SECONDS = 120, 40
MEGABYTES = 1500  # of the disk: PostgreSQL's own files, its WAL, a run's contents, and room to spare
# With nothing broken any more, a job takes a fraction of a second.
_TIME_PASSES = (
    "UPDATE procrastinate_jobs SET scheduled_at = now() WHERE scheduled_at > now()",
    "UPDATE procrastinate_jobs j SET worker_id = NULL WHERE status = 'doing' AND NOT EXISTS"
    " (SELECT FROM procrastinate_events e WHERE e.job_id = j.id AND e.at > now() - interval '3 s')",
    "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES"
    """ ('default', 'jobs.rescue', '{"timestamp": 0}')""",
)
BUCKET, REGION, KEY = "depots", "eu-west-3", "fictif"


@dataclass
class World:
    """``env`` is what the portal's processes, and the commands beside them, read."""

    url: str
    var: Path
    env: dict[str, str]
    post: Post
    mail_wire: Wire
    store_wire: Wire | None
    disk: Disk | None
    endpoint: str
    leader: "subprocess.Popen[bytes] | None" = None
    ended: list[str] = field(default_factory=list)  # what the leader said of itself where it ended unasked
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def cluster(self) -> postgres.Cluster:
        """The portal's own database server."""
        return postgres.Cluster(self.var, portal_env.socket_dir(self.var))

    @contextmanager
    def database(self) -> Iterator["psycopg.Connection[Any]"]:
        """A connection as the tables' owner, behind the portal's back."""
        with psycopg.connect(self.cluster.url(postgres.OWNER), autocommit=True) as connection:
            yield connection

    def start(self) -> None:
        """Start the portal, and return without waiting for it."""
        with (self.var.parent / "portal.log").open("ab") as log:
            self.leader = subprocess.Popen(processes.guichet("run"), env=self.env, stdout=log, stderr=log)

    def watch(self) -> None:
        """What systemd does (``Restart=always``): start the portal again where its leader is gone."""
        with self._lock:
            if self.leader is not None and self.leader.poll() is not None:
                if self.leader.returncode != -signal.SIGKILL:
                    self.ended.append(f"guichet run ended with status {self.leader.returncode}")
                self.start()

    def stop(self) -> None:
        """Stop the portal as an operator does."""
        with self._lock:
            leader, self.leader = self.leader, None
        if leader is not None:
            leader.terminate()
            leader.wait(STOP_SECONDS)

    def wait_until_it_answers(self, seconds: float = START_SECONDS) -> float:
        """How long it took until the sign-in page, which asks the database, came."""
        began = time.monotonic()
        while time.monotonic() < began + seconds:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self.url}/association/connexion/", timeout=5).status_code == 200:
                    return time.monotonic() - began
            time.sleep(0.1)
        raise AssertionError(f"no page for {seconds} s:\n{self.log()[-3000:]}")

    def guichet(self, *arguments: str) -> tuple[int, str]:
        """Exit status and output of a command of an operator."""
        done = subprocess.run(
            processes.guichet(*arguments),
            env=self.env,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def log(self) -> str:
        """What the portal said."""
        return (self.var.parent / "portal.log").read_text(errors="replace")

    def bucket(self) -> Any:
        """The bucket, past the wire."""
        service: Any = boto3.resource(
            "s3",
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=KEY,
            aws_secret_access_key=KEY,
        )
        return service.Bucket(BUCKET)

    def kill(self, what: str, chance: random.Random) -> bool:
        """SIGKILL one process of a kind; whether there was one at that moment."""
        found = sorted(self._victims(what))
        if not found:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(chance.choice(found), signal.SIGKILL)
            return True
        return False

    def _victims(self, what: str) -> list[int]:
        if what == "all":
            return [self.leader.pid] if self.leader and self.leader.poll() is None else []
        if what == "postgres":
            return [pid] if (pid := self.cluster.running_pid()) else []
        family = self._family()
        if what == "session":
            return [pid for pid, (parent, _) in family.items() if parent == self.cluster.running_pid()]
        web = {pid for pid, (_, command) in family.items() if command.endswith("\0web")}
        if what == "web":
            return list(web)
        if what == "worker":
            return [pid for pid, (_, command) in family.items() if command.endswith("\0worker")]
        serving = {pid for pid, (parent, _) in family.items() if parent in web}
        if what == "web_process":
            return list(serving)
        return [pid for pid, (parent, _) in family.items() if parent in serving]  # the checks' zygotes

    def _family(self) -> dict[int, tuple[int, str]]:
        """Every descendant of the leader: its parent and its command."""
        everybody: dict[int, tuple[int, str]] = {}
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                command = (entry / "cmdline").read_bytes().rstrip(b"\0").decode(errors="replace")
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                everybody[int(entry.name)] = (parent, command)
        ours = {self.leader.pid} if self.leader else set()
        while more := {pid for pid, (parent, _) in everybody.items() if parent in ours} - ours:
            ours |= more
        return {pid: everybody[pid] for pid in ours if pid in everybody}

    def break_(self, kind: str, chance: random.Random) -> Callable[[], object] | None:
        """Begin the fault ``kind``; gives what ends it, or ``None`` where it could not be had."""
        subject, _, how = kind.partition(".")
        if subject == "kill":
            return (lambda: None) if self.kill(how, chance) else None
        if subject == "disk":
            if self.disk is None:
                return None
            self.disk.fill()
            return self.disk.free
        wire = self.mail_wire if subject == "smtp" else self.store_wire
        if wire is None:
            return None
        how = {"absent": "refuse"}.get(how, how)
        if how in get_args(Mode):
            wire.switch(how)  # type: ignore[arg-type] # just asked
            return lambda: wire.switch("pass")
        self.post.mode = how
        return lambda: setattr(self.post, "mode", "")

    def heal(self) -> None:
        """Everything as it should be; the portal's processes mend themselves."""
        self.mail_wire.switch("pass")
        self.post.mode = ""
        if self.store_wire:
            self.store_wire.switch("pass")
        if self.disk:
            self.disk.free()

    def let_time_pass(self) -> None:
        """What waits for its hour is due now, jobs under way for seconds lost their worker, a rescue comes.

        The outbox waits up to a day between two attempts, and a rescue for a minute: no run lasts that long.
        """
        with self.database() as connection:
            for statement in _TIME_PASSES:
                connection.execute(statement.encode())


@contextmanager
def world(folder: Path, store: str) -> Iterator[World]:
    """A portal that runs in ``folder``, its contents in a folder (« local ») or in a bucket (« s3 »)."""
    with ExitStack() as stack:
        small = stack.enter_context(disk(folder / "disk", MEGABYTES))
        post = stack.enter_context(Post())
        mail_wire = stack.enter_context(Wire(post.port))
        endpoint, store_wire = "", None
        if store == "s3":
            port = stack.enter_context(_object_store(folder))
            endpoint = f"http://127.0.0.1:{port}"
            store_wire = stack.enter_context(Wire(port))
        port = free_port()
        var = folder / "disk" / "var"
        var.mkdir()
        found = World(
            url=f"http://127.0.0.1:{port}",
            var=var,
            env=_environment(var, port, mail_wire.port, store_wire.port if store_wire else 0),
            post=post,
            mail_wire=mail_wire,
            store_wire=store_wire,
            disk=small,
            endpoint=endpoint,
        )
        if store == "s3":
            found.bucket().create(CreateBucketConfiguration={"LocationConstraint": REGION})
        stack.callback(shutil.rmtree, found.cluster.socket, ignore_errors=True)
        stack.callback(found.stop)
        found.start()
        found.wait_until_it_answers()
        yield found


def _environment(var: Path, port: int, smtp: int, store: int) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GUICHET_")}
    found = clean | {
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
        "GUICHET_DEMO": "1",
        "GUICHET_DEMO_FILINGS": "0",  # nobody files but the filers
        "GUICHET_VAR": str(var),
        "GUICHET_SMTP_URL": f"smtp://127.0.0.1:{smtp}",
        "GUICHET_TRUSTED_PROXIES": "127.0.0.1",  # so that each filer comes from an address of their own
    }
    if store:
        found |= {
            "GUICHET_STORE_URL": f"s3://{BUCKET}?endpoint=http://127.0.0.1:{store}&region={REGION}",
            "GUICHET_STORE_ACCESS_KEY": KEY,
            "GUICHET_STORE_SECRET_KEY": KEY,
        }
    return found


@contextmanager
def _object_store(folder: Path) -> Iterator[int]:
    port = free_port()
    with (folder / "store.log").open("wb") as log:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            _wait_for(port)
            yield port
        finally:
            process.kill()
            process.wait()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.HTTPError):
            httpx.get(f"http://127.0.0.1:{port}/", timeout=5)
            return
        time.sleep(0.1)
    raise AssertionError("the object store does not start")
