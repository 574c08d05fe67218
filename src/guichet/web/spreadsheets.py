"""Files that open in a spreadsheet by a double click: CSV and XLSX. No cell of either is ever a formula."""

import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, islice

import xlsxwriter
from django.http import FileResponse, StreamingHttpResponse

from guichet.kernel.cells import csv_lines

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SAMPLE = 200  # rows that tell how wide a column is
NARROWEST, WIDEST = 8, 50  # signs
_NEVER = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": False,
}


def csv_file(name: str, rows: Iterable[Sequence[str]]) -> StreamingHttpResponse:
    """``rows``, their head first, as a file to save under ``name``, written while they are read."""
    return StreamingHttpResponse(
        csv_lines(rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def xlsx_file(
    name: str, rows: Iterable[Sequence[str]], *, text_columns: Collection[int] = (), sheet: str = ""
) -> FileResponse:
    """``rows``, their head first, as an XLSX file to save under ``name``.

    Cells are text, but for « 1 » and « 0 », which are numbers. ``text_columns`` (from 0) keep the format
    « Text » in the rows below too, so that a SIRET typed there keeps its zeros. The head stays in sight.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    with xlsxwriter.Workbook(file, _NEVER) as book:
        _write(book, iter(rows), text_columns, sheet)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


def _write(
    book: xlsxwriter.Workbook, rows: Iterator[Sequence[str]], text_columns: Collection[int], sheet: str
) -> None:
    page = book.add_worksheet(sheet or None)
    bold, text = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"num_format": "@"})
    sample = list(islice(rows, SAMPLE))
    for column, width in enumerate(_widths(sample)):
        page.set_column(column, column, width, text if column in text_columns else None)
    page.freeze_panes(1, 0)
    for at, row in enumerate(chain(sample, rows)):
        for column, cell in enumerate(row):
            if at and cell in {"0", "1"} and column not in text_columns:
                page.write_number(at, column, int(cell))
            elif cell:
                format_ = bold if not at else text if column in text_columns else None
                page.write_string(at, column, cell, format_)


def _widths(sample: Sequence[Sequence[str]]) -> list[int]:
    columns = max(map(len, sample), default=0)
    longest = [max((len(row[at]) for row in sample if at < len(row)), default=0) for at in range(columns)]
    return [min(max(length + 2, NARROWEST), WIDEST) for length in longest]
