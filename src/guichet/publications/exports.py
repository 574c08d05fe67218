"""The whole of a list, as open data: in pieces, and with no connection that somebody slow would hold."""

from collections.abc import Iterator, Sequence

from django.db import connection

from guichet.publications import reading, statements
from guichet.publications.found import Line
from guichet.publications.reading import Row
from guichet.publications.rules import MAX_RESULTS, Criteria, telling_words

STRETCH = 20_000  # rows of the table that are looked through at a time, at most
BATCH = 1_000  # lines that are read at a time, at most: a page of JSON wants a hundred


def rows(*, criteria: Criteria, after: int = 0) -> Iterator[Line]:
    """Every publication in force that ``criteria`` finds, by ``id`` and from ``after`` on, for an export.

    Nothing is held between two batches: whoever reads slowly keeps no connection of the database busy.
    """
    for batch in _batches(criteria, after):
        lines = reading.lines(batch)
        _let_go()
        yield from lines


def _batches(criteria: Criteria, after: int) -> Iterator[list[Row]]:
    words = _words(criteria)
    if criteria.siren or criteria.rna:
        yield from _by_id(reading.found(criteria, reading.numbered(criteria))[3], after)
    elif words is None:
        yield from _stretches(None, after)
    elif words:
        ids = _ids(words, after)
        if len(ids) > MAX_RESULTS:
            yield from _stretches(words, after)
        else:
            yield from _by_id(ids, after)


def _words(criteria: Criteria) -> str | None:
    """What is looked for in the index of words: None for everything, « » for what nothing can match.

    Where no name holds the words of a name, words alike stand in, as they do in the search.
    """
    if not criteria.name:
        return reading.tsquery([], criteria) or None
    words = telling_words(reading.search_key(criteria.name))
    if not words:
        return ""
    exact = reading.tsquery(reading.beginnings(words), criteria)
    return exact if _ids(exact, 0) else reading.tsquery(reading.alike(words), criteria)


def _ids(words: str, after: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statements.IDS_AFTER, {"words": words, "after": after})
        return [number for (number,) in cursor.fetchall()]


def _by_id(ids: Sequence[int], after: int) -> Iterator[list[Row]]:
    wanted = sorted(number for number in ids if number > after)
    for at in range(0, len(wanted), BATCH):
        yield reading.read(wanted[at : at + BATCH])


def _stretches(words: str | None, after: int) -> Iterator[list[Row]]:
    end = _last_id()
    while after < end:
        last = after + STRETCH
        with connection.cursor() as cursor:
            params = {"words": words, "after": after, "last": last, "limit": BATCH}
            cursor.execute(statements.STRETCH, params)
            rows: list[Row] = list(cursor.fetchall())
        if rows:
            yield rows
        after = int(str(rows[-1][0])) if len(rows) == BATCH else last


def _last_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM publications_publication")
        return int(cursor.fetchone()[0])


def _let_go() -> None:
    """Give the connection back while the batch travels; within a transaction it is the caller's."""
    if not connection.in_atomic_block:
        connection.close()
