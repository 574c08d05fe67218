"""Reading the outbox, and the mailboxes inside the portal."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import BooleanField, ExpressionWrapper, Q

from guichet.courriers.models import Courrier, Pli
from guichet.kernel.refusals import N_, Refusal

PAGE_SIZE = 20


class PliNotFound(Refusal):
    """It does not exist, or stands in somebody else's mailbox: both look the same."""

    code = "pli_not_found"
    message = N_("Ce message n’existe pas, ou n’est pas dans votre messagerie.")
    status = 404


@dataclass(frozen=True, kw_only=True)
class PliLine:
    """A message in a list, without its text."""

    id: uuid.UUID
    subject: str
    at: dt.datetime
    is_unread: bool


@dataclass(frozen=True, kw_only=True)
class Plis:
    """One page of a mailbox, from 1 on, of ``pages`` (one at least); ``total`` and ``unread`` of them all."""

    lines: Sequence[PliLine]
    total: int
    unread: int
    page: int
    pages: int


def of_subject(*, about: str) -> list[Courrier]:
    """Every courrier about one subject of evidence, the latest first, with its attempts."""
    return list(
        Courrier.objects.filter(about=about).order_by("-created_at", "-pk").prefetch_related("attempts")
    )


def plis(*, box: str, page: int = 1) -> Plis:
    """A page of a mailbox: what was not read yet first, then the rest, each the newest first.

    A page that does not exist is the nearest one that does.
    """
    held = Pli.objects.filter(box=box)
    total = held.count()
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    seen = ExpressionWrapper(Q(read_at__isnull=False), output_field=BooleanField())
    rows = held.defer("body").order_by(seen, "-created_at", "-pk")
    lines = [
        PliLine(id=row.pk, subject=row.subject, at=row.created_at, is_unread=row.read_at is None)
        for row in rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    ]
    return Plis(lines=lines, total=total, unread=unread(box=box), page=page, pages=pages)


def pli(*, box: str, pli_id: uuid.UUID) -> Pli:
    """One message of a mailbox. Raises ``PliNotFound``, also for a message of another mailbox."""
    found = Pli.objects.filter(box=box, pk=pli_id).first()
    if found is None:
        raise PliNotFound
    return found


def unread(*, box: str) -> int:
    """How many messages of a mailbox nobody opened yet; the index ``pli_unread`` holds nothing else."""
    return Pli.objects.filter(box=box, read_at=None).count()


def all_plis(*, box: str) -> list[Pli]:
    """Every message of a mailbox, the first one first."""
    return list(Pli.objects.filter(box=box).order_by("created_at", "pk"))
