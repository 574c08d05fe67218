"""« Gérer les portefeuilles »: which there are, a new one, its name, and « Composer le portefeuille »."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guichet.espaces.declarant.access import ActeurRequest
from guichet.espaces.declarant.imports import words
from guichet.espaces.declarant.people import answered, form_page
from guichet.espaces.declarant.portefeuilles import pages
from guichet.espaces.declarant.portefeuilles.access import tiers_required
from guichet.espaces.declarant.portefeuilles.forms import NameForm
from guichet.habilitations.rules import finds
from guichet.imports import queries as imports
from guichet.imports.states import Etat
from guichet.imports.values import Summary as Demande
from guichet.portefeuilles import operations, queries
from guichet.portefeuilles.rules import PAGE_SIZE, pages_of
from guichet.portefeuilles.values import Line, Page, Summary
from guichet.web.forms import posted

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST_REQUESTS = 5  # on the page of a portfolio: the list has them all


@dataclass(frozen=True)
class Listed:
    """A portfolio in the list; ``labels``: its declarations in words."""

    one: Summary
    labels: Sequence[str]


@dataclass(frozen=True)
class Client:
    """A client in the list of its portfolio."""

    one: Line
    labels: Sequence[str]
    since: dt.date
    has_all: bool  # that its portfolio contains


@dataclass(frozen=True)
class Request:
    """A request by file: what it is about, where it stands, in words, and the class of its badge."""

    one: Demande
    subject: str
    state: "StrOrPromise"
    badge: str


@require_safe
@tiers_required
def portefeuilles(request: ActeurRequest) -> HttpResponse:
    """Every portfolio of the inscription, fifty a page; ``?q=`` looks for names."""
    everything = queries.portefeuilles(acteur=request.acteur)
    text = pages.searched(request)
    found = _shown([one for one in everything if finds(text, one.name)], pages.page_of(request))
    context = {
        "lines": [Listed(one, pages.labels(one.codes)) for one in found.lines],
        "everything": len(everything),
        "searchable": len(everything) > PAGE_SIZE or bool(text),
        **pages.pager(found, text),
    }
    return render(request, "declarant/portefeuilles/portefeuilles.html", context)


@form_page
@tiers_required
def new(request: ActeurRequest) -> HttpResponse:
    """« Nouveau portefeuille »: its name; its declarations are asked next, as clients want them."""
    form = NameForm(posted(request))

    def make() -> HttpResponse:
        made = operations.create(by=request.acteur, name=form.cleaned_data["name"])
        said = _("Le portefeuille « {name} » est créé. Choisissez maintenant ses déclarations.")
        messages.success(request, said.format(name=made.name))
        return redirect("declarant:portefeuille_declarations", made.pk)

    return answered(request, "declarant/portefeuilles/new.html", form, make, {})


@require_safe
@tiers_required
def portefeuille(request: ActeurRequest, portefeuille_id: uuid.UUID) -> HttpResponse:
    """« Composer le portefeuille »: its clients, fifty a page; ``?q=`` looks for a SIREN, SIRET or name."""
    acteur, text = request.acteur, pages.searched(request)
    found = queries.portefeuille(acteur=acteur, portefeuille_id=portefeuille_id)
    clients = queries.clientes(
        acteur=acteur, portefeuille_id=portefeuille_id, search=text, page=pages.page_of(request)
    )
    contained = queries.codes(acteur=acteur, portefeuille_id=portefeuille_id)
    requests = imports.demandes(acteur=acteur, portefeuille_id=portefeuille_id).lines[:MOST_REQUESTS]
    context = {
        "requests": [Request(one, words.subject(one), *words.ETATS[Etat(one.etat)]) for one in requests],
        "portefeuille": found,
        "contained": pages.labels(contained),
        "lines": [
            Client(one, pages.labels(one.codes), pages.day(one.began_at), {*one.codes} == {*contained})
            for one in clients.lines
        ],
        "done": pages.done(request),
        **pages.pager(clients, text),
    }
    return render(request, "declarant/portefeuilles/portefeuille.html", context)


@form_page
@tiers_required
def rename(request: ActeurRequest, portefeuille_id: uuid.UUID) -> HttpResponse:
    """Another name; rights and clients stay as they are."""
    found = queries.portefeuille(acteur=request.acteur, portefeuille_id=portefeuille_id)
    form = NameForm(posted(request), initial={"name": found.name})

    def change() -> HttpResponse:
        name = form.cleaned_data["name"]
        operations.rename(by=request.acteur, portefeuille_id=portefeuille_id, name=name)
        messages.success(request, _("Le nom du portefeuille est enregistré."))
        return redirect("declarant:portefeuille", portefeuille_id)

    context = {"portefeuille": found}
    return answered(request, "declarant/portefeuilles/rename.html", form, change, context)


def _shown(found: Sequence[Summary], page: int) -> Page[Summary]:
    page, last = pages_of(len(found), page)
    lines = found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return Page(lines=lines, total=len(found), page=page, pages=last)
