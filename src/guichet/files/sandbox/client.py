"""The portal's side of the sandbox: one zygote a process, started when needed, replaced when it dies."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from guichet.files.sandbox.confinement import Limits

ATTEMPTS = 3
START_PATIENCE = 30.0  # seconds for the zygote to load its libraries, on a machine that is out of breath
TURN_PATIENCE = 15.0  # seconds that a task waits for its turn
GRACE = 5.0  # seconds beyond a task's wall clock before the zygote itself is held to hang
MAX_ANSWER = 64 << 20
MAX_MESSAGE = 1 << 16
MAX_STORY = 2000


class Unavailable(Exception):  # noqa: N818 - says what is the case, as LookupError does not
    """The machine could not run the task at all; nothing is said about the file."""


@dataclass(frozen=True)
class Result:
    """What a task came to: its ``answer`` where it ended well, else how it ended."""

    answer: bytes
    late: bool
    status: int

    @property
    def ended_well(self) -> bool:
        """Whether ``answer`` is whole."""
        return not self.late and self.status == 0

    @property
    def story(self) -> str:
        """How the task ended, on one line for the log, whatever the file wrote into its fate."""
        if self.late:
            return "killed past its wall clock"
        return f"exit {self.status} {self.answer[-MAX_STORY:]!r}"


class _Gone(Exception):  # noqa: N818 - internal
    """The zygote died."""


class Zygote:
    """Runs tasks of ``module`` (its ``TASKS``) in limited children. Thread-safe, and safe across ``fork``.

    At most ``at_once`` tasks run at the same time in this process; the others wait for their turn.
    """

    def __init__(self, module: str, *, path: Sequence[str] = (), at_once: int | None = None) -> None:
        self._command = [module, *path]
        self._at_once = at_once or 2 * (os.cpu_count() or 1)
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._held: list[str] = []
        self._forget()
        os.register_at_fork(after_in_child=self._forget)

    def run(self, task: str, arguments: Mapping[str, object], files: Sequence[int], limits: Limits) -> Result:
        """Run ``task`` with open ``files``.

        Raises ``Unavailable`` where the zygote dies again and again, or no place became free in time.
        """
        order = {"task": task, "arguments": arguments, "limits": limits.as_dict()}
        message = json.dumps(order).encode()
        if len(message) > MAX_MESSAGE:
            raise ValueError("a task's arguments are small; what is big comes as a file")
        with self._turn(task):
            for _ in range(ATTEMPTS):
                with contextlib.suppress(_Gone):
                    return self._attempt(message, files, limits.wall + GRACE)
        raise Unavailable(task)

    def warm_up(self) -> list[str]:
        """Start the zygote if it isn't running; what it gave up (see ``confinement.confine_zygote``)."""
        for _ in range(ATTEMPTS):
            with contextlib.suppress(_Gone), self._lock:
                self._control_or_start()
                return list(self._held)
        raise Unavailable("start")

    def stop(self) -> None:
        """End the zygote; the next task starts another."""
        with self._lock:
            self._close()

    @property
    def pid(self) -> int | None:
        """The zygote's process id, where one was started."""
        return self._process.pid if self._process else None

    @contextlib.contextmanager
    def _turn(self, task: str) -> Iterator[None]:
        """One of the places. Raises ``Unavailable`` after a while: a flood of slow files must not hold every
        thread of the portal."""
        slots = self._slots
        if not slots.acquire(timeout=TURN_PATIENCE):
            raise Unavailable(task)
        try:
            yield
        finally:
            slots.release()

    def _attempt(self, message: bytes, files: Sequence[int], patience: float) -> Result:
        with _pair() as (answer, answer_end), _pair() as (fate, fate_end):
            sender = self._send(message, [answer_end.fileno(), fate_end.fileno(), *files])
            answer_end.close()
            fate_end.close()
            deadline = time.monotonic() + patience
            try:
                received = _read(answer, MAX_ANSWER, deadline)
                fate_text = _read(fate, 100, deadline).decode()
            except TimeoutError:
                self._drop(sender, kill=True)
                raise _Gone from None
        if not fate_text:
            self._drop(sender)
            raise _Gone
        late = fate_text == "late"
        return Result(received, late, 0 if late else int(fate_text.removeprefix("exit ")))

    def _send(self, message: bytes, descriptors: list[int]) -> socket.socket:
        with self._lock:
            control = self._control_or_start()
            try:
                socket.send_fds(control, [message], descriptors)
            except OSError:
                self._close()
                raise _Gone from None
            return control

    def _drop(self, control: socket.socket, *, kill: bool = False) -> None:
        """Let go of the zygote behind ``control`` where it is gone, or for good (``kill``)."""
        with self._lock:
            process = self._process
            if self._control is control and process and (kill or process.poll() is not None):
                self._close()

    def _control_or_start(self) -> socket.socket:
        if self._control is None:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                self._process = self._start(theirs.fileno())
            ours.settimeout(START_PATIENCE)
            self._control = ours
            try:
                self._held = json.loads(ours.recv(MAX_MESSAGE))
            except (OSError, ValueError):
                self._close()
                raise _Gone from None
        return self._control

    def _start(self, descriptor: int) -> subprocess.Popen[bytes]:
        script = [sys.executable, "-I", "-m", "guichet.files.sandbox.zygote", str(descriptor), *self._command]
        return subprocess.Popen(  # noqa: S603 - our own command
            script,
            pass_fds=[descriptor],
            cwd="/",
            env={"LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )

    def _close(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _forget(self) -> None:
        """After a fork: the zygote is our parent's. Our copy of its socket is closed, to let it end."""
        if self._control is not None:
            self._control.close()
        self._control, self._process, self._held = None, None, []
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(self._at_once)


@contextlib.contextmanager
def _pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def _read(end: socket.socket, limit: int, deadline: float) -> bytes:
    """Everything until the other side is closed. Raises ``TimeoutError``; stops after ``limit`` bytes."""
    parts, size = [], 0
    while size <= limit:
        end.settimeout(max(0.001, deadline - time.monotonic()))
        part = end.recv(1 << 18)
        if not part:
            break
        parts.append(part)
        size += len(part)
    return b"".join(parts)
