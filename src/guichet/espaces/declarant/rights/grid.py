"""« Gérer les habilitations »: who and where down the side, declarations across (003, chapter 3)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from guichet.espaces.declarant.access import ActeurRequest, administrateur_required
from guichet.espaces.declarant.rights.cells import MOST_COLUMNS, Shown
from guichet.espaces.declarant.rights.changes import told_of
from guichet.espaces.declarant.rights.pages import (
    Place,
    clients_of,
    filter_choices,
    grouped,
    labels_of,
    names_of,
    page,
    pager,
)
from guichet.habilitations import queries
from guichet.habilitations.values import Cell, Column, Grid, Row
from guichet.kernel.dates import in_words

DONE = "fait"  # the parameter that names the change which was just made
# Why a cell holds no box, in few words: the row says the rest.
REASONS = {
    "not_declarant": gettext_lazy("n’est pas déclarant"),
    "etablissement_unknown": gettext_lazy("établissement inconnu"),
    "etablissement_unticked": gettext_lazy("établissement non retenu"),
    "declaration_not_chosen": gettext_lazy("déclaration non choisie"),
    "declaration_not_of_client": gettext_lazy("pas déclarée pour cette entreprise"),
}


@require_safe
@administrateur_required
def grid(request: ActeurRequest) -> HttpResponse:
    """One page of the grid: fifty rows, each cell a box; with its filters, and what was just done."""
    place = Place.of(request.GET)
    labels, names = labels_of(request.acteur), names_of(request.acteur)
    shown = _bounded(place, labels)
    found = queries.grid(acteur=request.acteur, filters=shown.filters, page=place.page)
    return page(
        request,
        "grid",
        {
            **filter_choices(place, people=names, declarations=labels),
            **pager(found, lambda number: place.turned(number).at("grid")),
            "columns": [_column(one) for one in found.columns],
            "rows": [_row(number, row, found.columns, names) for number, row in enumerate(found.rows)],
            "hidden": _shown(found).fields(),
            "check_url": place.at("grid_check"),
            "codes": [(one.code, one.label) for one in found.columns],
            "left_out": [] if shown == place else list(labels.values())[MOST_COLUMNS:],
            "done": _done(request),
            "place_query": place.query(),
            "clients": clients_of(request.acteur, place),
        },
    )


def _done(request: ActeurRequest) -> dict[str, Any] | None:
    """What was just done, and from when it counts where a declaration is not open yet."""
    number = request.GET.get(DONE, "")
    told = told_of(request.acteur, number)
    if told is None:
        return None
    return {**told, "opens_at": queries.opening_later(acteur=request.acteur, changement_id=int(number))}


def after(place: Place, changement_id: int) -> str:
    """The address of the grid that tells what was done, and offers to undo it."""
    return f"{reverse('declarant:grid')}?{_and(place.query(), urlencode({DONE: changement_id}))}"


def is_possible(cell: Cell) -> bool:
    """Whether a box stands in the cell: a right that is held can be taken whatever else holds."""
    return cell.held or cell.reason not in REASONS


def _bounded(place: Place, labels: Mapping[str, str]) -> Place:
    """At most ``MOST_COLUMNS`` declarations at once: those chosen, or the first of all."""
    chosen = [code for code in place.filters.declarations if code in labels] or list(labels)
    if len(chosen) <= MOST_COLUMNS:
        return place
    return replace(place, filters=replace(place.filters, declarations=tuple(chosen[:MOST_COLUMNS])))


def _shown(found: Grid) -> Shown:
    return Shown(
        rows=[(row.acteur_id, row.siret) for row in found.rows],
        columns=[one.code for one in found.columns],
        ticked=[
            (number, at)
            for number, row in enumerate(found.rows)
            for at, cell in enumerate(row.cells)
            if cell.held
        ],
    )


def _column(column: Column) -> dict[str, Any]:
    note = "" if column.is_open else _("à partir du {day}").format(day=in_words(column.opens_at.date()))
    return {"label": column.label, "colour": column.colour, "note": note}


def _row(number: int, row: Row, columns: Sequence[Column], names: Mapping[int, str]) -> dict[str, Any]:
    name = names.get(row.acteur_id, row.name)
    about = f"{name}, {row.place} {grouped(row.siret)}"
    return {
        "name": name,
        "siret": row.siret,
        "place": row.place,
        "about": about,
        "note": ""
        if row.declarant
        else _("Cette personne n’est pas déclarante : donnez-lui d’abord ce rôle."),
        "person_url": "" if row.declarant else reverse("declarant:person", args=[row.acteur_id]),
        "cells": [
            {
                "at": f"{number}.{at}",
                "label": columns[at].label,
                "held": cell.held,
                "why": "" if is_possible(cell) else REASONS[cell.reason],
            }
            for at, cell in enumerate(row.cells)
        ],
    }


def _and(*queries_: str) -> str:
    return "&".join(one for one in queries_ if one)
