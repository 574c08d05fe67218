"""The list as open data: CSV, JSON, and the page that says what they hold."""

import hashlib
import itertools
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from guichet.kernel.cells import csv_lines
from guichet.kernel.refusals import N_
from guichet.publications import queries
from guichet.publications.open_data import FIELDS, record
from guichet.publications.rules import Criteria
from guichet.web.public.caching import cached, unchanged

JSON_PAGE = 100  # lines
CHUNK = 200  # lines written at once
PARAMETERS = {
    "q": N_("Un nom, un numéro SIREN ou un numéro RNA"),
    "departement": N_("Le code Insee d’un département : 44, 2A, 974"),
    "annee": N_("L’année de clôture, en quatre chiffres"),
}


@cached
def as_csv(request: HttpRequest) -> HttpResponseBase:
    """Every line that the search finds, in UTF-8 with commas, as it is read from the database."""
    criteria = Criteria.parse(request.GET.dict())
    etag = _etag("csv", criteria)
    if answer := unchanged(request, etag):
        return answer
    headers = {"ETag": f'"{etag}"', "Content-Disposition": 'attachment; filename="comptes-publies.csv"'}
    lines = _csv_lines(criteria) if request.method == "GET" else iter(())
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


@cached
def as_json(request: HttpRequest) -> HttpResponseBase:
    """A page of what the search finds: ``results``, and ``next``, the address of the next page or null."""
    criteria = Criteria.parse(request.GET.dict())
    after = _after(request.GET.get("apres", ""))
    found = list(itertools.islice(queries.rows(criteria=criteria, after=after), JSON_PAGE + 1))
    more = len(found) > JSON_PAGE
    found = found[:JSON_PAGE]
    query = criteria.query(tri="", apres=str(found[-1].id)) if more else {}
    following = f"{settings.BASE_URL}{reverse('public:json')}?{urlencode(query)}" if more else None
    body = {"next": following, "results": [record(line) for line in found]}
    response: HttpResponse = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    response["Access-Control-Allow-Origin"] = "*"  # anybody's page may read what anybody may read
    return response


@cached
def about(request: HttpRequest) -> HttpResponse:
    """« Données ouvertes »: what the files hold, and how to ask for them."""
    context = {
        "fields": FIELDS.items(),
        "csv": settings.BASE_URL + reverse("public:csv"),
        "json": settings.BASE_URL + reverse("public:json"),
        "json_page": JSON_PAGE,
        "parameters": PARAMETERS.items(),
        "search": reverse("public:search"),
    }
    return render(request, "web/public/open_data.html", context)


def _csv_lines(criteria: Criteria) -> Iterator[str]:
    rows = itertools.chain([list(FIELDS)], (_cells(record(line)) for line in queries.rows(criteria=criteria)))
    lines = csv_lines(rows, separator=",", mark=False)
    while chunk := list(itertools.islice(lines, CHUNK)):
        yield "".join(chunk)


def _cells(values: dict[str, Any]) -> list[str]:
    return [str(values[key]) for key in FIELDS]


def _etag(kind: str, criteria: Criteria) -> str:
    asked = json.dumps(criteria.query(), sort_keys=True)
    return hashlib.sha256(f"{kind} {queries.stamp()} {asked}".encode()).hexdigest()[:32]


def _after(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0
