"""The demonstration's mailbox: e-mails in a Maildir, every postal letter as the PDF handed over."""

import datetime as dt
import mailbox
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage as ParsedMessage
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

SHOWN = 200  # messages in the list


class EmailBackend(BaseEmailBackend):
    """Puts messages into the Maildir at ``settings.MAILBOX_DIR`` instead of sending them."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write each message; how many."""
        settings.MAILBOX_DIR.parent.mkdir(parents=True, exist_ok=True)
        box = mailbox.Maildir(settings.MAILBOX_DIR)
        for message in email_messages:
            box.add(message.message().as_bytes())
        return len(email_messages)


@dataclass(frozen=True, kw_only=True)
class Part:
    """A piece of a message's text; ``link`` says whether it is an address of this portal."""

    text: str
    link: bool


@dataclass(frozen=True, kw_only=True)
class Message:
    """An e-mail that was « sent ». ``key`` names it in the Maildir."""

    key: str
    subject: str
    sender: str
    recipient: str
    sent_at: dt.datetime
    text: str

    @property
    def parts(self) -> list[Part]:
        """The text, cut around the links to this portal: no other address can be followed."""
        pieces = re.split(rf"({re.escape(settings.BASE_URL)}/[^\s<>\"]*)", self.text)
        return [Part(text=piece, link=bool(rank % 2)) for rank, piece in enumerate(pieces) if piece]


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A postal letter, by the ``name`` of its PDF."""

    name: str
    written_at: dt.datetime


def messages() -> list[Message]:
    """The latest messages, newest first."""
    paths = sorted(_paths(), key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)
    return [_read(path) for path in paths[:SHOWN]]


def message(key: str) -> Message | None:
    """One message, or None. Keys are compared with those of the Maildir: no path can be typed."""
    return next((_read(path) for path in _paths() if _key(path) == key), None)


def letters() -> list[Letter]:
    """The letters handed over, newest first."""
    found = [
        Letter(name=path.name, written_at=_written_at(path)) for path in settings.LETTERS_DIR.glob("*.pdf")
    ]
    return sorted(found, key=lambda letter: (letter.written_at, letter.name), reverse=True)


def letter_path(name: str) -> Path | None:
    """The file of one letter, or None. Names are compared with those of the folder: no path can be typed."""
    return next((path for path in settings.LETTERS_DIR.glob("*.pdf") if path.name == name), None)


def _paths() -> list[Path]:
    """Every message of the Maildir: those that no mail program has seen, and the others."""
    return [path for folder in ("new", "cur") for path in (settings.MAILBOX_DIR / folder).glob("*")]


def _key(path: Path) -> str:
    return path.name.partition(":")[0]  # a mail program adds what it did with the message


def _read(path: Path) -> Message:
    parsed = message_from_bytes(path.read_bytes(), policy=policy.default)
    return Message(
        key=_key(path),
        subject=str(parsed["Subject"] or ""),
        sender=str(parsed["From"] or ""),
        recipient=str(parsed["To"] or ""),
        sent_at=_written_at(path),
        text=_text(parsed),
    )


def _text(parsed: ParsedMessage) -> str:
    body = parsed.get_body(preferencelist=("plain",))
    return str(body.get_content()) if body else ""


def _written_at(path: Path) -> dt.datetime:
    return dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
