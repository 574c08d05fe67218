"""The one screen of a filing: its pages beside its data, what was said, and what may be decided."""

import uuid
from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from guichet.depots.definitions import teleprocedure
from guichet.depots.models import Depot
from guichet.depots.queries import is_public, published
from guichet.depots.states import State
from guichet.files import checks
from guichet.files import queries as files
from guichet.instruction import operations, queries
from guichet.instruction.rules import Role
from guichet.instruction.values import Dossier
from guichet.web.desk.access import DeskRequest, agent_required
from guichet.web.desk.forms import NoteForm, QuestionForm
from guichet.web.desk.pages import Place, desk, desk_form, number_in, place_of, with_parameter
from guichet.web.desk.presentation import card_of, history_of, notes_of, thread_of
from guichet.web.desk.queue import colleagues_of
from guichet.web.filing.depots import download
from guichet.web.filing.presentation import (
    answers_of,
    is_infected,
    received_documents,
)
from guichet.web.filing.presentation import card_of as filing_card
from guichet.web.forms import PortalForm

SHEETS = 10  # pages shown at once
TURN = "feuilles"  # the parameter that says which ten
WIDTHS = {"normal": 700, "grand": 1600}  # pixels


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A page of the document."""

    number: int
    image: str
    large: str


@require_safe
@agent_required()
def dossier(request: DeskRequest, depot_id: uuid.UUID) -> HttpResponse:
    """All of a filing; whoever opens one to decide holds it, unless somebody else does."""
    place = place_of(request.GET)
    found = queries.dossier(agent=request.agent, depot_id=depot_id, filters=place.filters)
    if found.depot.state == State.CONFIRME or is_public(found.depot):
        found = replace(found, holder=operations.hold(agent=request.agent, depot_id=depot_id))
    return desk(request, "web/desk/dossier.html", page(request, found, place))


def shown_again(
    request: DeskRequest, depot_id: uuid.UUID, form: PortalForm, **forms: PortalForm
) -> HttpResponse:
    """The same screen with a form that does not hold: ``form``, also under its own name in ``forms``."""
    place = place_of(request.GET)
    found = queries.dossier(agent=request.agent, depot_id=depot_id, filters=place.filters)
    return desk_form(request, "web/desk/dossier.html", form, {**page(request, found, place), **forms})


@require_safe
@agent_required()
def page_image(request: DeskRequest, depot_id: uuid.UUID, number: int) -> HttpResponse:
    """Page ``number`` (from 1) of what is, or would be, published; ``?taille=grand`` to read small print."""
    file = published(queries.depot(agent=request.agent, depot_id=depot_id))
    if file is None or not 1 <= number <= file.pages or not files.is_showable(sha256=file.stored_id):
        raise Http404
    width = WIDTHS.get(request.GET.get("taille", ""), WIDTHS["normal"])
    with files.local_path(sha256=file.stored_id) as path:
        picture = checks.page_image(path, page=number - 1, width=width)
    return HttpResponse(picture, content_type="image/png", headers={"Cache-Control": "no-store"})


@require_safe
@agent_required()
def document(request: DeskRequest, depot_id: uuid.UUID) -> HttpResponseBase:
    """The one PDF that is, or would be, published."""
    found = queries.depot(agent=request.agent, depot_id=depot_id)
    file = published(found)
    if file is None:
        raise Http404
    return download(file, f"{found.reference}.pdf")


def page(request: DeskRequest, found: Dossier, place: Place) -> dict[str, Any]:
    """What the template shows of a filing."""
    depot = found.depot
    definition = teleprocedure(depot.teleprocedure)
    holder = found.holder if found.holder and not found.holder.mine else None
    may = _may(request, found) if holder is None else {}
    at = {name: place.at(name, depot.pk) for name in ACTIONS}
    may_assign = request.agent.rank.includes(Role.SUPERVISEUR) and depot.state == State.CONFIRME
    return {
        "card": card_of(found, place),
        "query": place.query(),
        "queue_url": place.at("queue"),
        "at": at,
        "me": request.agent.pk,
        "may": may,
        "holder": {"name": holder.holder.name, "until": holder.until} if holder else None,
        "comparisons": found.comparisons,
        "differences": sum(line.differs for line in found.comparisons),
        "answers": answers_of(depot),
        "documents": received_documents(depot),
        "with_files": definition.files is not None,
        "answered": _answered(depot, place),
        "infected": any(is_infected(file) for file in depot.files.all()),
        "versions": [_version(one, place) for one in found.versions],
        "thread": thread_of(found.messages),
        "notes": notes_of(found.notes),
        "history": history_of(found.history),
        "question_form": QuestionForm(),
        "note_form": NoteForm(),
        "colleagues": colleagues_of(request.agent, depot.teleprocedure) if may_assign else (),
        **_pages(request, depot, place),
    }


ACTIONS = (
    "publish",
    "accept",
    "refuse",
    "withdraw",
    "ask",
    "note",
    "assign",
    "release",
    "take_over",
    "document",
)


def _may(request: DeskRequest, found: Dossier) -> dict[str, bool]:
    """The buttons of a filing in this state, for the agent that has it open."""
    depot = found.depot
    waits = depot.state == State.CONFIRME
    definition = teleprocedure(depot.teleprocedure)
    publishes, explains = definition.publication is not None, definition.instruction.accepting_needs_reason
    mine = found.assigned_to is not None and found.assigned_to.id == request.agent.pk
    return {
        "publish": waits and publishes,
        "accept": waits and not publishes and not explains,
        "accept_with_reason": waits and not publishes and explains,
        "refuse": waits,
        "ask": waits,
        "withdraw": is_public(depot),
        "take": waits and found.assigned_to is None,
        "release": waits and mine,
    }


def _answered(depot: Depot, place: Place) -> dict[str, Any] | None:
    """The refused, or withdrawn, filing that this one answers, with the reason that its filer read."""
    answered = depot.corrects
    return {**_version(answered, place), "reason": answered.decision_text} if answered else None


def _version(depot: Depot, place: Place) -> dict[str, Any]:
    card = filing_card(depot)
    return {
        "url": place.at("dossier", depot.pk),
        "words": f"{card.version}, {card.reference}",
        "state": card.state_words,
    }


def _pages(request: DeskRequest, depot: Depot, place: Place) -> dict[str, Any]:
    """The pages to show now: some at once, the others one link further."""
    file = published(depot)
    showable = file is not None and files.is_showable(sha256=file.stored_id)
    count = file.pages if file and showable else 0
    turns = -(-count // SHEETS) or 1
    turn = min(number_in(request.GET, TURN), turns)
    first, last = (turn - 1) * SHEETS + 1, min(turn * SHEETS, count)
    here = place.at("dossier", depot.pk)
    return {
        "count": count,
        "sheets": [_sheet(depot, number) for number in range(first, last + 1)],
        "pages_before": with_parameter(here, TURN, turn - 1) if turn > 1 else "",
        "pages_after": with_parameter(here, TURN, turn + 1) if turn < turns else "",
        "after_words": _after_words(last, count),
    }


def _after_words(last: int, count: int) -> str:
    left = min(SHEETS, count - last)
    return ngettext("La page suivante", "Les {n} pages suivantes", left).format(n=left) if left > 0 else ""


def _sheet(depot: Depot, number: int) -> Sheet:
    image = reverse("desk:page", args=[depot.pk, number])
    return Sheet(number=number, image=image, large=f"{image}?taille=grand")
