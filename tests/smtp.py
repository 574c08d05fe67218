"""Mail servers of the tests, on the loopback."""

import email
import email.policy
import socket
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller


class SmtpServer:
    """``with SmtpServer() as server`` listens on ``server.port``; subclasses keep what arrives."""

    def __init__(self) -> None:
        self.port = free_port()
        self._controller: Any = Controller(self, hostname="127.0.0.1", port=self.port)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()


def message_of(envelope: Any) -> tuple[EmailMessage, str]:
    """The message that came, and its text."""
    message = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message, str(message.get_content())


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
