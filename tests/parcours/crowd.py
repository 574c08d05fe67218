"""Crowds at the real server's door: slow lines, floods, and somebody who only wants a page meanwhile."""

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

TOKEN = "a" * 32  # of the CSRF cookie and of the form: whoever holds the one may send the other
ANSWER_SECONDS = 5  # while lines held all threads, nobody had an answer as long as they stood
SIGN_IN = "/association/connexion/"


@dataclass(frozen=True)
class Drop:
    """A slow line: it says ``first``, then a byte of ``each`` a second, or takes one where there is none."""

    first: bytes
    each: bytes = b"a"


def slow_body(host: str, address: str) -> Drop:
    """Somebody at ``address`` who sends a form of 100,000 bytes."""
    head = f"POST {SIGN_IN} HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-For: {address}\r\n"
    form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\n"
    return Drop(f"{head}Cookie: csrftoken={TOKEN}\r\n{form}".encode())


def slow_head(host: str, address: str) -> Drop:
    """Somebody whose headers never end."""
    return Drop(f"GET / HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-For: {address}\r\nX-Slow: ".encode())


def slow_reader(host: str, path: str) -> Drop:
    """Somebody who reads what is at ``path`` a byte a second."""
    return Drop(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode(), each=b"")


@contextmanager
def slow_lines(url: str, drops: list[Drop]) -> Iterator[None]:
    """Keep all of ``drops`` at it for the length of the block."""
    address, over = urlsplit(url), threading.Event()
    with ExitStack() as stack:
        lines = []
        for drop in drops:
            line = stack.enter_context(socket.socket())
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)  # else the system reads for us
            line.connect((address.hostname or "", address.port or 0))
            line.sendall(drop.first)
            line.setblocking(False)
            lines.append((line, drop))
        dripping = threading.Thread(target=_drip, args=(lines, over))
        dripping.start()
        try:
            yield
        finally:
            over.set()
            dripping.join()


def _drip(lines: list[tuple[socket.socket, Drop]], over: threading.Event) -> None:
    while not over.wait(1):
        for line, drop in lines:
            try:
                line.send(drop.each) if drop.each else line.recv(1)
            except OSError:  # closed by the portal, or nothing to read yet
                continue


@dataclass(frozen=True)
class Told:
    """An answer, no-break spaces taken for spaces."""

    status: int
    wait: str
    text: str


def sign_in(url: str, identifier: str, password: str, address: str, seconds: float = 60) -> Told:
    """Send the form of signing in from ``address``; a crowd of better clients would take all cores."""
    form = urlencode({"identifier": identifier, "password": password, "csrfmiddlewaretoken": TOKEN})
    headers = {
        "Cookie": f"csrftoken={TOKEN}",
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Forwarded-For": address,
    }
    return _ask(url, "POST", SIGN_IN, seconds, form, headers)


def page(url: str, path: str) -> Told:
    """The page at ``path``, as somebody else asks for it."""
    return _ask(url, "GET", path, ANSWER_SECONDS, None, {"X-Forwarded-For": "203.0.113.200"})


def _ask(
    url: str, method: str, path: str, seconds: float, body: str | None, headers: Mapping[str, str]
) -> Told:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=seconds)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode().replace("\u00a0", " ")
        return Told(answer.status, answer.getheader("Retry-After", ""), text)
    finally:
        connection.close()


def at_once(count: int, ask: Callable[[int], Told]) -> list[Told]:
    """The answers of ``count`` people who ask together."""
    with ThreadPoolExecutor(count) as crowd:
        return list(crowd.map(ask, range(count)))


def p95(url: str, pages: Mapping[str, int], rounds: int = 20) -> float:
    """The time (seconds) below which 95 % of ``pages`` come, each with its status."""
    timings = []
    for _ in range(rounds):
        for path, status in pages.items():
            began = time.perf_counter()
            answer = page(url, path)
            timings.append(time.perf_counter() - began)
            assert answer.status == status, path
    return sorted(timings)[int(0.95 * len(timings))]
