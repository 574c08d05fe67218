"""French typography, once for all pages: no « ? », « : » or « » » alone at the beginning of a line.

Sources are written with ordinary blanks; here the blank before ``? ! ; : »`` and after ``«`` becomes a
no-break one, in texts alone: never in a tag, so that addresses and what was typed stay as they are.
"""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

NO_BREAK = "\u00a0"
# Tags, and what is read or copied sign by sign, or sent back as it is. Django writes « > » as an entity.
_NOT_TEXT = re.compile(
    r"(<(?:textarea|pre|code|script|style)\b.*?</(?:textarea|pre|code|script|style)>|<[^>]*>)", re.DOTALL
)
_BLANK = re.compile(r" (?=[?!;:»])|(?<=«) ")
_GAP = "<>"  # stands in no text, as it would be a tag


def no_break(html: str) -> str:
    """The page ``html`` with a no-break blank wherever French typography wants one in its texts."""
    parts = _NOT_TEXT.split(html)  # text, tag, text, …
    parts[0::2] = _BLANK.sub(NO_BREAK, _GAP.join(parts[0::2])).split(
        _GAP
    )  # all texts at once: ten times faster
    return "".join(parts)


class TypographyMiddleware:
    """Applies ``no_break`` to the portal's pages; inside ``CommonMiddleware``, which counts their bytes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
            response.content = no_break(response.text).encode(response.charset)
        return response
