"""« Ajouter une entreprise »: SIRENs, one or a list; what each would do is shown before anything is done."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guichet.espaces.declarant.access import ActeurRequest
from guichet.espaces.declarant.people import form_page
from guichet.espaces.declarant.portefeuilles import pages, typed
from guichet.espaces.declarant.portefeuilles.access import tiers_required
from guichet.espaces.declarant.portefeuilles.forms import AddForm
from guichet.espaces.declarant.portefeuilles.typed import Typed
from guichet.habilitations.operations import clientes as operations
from guichet.portefeuilles import queries
from guichet.portefeuilles.models import Portefeuille
from guichet.portefeuilles.queries.proposing import Proposed, proposed
from guichet.portefeuilles.states import Beneficiaires
from guichet.web.forms import show

STEP, ADD, CORRECT = "etape", "ajouter", "corriger"


@dataclass(frozen=True)
class Line:
    """A line of the list and its verdict: ``ready``, ``already``, ``impossible`` or ``unread``.

    ``said``: why nothing is added, and what to do. ``found``: of the company that it names.
    """

    typed: Typed
    verdict: str
    said: str = ""
    found: Proposed | None = None


@form_page
@tiers_required
def add(request: ActeurRequest, portefeuille_id: uuid.UUID) -> HttpResponse:
    """What was typed comes along from page to page: it is corrected, looked at again, or added."""
    found = queries.portefeuille(acteur=request.acteur, portefeuille_id=portefeuille_id)
    codes = queries.codes(acteur=request.acteur, portefeuille_id=portefeuille_id)
    context = {"portefeuille": found, "contained": pages.labels(codes)}
    if request.method != "POST" or request.POST.get(STEP) == CORRECT:
        initial = {name: request.POST[name] for name in ("sirens", "beneficiaires") if name in request.POST}
        return show(request, "declarant/portefeuilles/add.html", AddForm(initial=initial), context)
    form = AddForm(request.POST)
    if not form.is_valid():
        return show(request, "declarant/portefeuilles/add.html", form, context)
    numbers = typed.numbers(form.cleaned_data["sirens"])
    if request.POST.get(STEP) == ADD:
        return _added(request, found, form, numbers)
    return _checked(request, found, form, numbers)


def _checked(
    request: ActeurRequest, portefeuille: Portefeuille, form: AddForm, numbers: Sequence[Typed]
) -> HttpResponse:
    known = proposed(acteur=request.acteur, portefeuille_id=portefeuille.pk, sirens=typed.sirens(numbers))
    lines = [_line(one, known) for one in numbers]
    ready = [one for one in lines if one.verdict == "ready"]
    places = sum(len(one.found.active) for one in ready if one.found)
    context = {
        "portefeuille": portefeuille,
        "ready": ready,
        "others": [one for one in lines if one.verdict != "ready"],
        "only": ready[0].found if len(ready) == len(lines) == 1 else None,
        "companies": pages.companies(len(ready)),
        "places": pages.places(places),
        "who": form.who_in_words,
        "inactive": any(one.found.closed for one in ready if one.found),
        "sirens": form.cleaned_data["sirens"],
        "beneficiaires": form.cleaned_data["beneficiaires"],
    }
    return show(request, "declarant/portefeuilles/add_check.html", AddForm(), context)


def _line(one: Typed, known: Mapping[str, Proposed]) -> Line:
    if one.problem:
        return Line(one, "unread", one.problem)
    found = known[one.siren]
    if found.sentence:
        return Line(one, "impossible", found.sentence, found)
    if not found.active:
        return Line(
            one, "already", _("Déjà dans ce portefeuille, avec tous ses établissements actifs."), found
        )
    return Line(one, "ready", found=found)


def _added(
    request: ActeurRequest, portefeuille: Portefeuille, form: AddForm, numbers: Sequence[Typed]
) -> HttpResponse:
    made = operations.add(
        by=request.acteur,
        portefeuille_id=portefeuille.pk,
        sirens=typed.sirens(numbers),
        beneficiaires=form.who,
    )
    address = reverse("declarant:portefeuille", args=[portefeuille.pk])
    if not made.sirets:
        messages.info(request, _("Rien à ajouter : ces entreprises sont déjà dans vos portefeuilles."))
        return redirect(address)
    sirens = {siret[:9] for siret in made.sirets}
    said = ngettext("{companies} ajoutée, {places}.", "{companies} ajoutées, {places}.", len(sirens)).format(
        companies=pages.companies(len(sirens)), places=pages.places(len(made.sirets))
    )
    if form.who is Beneficiaires.PERSONNE:
        said += " " + _("Personne n’y a encore de droit : donnez-les dans « Gérer les habilitations ».")
    messages.success(request, said)
    return redirect(pages.after(address, made.changement))
