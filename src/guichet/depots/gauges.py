"""What an operator watches of the filings: numbers alone, each from an index."""

import datetime as dt
from collections.abc import Mapping

from django.db.models import Count, Min

from guichet.depots.models import Depot
from guichet.depots.states import State


def filings() -> Mapping[tuple[str, str], int]:
    """How many filings there are of each (téléprocédure, state): drafts, those to confirm, those that were
    filed. What expired or was given up is not counted.
    """
    filed = Depot.objects.filter(confirmed_at__isnull=False)
    drafts = Depot.objects.filter(state=State.BROUILLON)
    unconfirmed = Depot.objects.filter(state=State.A_CONFIRMER)
    return {
        (teleprocedure, state): count
        for some in (filed, drafts, unconfirmed)
        for teleprocedure, state, count in some.order_by()
        .values_list("teleprocedure", "state")
        .annotate(count=Count("*"))
    }


def oldest_undecided() -> Mapping[str, dt.datetime]:
    """Since when the oldest filing waits for an agent, of each téléprocédure that has one."""
    waiting = Depot.objects.filter(state=State.CONFIRME, confirmed_at__isnull=False).order_by()
    found = waiting.values_list("teleprocedure").annotate(since=Min("confirmed_at"))
    return {teleprocedure: since for teleprocedure, since in found if since}
