"""Requests: the list, and each one's page, which has one address for its whole life (003, chapter 4)."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guichet.espaces.declarant.access import ActeurRequest
from guichet.espaces.declarant.imports import words
from guichet.espaces.declarant.imports.forms import ConfirmForm
from guichet.espaces.declarant.imports.pages import form_page, page, page_of, pager
from guichet.espaces.declarant.imports.showing import shown, summary
from guichet.espaces.declarant.portefeuilles.access import tiers_required
from guichet.imports import operations, queries
from guichet.imports.states import Etat
from guichet.imports.values import Detail
from guichet.kernel.refusals import Refusal
from guichet.portefeuilles import queries as portefeuilles
from guichet.web.messages import sentence

CONFLICT = 409


@require_safe
@tiers_required
def imports(request: ActeurRequest) -> HttpResponse:
    """All requests of the inscription, the latest first."""
    found = queries.demandes(acteur=request.acteur, page=page_of(request.GET))
    address = reverse("declarant:imports")
    context = {
        "lines": [summary(one) for one in found.lines],
        "total": found.total,
        "mine": bool(found.lines) or bool(portefeuilles.portefeuilles(acteur=request.acteur)),
        **pager(found, lambda number: f"{address}?page={number}"),
    }
    return page(request, "list", context)


@require_safe
@tiers_required
def demande(request: ActeurRequest, demande_id: uuid.UUID) -> HttpResponse:
    """Being read; then what it will do; waiting, running; then what it did."""
    return _page(request, demande_id)


@require_POST
@tiers_required
def validate(request: ActeurRequest, demande_id: uuid.UUID) -> HttpResponse:
    """What the page showed is done, in its turn."""
    found = queries.demande(acteur=request.acteur, demande_id=demande_id)
    form = _confirming(found, request.POST)
    if form and not form.is_valid() and found.etat == Etat.PRETE:
        return _page(request, demande_id, form=form)
    return _done(
        request,
        demande_id,
        lambda: operations.validate(by=request.acteur, demande_id=demande_id, confirmed=form is not None),
    )


@require_POST
@tiers_required
def delete(request: ActeurRequest, demande_id: uuid.UUID) -> HttpResponse:
    """It will not be done."""

    def deleted() -> None:
        operations.delete(by=request.acteur, demande_id=demande_id)
        messages.success(request, _("Cette demande est supprimée. Rien n’a changé dans le portefeuille."))

    return _done(request, demande_id, deleted, leads_to="declarant:imports")


@require_POST
@tiers_required
def take_back(request: ActeurRequest, demande_id: uuid.UUID) -> HttpResponse:
    """A new request that restores what was before: looked at and validated as any other."""
    try:
        made = operations.take_back(by=request.acteur, demande_id=demande_id)
    except Refusal as refusal:
        return _refused(request, demande_id, refusal)
    return redirect("declarant:import", made.pk)


def _done(
    request: ActeurRequest, demande_id: uuid.UUID, operation: Callable[[], object], *, leads_to: str = ""
) -> HttpResponse:
    try:
        operation()
    except Refusal as refusal:
        return _refused(request, demande_id, refusal)
    return redirect(leads_to) if leads_to else redirect("declarant:import", demande_id)


def _refused(request: ActeurRequest, demande_id: uuid.UUID, refusal: Refusal) -> HttpResponse:
    """The request's page as it stands now, with why what was asked can't be done. Else: its own page."""
    if refusal.status not in (CONFLICT, Refusal.status):
        raise refusal
    return _page(request, demande_id, refused=sentence(refusal), status=refusal.status)


def _page(
    request: ActeurRequest,
    demande_id: uuid.UUID,
    *,
    form: ConfirmForm | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    found = queries.demande(acteur=request.acteur, demande_id=demande_id)
    context: dict[str, Any] = {
        **shown(request.acteur, found, request.GET),
        "refused": refused,
        "awaited": found.etat in words.AWAITED,
        "refreshes": found.etat in words.AWAITED and "suivi" not in request.GET,
    }
    form = form or _confirming(found, None)
    if form is None or found.etat != Etat.PRETE:
        return page(request, "demande", context, status=status)
    return form_page(request, "demande", form, context, status=status)


def _confirming(found: Detail, data: Any) -> ConfirmForm | None:
    """The box to tick where the file's name designates another portfolio."""
    if not found.designates:
        return None
    label = _("Ce fichier est bien pour le portefeuille « {name} »").format(name=found.portefeuille)
    return ConfirmForm(data, label=label)
