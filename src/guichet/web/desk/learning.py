"""What agents put elsewhere: the names that people use, the types that they chose, and the right ones."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from guichet.instruction import queries
from guichet.instruction.rules import Role
from guichet.instruction.values import Reclassification
from guichet.kernel import clock
from guichet.web.desk.access import DeskRequest, agent_required
from guichet.web.desk.pages import desk
from guichet.web.spreadsheets import csv_file

PERIODS = (7, 30, 90, 365)  # days
USUAL = 90
PERIOD = "jours"
MOST = 200  # lines on the page; the CSV has them all


@require_safe
@agent_required(Role.SUPERVISEUR)
def reclassifications(request: DeskRequest) -> HttpResponse:
    """The reclassifications of a period that the address names, the most frequent first."""
    days = _days(request)
    found = _found(request, days)
    here = reverse("desk:reclassifications")
    context: dict[str, Any] = {
        "periods": [
            {"label": _period(one), "url": f"{here}?{PERIOD}={one}", "current": one == days}
            for one in PERIODS
        ],
        "lines": found[:MOST],
        "left": max(0, len(found) - MOST),
        "total": sum(one.number for one in found),
        "csv_url": f"{reverse('desk:reclassifications_csv')}?{PERIOD}={days}",
    }
    return desk(request, "web/desk/reclassifications.html", context)


@require_safe
@agent_required(Role.SUPERVISEUR)
def reclassifications_csv(request: DeskRequest) -> HttpResponseBase:
    """The same as CSV."""
    rows = queries.reclassification_rows(_found(request, _days(request)))
    return csv_file(f"reclassements-{clock.today().isoformat()}.csv", rows)


def _found(request: DeskRequest, days: int) -> list[Reclassification]:
    since = clock.today() - dt.timedelta(days=days - 1)
    return queries.reclassifications(agent=request.agent, since=since)


def _days(request: DeskRequest) -> int:
    text = request.GET.get(PERIOD, "")
    return int(text) if text in map(str, PERIODS) else USUAL


def _period(days: int) -> str:
    return ngettext("{n} jour", "{n} derniers jours", days).format(n=days)
