"""Tables as CSV, written while they are read."""

import csv
from collections.abc import Iterable, Iterator

from django.http import StreamingHttpResponse


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_file(name: str, rows: Iterable[list[str]]) -> StreamingHttpResponse:
    """``rows``, their head first, as a file to save under ``name``. Their cells are plain already."""
    return StreamingHttpResponse(
        _written(rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _written(rows: Iterable[list[str]]) -> Iterator[str]:
    yield "\ufeff"  # so that spreadsheets read the accents
    writer = csv.writer(_Echo(), delimiter=";")
    for row in rows:
        yield writer.writerow(row)
