"""One job of a request by file in a process of its own, to know its peak memory:
``python -m bench.imports_job JOB DEMANDE``, where JOB is ``read`` or ``run``."""

import json
import sys
import time
from pathlib import Path

from guichet.cli.portal import portal


def _peak() -> float:
    """MB. Not ``getrusage``, which counts what the process was before it became this program."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    with portal():
        from django.db import connection

        from guichet.imports import operations

        job = {"read": operations.read, "run": operations.run}[sys.argv[1]]
        connection.ensure_connection()
        idle = _peak()
        began = time.perf_counter()
        job(demande_id=sys.argv[2])
        seconds = time.perf_counter() - began
    peak = _peak()
    print(json.dumps({"seconds": seconds, "idle": idle, "peak": peak}))
