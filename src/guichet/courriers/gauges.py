"""What an operator watches of the outbox: numbers alone, each from an index."""

import datetime as dt
from collections.abc import Mapping

from django.db.models import Count, Min

from guichet.courriers.models import Courrier
from guichet.courriers.states import Status


def unsent() -> Mapping[tuple[str, str], tuple[int, dt.datetime]]:
    """How many courriers of each (kind, status) are not sent, and since when the oldest of them waits."""
    rows = Courrier.objects.exclude(status=Status.SENT).order_by().values_list("kind", "status")
    found = rows.annotate(count=Count("*"), since=Min("created_at"))
    return {(kind, status): (count, since) for kind, status, count, since in found}
