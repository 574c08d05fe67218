"""The warm process that forks a limited child for each task.

It is started by ``client.Zygote`` as ``python -I -m guichet.files.sandbox.zygote <fd> <module> [<sys.path
entry>]``. On the socket ``fd`` (SOCK_SEQPACKET) each message is one task: JSON with ``task``, ``arguments``,
``limits``, and open descriptors: where the answer goes, where the fate goes, then the task's files.

- The child writes its answer, part by part, and leaves. It alone holds the answer's socket, so its death ends
  the answer.
- The zygote reaps it, kills it past its wall clock, and writes its fate: ``exit <status>`` or ``late``. A
  fate that never comes means that the zygote itself died: the task may be tried again.
- The zygote ends when the other side of its socket is closed, that is when the portal's process ends, however
  it ends. PR_SET_PDEATHSIG would not do there: it fires when the *thread* that started the zygote ends.
"""

import contextlib
import gc
import importlib
import json
import logging
import os
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from guichet.files.sandbox.confinement import Limits, confine_child, confine_zygote, offer_to_the_oom_killer

MAX_MESSAGE = 1 << 16
MAX_FILES = 200
FAILED = 1  # the task raised an exception; the answer is its traceback
OUT_OF_MEMORY = 2

Task = Callable[[dict[str, object], Sequence[int]], Iterable[bytes]]


@dataclass
class _Child:
    pid: int
    fate: int
    deadline: float
    late: bool = False


class _Zygote:
    def __init__(self, control: socket.socket, tasks: dict[str, Task]) -> None:
        self.control = control
        self.tasks = tasks
        self.children: dict[int, _Child] = {}  # by pidfd
        self.poll = select.poll()
        self.poll.register(control.fileno(), select.POLLIN)

    def serve(self) -> None:
        """Until the portal's process has gone."""
        while True:
            for descriptor, _ in self.poll.poll(self._patience()):
                if descriptor in self.children:
                    self._bury(descriptor)
                elif not self._receive():
                    return
            self._kill_late()

    def _patience(self) -> float | None:
        if not self.children:
            return None
        nearest = min(child.deadline for child in self.children.values())
        return max(0.0, nearest - time.monotonic()) * 1000 + 1

    def _receive(self) -> bool:
        message, descriptors, _, _ = socket.recv_fds(self.control, MAX_MESSAGE, MAX_FILES)
        if not message:
            return False
        try:
            self._fork(json.loads(message), descriptors)
        finally:
            for descriptor in descriptors:
                if descriptor not in {child.fate for child in self.children.values()}:
                    os.close(descriptor)
        return True

    def _fork(self, order: dict[str, object], descriptors: list[int]) -> None:
        answer, fate, *files = descriptors
        limits = Limits(**order["limits"])  # type: ignore[arg-type] # what client.Zygote wrote
        zygote = os.getpid()
        try:
            pid = os.fork()
        except OSError:
            return  # no fate: the caller tries again, then says that checks are not available
        if pid == 0:
            self._be_child(zygote, order, limits, answer, fate, files)
        with contextlib.suppress(OSError):
            os.setpgid(pid, pid)
        pidfd = os.pidfd_open(pid)
        self.children[pidfd] = _Child(pid, fate, time.monotonic() + limits.wall)
        self.poll.register(pidfd, select.POLLIN)

    def _be_child(
        self,
        zygote: int,
        order: dict[str, object],
        limits: Limits,
        answer: int,
        fate: int,
        files: list[int],
    ) -> None:
        status = FAILED
        try:
            out = socket.socket(fileno=answer)
            confine_child(limits, zygote=zygote)
            for descriptor in (self.control.fileno(), fate, *self.children):
                os.close(descriptor)
            for child in self.children.values():
                os.close(child.fate)
            task = self.tasks[str(order["task"])]
            for part in task(order["arguments"], files):  # type: ignore[arg-type] # what client.Zygote wrote
                out.sendall(part)
            status = 0
        except MemoryError:
            status = OUT_OF_MEMORY
        except BaseException:
            with contextlib.suppress(BaseException):
                out.sendall(traceback.format_exc().encode())
        finally:
            os._exit(status)

    def _bury(self, pidfd: int) -> None:
        child = self.children.pop(pidfd)
        self.poll.unregister(pidfd)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)  # whatever it may have started
        _, status = os.waitpid(child.pid, 0)
        os.close(pidfd)
        text = "late" if child.late else f"exit {os.waitstatus_to_exitcode(status)}"
        with contextlib.suppress(OSError):
            os.write(child.fate, text.encode())
        os.close(child.fate)

    def _kill_late(self) -> None:
        now = time.monotonic()
        for child in self.children.values():
            if child.deadline <= now and not child.late:
                child.late = True
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
                child.deadline = now + 3600  # it is dying: its pidfd wakes us


def main() -> None:
    """Load the tasks, give up what can be given up, tell what holds, serve."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; our end is the socket's
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    logging.disable()  # what libraries say of a stranger's file is no news for the portal's log
    sys.path.extend(sys.argv[3:])
    with socket.socket(fileno=int(sys.argv[1])) as control:
        tasks: dict[str, Task] = importlib.import_module(sys.argv[2]).TASKS
        offer_to_the_oom_killer()
        held = confine_zygote()
        gc.collect()
        gc.freeze()  # so that a child's garbage collection copies no page of ours
        try:
            control.send(json.dumps(held).encode())
        except BrokenPipeError:  # whoever started us has gone meanwhile: there is nobody to serve
            return
        _Zygote(control, tasks).serve()


if __name__ == "__main__":
    main()
