"""``guichet run``: database, web server and worker as one group that starts, lives and stops together."""

import contextlib
import fcntl
import http.client
import os
import select
import signal
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import TextIO
from urllib.parse import urlsplit

from rich.console import Console

from guichet.cli import postgres, prepare, processes
from guichet.cli.portal import ask_database, choose_settings, close_connections, cluster

READY_SECONDS = 30
PORT_SECONDS = 5  # a portal that was just killed takes a moment to let go of the port
console = Console(highlight=False, soft_wrap=True)


class CannotRun(Exception):  # noqa: N818 - told to the operator as it is
    """The portal can't start here; the message says why and what to do."""


class Supervisor:
    """Keeps the children alive until a signal asks to stop."""

    def __init__(self, children: Sequence[processes.Child]) -> None:
        self.children = children
        self.stopping = False
        self._wake, self._waker = socket.socketpair()
        for end in (self._wake, self._waker):
            end.setblocking(False)

    def listen(self) -> None:
        """Take Ctrl-C, SIGTERM and SIGHUP as the wish to stop; wake up when a child dies."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)

    def look(self) -> None:
        """Start whoever has to be there, and say who died."""
        for child in self.children:
            if news := child.look():
                _warn(news)

    def sleep(self, seconds: float) -> None:
        """Wait for a signal, a child's death or the end of ``seconds``."""
        if select.select([self._wake], [], [], seconds)[0]:
            with contextlib.suppress(BlockingIOError):
                self._wake.recv(512)

    def stop(self) -> None:
        """Stop the children, and wait for them."""
        processes.stop(self.children)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True


def run() -> None:
    """Run everything until Ctrl-C or SIGTERM. Raises ``CannotRun`` and ``PostgresError``."""
    began = time.monotonic()
    choose_settings(owner=True)
    from django.conf import settings

    with ExitStack() as stack:
        stack.enter_context(_only_one(settings.VAR, settings.BASE_URL))
        _port_is_free(settings.LISTEN, settings.PORT)
        server = DatabaseServer()
        stack.callback(server.stop)
        server.look()
        sign_ins = _prepare()
        env = {name: value for name, value in os.environ.items() if name != "GUICHET_AS_OWNER"}
        children = [processes.Child(name, processes.guichet(name), env=env) for name in ("web", "worker")]
        supervisor = Supervisor(children)
        stack.callback(supervisor.stop)
        supervisor.listen()
        supervisor.look()
        if _wait_until_it_answers(
            supervisor, settings.LISTEN, settings.PORT, urlsplit(settings.BASE_URL).netloc
        ):
            _welcome(settings.BASE_URL, sign_ins, time.monotonic() - began)
        while not supervisor.stopping:
            supervisor.sleep(1)
            server.look_again()
            supervisor.look()
        console.print("Arrêt en cours…")
    console.print("Le portail est arrêté.")


class DatabaseServer:
    """The embedded server, where the settings want it: our own, or one that another command has started."""

    def __init__(self) -> None:
        from django.conf import settings

        self.cluster = cluster() if settings.EMBEDDED_POSTGRES else None
        self.own: postgres.Server | None = None
        self.failing = False

    def look(self) -> None:
        """Start the server if none runs any more."""
        if self.cluster is None or (self.own is not None and self.own.poll() is None):
            return
        if not self.cluster.running_pid():
            self.own = postgres.start(self.cluster)

    def look_again(self) -> None:
        """The same under way: where it can't start now (a full disk), say so once and go on trying."""
        try:
            self.look()
        except postgres.PostgresError as error:
            if not self.failing:
                _warn(f"{error}\nNouvel essai chaque seconde.")
            self.failing = True
        else:
            self.failing = False

    def stop(self) -> None:
        """Stop the server if it is our own."""
        if self.own is not None and self.own.poll() is None:
            postgres.stop(self.own)


def _warn(news: str) -> None:
    """Say it, if anybody can be told: the output may be a file on a full disk, or a terminal that is gone."""
    with contextlib.suppress(OSError):
        console.print(news, style="red")


def _prepare() -> list[prepare.SignIn]:
    import django
    from django.conf import settings

    from guichet.cli.checks import refuse_weak_settings

    django.setup()
    if not settings.DEMO:
        refuse_weak_settings()
    ask_database()
    if done := prepare.migrate().names:
        console.print(f"Base de données mise à jour ({len(done)} migrations).")
    sign_ins = prepare.load_demo() if settings.DEMO else []
    close_connections()
    return sign_ins


@contextlib.contextmanager
def _only_one(var: Path, url: str) -> Iterator[None]:
    """Hold the folder for this portal alone."""
    var.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (var / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotRun(_already(lock, var)) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()} {url}")
        lock.flush()
        yield


def _already(lock: TextIO, var: Path) -> str:
    lock.seek(0)
    pid, _, url = lock.read().partition(" ")
    return (
        f"Un portail tourne déjà sur le dossier {var} (processus {pid}, {url}).\n"
        "Arrêtez-le, ou donnez à celui-ci son dossier et son port : GUICHET_VAR=autre PORT=8001 guichet run"
    )


def _port_is_free(address: str, port: int) -> None:
    """Granian shares its port with whoever asks (SO_REUSEPORT), so this asks without sharing."""
    deadline = time.monotonic() + PORT_SECONDS
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    while True:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError as error:
                if time.monotonic() < deadline:
                    time.sleep(0.2)
                    continue
                raise CannotRun(
                    f"Le port {port} est déjà pris ({error.strerror}).\n"
                    "Choisissez-en un autre : PORT=8001 guichet run"
                ) from None
            return


def _wait_until_it_answers(supervisor: Supervisor, address: str, port: int, name: str) -> bool:
    deadline = time.monotonic() + READY_SECONDS
    while not supervisor.stopping and time.monotonic() < deadline:
        if _answers(address, port, name):
            return True
        supervisor.look()
        supervisor.sleep(0.05)
    return False


def _answers(address: str, port: int, name: str) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)  # noqa: S104 - asked, not bound
    connection = http.client.HTTPConnection(host, port, timeout=READY_SECONDS)
    try:
        connection.request("HEAD", "/", headers={"Host": name})
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def _welcome(url: str, sign_ins: Sequence[prepare.SignIn], seconds: float) -> None:
    ready = f"{seconds:.1f}".replace(".", ",")
    console.print(f"\n[bold]Le portail vous attend sur {url}[/bold] (prêt en {ready} s)")
    for sign_in in sign_ins:
        console.print(f"  {sign_in.label} : {sign_in.url}")
        password = f", mot de passe [bold]{sign_in.password}[/bold]" if sign_in.password else ""
        console.print(f"    identifiant {sign_in.identifier}{password}")
    if sign_ins:
        from django.urls import reverse

        console.print(f"  Les messages envoyés par le portail : {url}{reverse('demo:mailbox')}")
    console.print("Ctrl-C arrête tout ; les données restent en place.\n", style="dim")
