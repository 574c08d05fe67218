"""« Mes dossiers »: every request of the account, its export, what its page says; and how it ends."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from guichet.accounts.models import Account
from guichet.adhesions import catalogue, operations
from guichet.adhesions.queries import dossiers as queries
from guichet.adhesions.queries.adhesions import adhesion
from guichet.adhesions.rules import STATES as FILTERED
from guichet.adhesions.rules import TELEPROCEDURE, Filters, Sort
from guichet.adhesions.values import Adhesion, Answerer
from guichet.depots import queries as depots
from guichet.depots.models import Depot
from guichet.depots.states import State
from guichet.instruction import queries as instruction
from guichet.kernel.refusals import Refusal
from guichet.teleprocedures.adhesion.presentation import (
    ANSWERED,
    STATES,
    is_taken_back,
    line_of,
    standing,
    who,
)
from guichet.teleprocedures.adhesion.tables import PAGE, page_of, pager
from guichet.web.access import account_required
from guichet.web.filing.presentation import card_of
from guichet.web.messages import sentence
from guichet.web.requests import PortalRequest
from guichet.web.spreadsheets import csv_file

EITHER = require_http_methods(["GET", "HEAD", "POST"])
SORTS = {
    Sort.NEWEST: gettext_lazy("Les plus récents d’abord"),
    Sort.OLDEST: gettext_lazy("Les plus anciens d’abord"),
    Sort.NAME: gettext_lazy("Nom de l’entreprise"),
    Sort.ENDING: gettext_lazy("Échéance la plus proche"),
}


@require_safe
@account_required("abonne")
def dossiers(request: PortalRequest) -> HttpResponse:
    """One page of requests, under filters that the address keeps; what is to be done first stands above."""
    filters = _filters(request.GET)
    found = queries.dossiers(account=request.account, filters=filters, page=page_of(request.GET))
    draft = depots.draft_of(account=request.account, teleprocedure=TELEPROCEDURE)
    context = {
        "lines": [line_of(one, reverse("adhesion:depot", args=[one.depot_id])) for one in found.lines],
        "total": found.total,
        "everything": sum(found.counts.values()) > 0 or bool(filters.query()),
        "chips": _chips(filters, found.counts),
        "text": filters.text,
        "state": filters.state,
        "services": _options({one.code: one.label for one in catalogue.services().values()}, filters.service),
        "sorts": _options(SORTS, filters.sort),
        "filtered": bool(filters.query()),
        "export_url": _address("dossiers_csv", filters),
        "draft": card_of(draft) if draft else None,
        "questions": _questions(request.account),
        **pager(found.page, found.pages, lambda page: _address("dossiers", filters, page)),
    }
    return render(request, "adhesion/dossiers.html", context)


@require_safe
@account_required("abonne")
def dossiers_csv(request: PortalRequest) -> HttpResponseBase:
    """The same requests, all pages of them, for a spreadsheet."""
    rows = queries.export(account=request.account, filters=_filters(request.GET))
    return csv_file("mes-dossiers.csv", rows)


@EITHER
@account_required("abonne")
def end(request: PortalRequest, depot_id: uuid.UUID) -> HttpResponse:
    """Asks once, in words, whether to end a membership; then ends it."""
    found = _mine(request, depot_id)
    if found.is_in_force and request.method != "POST":
        return _asked_once(request, found, "adhesion/end.html")
    try:
        operations.end(demande_id=depot_id, by=Answerer(account=request.account))
    except Refusal as refusal:
        messages.warning(request, sentence(refusal))
    else:
        messages.success(request, _("Cette adhésion est terminée. L’entreprise en est prévenue."))
    return redirect("adhesion:depot", depot_id)


@EITHER
@account_required("abonne")
def take_back(request: PortalRequest, depot_id: uuid.UUID) -> HttpResponse:
    """Asks once whether to take back a request that waits; then takes it back."""
    found = _mine(request, depot_id)
    if found.state == State.CONFIRME and request.method != "POST":
        return _asked_once(request, found, "adhesion/take_back.html")
    try:
        operations.cancel(account=request.account, demande_id=depot_id)
    except Refusal as refusal:
        messages.warning(request, sentence(refusal))
    else:
        messages.success(request, _("Cette demande est retirée. L’entreprise en est prévenue."))
    return redirect("adhesion:depot", depot_id)


def _mine(request: PortalRequest, depot_id: uuid.UUID) -> Adhesion:
    """A request of the account. Raises ``DepotNotFound``, ``NotTheCompany`` (both 404)."""
    depots.find(account=request.account, depot_id=depot_id)
    return adhesion(demande_id=depot_id, by=Answerer(account=request.account))


def _asked_once(request: PortalRequest, found: Adhesion, template: str) -> HttpResponse:
    back = reverse("adhesion:depot", args=[found.depot_id])
    return render(request, template, {"name": _(found.name), "siren": found.siren, "back": back})


def more(account: Account, depot: Depot) -> Mapping[str, object]:
    """What the page of a filing says of a request: who was asked, until when, who answered."""
    if depot.state not in STATES:
        return {}
    found = adhesion(demande_id=depot.pk, by=Answerer(account=account))
    words, badge = standing(found)
    title = _("Adhésion : {name}").format(name=_(depot.subject_name))
    return {
        "card": replace(card_of(depot), title=title, state_words=words, badge=badge),
        "adhesion": found,
        "taken_back": is_taken_back(found),
        "answered_by": who(found.answered_by),
        "answer_label": ANSWERED.get(found.state, ""),
        "ended_by": who(found.ended_by),
    }


def _filters(query: QueryDict) -> Filters:
    return Filters.parse({name: str(query.get(name, "")) for name in query})


def _address(name: str, filters: Filters, page: int = 1) -> str:
    said = filters.query() | ({PAGE: str(page)} if page > 1 else {})
    return reverse(f"adhesion:{name}") + (f"?{urlencode(said)}" if said else "")


def _chips(filters: Filters, counts: Mapping[State, int]) -> list[dict[str, Any]]:
    labels = {"": _("Tous"), **{state: str(STATES[State(state)][0]) for state in FILTERED}}
    numbers = {"": sum(counts.values()), **{state.value: number for state, number in counts.items()}}
    return [
        {
            "label": label,
            "number": numbers.get(state, 0),
            "url": _address("dossiers", replace(filters, state=state)),
            "current": filters.state == state,
        }
        for state, label in labels.items()
    ]


def _options(labels: Mapping[Any, Any], chosen: str) -> list[dict[str, Any]]:
    return [{"code": str(code), "label": label, "current": code == chosen} for code, label in labels.items()]


def _questions(account: Account) -> list[dict[str, str]]:
    """The requests where the service waits for an answer."""
    asked = [key for key, code in instruction.unanswered(account=account).items() if code == TELEPROCEDURE]
    found: list[Depot] = [depots.one(account=account, depot_id=key) for key in asked]
    return [{"name": _(one.subject_name), "url": card_of(one).url} for one in found]
