"""Node after node gets this release while people file: nothing acknowledged is lost, nobody meets a fault.

Two web nodes and a worker of the former release stand behind nginx with the howto's file. People file; the
tables are migrated, then each node is stopped and started with this release: docs/howto/upgrade.md.
"""

import datetime as dt
import os
import re
import signal
import ssl
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.config import production
from tests.conftest import RUN
from tests.object_store import object_store
from tests.operation import portal, test_nginx
from tests.parcours.mailbox import Mailbox
from tests.parcours.register import SIRENS
from tests.smtp import free_port
from tests.teleprocedures.filer import a_pdf
from tests.upgrade import previous

PEOPLE = 2
AT_LEAST = 2  # filings of each between two steps
BREATH = 0.5  # seconds between two filings of one person: nginx lets 20 requests a second through
PATIENCE = 180  # seconds that a busy machine may take between two steps
STYLES = re.compile(r'href="(/static/[^"]+\.css)"')

pytestmark = [
    pytest.mark.skipif(
        not previous.is_known(), reason="the history of this checkout does not reach the former release"
    ),
    pytest.mark.skipif(
        not test_nginx.NGINX.exists(), reason=f"{test_nginx.NGINX} is missing (apt-get install nginx)"
    ),
]


@dataclass
class Seen:
    """What people met: answers by status, faults, and the filings that were acknowledged."""

    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    filed: list[str] = field(default_factory=list)


class Person(portal.Browser):
    """Somebody who files one year after the other, and writes down every answer."""

    seen: Seen

    def _send(
        self, method: str, path: str, headers: dict[str, str] | None = None, **more: object
    ) -> httpx.Response:
        try:
            answer = super()._send(method, path, headers, **more)
        except httpx.HTTPError as error:
            self.seen.faults.append(f"{method} {path}: {error!r}")
            raise
        self.seen.statuses[answer.status_code] += 1
        if answer.status_code >= 400:
            self.seen.faults.append(f"{method} {path}: {answer.status_code} {answer.text[:600]}")
        return answer

    def file(self, closing: str) -> None:
        """From the first question to the acknowledgement, with every style sheet on the way."""
        documents = self.begin_filing(closing)
        self.post(documents.url.path, {}, a_pdf())
        check = self.get(documents.url.path.removesuffix("documents/"))
        sheets = STYLES.findall(check.text)
        assert sheets
        for sheet in sheets:
            self.get(sheet)
        filed = self.post(check.url.path, {"accepted_terms": "on"})
        assert "/depots/" in filed.url.path, filed.text
        self.seen.filed.append(filed.url.path.rstrip("/").rpartition("/")[2])


@dataclass
class Nodes:
    """``envs``: of the two web nodes and the worker; ``former``: where the former release's files are."""

    folder: Path
    former: Path
    envs: list[dict[str, str]]
    post: Mailbox
    database: str
    stack: ExitStack
    running: dict[int, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def start(self, number: int, *, former: bool) -> None:
        env = dict(self.envs[number])
        if former:
            env["PYTHONPATH"] = str(self.former / "src")
        command = "worker" if number == len(self.envs) - 1 else "web"
        log = self.folder / f"{number}-{'former' if former else 'new'}.log"
        self.running[number] = self.stack.enter_context(portal.running(env, log, command))
        if command == "web":
            _wait_for(f"http://127.0.0.1:{env['PORT']}", log)

    def replace(self, number: int) -> None:
        """Take the node away from nginx, ask it to stop, start this release in its place, give it back."""
        server = f"server 127.0.0.1:{self.envs[number]['PORT']}"
        self._tell_nginx(f"{server};", f"{server} down;")
        self.replace_unseen(number)
        self._tell_nginx(f"{server} down;", f"{server};")

    def _tell_nginx(self, before: str, after: str) -> None:
        """« nginx -s reload », and until its former processes have ended what was under way."""
        site = self.folder / "site.conf"
        site.write_text(site.read_text().replace(before, after))
        master = int((self.folder / "nginx.pid").read_text())
        former = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        os.kill(master, signal.SIGHUP)
        deadline, pause = time.monotonic() + PATIENCE, threading.Event()
        while any(Path(f"/proc/{pid}").exists() for pid in former):
            assert time.monotonic() < deadline
            pause.wait(0.1)

    def replace_unseen(self, number: int) -> None:
        """Ask the node to stop, wait until what it does is done, and start this release in its place."""
        self.running[number].terminate()
        self.running[number].wait(portal.STOP_SECONDS)
        self.start(number, former=False)

    def sql(self, statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.database) as connection:
            return connection.execute(statement).fetchall()


def _wait_for(url: str, log: Path, trusted: ssl.SSLContext | bool = True) -> None:
    """Until the node answers at all: the former release has no page that says whether it is ready."""
    deadline, pause = time.monotonic() + portal.START_SECONDS, threading.Event()
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{url}/", timeout=10, verify=trusted)
        except httpx.HTTPError:
            pause.wait(0.2)
        else:
            return
    raise AssertionError(log.read_text()[-3000:])


@pytest.fixture
def nodes() -> Iterator[tuple[Nodes, ssl.SSLContext, str]]:
    """The former release, at work behind nginx."""
    folder = RUN / f"rolling-{os.getpid()}"
    folder.mkdir()
    ports = [free_port() for _ in range(5)]
    base_url = f"https://127.0.0.1:{ports[3]}"
    with ExitStack() as stack:
        post = stack.enter_context(Mailbox())
        database = stack.enter_context(portal.own_database("rolling"))
        production.make_seal(folder / "seal")
        common = stack.enter_context(object_store()) | {
            "SEAL_DIR": str(folder / "seal"),
            "SECRET_KEY": "k" + "abcdefghijklmnopqrstuvwxyz0123456789" * 2,
            "WEB_PROCESSES": "1",
        }
        envs = [
            portal.environment(
                folder / str(number),
                port=port,
                base_url=base_url,
                database=database,
                smtp=post.port,
                **common,
            )
            for number, port in enumerate(ports[:3])
        ]
        for env in envs:
            Path(env["GUICHET_VAR"]).mkdir(mode=0o700, parents=True)
        made = Nodes(folder, previous.unpack(folder / "former", "src"), envs, post, database, stack)
        portal.run({**envs[0], "PYTHONPATH": str(made.former / "src")}, "migrate")
        for number in range(3):
            made.start(number, former=True)
        certificate = test_nginx.self_signed(folder)
        front: dict[str, int | str] = {
            "http": ports[4],
            "https": ports[3],
            "portal": f"{ports[0]}; server 127.0.0.1:{ports[1]}",
        }
        stack.enter_context(test_nginx.nginx(folder, front, certificate))
        trusted = ssl.create_default_context(cafile=certificate)
        _wait_for(base_url, folder / "nginx-error.log", trusted)
        yield made, trusted, base_url


@contextmanager
def filing(people: list[Person]) -> Iterator[None]:
    """They file all the while."""
    stop = threading.Event()

    def go_on(person: Person) -> None:
        day = dt.date(2025, 12, 31)
        while not stop.is_set():
            try:
                person.file(day.strftime("%d/%m/%Y"))
            except Exception as failure:
                person.seen.faults.append(repr(failure)[:600])
                return
            day -= dt.timedelta(days=1)
            stop.wait(BREATH)

    threads = [threading.Thread(target=go_on, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def more(people: list[Person]) -> None:
    """Return once each of them has filed some more."""
    wanted = [len(person.seen.filed) + AT_LEAST for person in people]
    deadline, pause = time.monotonic() + PATIENCE, threading.Event()
    while any(len(person.seen.filed) < number for person, number in zip(people, wanted, strict=True)):
        assert not [person.seen.faults for person in people if person.seen.faults]
        assert time.monotonic() < deadline
        pause.wait(0.2)


def test_people_file_while_node_after_node_gets_this_release(
    nodes: tuple[Nodes, ssl.SSLContext, str],
) -> None:
    made, trusted, base_url = nodes
    people = []
    for number in range(PEOPLE):
        # A browser sends again what meets a connection that nginx has just closed; httpx does not.
        fresh = httpx.Limits(max_keepalive_connections=0)
        line = httpx.HTTPTransport(verify=trusted, local_address=f"127.0.0.{number + 2}", limits=fresh)
        client = made.stack.enter_context(httpx.Client(transport=line, timeout=60))
        person = Person(client, base_url, base_url.removeprefix("https://"))
        person.seen = Seen()
        email = f"tresorier-{number}@lavoir.example"
        person.sign_in(SIRENS[number], person.register(SIRENS[number], email, made.post))
        people.append(person)

    with filing(people):
        more(people)
        portal.run(made.envs[0], "migrate")
        more(people)  # the former release, on the new tables
        made.replace(0)
        more(people)  # both releases at once
        made.replace(1)
        made.replace_unseen(2)  # the worker
        more(people)

    assert [fault for person in people for fault in person.seen.faults] == []
    acknowledged = {identity for person in people for identity in person.seen.filed}
    kept = {str(row[0]) for row in made.sql("SELECT id FROM depots_depot WHERE state = 'a_confirmer'")}
    assert acknowledged <= kept
    assert len(acknowledged) >= PEOPLE * AT_LEAST * 4
    _every_message_left(made)
    assert "tous intacts" in portal.run(made.envs[0], "files", "verify")
    portal.run(made.envs[0], "journal", "seal")
    assert "Le journal est intact" in portal.run(made.envs[0], "journal", "verify")


def _every_message_left(made: Nodes) -> None:
    """The jobs of the former release are done, by whichever worker."""
    deadline, pause = time.monotonic() + PATIENCE, threading.Event()
    waiting = "SELECT count(*) FROM courriers_courrier WHERE status <> 'sent'"
    while made.sql(waiting) != [(0,)]:
        assert time.monotonic() < deadline, made.sql(
            "SELECT status, template, count(*) FROM courriers_courrier GROUP BY 1, 2"
        )
        pause.wait(0.5)
