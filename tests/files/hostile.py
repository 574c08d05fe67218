"""Tasks for a zygote of the tests: what a stranger's file might make a child do."""

import encodings.idna  # noqa: F401 - loaded before there are no files to load from
import json
import os
import signal
import socket
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

Arguments = dict[str, object]


def echo(arguments: Arguments, files: Sequence[int]) -> Iterable[bytes]:
    yield json.dumps([arguments, [os.pread(file, 100, 0).decode() for file in files]]).encode()


def hang(_: Arguments, __: Sequence[int]) -> Iterable[bytes]:
    time.sleep(3600)
    yield b"late"


def hang_deaf(_: Arguments, __: Sequence[int]) -> Iterable[bytes]:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGXCPU):
        signal.signal(number, signal.SIG_IGN)
    while True:
        pass


def eat(_: Arguments, __: Sequence[int]) -> Iterable[bytes]:
    yield bytes(8 << 30)


def crash(_: Arguments, __: Sequence[int]) -> Iterable[bytes]:
    os.kill(os.getpid(), signal.SIGSEGV)
    yield b""


def fail(_: Arguments, __: Sequence[int]) -> Iterable[bytes]:
    raise KeyError("inattendu")


def flood(_: Arguments, files: Sequence[int]) -> Iterable[bytes]:
    os.write(files[0], bytes(4 << 20))
    yield b"written"


def half(_: Arguments, __: Sequence[int]) -> Iterable[bytes]:
    os._exit(3)


def look_around(_: Arguments, __: Sequence[int]) -> Iterable[bytes]:
    """What a child that was taken over could reach."""
    reach = {"environment": sorted(os.environ), "descriptors": _descriptors(), "user": os.geteuid()}
    reach["folder"] = _attempt(lambda: [str(each) for each in Path("/").iterdir()])
    reach["passwd"] = _attempt(lambda: Path("/etc/passwd").read_text()[:4])
    reach["network"] = _attempt(lambda: socket.create_connection(("127.0.0.1", 5432), 1).close())
    reach["fork"] = _attempt(os.fork)
    reach["kill"] = _attempt(lambda: os.kill(1, 0))
    yield json.dumps(reach).encode()


def multiply(_: Arguments, __: Sequence[int]) -> Iterable[bytes]:
    """What it may start: threads, processes."""
    ran = threading.Event()
    tried = {
        "thread": _attempt(lambda: threading.Thread(target=ran.set).start()),
        "fork": _attempt(os.fork),
        "spawn": _attempt(lambda: os.posix_spawn("/bin/true", ["true"], {})),
        "ran": ran.wait(1),
    }
    yield json.dumps(tried).encode()


def _descriptors() -> int:
    found = 0
    for number in range(64):
        try:
            os.fstat(number)
        except OSError:
            continue
        found += 1
    return found


def _attempt(act: object) -> object:
    try:
        return act()  # type: ignore[operator] # a function
    except OSError as error:
        return type(error).__name__
    except RuntimeError as error:
        return str(error)


TASKS = {
    task.__name__: task
    for task in (echo, hang, hang_deaf, eat, crash, fail, flood, half, look_around, multiply)
}
