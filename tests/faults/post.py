"""A mail server that keeps what arrives, and refuses when it is told to."""

import re
import threading
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests.smtp import SmtpServer, message_of

LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Mail:
    """One message as it arrived; ``number`` is its Message-ID."""

    number: str
    to: str
    subject: str
    text: str

    @property
    def path(self) -> str:
        """Where its first link leads to on the portal."""
        found = LINK.search(self.text)
        assert found, self.text
        return "/" + found[0].split("/", 3)[3]

    def after(self, label: str) -> str:
        """What stands after « label : » on its line."""
        found = re.search(rf"{label}\s*:\s*(.+)", self.text)
        assert found, self.text
        return found[1].strip()


class Post(SmtpServer):
    """``with Post() as post``: a server on ``post.port``; everything that came is in ``arrived``."""

    def __init__(self) -> None:
        super().__init__()
        self.mode = ""
        self._arrived: list[Mail] = []
        self._lock = threading.Lock()

    async def handle_MAIL(
        self, _server: object, _session: object, envelope: Any, address: str, _options: object
    ) -> str:
        """Refuse for the moment, or for good, before anybody is named."""
        if self.mode == "refuse_4xx":
            return "421 4.3.2 not now"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, _server: object, _session: object, envelope: Any, address: str, _options: object
    ) -> str:
        """Refuse everybody, as a relay does whose settings are wrong for a while."""
        if self.mode == "refuse_5xx":
            return "554 5.7.1 relay access denied"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: object, envelope: Any) -> str:
        """Keep a message; with « lost_answer », the answer never reaches the sender."""
        message, text = message_of(envelope)
        with self._lock:
            for to in envelope.rcpt_tos:
                self._arrived.append(Mail(str(message["Message-ID"]), to, str(message["Subject"]), text))
        if self.mode == "lost_answer" and server.transport is not None:
            server.transport.abort()
        return "250 OK"

    @property
    def arrived(self) -> list[Mail]:
        """Everything that came until now, in its order."""
        with self._lock:
            return list(self._arrived)

    def times(self) -> Counter[str]:
        """How often each Message-ID came."""
        return Counter(mail.number for mail in self.arrived)

    def restore(self, arrived: list[Mail]) -> None:
        """Hold exactly these from now on."""
        with self._lock:
            self._arrived = list(arrived)

    def drop(self, number: str) -> None:
        """Forget a message, as if it had never come."""
        with self._lock:
            self._arrived = [mail for mail in self._arrived if mail.number != number]
