"""Answers that a shared cache may keep: the same for everybody, with no cookie, and cheap to ask for again.

``AnonymousMiddleware`` takes the cookies off the request, so that nobody's session is read, let alone shown,
on these addresses; ``cached`` says how long an answer is good, and what is its ETag.
"""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.views.decorators.http import require_safe

from guichet.web.middleware import Handler

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

PREFIXES = ("/publications/", "/sitemap", "/robots.txt")
FRESH = 60  # seconds: a withdrawal is seen by everybody after that
KEPT_HEADERS = ("ETag", "Last-Modified", "Cache-Control", "Expires")


class AnonymousMiddleware:
    """Hands public addresses over as a stranger's, and takes care that nothing personal comes back."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIXES):
            return self.get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        request.COOKIES = {}
        response = self.get_response(request)
        response.cookies.clear()
        _forget_cookie_in_vary(response)
        if response.status_code not in {200, 304}:
            response["Cache-Control"] = "no-store"
        return response


def cached(view: View[P]) -> View[P]:
    """A page that may be kept for ``FRESH`` seconds and is then asked for again, for GET and HEAD alone.

    Its ETag is that of its own bytes unless the view gave one: it changes with whatever the page shows.
    """

    @require_safe
    @wraps(view)
    def kept(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if response.status_code != 200:
            return response
        if "ETag" not in response.headers and not response.streaming:
            response["ETag"] = quote_etag(_digest(response))
        response.headers.setdefault("Cache-Control", f"public, max-age={FRESH}")
        return _conditional(request, response)

    return kept


def unchanged(request: HttpRequest, etag: str) -> HttpResponseNotModified | None:
    """The answer to whoever has the content ``etag`` already: for what costs more than its ETag."""
    answer = get_conditional_response(request, etag=quote_etag(etag))
    if not isinstance(answer, HttpResponseNotModified):
        return None
    answer["ETag"] = quote_etag(etag)
    answer["Cache-Control"] = f"public, max-age={FRESH}"
    return answer


def last_modified(response: HttpResponseBase, moment: float) -> None:
    """Say when what the page shows last changed."""
    response["Last-Modified"] = http_date(moment)


def _digest(response: HttpResponseBase) -> str:
    content = response.content if isinstance(response, HttpResponse) else b""
    return hashlib.sha256(content).hexdigest()[:32]


def _conditional(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """By ETag alone: a date says nothing of a page whose looks changed."""
    answer = get_conditional_response(request, etag=response.headers.get("ETag"))
    if not isinstance(answer, HttpResponseNotModified):
        return response
    for name in KEPT_HEADERS:
        if name in response.headers:
            answer[name] = response[name]
    return answer


def _forget_cookie_in_vary(response: HttpResponse) -> None:
    others = [name.strip() for name in response.get("Vary", "").split(",")]
    others = [name for name in others if name and name.lower() != "cookie"]
    if others:
        response["Vary"] = ", ".join(others)
    else:
        response.headers.pop("Vary", None)
