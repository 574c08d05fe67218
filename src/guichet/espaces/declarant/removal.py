"""Somebody goes: rights and filings pass to a colleague, or a new one, or end (003, chapter 3)."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guichet.depots import queries as depots
from guichet.espaces.declarant import people_forms, provisional
from guichet.espaces.declarant.access import ActeurRequest, acteur_required, administrateur_required
from guichet.espaces.declarant.people import answered, form_page, places_of
from guichet.habilitations import operations
from guichet.habilitations.operations.hiring import replace
from guichet.habilitations.queries.summary import NONE, totals
from guichet.inscriptions import queries
from guichet.inscriptions.values import Somebody
from guichet.web.forms import posted


@form_page
@administrateur_required
def person_remove(request: ActeurRequest, acteur_id: int) -> HttpResponse:
    """First who takes over, then, once it is said in words what happens, the removal.

    ``?vers=`` holds the answer to the first: a colleague's id, ``nouveau`` or ``sans``.
    """
    if acteur_id == request.acteur.pk:
        return redirect("declarant:leave")
    somebody = queries.colleague(acteur=request.acteur, acteur_id=acteur_id)
    towards = request.GET.get("vers", "")
    context = {"somebody": somebody, **_stakes(request, somebody)}
    if towards == people_forms.NEWCOMER:
        return _to_newcomer(request, somebody, context)
    if towards == people_forms.NOBODY:
        return _to_nobody(request, somebody, context)
    if towards:
        return _to_colleague(request, somebody, towards, context)
    return _choose(request, somebody, context)


@form_page
@acteur_required
def leave(request: ActeurRequest) -> HttpResponse:
    """« Quitter cette inscription »: one's own rights end, unless they were given to somebody before."""
    acteur = request.acteur
    others = [
        one for one in queries.administrateurs(inscription=acteur.inscription) if one.acteur_id != acteur.pk
    ]
    said = _("J’ai compris : mes droits prennent fin, et personne ne les reprend.")
    form = people_forms.UnderstoodForm(posted(request), said=said)

    def go() -> HttpResponse:
        operations.leave(account=request.account)
        messages.success(request, _("Vous n’agissez plus pour cette entreprise."))
        return redirect("declarant:choose")

    context = {
        "rights": totals(acteur=acteur).get(acteur.pk, NONE).number,
        "filings": depots.number_of(account=acteur.account),
        "last": acteur.administrateur and not others,
        "others": others,
    }
    return answered(request, "declarant/leave.html", form, go, context)


def _choose(request: ActeurRequest, somebody: Somebody, context: dict[str, Any]) -> HttpResponse:
    acteur = request.acteur
    known = totals(acteur=acteur)
    people = queries.people(acteur=acteur)
    others = [one for one in people if one.acteur.declarant and one.acteur_id != somebody.acteur_id]
    form = people_forms.SuccessorForm(
        posted(request),
        colleagues=others,
        totals=known,
        initial={"issue": people_forms.COLLEAGUE if others else people_forms.NEWCOMER},
    )

    def go_on() -> HttpResponse:
        address = reverse("declarant:person_remove", args=[somebody.acteur_id])
        return redirect(f"{address}?vers={form.towards}")

    return answered(request, "declarant/person_remove.html", form, go_on, context)


def _to_colleague(
    request: ActeurRequest, somebody: Somebody, towards: str, context: dict[str, Any]
) -> HttpResponse:
    successor = _successor(request, somebody, towards)
    form = people_forms.NothingForm(posted(request))

    def remove() -> HttpResponse:
        operations.remove(by=request.acteur, acteur_id=somebody.acteur_id, successor_id=successor.acteur_id)
        said = _("{who} n’agit plus pour votre entreprise ; ses droits et ses dépôts sont à {successor}.")
        messages.success(request, said.format(who=somebody.name, successor=successor.name))
        return redirect("declarant:person", successor.acteur_id)

    context |= {"successor": successor}
    return answered(request, "declarant/person_remove_to.html", form, remove, context)


def _successor(request: ActeurRequest, somebody: Somebody, towards: str) -> Somebody:
    if not (towards.isascii() and towards.isdigit()) or len(towards) > 18:
        raise Http404
    successor = queries.colleague(acteur=request.acteur, acteur_id=int(towards))
    if successor.acteur_id == somebody.acteur_id or not successor.acteur.declarant:
        raise Http404
    return successor


def _to_newcomer(request: ActeurRequest, somebody: Somebody, context: dict[str, Any]) -> HttpResponse:
    acteur = request.acteur
    form = people_forms.PersonForm(
        posted(request), by=acteur, places=places_of(acteur), initial={"siret": somebody.siret}
    )

    def swap() -> HttpResponse:
        made, password = replace(
            by=acteur, acteur_id=somebody.acteur_id, person=form.person, siret=form.signs_in_at
        )
        provisional.keep(request, by=acteur, acteur_id=made.pk, password=password)
        said = _("{who} n’agit plus pour votre entreprise ; ses droits et ses dépôts sont à {successor}.")
        messages.success(request, said.format(who=somebody.name, successor=form.person.name))
        return redirect("declarant:person_given", made.pk)

    return answered(request, "declarant/person_remove_new.html", form, swap, context)


def _to_nobody(request: ActeurRequest, somebody: Somebody, context: dict[str, Any]) -> HttpResponse:
    form = people_forms.UnderstoodForm(posted(request), said=_lost(somebody, context))

    def remove() -> HttpResponse:
        operations.remove(by=request.acteur, acteur_id=somebody.acteur_id)
        said = _("{who} n’agit plus pour votre entreprise, et ses droits ont pris fin.")
        messages.success(request, said.format(who=somebody.name))
        return redirect("declarant:people")

    return answered(request, "declarant/person_remove_alone.html", form, remove, context)


def _stakes(request: ActeurRequest, somebody: Somebody) -> dict[str, int]:
    """What would be lost or handed over: rights, and filings that were transmitted."""
    return {
        "rights": totals(acteur=request.acteur).get(somebody.acteur_id, NONE).number,
        "filings": depots.number_of(account=somebody.acteur.account),
    }


def _lost(somebody: Somebody, context: dict[str, Any]) -> str:
    rights, filings = context["rights"], context["filings"]
    right_words = ngettext("{n} droit prend fin", "{n} droits prennent fin", rights).format(n=rights)
    filed = ngettext(
        "{n} dépôt n’est plus visible d’aucun collègue",
        "{n} dépôts ne sont plus visibles d’aucun collègue",
        filings,
    ).format(n=filings)
    said = _("J’ai compris : {rights}, {filings}.")
    return said.format(who=somebody.name, rights=right_words, filings=filed)
