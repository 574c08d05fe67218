"""What the tables of this room share: pages that the address names, and files for a spreadsheet."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.http import QueryDict, StreamingHttpResponse

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


def as_csv(rows: Iterable[Sequence[str]], name: str) -> StreamingHttpResponse:
    """``rows`` as a file that a French spreadsheet opens by a double click: semicolons, a byte order mark."""
    response = StreamingHttpResponse(_written(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _written(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    writer = csv.writer(_Echo(), delimiter=";")
    yield "\ufeff"
    for row in rows:
        yield writer.writerow(row)


class _Echo:
    """Gives what is written to it back: csv wants a file."""

    def write(self, text: str) -> str:
        return text
