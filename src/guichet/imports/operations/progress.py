"""How far a request has come, told while its transaction is still open."""

import logging
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection

Tell = Callable[[int, int], None]

EVERY = 0.5  # seconds between two writes

# A row that somebody holds is left alone: where our own transaction does, each would wait for the other.
_TELL = """
UPDATE imports_demande SET done = %(done)s, total = %(total)s
WHERE id IN (SELECT id FROM imports_demande WHERE id = %(demande)s FOR NO KEY UPDATE SKIP LOCKED)
"""

logger = logging.getLogger(__name__)


@contextmanager
def told(demande_id: uuid.UUID) -> Iterator[Tell]:
    """What to call with how much is done, and of how much, as often as one likes.

    It writes by a connection of its own, each time for good, so that pages see it at once; where none can be
    had, the work goes on untold.
    """
    apart = connection.copy()
    last = 0.0

    def tell(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last < EVERY:
            return
        last = time.monotonic()
        try:
            with apart.cursor() as cursor:
                cursor.execute(_TELL, {"done": done, "total": total, "demande": demande_id})
        except DatabaseError:
            logger.warning("import %s: progress could not be told", demande_id, exc_info=True)
            last = float("inf")

    try:
        yield tell
    finally:
        apart.close()
