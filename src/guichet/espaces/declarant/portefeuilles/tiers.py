"""« Qui déclare pour vous »: the client's side: which firms file for the company, and how to end it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guichet.espaces.declarant.access import ActeurRequest, administrateur_required
from guichet.espaces.declarant.people import answered, form_page
from guichet.espaces.declarant.people_forms import UnderstoodForm
from guichet.espaces.declarant.portefeuilles import pages
from guichet.habilitations.operations import clientes as rights
from guichet.inscriptions import queries as inscriptions
from guichet.portefeuilles import operations, queries
from guichet.portefeuilles.values import Tiers
from guichet.web.forms import posted


@dataclass(frozen=True)
class Split:
    """Firms that declare now; those that the company ended, and did not let back since; those it did."""

    now: Sequence[tuple[Tiers, dt.date]]  # since
    ended: Sequence[Tiers]
    allowed: Sequence[Tiers]


@require_safe
@administrateur_required
def tiers(request: ActeurRequest) -> HttpResponse:
    """Who declares for the company, since when, what; whom it ended."""
    found = queries.tiers_of(acteur=request.acteur)
    split = Split(
        now=[(one, pages.day(one.since)) for one in found if one.ended_at is None],
        ended=[one for one in found if one.ended_at is not None and one.let_back_at is None],
        allowed=[one for one in found if one.ended_at is not None and one.let_back_at is not None],
    )
    context = {"split": split, "company": inscriptions.name_of_company(request.acteur.inscription)}
    return render(request, "declarant/portefeuilles/tiers.html", context)


@form_page
@administrateur_required
def end(request: ActeurRequest, cliente_id: int) -> HttpResponse:
    """The tie ends at once, for all that firm's people; what happens is said, and asked once."""
    one = _found(request, cliente_id)
    if one.ended_at is not None:
        messages.info(request, _("{name} ne déclare déjà plus pour vous.").format(name=one.name))
        return redirect("declarant:tiers")
    said = _("J’ai compris : {name} ne peut plus rien transmettre pour mon entreprise.")
    form = UnderstoodForm(posted(request), said=said.format(name=one.name), final=False)

    def go() -> HttpResponse:
        rights.end_tie(by=request.acteur, cliente_id=cliente_id)
        messages.success(
            request,
            _("{name} ne déclare plus pour votre entreprise, et en est prévenu.").format(name=one.name),
        )
        return redirect("declarant:tiers")

    context = {"one": one, "company": inscriptions.name_of_company(request.acteur.inscription)}
    return answered(request, "declarant/portefeuilles/tiers_end.html", form, go, context)


@require_POST
@administrateur_required
def let_back(request: ActeurRequest, cliente_id: int) -> HttpResponse:
    """The firm may add the company to a portfolio again; nothing else changes."""
    one = _found(request, cliente_id)
    if one.let_back_at is not None:
        messages.info(request, _("{name} est déjà autorisé de nouveau.").format(name=one.name))
        return redirect("declarant:tiers")
    operations.let_back(by=request.acteur, cliente_id=cliente_id)
    said = _(
        "{name} peut de nouveau vous ajouter à ses clients. Rien d’autre n’est rétabli : c’est à ce tiers "
        "de le faire."
    )
    messages.success(request, said.format(name=one.name))
    return redirect("declarant:tiers")


def _found(request: ActeurRequest, cliente_id: int) -> Tiers:
    """A firm of the company's list, by the tie's number. Raises ``Http404``."""
    for one in queries.tiers_of(acteur=request.acteur):
        if one.cliente_id == cliente_id:
            return one
    raise Http404
