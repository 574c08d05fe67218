"""Files to fill in, files to look at: templates, annotated files, the rights of portfolios.

A SIRET is text in both formats: ``kernel.cells`` and ``web.spreadsheets`` say how.
"""

import re
import unicodedata
import uuid
from collections.abc import Callable, Iterable
from itertools import chain

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guichet.espaces.declarant.access import ActeurRequest
from guichet.espaces.declarant.imports.pages import page
from guichet.espaces.declarant.portefeuilles.access import tiers_required
from guichet.imports import queries
from guichet.imports.states import Kind
from guichet.portefeuilles import queries as portefeuilles
from guichet.web.spreadsheets import csv_file, xlsx_file

_UNSAFE = re.compile(r"[^0-9A-Za-z.-]+")
TEMPLATES = {Kind.ETABLISSEMENTS.value, Kind.HABILITATIONS.value}


@require_safe
@tiers_required
def template(request: ActeurRequest, portefeuille_id: uuid.UUID, kind: str, ext: str) -> HttpResponseBase:
    """The file to fill in, called like its portfolio; ``?rempli``: with what stands there now."""
    if kind not in TEMPLATES:
        raise Http404
    one = portefeuilles.portefeuille(acteur=request.acteur, portefeuille_id=portefeuille_id)
    filled = "rempli" in request.GET
    rows = queries.template_rows(
        acteur=request.acteur, portefeuille_id=portefeuille_id, kind=Kind(kind), filled=filled
    )
    return _file(one.name, ext, rows)


@require_safe
@tiers_required
def report(request: ActeurRequest, demande_id: uuid.UUID, ext: str) -> HttpResponseBase:
    """The file as it was deposited, each line with its verdict, its reason, and what to do."""
    found = queries.demande(acteur=request.acteur, demande_id=demande_id)  # before the answer has begun
    return _file(found.portefeuille, ext, queries.report_rows(acteur=request.acteur, demande_id=demande_id))


@require_safe
@tiers_required
def rights(request: ActeurRequest) -> HttpResponse:
    """« Consulter le détail des habilitations »: of which portfolio, in which format (003, chapter 4)."""
    mine = portefeuilles.portefeuilles(acteur=request.acteur)
    context = {"mine": mine, "file_url": reverse("declarant:rights_file")}
    return page(request, "rights", context)


@require_safe
@tiers_required
def rights_file(request: ActeurRequest) -> HttpResponseBase:
    """The rights of one portfolio, or of all, at this moment."""
    chosen, name = _chosen(request), _("habilitations")
    if chosen:
        name = portefeuilles.portefeuille(acteur=request.acteur, portefeuille_id=chosen).name
    rows = queries.consultation_rows(acteur=request.acteur, portefeuille_id=chosen)
    return _file(name, request.GET.get("format", "csv"), rows)


def _chosen(request: ActeurRequest) -> uuid.UUID | None:
    """The portfolio that the address names; all, where it names none."""
    text = request.GET.get("portefeuille", "")
    if not text:
        return None
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Http404 from None


def _file(name: str, ext: str, rows: Iterable[list[str]]) -> HttpResponseBase:
    made = _MADE.get(ext)
    if made is None:
        raise Http404
    return made(f"{file_name(name)}.{ext}", rows)


def file_name(name: str) -> str:
    """``name`` as a file is called everywhere: « Cabinet_Est ». It still designates its portfolio, where
    accents and signs count for nothing (``imports.names``)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return _UNSAFE.sub("_", plain).strip("_.-") or "portefeuille"


def _xlsx(name: str, rows: Iterable[list[str]]) -> HttpResponseBase:
    """Columns of SIRET are text further down too, where one goes on typing."""
    following = iter(rows)
    head = next(following, [])
    numbers = [place for place, title in enumerate(head) if "sire" in title.casefold()]
    return xlsx_file(name, chain([head], following), text_columns=numbers)


_MADE: dict[str, Callable[[str, Iterable[list[str]]], HttpResponseBase]] = {"csv": csv_file, "xlsx": _xlsx}
