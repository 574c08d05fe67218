"""Postal letters as PDF, for a window envelope."""

import os
from pathlib import Path

from django.conf import settings

from guichet.courriers.models import Courrier
from guichet.files.typesetting import Layout
from guichet.kernel.clock import PARIS
from guichet.kernel.dates import in_words

LAYOUT = Layout(Path(__file__).with_name("letter.typ"), system_fonts=True)  # an address may be in any letters


def hand_over(courrier: Courrier, *, into: Path) -> Path:
    """Write the letter of ``courrier`` into ``into``: all of it or nothing, the same name each time.

    Raises ``OSError`` where the folder can't be written.
    """
    into.mkdir(parents=True, exist_ok=True)
    day = courrier.created_at.astimezone(PARIS).date()
    return _write_atomically(into / f"{day:%Y-%m-%d}-courrier-{courrier.pk}.pdf", make_pdf(courrier))


def make_pdf(courrier: Courrier) -> bytes:
    """The letter on A4. What it says is passed as data: nothing of it is read as markup."""
    content = {
        "sender": settings.PORTAL_NAME,
        "recipient": [courrier.recipient, *courrier.address],
        "date": in_words(courrier.created_at.astimezone(PARIS).date()),
        "subject": courrier.subject,
        "paragraphs": courrier.body.strip().split("\n\n"),
    }
    return LAYOUT.pdf(content, moment=courrier.created_at)


def _write_atomically(path: Path, content: bytes) -> Path:
    part = path.with_name(f".{path.name}.part")  # the same each time: what a failure leaves is overwritten
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return path
