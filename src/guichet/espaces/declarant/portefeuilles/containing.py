"""Declarations: of the portfolio first (the container), then of a client (the content) (003, chapter 4)."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guichet.espaces.declarant.access import ActeurRequest
from guichet.espaces.declarant.people import answered, form_page
from guichet.espaces.declarant.portefeuilles import pages
from guichet.espaces.declarant.portefeuilles.access import tiers_required
from guichet.espaces.declarant.portefeuilles.forms import BoxesForm
from guichet.habilitations.operations import clientes as operations
from guichet.habilitations.queries.stakes import Stakes, of_clientes
from guichet.inscriptions import catalogue
from guichet.inscriptions import queries as inscriptions
from guichet.inscriptions.models import Acteur
from guichet.kernel import clock
from guichet.portefeuilles import queries
from guichet.portefeuilles.queries.lists import in_order
from guichet.web.forms import posted, show

CONFIRMED = "confirmer"


@dataclass(frozen=True, kw_only=True)
class Line:
    """A declaration of the inscription, and its box. ``clientes``: how many have it (of a portfolio).

    ``is_contained``: whether it may be ticked at a client; ``opens``: since or from when, in words.
    """

    code: str
    label: str
    organism: str
    is_ticked: bool
    was_ticked: bool
    is_contained: bool = True
    clientes: int = 0
    opens: str = ""


@form_page
@tiers_required
def portefeuille(request: ActeurRequest, portefeuille_id: uuid.UUID) -> HttpResponse:
    """« Gérer les déclarations du portefeuille »: what its clients may have.

    What leaves it leaves its clients: how many, and which rights end, is told before.
    """
    acteur = request.acteur
    found = queries.portefeuille(acteur=acteur, portefeuille_id=portefeuille_id)
    contained = {one.code: one for one in queries.contained(acteur=acteur, portefeuille_id=portefeuille_id)}
    allowed = _of_inscription(acteur, contained)
    form = BoxesForm(posted(request), allowed=allowed)
    context: dict[str, Any] = {"portefeuille": found}

    def change() -> HttpResponse:
        wanted = pages.merged(contained, form.cleaned_data["avant"], form.cleaned_data["codes"])
        leaving = [contained[code] for code in in_order(set(contained) - wanted)]
        if any(one.clientes for one in leaving) and CONFIRMED not in request.POST:
            stakes = of_clientes(
                acteur=acteur, portefeuille_id=portefeuille_id, codes=[one.code for one in leaving]
            )
            return _asked(request, "declarations_check", leaving, stakes, context)
        made = operations.contain(by=acteur, portefeuille_id=portefeuille_id, codes=in_order(wanted))
        messages.success(request, _contained(len(wanted - set(contained)), len(leaving)))
        return redirect(pages.after(reverse("declarant:portefeuille", args=[portefeuille_id]), made))

    ticked = _ticked(form, contained)
    lines = [
        _line(code, ticked, contained, clientes=contained[code].clientes if code in contained else 0)
        for code in allowed
    ]
    context |= {"lines": lines}
    return answered(request, "declarant/portefeuilles/declarations.html", form, change, context)


@form_page
@tiers_required
def cliente(request: ActeurRequest, cliente_id: int) -> HttpResponse:
    """« Gérer les déclarations » of a client: of those that its portfolio contains.

    What it does not contain is there, greyed, with the way to add it; when each opens is told.
    """
    acteur = request.acteur
    found = queries.cliente(acteur=acteur, cliente_id=cliente_id)
    declared = {one.code: one for one in queries.declarations(acteur=acteur, cliente_id=cliente_id)}
    contained = set(queries.codes(acteur=acteur, portefeuille_id=found.portefeuille_id))
    allowed = _of_inscription(acteur, declared)
    form = BoxesForm(posted(request), allowed=allowed, with_rights=True)
    context: dict[str, Any] = {"cliente": found, "called": pages.called(found)}

    def change() -> HttpResponse:
        wanted = pages.merged(declared, form.cleaned_data["avant"], form.cleaned_data["codes"])
        leaving = [declared[code] for code in in_order(set(declared) - wanted)]
        stakes = of_clientes(acteur=acteur, cliente_id=cliente_id, codes=[one.code for one in leaving])
        if stakes.rights and CONFIRMED not in request.POST:
            return _asked(request, "cliente_declarations_check", leaving, stakes, context)
        made = operations.declare(
            by=acteur, cliente_id=cliente_id, codes=in_order(wanted), beneficiaires=form.who
        )
        messages.success(request, _declared(acteur, cliente_id, wanted - set(declared)))
        return redirect(pages.after(reverse("declarant:cliente", args=[cliente_id]), made))

    ticked, now = _ticked(form, declared), clock.now()
    openings = {
        code: pages.opening(one.starts_at, is_open=one.is_open, now=now) for code, one in declared.items()
    }
    context |= {
        "lines": [
            _line(code, ticked, declared, is_contained=code in contained, opens=openings.get(code, ""))
            for code in allowed
        ]
    }
    return answered(request, "declarant/portefeuilles/cliente_declarations.html", form, change, context)


def _of_inscription(acteur: Acteur, held: Collection[str]) -> list[str]:
    """The codes of the inscription, and what is held besides, in the order of the catalogue."""
    chosen = {one.code for one in inscriptions.declarations(inscription=acteur.inscription)}
    return in_order(chosen | set(held))


def _ticked(form: BoxesForm, held: Collection[str]) -> set[str]:
    """What the boxes show: what was ticked on a page that was sent, else what holds."""
    return set(form["codes"].data or []) if form.is_bound else set(held)


def _line(code: str, ticked: Collection[str], held: Collection[str], **more: Any) -> Line:
    try:
        organism = catalogue.declaration(code).organism
    except KeyError:  # of a file that the operator changed since
        organism = ""
    return Line(
        code=code,
        label=catalogue.label(code),
        organism=organism,
        is_ticked=code in ticked,
        was_ticked=code in held,
        **more,
    )


def _asked(
    request: ActeurRequest,
    name: str,
    leaving: Sequence[Any],
    stakes: Stakes,
    context: Mapping[str, Any],
) -> HttpResponse:
    """What ends, in words, and what was ticked, kept until it is confirmed."""
    hidden = [("codes", one) for one in request.POST.getlist("codes")]
    hidden += [("avant", one) for one in request.POST.getlist("avant")]
    hidden += [("beneficiaires", one) for one in request.POST.getlist("beneficiaires")]
    told = {"leaving": leaving, "stakes": stakes, "stakes_words": pages.in_words_of(stakes), "hidden": hidden}
    blank = BoxesForm(None, allowed=())
    return show(request, f"declarant/portefeuilles/{name}.html", blank, {**context, **told})


def _contained(added: int, removed: int) -> str:
    if not added:
        return _("Les déclarations du portefeuille sont enregistrées.")
    said = ngettext(
        "{n} déclaration ajoutée au portefeuille. Les entreprises qui y entreront l’auront d’office ; pour "
        "celles qui y sont déjà, ajoutez-la à chacune, ou à toutes par une demande.",
        "{n} déclarations ajoutées au portefeuille. Les entreprises qui y entreront les auront d’office ; "
        "pour celles qui y sont déjà, ajoutez-les à chacune, ou à toutes par une demande.",
        added,
    ).format(n=added)
    if not removed:
        return said
    gone = ngettext("{n} déclaration retirée.", "{n} déclarations retirées.", removed).format(n=removed)
    return f"{said} {gone}"


def _declared(acteur: Acteur, cliente_id: int, added: Collection[str]) -> str:
    """What is said once a client's declarations are chosen: from when those that came may be filed."""
    now = clock.now()
    waits = [
        f"{one.label}, {pages.opening(one.starts_at, is_open=one.is_open, now=now)}"
        for one in queries.declarations(acteur=acteur, cliente_id=cliente_id)
        if one.code in added and not one.is_open
    ]
    if not waits:
        return _("Les déclarations de cette entreprise sont enregistrées.")
    said = _("Les déclarations de cette entreprise sont enregistrées. Délai d’accès : {waits}.")
    return said.format(waits=" ; ".join(waits))
