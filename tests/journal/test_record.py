"""Writing evidence: the chain of a subject, and a database that refuses to rewrite it."""

import threading

import pytest
from django.db import DatabaseError, connection, transaction

from guichet.journal import operations, queries
from guichet.journal.models import Event
from guichet.journal.rules import NotEvidenceError

CHANGES = [
    "UPDATE journal_event SET kind = 'other'",
    "UPDATE journal_event SET kind = 'other' WHERE false",
    "DELETE FROM journal_event",
    "TRUNCATE journal_event",
    "UPDATE journal_seal SET count = 0",
    "DELETE FROM journal_seal",
    "TRUNCATE journal_seal",
]


def record(subject: str = "depot:1", kind: str = "test.done", **data: object) -> Event:
    return operations.record(subject=subject, kind=kind, actor="system", data=data)


@pytest.mark.django_db
def test_events_of_one_subject_are_chained() -> None:
    first, other, second = record(n=1), record("depot:2"), record(n=2)
    assert (first.seq, first.previous_hash) == (1, "")
    assert (second.seq, second.previous_hash) == (2, first.hash)
    assert (other.seq, other.previous_hash) == (1, "")
    assert [event.hash for event in queries.history(subject="depot:1")] == [first.hash, second.hash]


@pytest.mark.django_db
def test_what_is_read_back_has_the_hash_that_was_written() -> None:
    event = record(
        text='é\u2028"\\\u0001 😀', number=2**53 - 1, nothing=None, many=[1, {"b": 2, "a": 1}], yes=True
    )
    event.refresh_from_db()
    assert event.content().hash() == event.hash


@pytest.mark.django_db
def test_data_without_a_canonical_form_are_refused() -> None:
    with pytest.raises(NotEvidenceError):
        record(size=1.5)


@pytest.mark.django_db(transaction=True)
def test_an_event_needs_the_transaction_of_its_cause() -> None:
    with pytest.raises(RuntimeError):
        record()


@pytest.mark.django_db(transaction=True)
def test_an_event_is_gone_with_its_cause() -> None:
    with transaction.atomic():
        record()
        transaction.set_rollback(True)
    with transaction.atomic():
        assert record().seq == 1


@pytest.mark.django_db
@pytest.mark.parametrize("sql", CHANGES)
def test_the_database_refuses_to_rewrite(sql: str) -> None:
    record()
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


@pytest.mark.django_db(transaction=True)
def test_two_writers_about_one_subject_make_one_chain() -> None:
    barrier = threading.Barrier(4)

    def write() -> None:
        barrier.wait()
        for _ in range(5):
            with transaction.atomic():
                record()
        connection.close()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    events = queries.history(subject="depot:1")
    assert [event.seq for event in events] == list(range(1, 21))
    assert [event.previous_hash for event in events[1:]] == [event.hash for event in events[:-1]]
