"""The screens of the public search: the list, an association, one filing."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from guichet.files import queries as files
from guichet.publications import queries
from guichet.publications.models import Publication
from guichet.publications.rules import Criteria, page_number
from guichet.publications.states import State
from guichet.web.public.caching import cached, last_modified
from guichet.web.public.presentation import (
    organisation_page,
    search_page,
    version_card,
    version_url,
)

IMAGES_A_PAGE = 8


@cached
def search(request: HttpRequest) -> HttpResponse:
    """/publications/: the list, narrowed and sorted as its address says."""
    query = request.GET.dict()
    criteria = Criteria.parse(query)
    results = queries.search(criteria=criteria, page=page_number(query.get("page", "")))
    known = criteria.siren and not results.lines and queries.of_siren(siren=criteria.siren)
    withdrawn = reverse("public:organisation", args=[criteria.siren]) if known else ""
    context = {**search_page(criteria, results), "withdrawn": withdrawn}
    response = render(request, "web/public/search.html", context)
    if moment := queries.changed_at():
        last_modified(response, moment.timestamp())
    return response


@cached
def organisation(request: HttpRequest, siren: str) -> HttpResponse:
    """/publications/<siren>/: an association, with its accounts over the years. Raises ``NotPublished``."""
    found = queries.of_siren(siren=siren)
    if found is None:
        raise queries.NotPublished
    response = render(request, "web/public/organisation.html", organisation_page(found))
    last_modified(response, found.changed_at.timestamp())
    return response


@cached
def filing(request: HttpRequest, siren: str, date: dt.date, version: int | None = None) -> HttpResponse:
    """/publications/<siren>/<date>/: the version in force, or the one that the address names.

    Raises ``NotPublished``.
    """
    found = queries.of_siren(siren=siren)
    exercise = found.exercise(date) if found else None
    if found is None or exercise is None:
        raise queries.NotPublished
    shown = exercise.in_force or exercise.newest
    if version is not None:
        shown = _version(exercise.versions, version)
    readable = shown.state != State.RETIREE and files.is_showable(sha256=shown.stored_id)
    numbers = Paginator(range(1, shown.pages + 1), IMAGES_A_PAGE).get_page(request.GET.get("page"))
    context = organisation_page(found) | {
        "publication": shown,
        "canonical": settings.BASE_URL + _canonical(shown, exercise.in_force),
        "shown": version_card(shown),
        "readable": readable,
        "pages": _images(shown, numbers) if readable else [],
        "numbers": numbers,
        "document": version_url(shown, "document") if readable else "",
        "versions": [version_card(one) for one in exercise.versions],
        "in_force_url": version_url(exercise.in_force) if exercise.in_force else "",
    }
    response = render(request, "web/public/filing.html", context)
    last_modified(response, found.changed_at.timestamp())
    return response


def _canonical(shown: Publication, in_force: Publication | None) -> str:
    """What is in force has an address without a version, which others link to."""
    if in_force is None or shown.pk != in_force.pk:
        return version_url(shown)
    return reverse("public:filing", args=[shown.siren, shown.closing_date.isoformat()])


def _version(versions: Sequence[Publication], wanted: int) -> Publication:
    found = next((one for one in versions if one.version == wanted), None)
    if found is None:
        raise queries.NotPublished
    return found


def _images(shown: Publication, numbers: Iterable[int]) -> list[dict[str, object]]:
    return [{"number": number, "url": version_url(shown, "page", number=number)} for number in numbers]
