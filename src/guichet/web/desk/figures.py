"""Figures that one would rather look at: what came in, what was decided, what waits and since when."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from guichet.depots.definitions import Teleprocedure
from guichet.instruction import queries
from guichet.instruction.rules import Role
from guichet.instruction.values import AgeClass, Figures
from guichet.web.desk import words
from guichet.web.desk.access import DeskRequest, agent_required
from guichet.web.desk.charts import Chart, Series, figure, lines, stacked
from guichet.web.desk.pages import desk
from guichet.web.desk.presentation import STATES, state_in_words
from guichet.web.desk.queue import seen_by

PERIODS = (7, 30, 90, 365)  # days
USUAL = 30
DAY = dt.timedelta(days=1)


@require_safe
@agent_required()
def figures(request: DeskRequest) -> HttpResponse:
    """The charts of a period that the address names, each with its table."""
    text = request.GET.get("jours", "")
    days = int(text) if text in map(str, PERIODS) else USUAL
    found = queries.figures(agent=request.agent, days=days)
    procedures = seen_by(request.agent)
    charts = [_received(found), _decided(found, procedures), _ages(found), _states(found, procedures)]
    return desk(
        request,
        "web/desk/figures.html",
        {
            "periods": [_period(one, days) for one in PERIODS],
            "charts": charts,
            "told": _time(found),
            "report_url": _report(request, procedures),
        },
    )


def _period(days: int, shown: int) -> dict[str, Any]:
    label = ngettext("{n} jour", "{n} derniers jours", days).format(n=days)
    return {"label": label, "url": f"{reverse('desk:figures')}?jours={days}", "current": days == shown}


def _report(request: DeskRequest, procedures: Sequence[Teleprocedure]) -> str:
    """Where supervisors read what was put elsewhere, if anything that they see is made of documents."""
    has_documents = any(one.documents for one in procedures)
    told = has_documents and request.agent.rank.includes(Role.SUPERVISEUR)
    return reverse("desk:reclassifications") if told else ""


def _received(found: Figures) -> Chart:
    received = [day.received for day in found.days]
    told = ngettext(
        "{n} dépôt reçu sur la période.",
        "{n} dépôts reçus sur la période ; {most} au plus en un jour.",
        sum(received),
    )
    return stacked(
        slug="recus",
        title=_("Dépôts reçus par jour"),
        told=told.format(n=figure(sum(received)), most=figure(max(received, default=0))),
        head=_("Jour"),
        labels=_days(found),
        series=[Series(label=_("Reçus"), values=received)],
    )


def _decided(found: Figures, procedures: Sequence[Teleprocedure]) -> Chart:
    series = [
        Series(label=_("Publiés"), values=[day.published for day in found.days]),
        Series(label=_accepted(procedures), values=[day.accepted for day in found.days]),
        Series(label=_("Refusés"), values=[day.refused for day in found.days]),
        Series(label=_("Retirés"), values=[day.withdrawn for day in found.days]),
        Series(label=_("Caducs"), values=[day.lapsed for day in found.days]),
        Series(label=_("Terminés"), values=[day.ended for day in found.days]),
    ]
    number = round(sum(sum(one.values) for one in series))
    told = ngettext(
        "{n} décision ou fin sur la période.", "{n} décisions ou fins sur la période, par nature.", number
    )
    return stacked(
        slug="decides",
        title=_("Décisions et fins par jour"),
        told=told.format(n=figure(number)),
        head=_("Jour"),
        labels=_days(found),
        series=series,
    )


def _accepted(procedures: Sequence[Teleprocedure]) -> str:
    said = words.accepted(procedures)
    return _("Acceptés") if said == _("Accepté") else said


def _ages(found: Figures) -> Chart:
    told = ngettext(
        "{n} dépôt attend une décision, dont {late} en retard.",
        "{n} dépôts attendent une décision, dont {late} en retard.",
        sum(one.count for one in found.ages),
    )
    return lines(
        slug="ages",
        title=_("Depuis quand attendent les dépôts à instruire"),
        told=told.format(n=figure(sum(one.count for one in found.ages)), late=figure(found.late)),
        head=_("Attente"),
        labels=[_age(one) for one in found.ages],
        series=Series(label=_("Dépôts"), values=[one.count for one in found.ages]),
    )


def _states(found: Figures, procedures: Sequence[Teleprocedure]) -> Chart:
    states = [state for state in STATES if found.states.get(state)]
    return lines(
        slug="etats",
        title=_("Tous les dépôts, selon leur état aujourd’hui"),
        told=_("{n} dépôts en tout.").format(n=figure(sum(found.states.values()))),
        head=_("État"),
        labels=[state_in_words(state, procedures) for state in states],
        series=Series(label=_("Dépôts"), values=[found.states[state] for state in states]),
    )


def _time(found: Figures) -> str:
    """How long a decision took, in one sentence; nothing where none was taken."""
    if found.median is None or found.p90 is None:
        return ""
    told = ngettext(
        "La seule décision de la période a pris {median}.",
        "Sur {n} décisions de la période, la moitié a pris moins de {median}, et 9 sur 10 moins de {p90}.",
        found.decided,
    )
    return told.format(n=figure(found.decided), median=_long(found.median), p90=_long(found.p90))


def _long(length: dt.timedelta) -> str:
    if length < DAY:
        hours = max(1, round(length.total_seconds() / 3600))
        return ngettext("{n} heure", "{n} heures", hours).format(n=hours)
    days = round(length / DAY, 1)
    return ngettext("{n} jour", "{n} jours", int(days)).format(n=figure(days))


def _age(one: AgeClass) -> str:
    if one.below is None:
        return _("{n} jours et plus").format(n=one.at_least)
    if one.at_least == 0:
        return _("Moins d’un jour")
    return _("De {least} à {below} jours").format(least=one.at_least, below=one.below)


def _days(found: Figures) -> list[str]:
    """« 21/11 », with the year where the period is long: the axis has little room."""
    if len(found.days) > 60:
        return [day.day.strftime("%d/%m/%y") for day in found.days]
    return [day.day.strftime("%d/%m") for day in found.days]
