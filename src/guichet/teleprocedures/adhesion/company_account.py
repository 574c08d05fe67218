"""« Qui agit pour vous »: a company that has an espace of its own answers and ends there, without a code."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from guichet.accounts.definitions import Espace, espaces
from guichet.adhesions.queries import adhesions as queries
from guichet.adhesions.values import Adhesion, Answerer
from guichet.teleprocedures.adhesion.company import Way, answering, ending
from guichet.teleprocedures.adhesion.presentation import asked_of
from guichet.web.access import account_required
from guichet.web.requests import PortalRequest, account_of

EITHER = require_http_methods(["GET", "HEAD", "POST"])
View = Callable[..., HttpResponse]


def company_required(view: View) -> View:
    """Guards a view for an account that *is* a unité légale, at whichever door it comes in.

    Whoever is signed in at a door of another kind is refused (403); nobody: the sign-in of such a door.
    """

    @wraps(view)
    def guarded(request: PortalRequest, **kwargs: Any) -> HttpResponse:
        account = account_of(request)
        doors = [espace.code for espace in _doors()]
        door = account.espace if account and account.espace in doors else doors[0]
        return account_required(door)(view)(request, **kwargs)  # type: ignore[return-value]  # our views' own

    return guarded


@require_safe
@company_required
def mine(request: PortalRequest) -> HttpResponse:
    """Who acts, or asks to act, for the unité légale that is signed in."""
    groups: dict[str, list[dict[str, Any]]] = {"waiting": [], "acting": [], "past": []}
    for found in queries.of_company(account=request.account):
        group = "waiting" if found.is_open else "acting" if found.is_in_force else "past"
        groups[group].append(_line(found))
    return render(request, "company/mine.html", groups)


@EITHER
@company_required
def demande(request: PortalRequest, demande_id: uuid.UUID) -> HttpResponse:
    """One request to the company that is signed in."""
    return answering(request, *_one(request, demande_id))


@EITHER
@company_required
def end(request: PortalRequest, demande_id: uuid.UUID) -> HttpResponse:
    """Asks once whether to end what was accepted; then ends it."""
    return ending(request, *_one(request, demande_id))


def _one(request: PortalRequest, demande_id: uuid.UUID) -> tuple[Adhesion, Way]:
    """A request to the company, and the way that leads there. Raises ``NotTheCompany`` (404)."""
    by = Answerer(account=request.account)
    here, end_url = (reverse(f"company:{name}", args=[demande_id]) for name in ("one", "one_end"))
    way = Way(by=by, here=here, end=end_url, back=reverse("company:mine"))
    return queries.adhesion(demande_id=demande_id, by=by), way


def _line(found: Adhesion) -> dict[str, Any]:
    return {
        "asked": asked_of(found),
        "url": reverse("company:one", args=[found.depot_id]),
        "end_url": reverse("company:one_end", args=[found.depot_id]),
    }


def _doors() -> list[Espace]:
    """The doors where whoever signs in is the unité légale itself."""
    return [espace for espace in espaces().values() if espace.is_unite]
