"""When declarations open for clients: their delays, and when they open for the firm itself."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from guichet.inscriptions import catalogue
from guichet.inscriptions.models import DeclarationInscrite
from guichet.inscriptions.rules import MOST_DELAY


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What ``rules.starts_at`` needs of a declaration of the firm."""

    code: str
    delay: dt.timedelta
    opens: dt.datetime


def openings(inscription_id: UUID, codes: Collection[str] | None = None) -> list[Opening]:
    """What the firm declares, or those of ``codes`` that it does, in the order of their codes."""
    rows = DeclarationInscrite.objects.filter(inscription=inscription_id, removed_at=None)
    if codes is not None:
        rows = rows.filter(code__in=codes)
    return [
        Opening(code=code, delay=delay_of(code), opens=opens)
        for code, opens in rows.order_by("code").values_list("code", "opens_at")
    ]


def delay_of(code: str) -> dt.timedelta:
    """How long a client waits for a declaration; the longest, of one that the catalogue lost."""
    try:
        return min(catalogue.declaration(code).delay, MOST_DELAY)
    except KeyError:
        return MOST_DELAY
