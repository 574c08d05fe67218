"""« Consultation »: who may file what now, who could, and why (not) (003, chapter 3).

A déclarant sees what concerns themselves, an administrateur all of the inscription.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guichet.espaces.declarant.access import (
    ActeurRequest,
    acteur_required,
    administrateur_required,
    names_of_administrateurs,
)
from guichet.espaces.declarant.rights.exports import MOST_PRINTED
from guichet.espaces.declarant.rights.forms import MayFileForm, WhoForm
from guichet.espaces.declarant.rights.listing import lines_of, names_for, own_place
from guichet.espaces.declarant.rights.pages import (
    Place,
    UnknownPerson,
    filter_choices,
    form_page,
    labels_of,
    names_of,
    page,
    pager,
)
from guichet.habilitations import queries
from guichet.habilitations.rules import GridFilters
from guichet.habilitations.values import Answer, Page, Right
from guichet.inscriptions import catalogue
from guichet.inscriptions import queries as inscriptions
from guichet.inscriptions.models import Acteur
from guichet.kernel import clock
from guichet.kernel.dates import in_words, moment_in_words

MOST_PROPOSED = 500  # établissements that a field proposes while one types
NO_WAY = {"not_open_yet", "no_inscription", "candidate", "etablissement_unknown"}  # the sentence says it all


@require_safe
@acteur_required
def recap(request: ActeurRequest) -> HttpResponse:
    """Who may file what at this moment."""
    place = own_place(request)
    found = queries.recap(acteur=request.acteur, filters=place.filters, page=place.page)
    return _listed(request, "recap", place, found)


@require_safe
@acteur_required
def history(request: ActeurRequest) -> HttpResponse:
    """Every right that is or was, the latest first."""
    place = own_place(request)
    found = queries.history(acteur=request.acteur, filters=place.filters, page=place.page)
    return _listed(request, "history", place, found)


@require_safe
@administrateur_required
def who(request: ActeurRequest) -> HttpResponse:
    """« Qui pouvait transmettre X pour Y le Z ? », answered in words."""
    declarations = _ever(request.acteur)
    form = WhoForm(request.GET or None, declarations=declarations, initial=_only_place(request.acteur))
    context: dict[str, Any] = {"places": _proposed(request.acteur)}
    if form.is_bound and form.is_valid():
        context |= {"asked": _asked(form, declarations), "holders": _holders(request.acteur, form)}
    return form_page(request, "who", form, context)


@require_safe
@acteur_required
def may_file(request: ActeurRequest) -> HttpResponse:
    """« Puis-je transmettre ? », of oneself; an administrateur asks of anybody."""
    people = names_for(request)
    declarations = _ever(request.acteur)
    form = MayFileForm(
        request.GET or None, declarations=declarations, people=people, initial=_only_place(request.acteur)
    )
    context: dict[str, Any] = {"places": _proposed(request.acteur), "of_anybody": bool(people)}
    if form.is_bound and form.is_valid():
        context |= _answered(request, form.cleaned_data, people, declarations)
    return form_page(request, "may_file", form, context)


def _only_place(acteur: Acteur) -> dict[str, str]:
    """The établissement that a question is about, where a company has no other."""
    places = inscriptions.etablissements(inscription=acteur.inscription)
    return {"siret": places[0].siret} if len(places) == 1 else {}


def _listed(request: ActeurRequest, name: str, place: Place, found: Page[Right]) -> HttpResponse:
    everybody = request.acteur.administrateur
    names = names_for(request)
    choices = filter_choices(place, people=names, declarations=_ever(request.acteur))
    alone = place if everybody else place.but(personnes=())
    return page(
        request,
        name,
        {
            **choices,
            **pager(found, lambda number: alone.turned(number).at(name)),
            "filtered": bool(alone.turned(1).query()),
            "everybody": everybody,
            "lines": list(lines_of(found.lines, names)),
            "csv_url": alone.turned(1).at(f"{name}_csv"),
            "pdf_url": alone.turned(1).at(f"{name}_pdf") if found.total <= MOST_PRINTED else "",
            "most_printed": MOST_PRINTED,
        },
    )


def _asked(form: WhoForm, declarations: Mapping[str, str]) -> dict[str, Any]:
    """The question, in words."""
    data = form.cleaned_data
    when = (
        moment_in_words(form.begins)
        if form.hour
        else _("{day}, à un moment ou un autre du jour").format(day=in_words(data["le"]))
    )
    return {"label": declarations[data["declaration"]], "siret": data["siret"], "when": when}


def _holders(acteur: Acteur, form: WhoForm) -> list[dict[str, Any]]:
    names, found = names_of(acteur), {}
    for at in _moments(acteur, form):
        for one in queries.who_could_file(acteur=acteur, **form.right, at=at):
            found[one.acteur_id, one.since] = one
    return [
        {
            "name": names.get(one.acteur_id, one.name),
            "since": one.since,
            "until": one.until,
            "given_by": one.given_by,
        }
        for one in sorted(found.values(), key=lambda one: (one.name.casefold(), one.since))
    ]


def _moments(acteur: Acteur, form: WhoForm) -> list[dt.datetime]:
    """The moment that is asked for. Of a whole day: its first one, and each at which somebody began to be
    able to, so that a right of some minutes counts, and one that was taken at midnight does not."""
    if form.hour:
        return [form.begins]
    siret, code = form.right["siret"], form.right["declaration"]
    filters = GridFilters(etablissement=siret, declarations=(code,))
    began = [one.since for one in queries.history_rows(acteur=acteur, filters=filters)]
    for one in inscriptions.declarations(inscription=acteur.inscription):
        began += [one.added_at, one.opens_at] if one.code == code else []
    latest = min(form.ends, clock.now())
    return [form.begins, *sorted({moment for moment in began if form.begins < moment < latest})]


def _answered(
    request: ActeurRequest,
    data: Mapping[str, Any],
    people: Mapping[int, str],
    declarations: Mapping[str, str],
) -> dict[str, Any]:
    acteur = request.acteur
    acteur_id = int(data["personne"]) if people else acteur.pk
    if people and acteur_id not in people:
        raise UnknownPerson
    siret, code = data["siret"], data["declaration"]
    if acteur_id == acteur.pk:
        answer = queries.may_file(account=request.account, siret=siret, declaration=code)
    else:
        answer = queries.explain(acteur=acteur, acteur_id=acteur_id, siret=siret, declaration=code)
    return {
        "answer": answer,
        "mine": acteur_id == acteur.pk,
        "name": people.get(acteur_id, ""),
        "label": declarations[code],
        "siret": siret,
        **_way(acteur, acteur_id, siret, code, answer),
    }


def _way(acteur: Acteur, acteur_id: int, siret: str, code: str, answer: Answer) -> dict[str, str]:
    """What to do about it: the page where an administrateur does it, or whom a déclarant asks."""
    if answer.ok or answer.reason in NO_WAY:
        return {}
    if not acteur.administrateur:
        return {"ask": names_of_administrateurs(acteur.inscription)}
    there = Place(filters=GridFilters(personnes=(acteur_id,), etablissement=siret, declarations=(code,)))
    ways = {
        "not_declarant": (
            reverse("declarant:person", args=[acteur_id]),
            _("Changer le rôle de cette personne"),
        ),
        "declaration_not_chosen": (reverse("declarant:declarations"), _("Ajouter cette déclaration")),
        "etablissement_unticked": (reverse("declarant:etablissements"), _("Retenir cet établissement")),
    }
    url, words = ways.get(answer.reason, (there.at("grid"), _("Donner ce droit dans la grille")))
    return {"way_url": url, "way_words": words}


def _ever(acteur: Acteur) -> dict[str, str]:
    """The declarations of the inscription, then all others: a right may be older than the present choice."""
    others = {code: one.label for code, one in catalogue.declarations().items()}
    chosen = labels_of(acteur)
    return chosen | {code: label for code, label in others.items() if code not in chosen}


def _proposed(acteur: Acteur) -> list[tuple[str, str]]:
    places = inscriptions.etablissements(inscription=acteur.inscription)
    return [(one.siret, f"{one.name}, {one.address}") for one in places[:MOST_PROPOSED]]
