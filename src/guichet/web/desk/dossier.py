"""The one screen of a filing: its pages beside its data, what was said, and what may be decided."""

import uuid
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guichet.depots import queries as depots
from guichet.depots.definitions import Teleprocedure, teleprocedure
from guichet.depots.models import Depot, DepotFile
from guichet.depots.queries import is_public, published
from guichet.depots.states import State
from guichet.files import checks
from guichet.files import queries as files
from guichet.instruction import operations, queries
from guichet.instruction.rules import Role
from guichet.instruction.values import Dossier
from guichet.web.desk.access import DeskRequest, agent_required
from guichet.web.desk.documents import papers_of
from guichet.web.desk.forms import NoteForm, QuestionForm
from guichet.web.desk.history import history_of
from guichet.web.desk.household import household_url
from guichet.web.desk.pages import Place, desk, desk_form, number_in, place_of
from guichet.web.desk.presentation import card_of, notes_of, thread_of
from guichet.web.desk.queue import colleagues_of
from guichet.web.desk.sheets import DOCUMENT, sheets_of
from guichet.web.filing.answering import joinable
from guichet.web.filing.depots import download
from guichet.web.filing.presentation import (
    answers_of,
    is_infected,
    received_documents,
)
from guichet.web.filing.presentation import card_of as filing_card
from guichet.web.forms import PortalForm

WIDTHS = {"normal": 700, "grand": 1600}  # pixels


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
    """Page ``number`` (from 1) of what is, or would be, published; ``?taille=grand`` to read small print,
    ``?document=2`` where there are several.
    """
    file = _file(request, queries.depot(agent=request.agent, depot_id=depot_id))
    if file is None or not 1 <= number <= file.pages or not files.is_showable(sha256=file.stored_id):
        raise Http404
    width = WIDTHS.get(request.GET.get("taille", ""), WIDTHS["normal"])
    with files.local_path(sha256=file.stored_id) as path:
        picture = checks.page_image(path, page=number - 1, width=width)
    return HttpResponse(picture, content_type="image/png", headers={"Cache-Control": "no-store"})


@require_safe
@agent_required()
def document(request: DeskRequest, depot_id: uuid.UUID) -> HttpResponseBase:
    """The one PDF that is, or would be, published; ``?document=2`` where there are several."""
    found = queries.depot(agent=request.agent, depot_id=depot_id)
    file = _file(request, found)
    if file is None:
        raise Http404
    if teleprocedure(found.teleprocedure).documents is None:
        return download(file, f"{found.reference}.pdf")
    return download(file, f"{found.reference}-{file.position}.pdf")


@require_safe
@agent_required()
def original(request: DeskRequest, depot_id: uuid.UUID, file_id: int) -> HttpResponseBase:
    """A file of those that are kept as they came; of others, agents see what was made of them alone."""
    found = queries.depot(agent=request.agent, depot_id=depot_id)
    rules = teleprocedure(found.teleprocedure).files
    file = next((one for one in depots.received(found) if one.pk == file_id), None)
    if file is None or rules is None or not rules.as_is:
        raise Http404
    return download(file, file.name)


def _file(request: DeskRequest, depot: Depot) -> DepotFile | None:
    """The PDF that the address names: the only one, or the document of that number (1 if none is said)."""
    if teleprocedure(depot.teleprocedure).documents is None:
        return published(depot)
    wanted = number_in(request.GET, DOCUMENT)
    return next((one for one in depots.documents(depot) if one.position == wanted), None)


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
        "as_is": definition.files is not None and definition.files.as_is,
        "originals": [(one, place.at("original", depot.pk, one.id)) for one in received_documents(depot)],
        "papers": papers_of(request.GET, found, place, may_reclassify=holder is None),
        "decision": _decision(definition),
        "household_url": household_url(depot),
        "answered": _answered(depot, place),
        "infected": any(is_infected(file) for file in depot.files.all()),
        "versions": [_version(one, place) for one in found.versions],
        "thread": thread_of(found.messages, depot),
        "notes": notes_of(found.notes),
        "history": history_of(found.history, definition),
        "question_form": QuestionForm(),
        "joinable": joinable(depot.teleprocedure),
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
    accepts = waits and not publishes
    mine = found.assigned_to is not None and found.assigned_to.id == request.agent.pk
    return {
        "publish": waits and publishes,
        "accept": accepts and not explains,
        "accept_with_reason": accepts and explains,
        "accept_saying": accepts and definition.instruction.accepting_may_say and not explains,
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
        "words": ", ".join(part for part in (card.version, card.reference) if part),
        "state": card.state_words,
    }


def _pages(request: DeskRequest, depot: Depot, place: Place) -> dict[str, Any]:
    """The pages of the one PDF to show now; documents have theirs, each apart."""
    file = None if teleprocedure(depot.teleprocedure).documents else published(depot)
    shown = file if file and files.shows(file.stored) else None
    return sheets_of(request.GET, depot, place, shown)


def _decision(definition: Teleprocedure) -> dict[str, str]:
    """The words on the buttons."""
    accepting = _(definition.instruction.accepting)
    return {
        "accept": _("{accepting} ce dépôt").format(accepting=accepting),
        "accept_with_reason": _("{accepting} avec un motif").format(accepting=accepting),
        "accept_saying": _("{accepting} avec un mot au déposant").format(accepting=accepting),
    }
