"""The company's side: it answers by the code of its letter, or from the espace where it is at home.

By code nobody signs in: the code opens one request, for ``OPEN_FOR`` in this browser. Which one it is stands
in the session and never in an address, so that neither history nor a copied link leads to it.
"""

import datetime as dt
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from guichet.adhesions import operations
from guichet.adhesions.models import Demande
from guichet.adhesions.queries import adhesions as queries
from guichet.adhesions.values import Adhesion, Answerer
from guichet.kernel import clock
from guichet.kernel.refusals import Refusal
from guichet.teleprocedures.adhesion.company_forms import AnswerForm, CodeForm
from guichet.teleprocedures.adhesion.presentation import asked_of
from guichet.web.forms import posted, show
from guichet.web.messages import sentence
from guichet.web.requests import PortalRequest, account_of, client_of

OPENED = "company_demande"
OPEN_FOR = dt.timedelta(minutes=30)
EITHER = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, kw_only=True)
class Way:
    """How somebody came to a request, and the addresses of its pages on that way. Empty: there is none."""

    by: Answerer
    here: str
    end: str
    back: str = ""
    leave: str = ""


@EITHER
@never_cache
def code(request: PortalRequest) -> HttpResponse:
    """SIREN and code; the right ones open the request."""
    form = CodeForm(posted(request))
    if form.is_bound and form.is_valid():
        try:
            found = operations.open_by_code(**form.cleaned_data, client=client_of(request))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            _open(request, found)
            return redirect("company:demande")
    return show(request, "company/code.html", form)


@EITHER
@never_cache
def demande(request: PortalRequest) -> HttpResponse:
    """The request that the code opened, with its answer to give, or as it stands."""
    opened = _opened(request)
    return answering(request, *opened) if opened else _closed(request)


@EITHER
@never_cache
def end(request: PortalRequest) -> HttpResponse:
    """Asks once whether to end what was accepted; then ends it."""
    opened = _opened(request)
    return ending(request, *opened) if opened else _closed(request)


@require_POST
def leave(request: PortalRequest) -> HttpResponse:
    """Closes the request in this browser."""
    request.session.pop(OPENED, None)
    messages.success(request, _("La demande est fermée dans ce navigateur."))
    return redirect("company:code")


def answering(request: PortalRequest, found: Adhesion, way: Way) -> HttpResponse:
    """The page of a request, whichever way one came: the question while it waits, then what became of it."""
    asked = asked_of(found)
    ways = {"back": way.back, "end_url": way.end, "leave_url": way.leave}
    context = {"asked": asked, "adhesion": found, **ways}
    if not found.is_open:
        return render(request, "company/demande.html", {**context, "form": None})
    form = AnswerForm(posted(request), who=asked.who)
    if form.is_bound and form.is_valid():
        try:
            operations.answer(
                demande_id=found.depot_id,
                by=way.by,
                accept=form.accepts,
                reason=form.cleaned_data["reason"],
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return redirect(way.here)
    return show(request, "company/demande.html", form, context)


def ending(request: PortalRequest, found: Adhesion, way: Way) -> HttpResponse:
    """The one question before an agreement ends, whichever way one came."""
    if not found.is_in_force:
        return redirect(way.here)
    if request.method != "POST":
        return render(request, "company/end.html", {"asked": asked_of(found), "back": way.here})
    try:
        operations.end(demande_id=found.depot_id, by=way.by)
    except Refusal as refusal:
        messages.warning(request, sentence(refusal))
    return redirect(way.here)


def _open(request: PortalRequest, found: Demande) -> None:
    """Remembers the request in this browser; under a new key: who knew the former one gains nothing."""
    if account_of(request) is None:
        request.session.cycle_key()
    until = (clock.now() + OPEN_FOR).isoformat()
    request.session[OPENED] = {"id": str(found.pk), "code": found.code_hash, "until": until}


def _opened(request: PortalRequest) -> tuple[Adhesion, Way] | None:
    """The request that is open in this browser, with the way that leads there; none, or none any more."""
    kept = request.session.get(OPENED)
    if not kept or dt.datetime.fromisoformat(kept["until"]) <= clock.now():
        return None
    by = Answerer(code_hash=kept["code"])
    way = Way(
        by=by,
        here=reverse("company:demande"),
        end=reverse("company:end"),
        leave=reverse("company:leave"),
    )
    return queries.adhesion(demande_id=kept["id"], by=by), way


def _closed(request: PortalRequest) -> HttpResponse:
    if request.session.pop(OPENED, None):
        messages.info(
            request, _("La demande s’est refermée au bout de 30 minutes. Saisissez de nouveau son code.")
        )
    return redirect("company:code")
