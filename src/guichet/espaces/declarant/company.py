"""« Gérer les déclarations » and « Gérer les établissements » (003, chapter 3)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guichet.espaces.declarant import company_forms, people_forms
from guichet.espaces.declarant.access import ActeurRequest, administrateur_required
from guichet.espaces.declarant.menu import countdown
from guichet.espaces.declarant.people import answered, form_page
from guichet.habilitations import operations as rights
from guichet.habilitations import queries as habilitations
from guichet.habilitations.queries import summary
from guichet.inscriptions import catalogue, operations, queries
from guichet.inscriptions.models import Acteur
from guichet.inscriptions.rules import Genre
from guichet.inscriptions.values import Inscrite, Place
from guichet.kernel import clock
from guichet.web.forms import posted, show

ACCEPTED, CONFIRMED = "chartes", "confirmer"


@dataclass(frozen=True)
class Chosen:
    """A declaration of the inscription: how many rights are on it, and when it opens, in words."""

    one: Inscrite
    organism: str
    rights: int
    opens: str


@dataclass(frozen=True)
class PlaceLine:
    """An établissement, its box, and how many rights are on it."""

    place: Place
    rights: int
    is_ticked: bool
    is_fixed: bool  # ended for good: no box


@form_page
@administrateur_required
def declarations(request: ActeurRequest) -> HttpResponse:
    """What the company declares; others are added, their charters accepted on a page of their own."""
    acteur = request.acteur
    inscrites = queries.declarations(inscription=acteur.inscription)
    chosen = {one.code for one in inscrites}
    offered = [one for code, one in catalogue.declarations().items() if code not in chosen]
    form = company_forms.AddDeclarationsForm(posted(request), offered=offered)
    if form.is_valid():
        codes = form.cleaned_data["declarations"]
        charters = company_forms.with_charters(codes)
        if charters:
            return _charters(request, offered, charters)
        return _added(request, codes, ())
    context = {"chosen": _chosen(acteur, inscrites), "offered": offered, "acteur": acteur}
    return show(request, "declarant/declarations.html", form, context)


@form_page
@administrateur_required
def declaration_remove(request: ActeurRequest, code: str) -> HttpResponse:
    """A declaration leaves the inscription; the rights that are left on it are closed in the same act."""
    acteur = request.acteur
    inscrites = queries.declarations(inscription=acteur.inscription)
    found = next((one for one in inscrites if one.code == code), None)
    if found is None:
        raise Http404
    left = habilitations.count_of(inscription_id=acteur.inscription_id, declaration=code)
    form: Any = people_forms.NothingForm(posted(request))
    if left:
        said = ngettext(
            "Je ferme le droit qui reste sur cette déclaration",
            "Je ferme les {n} droits qui restent sur cette déclaration",
            left,
        ).format(n=left)
        form = people_forms.UnderstoodForm(posted(request), said=said, final=False)

    def remove() -> HttpResponse:
        rights.withdraw_declaration(by=acteur, code=code, close_rights=bool(left))
        messages.success(
            request, _("{label} ne fait plus partie de votre inscription.").format(label=found.label)
        )
        return redirect("declarant:declarations")

    context = {"one": found, "rights": left}
    return answered(request, "declarant/declaration_remove.html", form, remove, context)


@form_page
@administrateur_required
def etablissements(request: ActeurRequest) -> HttpResponse:
    """The établissements, ticked where they declare; which rights end is told before they do."""
    acteur = request.acteur
    places = queries.etablissements(inscription=acteur.inscription)
    if acteur.inscription.genre != Genre.MULTI and request.method == "POST":
        raise Http404
    form = company_forms.PlacesForm(posted(request), places=[one for one in places if not one.resilie_at])
    if not form.is_valid():
        context = {"lines": _place_lines(acteur, places, form), "acteur": acteur}
        return show(request, "declarant/etablissements.html", form, context)
    wanted = set(form.cleaned_data["sirets"])
    ending = [line for line in _place_lines(acteur, places, form) if _ends(line, wanted)]
    if ending and CONFIRMED not in request.POST:
        context = {"ending": ending, "sirets": sorted(wanted), "rights": sum(one.rights for one in ending)}
        return show(request, "declarant/etablissements_check.html", people_forms.NothingForm(None), context)
    rights.choose_etablissements(by=acteur, sirets=sorted(wanted))
    messages.success(request, _saved(is_more=any(not one.ticked and one.siret in wanted for one in places)))
    return redirect("declarant:etablissements")


def _saved(*, is_more: bool) -> str:
    """What is said once établissements are chosen; of new ones, that nobody may file for them yet."""
    if not is_more:
        return _("Vos établissements sont enregistrés.")
    said = _("Vos établissements sont enregistrés : {link}.")
    link = format_html('<a href="{}">{}</a>', reverse("declarant:grid"), _("donnez maintenant les droits"))
    return format_html(said, link=link)


def _charters(request: ActeurRequest, offered: Sequence[Any], charters: Sequence[Any]) -> HttpResponse:
    """The second page of adding: its boxes are looked at once it was shown."""
    data = request.POST
    accepted = ACCEPTED in data
    form = company_forms.AddDeclarationsForm(data if accepted else None, offered=offered, charters=charters)
    codes = data.getlist("declarations")
    if accepted and form.is_valid():
        return _added(request, codes, [one.code for one in charters])
    return show(request, "declarant/declarations_charter.html", form, {"codes": codes})


def _added(request: ActeurRequest, codes: Sequence[str], charters: Sequence[str]) -> HttpResponse:
    operations.add_declarations(by=request.acteur, codes=codes, charters=charters)
    n = len(codes)
    said = ngettext(
        "{n} déclaration ajoutée : donnez maintenant les droits de la déposer.",
        "{n} déclarations ajoutées : donnez maintenant les droits de les déposer.",
        n,
    )
    messages.success(request, said.format(n=n))
    return redirect("declarant:declarations")


def _chosen(acteur: Acteur, inscrites: Sequence[Inscrite]) -> list[Chosen]:
    now, made = clock.now(), []
    counted = summary.of_declarations(inscription_id=acteur.inscription_id)
    for one in inscrites:
        left = counted.get(one.code, 0)
        opens = "" if one.is_open else countdown(one.opens_at, now=now)
        made.append(Chosen(one, catalogue.declaration(one.code).organism, left, opens))
    return made


def _place_lines(acteur: Acteur, places: Sequence[Place], form: company_forms.PlacesForm) -> list[PlaceLine]:
    counted = summary.of_places(inscription_id=acteur.inscription_id)
    typed = form.typed
    return [
        PlaceLine(
            place=one,
            rights=counted.get(one.siret, 0),
            is_ticked=one.ticked if typed is None else one.siret in typed,
            is_fixed=one.resilie_at is not None,
        )
        for one in places
    ]


def _ends(line: PlaceLine, wanted: Collection[str]) -> bool:
    return line.place.ticked and line.rights > 0 and line.place.siret not in wanted
