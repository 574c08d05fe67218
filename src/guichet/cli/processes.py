"""Child processes of the portal: started, watched, started again, stopped together."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

STOP_SECONDS = 20
STEADY_SECONDS = 60  # a child that lived that long has recovered
LONGEST_WAIT = 60


def guichet(*arguments: str) -> list[str]:
    """Another command of this program, as a child that the kernel ends when its parent is killed.

    At once, for the database server goes too. Nothing acknowledged is lost by that: jobs may run twice, and a
    request answers only once all is kept.
    """
    return ["setpriv", "--pdeathsig=KILL", sys.executable, "-m", "guichet.cli.main", *arguments]


@dataclass
class Child:
    """A process that has to be there. It is started again after 1, 2, 4… 60 seconds when it dies."""

    name: str
    command: Sequence[str]
    now: Callable[[], float] = time.monotonic
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started: float = 0
    not_before: float = 0
    env: dict[str, str] = field(default_factory=lambda: dict(os.environ))

    def look(self) -> str | None:
        """Start the process where it has to be; gives a sentence for the operator when it has just died."""
        if self.process is None:
            if self.now() >= self.not_before:
                self._start()
            return None
        status = self.process.poll()
        return None if status is None else self._died(status)

    def _start(self) -> None:
        # A session of its own: Ctrl-C in a terminal reaches the supervisor alone, who stops all in order.
        self.process = subprocess.Popen(self.command, env=self.env, start_new_session=True)
        self.started = self.now()

    def _died(self, status: int) -> str:
        if self.now() - self.started > STEADY_SECONDS:
            self.failures = 0
        wait = min(2**self.failures, LONGEST_WAIT)
        self.failures += 1
        self.process, self.not_before = None, self.now() + wait
        return f"Le processus « {self.name} » s’est arrêté (statut {status}) : nouvel essai dans {wait} s."


def stop(children: Sequence[Child]) -> None:
    """Ask all of them to finish what they are doing, and end by force whoever takes over 20 seconds."""
    processes = [child.process for child in children if child.process is not None]
    for process in processes:
        process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.wait(max(0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
