"""What the log says of each job, and under which name it says everything else meanwhile."""

import logging
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from guichet.kernel import traces

if TYPE_CHECKING:
    from procrastinate import JobContext

logger = logging.getLogger("guichet.jobs")


async def observed(call_next: Callable[[], Awaitable[Any]], context: "JobContext", _worker: object) -> Any:
    """Run a job (procrastinate's worker middleware). One that failed is told even where it is tried again."""
    began, status = time.perf_counter(), "failed"
    with traces.doing(job=context.job.task_name, job_id=context.job.id or 0):
        try:
            result = await call_next()
            status = "done"
        finally:
            level = logging.INFO if status == "done" else logging.WARNING
            fields = {"status": status, "duration": round(time.perf_counter() - began, 4)}
            logger.log(level, "%s %s", context.job.task_name, status, extra=fields)
    return result
