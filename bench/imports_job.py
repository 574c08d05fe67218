"""One job of a request by file in a process of its own, to know its peak memory:
``python -m bench.imports_job JOB DEMANDE``, where JOB is ``read`` or ``run``."""

import json
import resource
import sys
import time

from guichet.cli.portal import portal

if __name__ == "__main__":
    with portal():
        from django.db import connection

        from guichet.imports import operations

        job = {"read": operations.read, "run": operations.run}[sys.argv[1]]
        connection.ensure_connection()
        idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        began = time.perf_counter()
        job(demande_id=sys.argv[2])
        seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "idle": idle, "peak": peak}))
