"""The real way out: a mail server that accepts, refuses, is not there or never answers."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core.mail import get_connection
from pytest_django.fixtures import Settings

from guichet.config import env
from guichet.courriers import operations
from guichet.courriers.models import Courrier, CourrierAttempt
from tests.courriers.conftest import Write
from tests.smtp import free_port

pytestmark = pytest.mark.django_db


class Postbox:
    """Keeps what it is given, and answers ``rcpt`` and ``data``."""

    def __init__(self, rcpt: str = "250 OK", data: str = "250 OK") -> None:
        self.rcpt, self.data = rcpt, data
        self.kept: list[EmailMessage] = []

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[Any]
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.data.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.kept.append(message_from_bytes(content, policy=policy.default))
        return self.data


@contextmanager
def serving(postbox: Postbox) -> Iterator[int]:
    """The port of a server that hands over to ``postbox``."""
    port = free_port()
    controller = Controller(postbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def use(settings: Settings, port: int, timeout: float = 5) -> None:
    for name, value in env.smtp(f"smtp://127.0.0.1:{port}").items():
        setattr(settings, name, value)
    settings.EMAIL_TIMEOUT = timeout


def deliver(courrier: Courrier) -> Courrier:
    operations.deliver(courrier_id=courrier.pk)
    courrier.refresh_from_db()
    return courrier


def test_an_accepting_server_gets_the_message(settings: Settings, write: Write) -> None:
    settings.SENDER = "ne-pas-repondre@guichet.example"
    postbox = Postbox()
    with serving(postbox) as port:
        use(settings, port)
        courrier = deliver(write(name="Zoé"))
    assert courrier.status == "sent"
    (message,) = postbox.kept
    assert (message["Subject"], message["To"]) == ("Bonjour Zoé", "anne@exemple.fr")
    assert message["From"].addresses[0].addr_spec == "ne-pas-repondre@guichet.example"
    assert message["Message-ID"].endswith("@guichet.example>")
    assert message.get_content_type() == "text/plain"
    assert message.get_content().replace("\r\n", "\n") == "Bonjour Zoé,\n\nà bientôt.\n"


@pytest.mark.parametrize(
    ("answers", "status", "detail"),
    [
        ({"rcpt": "550 5.1.1 anne@exemple.fr unknown"}, "abandoned", "SMTPRecipientsRefused 550"),
        ({"rcpt": "451 4.7.1 greylisted"}, "pending", "SMTPRecipientsRefused 451"),
        ({"data": "554 5.7.1 refused"}, "abandoned", "SMTPDataError 554"),
        ({"data": "452 4.2.2 mailbox of anne@exemple.fr full"}, "pending", "SMTPDataError 452"),
    ],
)
def test_what_a_server_refuses_for_good_thrice_is_abandoned_and_the_rest_tried_again(
    settings: Settings, write: Write, answers: dict[str, str], status: str, detail: str
) -> None:
    with serving(Postbox(**answers)) as port:
        use(settings, port)
        courrier = write()
        assert deliver(courrier).status == deliver(courrier).status == "pending"
        assert deliver(courrier).status == status
    details = set(CourrierAttempt.objects.values_list("detail", flat=True))
    assert details == {detail}  # the code, and nobody's address


def test_a_server_that_is_not_there_is_tried_again(settings: Settings, write: Write) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        use(settings, closed.getsockname()[1])
        assert deliver(write()).status == "pending"
    assert CourrierAttempt.objects.get().detail == "ConnectionRefusedError"


def test_a_server_that_never_answers_is_left_after_the_timeout(settings: Settings, write: Write) -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        use(settings, mute.getsockname()[1], timeout=0.2)
        assert deliver(write()).status == "pending"
    assert CourrierAttempt.objects.get().detail == "SMTPServerDisconnected"


def test_a_refused_password_is_ours_to_mend_and_loses_no_message(settings: Settings, write: Write) -> None:
    with serving(Postbox()) as port:
        use(settings, port)
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "portail", "faux"
        assert deliver(write()).status == "pending"


@pytest.mark.parametrize(
    ("url", "port", "starttls", "tls"),
    [
        ("smtp://mail.example", 587, True, False),
        ("smtp://mail.example:25?starttls=no", 25, False, False),
        ("smtp://127.0.0.1:1025", 1025, False, False),
        ("smtp://localhost?starttls=yes", 587, True, False),
        ("smtps://mail.example", 465, False, True),
    ],
)
def test_the_address_of_a_mail_server(url: str, port: int, starttls: bool, tls: bool) -> None:
    found = env.smtp(url)
    assert (found["EMAIL_PORT"], found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (port, starttls, tls)
    assert found["EMAIL_TIMEOUT"] <= 10


def test_the_password_of_a_mail_server_may_hold_any_sign(settings: Settings) -> None:
    for name, value in env.smtp("smtps://portail%40x:p%2Fa%3As@mail.example").items():
        setattr(settings, name, value)
    backend: Any = get_connection()
    assert (backend.username, backend.password, backend.host) == ("portail@x", "p/a:s", "mail.example")


@pytest.mark.parametrize("url", ["http://mail.example", "smtp://", "mail.example:25"])
def test_an_address_that_is_none_is_refused_at_start(url: str) -> None:
    with pytest.raises(ValueError, match="GUICHET_SMTP_URL"):
        env.smtp(url)
