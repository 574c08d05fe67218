"""What the pages of requests by file share."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from guichet.espaces.declarant.access import ActeurRequest
from guichet.web.forms import PortalForm, show

PAGE = "page"


def page(request: ActeurRequest, name: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """The page ``declarant/imports/<name>.html``."""
    return render(request, _template(name), dict(context), status=status)


def form_page(
    request: ActeurRequest, name: str, form: PortalForm, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """The same of a page that holds a form: with errors 422, or the refusal's status."""
    return show(request, _template(name), form, dict(context), status=status)


def page_of(query: QueryDict) -> int:
    """The page that an address asks for; 1 where it says nothing that can be read."""
    text = query.get(PAGE, "")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def pager(found: Any, address: Callable[[int], str]) -> dict[str, Any]:
    """Where one is in ``found``, which has ``page`` and ``pages``, and the addresses beside it."""
    at, last = found.page, found.pages
    return {
        "page": at,
        "pages": last,
        "previous_url": address(at - 1) if at > 1 else "",
        "next_url": address(at + 1) if at < last else "",
    }


def _template(name: str) -> str:
    return f"declarant/imports/{name}.html"
