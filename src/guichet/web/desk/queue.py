"""The queue: what waits, under filters that the address keeps; and « Prendre le suivant »."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from guichet.depots.definitions import Teleprocedure, teleprocedures
from guichet.depots.states import State
from guichet.instruction import operations, queries
from guichet.instruction.models import Agent
from guichet.instruction.rules import (
    ALL_STATES,
    ANSWERED,
    ASKED,
    ME,
    MOST_IN_BULK,
    NOBODY,
    Action,
    Filters,
    Role,
)
from guichet.instruction.values import Counts, Person, Queue
from guichet.web.desk import words
from guichet.web.desk.access import DeskRequest, agent_required
from guichet.web.desk.forms import ACTIONS, FilterForm
from guichet.web.desk.pages import Place, desk, place_of
from guichet.web.desk.presentation import STATES, line_of, state_in_words

WAITING = (State.CONFIRME,)  # the states in which something may be decided, or somebody have it in hand
PUBLIC = (State.PUBLIE, State.REMPLACE)  # those in which the public may read it


@require_safe
@agent_required()
def queue(request: DeskRequest) -> HttpResponse:
    """One page of filings, with the filters and how many each of them would show."""
    place = place_of(request.GET)
    found = queries.queue(agent=request.agent, filters=place.filters, sort=place.sort, page=place.page)
    procedures = seen_by(request.agent)
    return desk(
        request,
        "web/desk/queue.html",
        {
            "query": place.query(),
            "lines": [line_of(line, place) for line in found.lines],
            "page_ids": ",".join(str(line.depot_id) for line in found.lines),
            "total": found.total,
            "first": min(found.total, MOST_IN_BULK),
            "chips": _chips(place, found.counts, chosen_procedures(place.filters, procedures)),
            "filter_form": FilterForm(
                place.filters, place.sort, procedures=procedures, colleagues=colleagues_of(request.agent)
            ),
            "filtered": bool(place.turned(1).query()),
            "several": len(procedures) > 1,
            "others_decide": _left_out(place.filters, procedures),
            "actions": _actions(place.filters, procedures),
            "export_url": place.at("export") if request.agent.rank.includes(Role.SUPERVISEUR) else "",
            **_pager(place, found),
        },
    )


@require_POST
@agent_required()
def take_next(request: DeskRequest) -> HttpResponse:
    """The oldest filing of the filter that nobody has: assigned, held, and opened."""
    place = place_of(request.GET)
    taken = operations.take_next(agent=request.agent, filters=place.filters)
    if taken is None:
        messages.info(request, _("Plus aucun dépôt libre n’attend sous ce filtre : tous sont attribués."))
        return redirect(place.at("queue"))
    return redirect(place.at("dossier", taken.pk))


def _left_out(filters: Filters, procedures: Sequence[Teleprocedure]) -> list[str]:
    """The names of the téléprocédures that this queue leaves out, as somebody else is asked first."""
    if filters.teleprocedure or filters.text:
        return []
    return [_(one.label) for one in procedures if one.instruction.others_decide]


def seen_by(agent: Agent) -> list[Teleprocedure]:
    """The téléprocédures that ``agent`` looks after."""
    return [
        one
        for one in teleprocedures().values()
        if not agent.teleprocedures or one.code in agent.teleprocedures
    ]


def colleagues_of(agent: Agent, teleprocedure: str = "") -> Sequence[Person]:
    """Those who look after a téléprocédure, or after any that ``agent`` looks after; ``agent`` included."""
    return queries.colleagues(agent=agent, teleprocedure=teleprocedure)


def _chips(place: Place, counts: Counts, procedures: Sequence[Teleprocedure]) -> list[dict[str, Any]]:
    """How many there are in each state, and of what waits: mine, nobody's, late, asked, answered."""
    bare: dict[str, Any] = {"assigned": "", "late": False, "question": "", "state": State.CONFIRME.value}
    waiting: tuple[tuple[Any, int, dict[str, Any]], ...] = (
        (gettext_lazy("À moi"), counts.mine, {"assigned": ME}),
        (gettext_lazy("À personne"), counts.nobody, {"assigned": NOBODY}),
        (gettext_lazy("En retard"), counts.late, {"late": True}),
        (gettext_lazy("Question posée"), counts.asked, {"question": ASKED}),
        (gettext_lazy("Réponse reçue"), counts.answered, {"question": ANSWERED}),
    )
    states = [
        (state_in_words(state, procedures), counts.states.get(state, 0), {"state": state.value})
        for state in STATES
    ]
    return [
        _chip(place, label, number, {**bare, **changes})
        for label, number, changes in (states[0], *waiting, *states[1:])
        if number or changes == {"state": State.CONFIRME.value}
    ]


def _chip(place: Place, label: Any, number: int, changes: dict[str, Any]) -> dict[str, Any]:
    there = place.but(**changes)
    return {"label": label, "number": number, "url": there.at("queue"), "current": there == place.turned(1)}


def chosen_procedures(filters: Filters, procedures: Sequence[Teleprocedure]) -> list[Teleprocedure]:
    """Those of ``procedures`` whose filings the filters show."""
    return [one for one in procedures if filters.teleprocedure in ("", one.code)]


def _actions(filters: Filters, procedures: Sequence[Teleprocedure]) -> list[tuple[str, Any]]:
    """What may be done to many filings of this filter, under the words of its choice; perhaps nothing."""
    chosen = chosen_procedures(filters, procedures)
    publishes = {one.publication is not None for one in chosen}
    labels = {**ACTIONS, Action.ACCEPT: words.accepting(chosen)}
    possible = {
        Action.PUBLISH: (True in publishes, WAITING),
        Action.ACCEPT: (False in publishes, WAITING),
        Action.REFUSE: (True, WAITING),
        Action.WITHDRAW: (True in publishes, PUBLIC),
        Action.ASSIGN: (True, WAITING),
        Action.RELEASE: (True, WAITING),
    }
    return [
        (action.value, labels[action])
        for action, (holds, states) in possible.items()
        if holds and filters.state in (*states, ALL_STATES)
    ]


def _pager(place: Place, found: Queue) -> dict[str, Any]:
    at, last = found.page, found.pages
    return {
        "page": at,
        "pages": last,
        "previous_url": place.turned(at - 1).at("queue") if at > 1 else "",
        "next_url": place.turned(at + 1).at("queue") if at < last else "",
    }
