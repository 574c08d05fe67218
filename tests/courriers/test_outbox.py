"""Writing into the outbox, and what becomes of it."""

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from guichet.courriers import operations, queries, transport
from guichet.courriers.models import Courrier, CourrierAttempt
from guichet.courriers.rules import UnusableAddress
from guichet.journal import queries as journal
from guichet.kernel import clock
from tests.courriers.conftest import Write

pytestmark = pytest.mark.django_db
DELIVERY = {"task_name": "courriers.deliver", "status": "todo"}


def deliver(courrier: Courrier) -> Courrier:
    operations.deliver(courrier_id=courrier.pk)
    courrier.refresh_from_db()
    return courrier


def fail(courrier: Courrier, error: Exception, times: int = 1) -> Courrier:
    with mock.patch.object(EmailMessage, "send", side_effect=error):
        for _ in range(times):
            deliver(courrier)
    return courrier


def fates(courrier: Courrier) -> list[str]:
    return list(courrier.attempts.order_by("pk").values_list("outcome", flat=True))


def test_a_courrier_is_sent_once_and_its_fate_kept(write: Write) -> None:
    courrier = deliver(write())
    deliver(courrier)
    assert [(m.subject, m.to, m.body) for m in mail.outbox] == [
        ("Bonjour Anne", ["anne@exemple.fr"], "Bonjour Anne,\n\nà bientôt.\n")
    ]
    assert (courrier.status, fates(courrier)) == ("sent", ["sent"])
    (event,) = journal.history(subject="account:1")
    assert (event.kind, event.data["attempts"]) == ("courrier.sent", 1)


def test_it_is_enqueued_with_its_cause_and_gone_with_it(template: Callable[[str, str], None]) -> None:
    def write_and_fail() -> None:
        with transaction.atomic():
            operations.send_email(
                to="a@exemple.fr", template="bonjour", context={"name": ""}, about="account:1"
            )
            assert ProcrastinateJob.objects.filter(**DELIVERY).count() == 1
            raise LookupError

    with pytest.raises(LookupError):
        write_and_fail()
    assert not Courrier.objects.exists()
    assert not ProcrastinateJob.objects.filter(**DELIVERY).exists()


@pytest.mark.django_db(transaction=True)
def test_it_is_not_written_outside_the_transaction_of_its_cause(template: Callable[[str, str], None]) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        operations.send_email(to="a@exemple.fr", template="bonjour", context={"name": ""}, about="account:1")


def test_nothing_is_escaped_as_if_it_were_html(write: Write) -> None:
    deliver(write(name="L’été & <Cie>"))
    assert mail.outbox[0].subject == "Bonjour L’été & <Cie>"
    assert "L’été & <Cie>," in mail.outbox[0].body


def test_nobody_writes_headers_through_a_name_or_an_address(write: Write) -> None:
    deliver(write(name="Anne\r\nBcc: tous@exemple.fr"))
    message = mail.outbox[0].message()
    assert message["Bcc"] is None
    assert message["Subject"] == "Bonjour Anne Bcc: tous@exemple.fr"
    with pytest.raises(UnusableAddress):
        write(to="anne@exemple.fr\nBcc: tous@exemple.fr")


def test_a_message_sent_twice_has_one_message_id_and_wants_no_answer(write: Write) -> None:
    courrier = write()
    before = transport.message_id(courrier)
    deliver(courrier)
    headers = mail.outbox[0].message()
    assert headers["Message-ID"] == before
    assert headers["Auto-Submitted"] == "auto-generated"
    assert transport.message_id(write()) != before


def test_a_failure_is_tried_again_after_growing_waits_then_abandoned(write: Write) -> None:
    courrier = write()
    for minutes in (1, 5, 15, 60, 240, 720, 1440):
        fail(courrier, ConnectionRefusedError())
        assert courrier.status == "pending"
        assert courrier.next_attempt_at
        assert abs(courrier.next_attempt_at - clock.now() - dt.timedelta(minutes=minutes)) < dt.timedelta(
            minutes=1
        )
    assert ProcrastinateJob.objects.filter(**DELIVERY).count() == 8
    fail(courrier, ConnectionRefusedError())
    assert (courrier.status, len(fates(courrier))) == ("abandoned", 8)
    assert ProcrastinateJob.objects.filter(**DELIVERY).count() == 8
    assert journal.history(subject="account:1")[-1].kind == "courrier.abandoned"


def test_it_leaves_after_a_failure(write: Write) -> None:
    courrier = fail(write(), TimeoutError(), times=2)
    deliver(courrier)
    assert fates(courrier) == ["delayed", "delayed", "sent"]
    assert courrier.next_attempt_at is None


def test_an_error_of_our_own_does_not_lose_it(write: Write) -> None:
    courrier = fail(write(), UnicodeError("anne@exemple.fr"))
    assert (courrier.status, fates(courrier)) == ("pending", ["delayed"])
    assert CourrierAttempt.objects.get().detail == "UnicodeError"


@pytest.mark.parametrize("failures", [0, 8])
def test_a_secret_is_erased_with_its_fate_and_not_before(write: Write, failures: int) -> None:
    courrier = write(secret=True)
    fail(courrier, TimeoutError(), times=min(failures, 7))
    assert courrier.body == "Bonjour Anne,\n\nà bientôt.\n"
    if failures:
        fail(courrier, TimeoutError())
    else:
        deliver(courrier)
    assert courrier.body == ""


@pytest.mark.parametrize("status", ["failed", "succeeded"])
def test_a_courrier_whose_job_is_gone_is_taken_up_again(write: Write, status: str) -> None:
    courrier = write()
    with clock.travel(operations.OVERDUE_AFTER):
        assert operations.deliver_overdue() == 0, "its job still waits"
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = %s", [status])
        assert (operations.deliver_overdue(), operations.deliver_overdue()) == (1, 0)
    job = ProcrastinateJob.objects.get(**DELIVERY)
    assert job.args == {"courrier_id": courrier.pk}


def test_a_courrier_that_waits_for_its_next_attempt_is_left_alone(write: Write) -> None:
    fail(write(), TimeoutError(), times=5)  # four hours
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    with clock.travel(dt.timedelta(hours=4, minutes=59)):
        assert operations.deliver_overdue() == 0
    with clock.travel(dt.timedelta(hours=5, minutes=1)):
        assert operations.deliver_overdue() == 1


def test_nothing_that_ended_is_taken_up_again(write: Write) -> None:
    deliver(write())
    fail(write(), TimeoutError(), times=8)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    with clock.travel(dt.timedelta(days=1)):
        assert operations.deliver_overdue() == 0


def test_who_it_went_to_is_forgotten_after_ninety_days_and_its_fate_is_not(write: Write) -> None:
    sent, waiting = deliver(write()), write()
    with clock.travel(dt.timedelta(days=89)):
        assert operations.purge_expired() == 0
    with clock.travel(dt.timedelta(days=90, minutes=1)):
        assert operations.purge_expired() == 1
        assert operations.purge_expired() == 0
    sent.refresh_from_db()
    assert (sent.recipient, sent.subject, sent.body, sent.status) == ("", "", "", "sent")
    waiting.refresh_from_db()
    assert waiting.recipient == "anne@exemple.fr"


def test_the_courriers_of_a_subject_come_latest_first(write: Write) -> None:
    first, second = write(), write()
    assert queries.of_subject(about="account:1") == [second, first]
    assert queries.of_subject(about="account:2") == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_not_send_it_twice(write: Write) -> None:
    courrier = write()
    sending, go_on = threading.Event(), threading.Event()
    sent: list[str] = []

    def slow(message: EmailMessage, *_: Any) -> int:
        sending.set()
        assert go_on.wait(10)
        sent.append(str(message.subject))
        return 1

    def work() -> None:
        try:
            operations.deliver(courrier_id=courrier.pk)
        finally:
            connection.close()

    with mock.patch.object(EmailMessage, "send", slow):
        worker = threading.Thread(target=work)
        worker.start()
        assert sending.wait(10)
        operations.deliver(courrier_id=courrier.pk)  # comes back at once: the other one has it
        assert sent == []
        go_on.set()
        worker.join(10)
    assert sent == ["Bonjour Anne"]
    assert fates(courrier) == ["sent"]
