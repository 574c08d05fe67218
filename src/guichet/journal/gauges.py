"""What an operator watches of the journal: numbers alone."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Min

from guichet.journal.models import Event, Seal


@dataclass(frozen=True)
class Sealing:
    """``sealed_at``: of the last seal. ``unsealed``: the events behind it, the oldest at ``since``."""

    sealed_at: dt.datetime | None
    unsealed: int
    since: dt.datetime | None


def sealing() -> Sealing:
    """How far the journal is sealed."""
    seal = Seal.objects.order_by("-seq").first()
    behind = Event.objects.filter(pk__gt=seal.last_id if seal else 0).aggregate(n=Count("*"), since=Min("at"))
    return Sealing(seal.at if seal else None, behind["n"], behind["since"])
