"""The agent at work, seen from outside: a process of its own, which tells what the portal has accepted."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.world import World

ROOT = Path(__file__).resolve().parent.parent.parent
LEAVE_SECONDS = 60


@dataclass
class Desk:
    """``lots``: each that was accepted, with the filings that it is about."""

    process: "subprocess.Popen[str]"
    lots: dict[str, list[str]] = field(default_factory=dict)
    ready: threading.Event = field(default_factory=threading.Event)
    _reader: threading.Thread | None = None

    def listen(self) -> None:
        """Take down what the agent tells."""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def close(self) -> None:
        """Have the agent publish the rest, and leave."""
        if self.process.poll() is None and self.process.stdin:
            self.process.stdin.close()
            self.process.wait(LEAVE_SECONDS)
        if self._reader:
            self._reader.join(LEAVE_SECONDS)

    def _read(self) -> None:
        for line in self.process.stdout or ():
            told = json.loads(line)
            if "lot" in told:
                self.lots[told["lot"]] = told["depots"]
            self.ready.set()


@contextmanager
def desk(world: World) -> Iterator[Desk]:
    """An agent with an account, at work for the block."""
    with (world.var.parent.parent / "agent.log").open("w") as log:
        command = [sys.executable, "-m", "tests.faults.agents"]
        process = subprocess.Popen(
            command,
            env=world.env,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        found = Desk(process)
        found.listen()
        try:
            if not found.ready.wait(LEAVE_SECONDS):
                raise AssertionError("the agent does not come")
            yield found
        finally:
            process.kill()
            process.wait()
