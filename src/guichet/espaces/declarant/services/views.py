"""The pages of the complementary services: Contrôle SIRET, and the reference tables."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from guichet.espaces.declarant.access import ActeurRequest, acteur_required
from guichet.espaces.declarant.services import checking, reference
from guichet.espaces.declarant.services.checking import MOST, STATES, Checked
from guichet.web.forms import ParsedField, PortalForm, posted, show
from guichet.web.spreadsheets import csv_file

LONGEST_SEARCH = 100
HEAD = (gettext_lazy("SIRET"), gettext_lazy("État"), gettext_lazy("Nom"), gettext_lazy("Lieu"),
        gettext_lazy("Explication"))  # fmt: skip


class SiretsForm(PortalForm):
    """One number, or a pasted list."""

    sirets = ParsedField(
        label=gettext_lazy("Un ou plusieurs SIRET"),
        help_text=gettext_lazy("14 chiffres chacun, avec ou sans espaces ; un par ligne, 500 au plus."),
        missing=checking.NoNumber.message,
        parse=checking.numbers,
        max_length=None,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@acteur_required
def siret_check(request: ActeurRequest) -> HttpResponseBase:
    """What the register knows of each number, on the page or as a file."""
    form = SiretsForm(posted(request))
    checked = checking.check(form.cleaned_data["sirets"]) if form.is_valid() else []
    if checked and request.POST.get("format") == "csv":
        return csv_file("controle-siret.csv", _rows(checked))
    context = {"checked": checked, "counts": _counts(checked), "most": MOST, "typed": _typed(form)}
    return show(request, "declarant/services/siret.html", form, context)


@require_safe
@acteur_required
def tables(request: ActeurRequest) -> HttpResponse:
    """The list of the reference tables."""
    found = [
        {"slug": one.slug, "title": _(one.title), "summary": _(one.summary), "count": len(one.rows())}
        for one in reference.tables().values()
    ]
    return render(request, "declarant/services/tables.html", {"tables": found})


@require_safe
@acteur_required
def table(request: ActeurRequest, slug: str) -> HttpResponseBase:
    """One table, what ``?cherche=`` finds of it; as a file with ``?format=csv``. Raises ``NoSuchTable``."""
    one, text = reference.table(slug), request.GET.get("cherche", "").strip()[:LONGEST_SEARCH]
    every = one.rows()
    found = reference.search(every, text)
    columns = [_(column) for column in one.columns]
    if request.GET.get("format") == "csv":
        return csv_file(f"table-{one.slug}.csv", [columns, *found])
    context = {
        "slug": one.slug,
        "title": _(one.title),
        "summary": _(one.summary),
        "columns": columns,
        "rows": [_cells(columns, row) for row in found],
        "text": text,
        "total": len(every),
    }
    return render(request, "declarant/services/table.html", context)


def _cells(columns: Sequence[str], row: Sequence[str]) -> dict[str, Any]:
    cells = list(zip(columns, row, strict=True))
    return {"head": cells[0][1], "cells": cells[1:]}


def _rows(checked: Sequence[Checked]) -> list[list[str]]:
    lines = [[one.number, one.state, one.name, one.place, one.explained] for one in checked]
    return [[str(cell) for cell in HEAD], *lines]


def _counts(checked: Sequence[Checked]) -> list[tuple[str, int]]:
    found = Counter(one.standing for one in checked)
    return [(_(words), found[standing]) for standing, words in STATES.items() if found[standing]]


def _typed(form: SiretsForm) -> str:
    """The same list again, for the download."""
    return "\n".join(form.cleaned_data["sirets"]) if form.is_valid() else ""
