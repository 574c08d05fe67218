"""What may go wrong while a mail server is being spoken to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection, transaction

from guichet.courriers import operations
from guichet.courriers.models import Courrier, CourrierAttempt
from guichet.journal import operations as journal
from guichet.journal import queries
from tests.courriers.conftest import Write

pytestmark = pytest.mark.django_db(transaction=True)


class Killed(BaseException):
    """The worker is gone, at once."""


@contextmanager
def killed_after_sending() -> Iterator[None]:
    """The server has accepted the message, and nothing of that is written."""
    dies = mock.patch.object(CourrierAttempt.objects, "create", side_effect=Killed)
    with dies, pytest.raises(Killed):
        yield


def test_a_worker_killed_after_sending_sends_again_what_is_recognised_as_one(write: Write) -> None:
    courrier = write(secret=True)
    with killed_after_sending():
        operations.deliver(courrier_id=courrier.pk)
    courrier.refresh_from_db()
    assert (courrier.status, courrier.attempts.count()) == ("pending", 0)
    assert courrier.body  # still there to be sent
    operations.deliver(courrier_id=courrier.pk)  # the rescue of stalled jobs
    first, second = (message.message() for message in mail.outbox)
    assert first["Message-ID"] == second["Message-ID"]
    assert first.get_payload() == second.get_payload()
    assert [event.kind for event in queries.history(subject="account:1")] == ["courrier.sent"]


@contextmanager
def a_slow_server(courrier: Courrier) -> Iterator[None]:
    """A worker is in the middle of its dialogue for the length of the block."""
    speaking, go_on = threading.Event(), threading.Event()

    def send(_: EmailMessage, *__: Any) -> int:
        speaking.set()
        assert go_on.wait(20)
        return 1

    def work() -> None:
        try:
            operations.deliver(courrier_id=courrier.pk)
        finally:
            connection.close()

    with mock.patch.object(EmailMessage, "send", send):
        worker = threading.Thread(target=work)
        worker.start()
        try:
            assert speaking.wait(10)
            yield
        finally:
            go_on.set()
            worker.join(20)


def test_a_slow_mail_server_holds_up_no_seal_and_no_other_courrier(write: Write) -> None:
    slow, other = write(), write()
    with transaction.atomic():
        journal.record(subject="account:1", kind="account.signed_in", actor="system", data={})
    with a_slow_server(slow):
        assert journal.seal() is not None
        with transaction.atomic():
            journal.record(subject="account:1", kind="account.signed_in", actor="system", data={})
        with mock.patch.object(EmailMessage, "send", return_value=1):
            operations.deliver(courrier_id=other.pk)
        other.refresh_from_db()
        assert other.status == "sent"
        slow.refresh_from_db()
        assert slow.status == "pending"
    slow.refresh_from_db()
    assert slow.status == "sent"
