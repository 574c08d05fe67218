"""The first visible sheet of a spreadsheet file, as lines of text: for a zygote that loads nothing else.

calamine keeps a sheet whole while it is read: 100,000 lines of 25 cells take some 190 MB beside the process.
That memory is the child's, and goes with it. Numbers, dates and truth values become what people see in the
sheet, but for the way a column is formatted: 12345678200010 is stored as an amount, exact below 2⁵³, with all
its digits.
"""

import contextlib
import csv
import datetime
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

SEPARATOR = "\t"
EXACT = 1 << 53  # whole numbers that a double holds exactly are smaller
MOST_MEMBERS = 10_000
_MEMBERS = {"xl/workbook.xml": "xlsx", "xl/workbook.bin": "xlsb", "content.xml": "ods"}
_OTHER_MEMBERS = ("word/", "ppt/")

Cell = int | float | str | bool | datetime.time | datetime.date | datetime.datetime | datetime.timedelta


def rows(_: dict[str, object], files: Sequence[int]) -> Iterator[bytes]:
    """Write the sheet of the first of ``files`` into the second, in UTF-8, a line a row, cells between tabs.

    A line of JSON: ``reason`` (``archive``, ``not_table``, ``password``, ``unreadable``, ``no_sheet``,
    ``empty``, or nothing), ``format``, ``sheet`` and whether there are ``others``.
    """
    source, target = files
    with open(source, "rb", closefd=False) as file:
        told = _told(file, target)
    yield json.dumps(told).encode() + b"\n"


TASKS = {"rows": rows}


def _told(file: BinaryIO, target: int) -> dict[str, object]:
    format_ = _format(file)
    if format_ in {"archive", "not_table"}:
        return {"reason": format_}
    file.seek(0)
    try:
        with CalamineWorkbook.from_filelike(file) as book:
            shown = [one for one in book.sheets_metadata if _is_shown(one)]
            if not shown:
                return {"reason": "no_sheet"}
            sheet = book.get_sheet_by_name(shown[0].name)
    except PasswordError:
        return {"reason": "password"}
    except (CalamineError, ValueError, OSError):
        return {"reason": "unreadable"}
    reason = "" if _write(sheet, target) else "empty"
    return {"reason": reason, "format": format_, "sheet": shown[0].name, "others": len(shown) > 1}


def _format(file: BinaryIO) -> str:
    file.seek(0)
    if file.read(2) != b"PK":
        return "xls"
    try:
        with zipfile.ZipFile(file) as archive:
            names = [member.filename for member in archive.infolist()[:MOST_MEMBERS]]
    # All that zipfile raises of archives that strangers made.
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError):
        return "archive"
    for name, format_ in _MEMBERS.items():
        if name in names:
            return format_
    return "not_table" if any(name.startswith(_OTHER_MEMBERS) for name in names) else "archive"


def _is_shown(sheet: SheetMetadata) -> bool:
    return sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet


def _write(sheet: CalamineSheet, target: int) -> bool:
    """Whether there was anything to write."""
    with open(target, "w", encoding="utf-8", errors="replace", newline="", closefd=False) as out:
        writer = csv.writer(out, delimiter=SEPARATOR, lineterminator="\n")
        filled = False
        for cells in sheet.iter_rows():
            texts = [cell if cell == "" else _text(cell) for cell in cells]
            filled = filled or any(texts)
            writer.writerow(texts)
    return filled


def _text(cell: Cell) -> str:
    if isinstance(cell, str):
        # A cell of several lines becomes one: where it ends is then beyond doubt.
        return cell if cell.isprintable() else " ".join(cell.split())
    if isinstance(cell, bool):
        return "VRAI" if cell else "FAUX"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < EXACT else repr(cell)
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    return str(cell)


def _rehearse() -> None:
    """What libraries load when first used, before the zygote gives up its files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.xml", "<x/>")
    content.seek(0)
    _format(content)
    with contextlib.suppress(CalamineError, ValueError, OSError):
        CalamineWorkbook.from_filelike(content)
    csv.writer(io.StringIO()).writerow(
        [_text(datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)), _text(1.5)]
    )


_rehearse()
