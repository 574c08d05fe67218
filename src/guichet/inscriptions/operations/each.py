"""One after the other, each in a transaction of its own: what fails holds up nobody else."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

Key = TypeVar("Key")
logger = logging.getLogger(__name__)


def each_of(operation: Callable[[Key], bool], keys: Iterable[Key]) -> int:
    """How many it changed. Raises ``ExceptionGroup`` at the end where some failed, for the job to fail."""
    changed, failures = 0, []
    for key in list(keys):
        try:
            changed += operation(key)
        except Exception as failure:
            logger.exception("inscriptions: %s", key)
            failures.append(failure)
    if failures:
        raise ExceptionGroup(f"{len(failures)} failed, {changed} changed", failures)
    return changed
