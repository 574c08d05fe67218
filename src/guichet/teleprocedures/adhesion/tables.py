"""What the tables of this room share: pages that the address names."""

from collections.abc import Callable
from typing import Any

from django.http import QueryDict

PAGE = "page"


def page_of(query: QueryDict) -> int:
    """The page, from 1 on, that an address gives."""
    text = query.get(PAGE, "")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def pager(page: int, pages: int, address: Callable[[int], str]) -> dict[str, Any]:
    """Where one is, and the addresses of the pages beside it."""
    return {
        "page": page,
        "pages": pages,
        "previous_url": address(page - 1) if page > 1 else "",
        "next_url": address(page + 1) if page < pages else "",
    }
