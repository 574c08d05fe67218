"""Statements whose lines are read as they are wanted: by a cursor of the server, in portions."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import connection

CHUNK = 2_000


def streamed(sql: str, params: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """The lines of ``sql``, ``CHUNK`` of them at a time; the cursor ends with whoever reads them."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, params)
        while rows := cursor.fetchmany(CHUNK):
            yield from rows
