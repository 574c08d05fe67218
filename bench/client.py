"""The other side of the wire, in a process of its own: ``python -m bench.client``, which takes orders.

Each order is one line of JSON: ``port``, ``clients`` and ``tasks``; a task is a list of requests that follow
each other on one connection, which is kept open. Each is answered by one line: ``seconds`` until the last
task was done, its own ``cpu`` and, for each task, the seconds of its requests. An answer with another status
than what its request expects ends the process.
"""

import base64
import http.client
import json
import queue
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass

TIMEOUT = 60


@dataclass(frozen=True)
class Request:
    """``body`` in base64, as JSON holds no bytes; ``location``: a part of the answer’s ``Location``."""

    method: str
    path: str
    cookie: str = ""
    body: str = ""
    content_type: str = ""
    status: int = 200
    location: str = ""

    @classmethod
    def form(cls, path: str, form: str, *, cookie: str, location: str) -> "Request":
        """A form that is sent, ``form`` as a browser encodes it, and leads on to ``location``."""
        body = base64.b64encode(form.encode()).decode()
        return cls("POST", path, cookie, body, "application/x-www-form-urlencoded", 302, location)


@dataclass(frozen=True)
class Answer:
    """``timings``: for each task, in the order in which they ended, the seconds of each of its requests."""

    seconds: float
    cpu: float
    timings: list[list[float]]


class Crowd:
    """Clients that work off tasks together."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def send(self, port: int, clients: int, tasks: Sequence[Sequence[Request]]) -> Answer:
        """Have ``clients`` do ``tasks``. Raises ``RuntimeError`` where an answer is not the expected one."""
        order = {"port": port, "clients": clients, "tasks": [[asdict(one) for one in task] for task in tasks]}
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the client has no pipes")
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the client gave up: see its message above")
        return Answer(**json.loads(line))


@contextmanager
def crowd() -> Iterator[Crowd]:
    """The client's process, for the length of the block."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.client"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Crowd(process)
        finally:
            process.kill()


@dataclass(frozen=True)
class _Ready:
    request: Request
    body: bytes
    headers: dict[str, str]


def _ready(request: Request) -> _Ready:
    headers = {"Cookie": request.cookie, "Content-Type": request.content_type}
    sent = {name: value for name, value in headers.items() if value}
    return _Ready(request, base64.b64decode(request.body), sent)


def _ask(connection: http.client.HTTPConnection, ready: _Ready) -> float:
    request = ready.request
    began = time.perf_counter()
    connection.request(request.method, request.path, ready.body or None, ready.headers)
    response = connection.getresponse()
    response.read()
    seconds = time.perf_counter() - began
    if response.status != request.status or request.location not in response.getheader("Location", ""):
        told = f"{request.method} {request.path}: {response.status} {response.getheader('Location')}"
        raise RuntimeError(told)
    return seconds


def _work(port: int, tasks: "queue.SimpleQueue[list[_Ready]]", timings: list[list[float]]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    while True:
        try:
            task = tasks.get_nowait()
        except queue.Empty:
            return
        try:
            timings.append([_ask(connection, ready) for ready in task])
        except (RuntimeError, OSError, http.client.HTTPException) as error:
            print(error, file=sys.stderr)
            return


def _obey(port: int, clients: int, tasks: list[list[dict[str, str]]]) -> Answer:
    waiting: queue.SimpleQueue[list[_Ready]] = queue.SimpleQueue()
    for task in tasks:
        waiting.put([_ready(Request(**request)) for request in task])  # type: ignore[arg-type] # from JSON
    timings: list[list[float]] = []
    threads = [threading.Thread(target=_work, args=(port, waiting, timings)) for _ in range(clients)]
    began, cpu = time.perf_counter(), _cpu()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(timings) < len(tasks):
        sys.exit("an answer was not the expected one")
    return Answer(time.perf_counter() - began, _cpu() - cpu, timings)


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(asdict(_obey(**json.loads(line)))), flush=True)
