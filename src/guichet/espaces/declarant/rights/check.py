"""What will change, told before anything does; then done, and offered back."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from guichet.espaces.declarant.access import ActeurRequest, administrateur_required
from guichet.espaces.declarant.rights import cells
from guichet.espaces.declarant.rights.grid import after
from guichet.espaces.declarant.rights.pages import Place, labels_of, names_of, page, places_of
from guichet.habilitations import operations, queries
from guichet.habilitations.rules import Wanted
from guichet.habilitations.values import Plan, Planned
from guichet.inscriptions.models import Acteur
from guichet.kernel.refusals import N_, Refusal

ALL, ON, DECLARATION, STAMP = "tout", "sens", "declaration", "empreinte"
GIVE, TAKE = "donner", "retirer"
MOST_LINES = 50_000  # of a filter, at once
NOTHING = gettext_lazy("Rien à changer : ces droits sont déjà comme vous les voulez.")
NAMED = 10  # établissements that are named for each declaration of each person


class TooManyLines(Refusal):
    """More than anybody can mean at once. Params: ``count``, ``most``."""

    code = "too_many_rights"
    message = N_(
        "Ce filtre contient {count} lignes ; {most} au plus peuvent changer en une fois. Aucun droit n’a "
        "changé. Choisissez une personne ou un établissement, puis recommencez."
    )


@require_http_methods(["GET", "HEAD", "POST"])
@administrateur_required
def grid_check(request: ActeurRequest) -> HttpResponse:
    """The page that says what will change; sent back from there, does it.

    Applied is what the page had told, or nothing: where anything moved meanwhile, it tells anew (409).
    Its address alone, opened again, leads back to the grid.
    """
    place = Place.of(request.GET)
    if request.method != "POST":
        return redirect(place.at("grid"))
    wanted = _wanted(request, place)
    plan = queries.plan(acteur=request.acteur, wanted=wanted)
    if not (plan.additions or plan.removals or plan.impossible):
        messages.info(request, NOTHING)
        return redirect(place.at("grid"))
    told = request.POST.get(STAMP, "")
    if told and told == stamp(plan):
        return _apply(request, place, wanted)
    return _preview(request, place, wanted, plan, moved=bool(told))


def stamp(plan: Plan) -> str:
    """Changes with whatever ``plan`` would do."""
    lines = sorted(
        f"{sign}{one.acteur_id}.{one.siret}.{one.declaration}"
        for sign, planned in (("+", plan.additions), ("-", plan.removals))
        for one in planned
    )
    return hashlib.sha256(" ".join(lines).encode()).hexdigest()[:32]


def _wanted(request: ActeurRequest, place: Place) -> Sequence[Wanted]:
    """What a page of the grid, its filter, or the page that confirms them asks for."""
    if ALL in request.POST:
        return _of_filter(request, place)
    return cells.wanted(request.POST) if cells.is_page(request.POST) else cells.read(request.POST)


def _of_filter(request: ActeurRequest, place: Place) -> Sequence[Wanted]:
    """All rows of the filter, whatever is shown of them. Raises ``TooManyLines``, ``GridUnreadable``."""
    code, on = request.POST.get(DECLARATION, ""), request.POST.get(ON) == GIVE
    if code not in labels_of(request.acteur) or request.POST.get(ON) not in {GIVE, TAKE}:
        raise cells.GridUnreadable
    found = queries.wanted_of(acteur=request.acteur, filters=place.filters, declaration=code, on=on)
    if len(found) > MOST_LINES:
        raise TooManyLines(count=len(found), most=MOST_LINES)
    return found


def _apply(request: ActeurRequest, place: Place, wanted: Sequence[Wanted]) -> HttpResponseRedirect:
    made = operations.apply(by=request.acteur, wanted=wanted)
    if not made.pk:  # somebody did the same at the same moment
        messages.info(request, NOTHING)
        return redirect(place.at("grid"))
    return redirect(after(place, made.pk))


def _preview(
    request: ActeurRequest, place: Place, wanted: Sequence[Wanted], plan: Plan, *, moved: bool
) -> HttpResponse:
    number = len(plan.additions) + len(plan.removals)
    context = {
        "title": _title(number),
        "button": ngettext("Appliquer ce changement", "Appliquer ces {n} changements", number).format(
            n=number
        ),
        "number": number,
        "words": _to_come(len(plan.additions), len(plan.removals)),
        "impossible": len(plan.impossible),
        "already": len(plan.already),
        "moved": moved,
        "people": _people(request.acteur, plan),
        "hidden": {**_asked(request, wanted), STAMP: stamp(plan)},
        "check_url": place.at("grid_check"),
        "grid_url": place.at("grid"),
    }
    return page(request, "check", context, status=409 if moved else 200)


def _title(number: int) -> str:
    if not number:
        return _("Aucun de ces changements n’est possible")
    return ngettext("Vérifiez ce changement", "Vérifiez ces {n} changements", number).format(n=number)


def _to_come(given: int, taken: int) -> str:
    """« 12 droits vont être donnés, 3 retirés »: nothing is done yet."""
    said = []
    if given:
        said.append(ngettext("{n} droit va être donné", "{n} droits vont être donnés", given).format(n=given))
    if taken and given:
        said.append(ngettext("{n} retiré", "{n} retirés", taken).format(n=taken))
    elif taken:
        said.append(
            ngettext("{n} droit va être retiré", "{n} droits vont être retirés", taken).format(n=taken)
        )
    return ", ".join(said)


def _asked(request: ActeurRequest, wanted: Sequence[Wanted]) -> Mapping[str, str]:
    """What is to be confirmed: the filter itself where it was asked for, else each of its cells."""
    if ALL not in request.POST:
        return {cells.CHANGES: cells.written(wanted)}
    return {name: request.POST.get(name, "") for name in (ALL, ON, DECLARATION)}


def _people(acteur: Acteur, plan: Plan) -> list[dict[str, Any]]:
    """Person by person: what is given, what is taken, what can't be and why."""
    names, places = names_of(acteur), places_of(acteur)
    kinds = {"given": plan.additions, "taken": plan.removals, "impossible": plan.impossible}
    grouped = {kind: _by(lines, lambda one: one.acteur_id) for kind, lines in kinds.items()}
    ids = {one.acteur_id for lines in kinds.values() for one in lines}
    told = [
        {
            "name": names.get(acteur_id, _("Personne qui n’agit plus pour votre entreprise")),
            "given": _lines(grouped["given"].get(acteur_id, []), places),
            "taken": _lines(grouped["taken"].get(acteur_id, []), places),
            "impossible": _lines(grouped["impossible"].get(acteur_id, []), places),
        }
        for acteur_id in ids
    ]
    return sorted(told, key=lambda one: str(one["name"]))


def _lines(planned: Sequence[Planned], places: Mapping[str, str]) -> list[dict[str, Any]]:
    """A line a declaration (and reason): the first établissements by their names, and how many more."""
    found = _by(planned, lambda one: (one.label or one.declaration, one.sentence))
    return [
        {
            "label": label,
            "sentence": sentence,
            "count": len(lines),
            "places": [(places.get(one.siret, ""), one.siret) for one in lines[:NAMED]],
            "more": max(len(lines) - NAMED, 0),
        }
        for (label, sentence), lines in found.items()
    ]


def _by(lines: Iterable[Planned], key: Callable[[Planned], Any]) -> dict[Any, list[Planned]]:
    return {one: list(group) for one, group in groupby(sorted(lines, key=key), key)}
