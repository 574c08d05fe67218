"""The recap and the history as files: CSV for a spreadsheet, a tagged PDF to keep.

In both, a SIRET stands in its groups: ``kernel.cells`` says why.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from guichet.depots.receipts.content import held, writable
from guichet.espaces.declarant.access import ActeurRequest, acteur_required
from guichet.espaces.declarant.definition import SERVICE
from guichet.espaces.declarant.rights.listing import Line, lines_of, names_for, own_place
from guichet.espaces.declarant.rights.pages import grouped
from guichet.files.typesetting import TAGGED, Layout
from guichet.habilitations import queries
from guichet.kernel import clock
from guichet.kernel.clock import PARIS
from guichet.kernel.dates import moment_in_words
from guichet.kernel.refusals import N_, Refusal
from guichet.web.spreadsheets import csv_file

MOST_PRINTED = 5_000  # lines of a PDF: some hundred and fifty pages
LAYOUT = Layout(Path(__file__).with_name("rights.typ"), *TAGGED)


class TooLongToPrint(Refusal):
    """More lines than a PDF holds. Params: ``most``."""

    code = "too_long_to_print"
    message = N_(
        "Ce document aurait plus de {most} lignes. Revenez à la page précédente et choisissez une personne, "
        "un établissement ou une déclaration ; ou téléchargez le fichier CSV, qui contient toutes les lignes."
    )


@require_safe
@acteur_required
def recap_csv(request: ActeurRequest) -> HttpResponseBase:
    """Who may file what now, all lines of the filter."""
    return csv_file("droits.csv", _rows(_recap_lines(request), ended=False))


@require_safe
@acteur_required
def history_csv(request: ActeurRequest) -> HttpResponseBase:
    """Every right that is or was, all lines of the filter."""
    return csv_file("historique-des-droits.csv", _rows(_history_lines(request), ended=True))


@require_safe
@acteur_required
def recap_pdf(request: ActeurRequest) -> HttpResponse:
    """The same as ``recap_csv``, to keep. Raises ``TooLongToPrint``."""
    return _saved("droits.pdf", _pdf(request, _("Récapitulatif des droits"), _recap_lines, ended=False))


@require_safe
@acteur_required
def history_pdf(request: ActeurRequest) -> HttpResponse:
    """The same as ``history_csv``, to keep. Raises ``TooLongToPrint``."""
    content = _pdf(request, _("Historique des droits"), _history_lines, ended=True)
    return _saved("historique-des-droits.pdf", content)


def _recap_lines(request: ActeurRequest) -> Iterator[Line]:
    place = own_place(request)
    return lines_of(queries.recap_rows(acteur=request.acteur, filters=place.filters), names_for(request))


def _history_lines(request: ActeurRequest) -> Iterator[Line]:
    place = own_place(request)
    return lines_of(queries.history_rows(acteur=request.acteur, filters=place.filters), names_for(request))


def _head(*, ended: bool) -> list[str]:
    head = [_("Personne"), _("SIRET"), _("Établissement"), _("Déclaration"), _("Depuis"), _("Donné par")]
    return [*head, _("Jusqu’au"), _("Retiré par"), _("Origine")] if ended else [*head, _("Origine")]


def _cells(line: Line, *, ended: bool) -> list[str]:
    told = [line.name, grouped(line.siret), line.place, line.label, _moment(line.since), line.given_by]
    until = [_moment(line.until) if line.until else "", line.ended_by] if ended else []
    return [*told, *until, line.origine]


def _moment(moment: Any) -> str:
    """« 2026-11-21 14:05:09 », in Paris: spreadsheets sort it, and know it for a date."""
    return f"{moment.astimezone(PARIS):%Y-%m-%d %H:%M:%S}"


def _rows(lines: Iterator[Line], *, ended: bool) -> Iterator[list[str]]:
    yield _head(ended=ended)
    for line in lines:
        yield _cells(line, ended=ended)


def _pdf(
    request: ActeurRequest, title: str, lines: Callable[[ActeurRequest], Iterator[Line]], *, ended: bool
) -> bytes:
    found = list(itertools.islice(lines(request), MOST_PRINTED + 1))
    if len(found) > MOST_PRINTED:
        raise TooLongToPrint(most=MOST_PRINTED)
    with override("fr"):
        content = _content(request, title, [_cells(line, ended=ended) for line in found], ended=ended)
        return LAYOUT.pdf(writable(content), moment=clock.now())


def _content(
    request: ActeurRequest, title: str, rows: Sequence[Sequence[str]], *, ended: bool
) -> dict[str, Any]:
    now = clock.now()
    about = _("Entreprise {siren}. État au {moment}.").format(
        siren=request.acteur.inscription.siren, moment=moment_in_words(now)
    )
    fake = _("DÉMONSTRATION : données fictives, ce document n’a aucune valeur.")
    nothing = [] if rows else [_("Aucun droit ne répond à ces critères.")]
    return {
        "title": title,
        "author": _(SERVICE.name),
        "opening": [held(text) for text in (*([fake] if settings.DEMO else []), about, *nothing)],
        "head": _head(ended=ended),
        "rows": rows,
        "footer": held(f"{settings.PORTAL_NAME} · {title} · {moment_in_words(now)}"),
        "page_label": _("Page"),
    }


def _saved(name: str, content: bytes) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
