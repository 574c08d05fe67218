"""A real SMTP server in the test process, and the waiting for what arrives there."""

import re
import threading
from dataclasses import dataclass
from typing import Any

from tests.smtp import SmtpServer, message_of

WAIT = 30  # seconds for a message to arrive
MAX_LINK = 76  # characters: longer ones are cut by mail programs (000, step 3)
_LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Mail:
    """One message as it arrived."""

    to: str
    subject: str
    text: str

    @property
    def link(self) -> str:
        """The one link of the message that is a key; each of its links is short and ends its line."""
        links: list[str] = [found.rstrip(".,") for found in _LINK.findall(self.text)]
        assert links, self.text
        assert all(len(link) < MAX_LINK for link in links), links
        return links[0]

    @property
    def password(self) -> str:
        """The generated password of « votre compte »: alone on its line."""
        found = re.search(r"[Mm]ot de passe[^\n]*:\s*(\S+)", self.text)
        assert found, self.text
        return str(found.group(1))


class Mailbox(SmtpServer):
    """Everything that arrives, for whomever. ``with Mailbox()`` starts and stops the server."""

    def __init__(self) -> None:
        super().__init__()
        self._arrived: list[Mail] = []
        self._news = threading.Condition()

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:
        """Keep a message, and wake who waits for it."""
        message, text = message_of(envelope)
        with self._news:
            for to in envelope.rcpt_tos:
                self._arrived.append(Mail(to=to, subject=str(message["Subject"]), text=text))
            self._news.notify_all()
        return "250 OK"

    def expect(self, to: str, subject: str) -> Mail:
        """The oldest message to ``to`` whose subject holds ``subject``, which is taken out of the box."""
        with self._news:
            assert self._news.wait_for(lambda: self._find(to, subject), WAIT), (
                f"no message « {subject} » to {to}; arrived: {[(m.to, m.subject) for m in self._arrived]}"
            )
            mail = self._find(to, subject)
            assert mail is not None
            self._arrived.remove(mail)
            return mail

    def holds(self, to: str, subject: str = "") -> bool:
        """Whether such a message waits in the box now."""
        with self._news:
            return self._find(to, subject) is not None

    def _find(self, to: str, subject: str) -> Mail | None:
        return next((m for m in self._arrived if m.to == to and subject.lower() in m.subject.lower()), None)
