"""Portals with production settings, and somebody in front of them who comes through whichever node."""

import contextlib
import os
import re
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
import psycopg
from psycopg.sql import SQL, Identifier

from guichet.cli import processes
from tests.config import production
from tests.parcours.mailbox import Mailbox

START_SECONDS, STOP_SECONDS = 120, 40
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
PROXIED = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.7"}


@contextmanager
def own_database(name: str) -> Iterator[str]:
    """An empty database on the tests' server; its URL."""
    url = os.environ["GUICHET_DATABASE_URL"]
    own = f"guichet_{name}_{os.getpid()}"
    with psycopg.connect(_named(url, "postgres"), autocommit=True) as server:
        server.execute(SQL("CREATE DATABASE {}").format(Identifier(own)))
        try:
            yield _named(url, own)
        finally:
            server.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(own)))


def _named(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def environment(
    folder: Path, *, port: int, base_url: str, database: str, smtp: int, **more: str
) -> dict[str, str]:
    """What a node reads; each has a folder of its own, and ``more`` in common with the others."""
    return production.environment(folder) | {
        "PORT": str(port),
        "TMPDIR": os.environ["TMPDIR"],
        "GUICHET_BASE_URL": base_url,
        "GUICHET_HOSTS": urlsplit(base_url).hostname or "",
        "GUICHET_DATABASE_URL": database,
        "GUICHET_SMTP_URL": f"smtp://127.0.0.1:{smtp}",
        **{f"GUICHET_{name}": value for name, value in more.items()},
    }


@contextmanager
def running(env: dict[str, str], log: Path, *command: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A ``guichet`` process for the length of the block."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            processes.guichet(*command), env=env, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        process.wait(STOP_SECONDS)


def run(env: dict[str, str], *command: str) -> str:
    """What a ``guichet`` command says; it succeeds."""
    done = subprocess.run(
        processes.guichet(*command),
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=START_SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def wait_until_ready(url: str, log: Path) -> None:
    """Return once the node at ``url`` says so."""
    deadline, pause, said = time.monotonic() + START_SECONDS, threading.Event(), ""
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.HTTPError):
            answer = httpx.get(f"{url}/readyz", timeout=10)
            if answer.status_code == 200:
                return
            said = answer.text
        pause.wait(0.2)
    raise AssertionError(f"{url} is not ready:\n{said}\n{log.read_text()[-3000:]}")


class Browser:
    """A browser that keeps its cookies, whatever node its next request goes to."""

    def __init__(
        self, client: httpx.Client, url: str, host: str, headers: dict[str, str] | None = None
    ) -> None:
        self.client, self.url, self.host, self.headers = client, url, host, headers or {}
        self.cookies: dict[str, str] = {}
        self.set_cookies: list[str] = []

    def get(self, path: str, **headers: str) -> httpx.Response:
        """The page at ``path``, wherever it leads on to."""
        return self._onwards(self._send("GET", path, headers=headers))

    def post(self, path: str, data: dict[str, str], content: bytes = b"") -> httpx.Response:
        """What follows the form at ``path``, sent as the page would."""
        token = next((value for name, value in self.cookies.items() if name.endswith("csrftoken")), "")
        files = {"upload": ("comptes.pdf", content, "application/pdf")} if content else None
        data = {"csrfmiddlewaretoken": token} | data
        return self._onwards(self._send("POST", path, data=data, files=files))

    def _send(
        self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any
    ) -> httpx.Response:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {
            **self.headers,
            "Host": self.host,
            "Cookie": cookies,
            "Referer": f"https://{self.host}{path}",
            **(headers or {}),
        }
        answer = self.client.request(method, f"{self.url}{path}", headers=sent, **more)
        for header in answer.headers.get_list("set-cookie"):
            self.set_cookies.append(header)
            for name, morsel in SimpleCookie(header).items():
                self.cookies[name] = morsel.value
        self.client.cookies.clear()
        return answer

    def _onwards(self, answer: httpx.Response) -> httpx.Response:
        while answer.status_code in (302, 303):
            parts = urlsplit(answer.headers["Location"])
            answer = self._send("GET", parts.path + (f"?{parts.query}" if parts.query else ""))
        return answer

    def register(self, siren: str, email: str, post: Mailbox) -> str:
        """Open an account; the password that came."""
        here = f"/association/inscription/{siren}/"
        self.get(f"{here}coordonnees/")
        details = {"contact": "Camille Exemple", "phone": "01 99 00 12 34", "address": "1 place du Marché"}
        details |= {"postcode": "75011", "city": "Paris", "name": "Les Amis du Lavoir"}
        details |= {"email": email, "email_again": email}
        assert self.post(f"{here}coordonnees/", details).status_code == 200
        assert self.post(f"{here}verification/", {}).status_code == 200
        mail = post.expect(email, "votre compte")
        assert self.get(urlsplit(mail.link).path).status_code == 200
        return mail.password

    def sign_in(self, siren: str, password: str) -> None:
        """Come in."""
        self.get("/association/connexion/")
        page = self.post("/association/connexion/", {"identifier": siren, "password": password})
        assert page.status_code == 200, page.text
        assert not page.url.path.startswith("/association/connexion"), page.text

    def begin_filing(self, closing: str) -> httpx.Response:
        """A draft that is ready for its document; the page that asks for it."""
        start = "/association/comptes-annuels/"
        self.get(start)
        page = self.post(start, {})
        page = self.post(page.url.path, {"date_cloture": closing, "nature": "initial"})
        kept = {name: unescape(value) for name, value in HIDDEN.findall(page.text)}
        kept.pop("csrfmiddlewaretoken", None)
        return self.post(page.url.path, kept)
