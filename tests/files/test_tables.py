"""Spreadsheets of strangers: read in a child that bears what they do to it."""

import datetime as dt
import io
import json
import os
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
import xlsxwriter

from guichet.files import tables
from guichet.files.checks import ChecksUnavailable
from guichet.files.sandbox.client import Unavailable
from guichet.kernel.tables import (
    CompressedTable,
    Limits,
    Row,
    Table,
    TableRefused,
    TableTooBig,
    TooManyLines,
    siret_of,
)

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "csv"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text", "style")
)
Reader = Callable[..., tuple[Table, list[Row]]]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@pytest.fixture(scope="module", autouse=True)
def zygote() -> Iterator[None]:
    yield
    tables._zygote.stop()


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    def read(content: bytes, name: str = "droits.xlsx", **limits: int) -> tuple[Table, list[Row]]:
        path = tmp_path / "fichier"
        path.write_bytes(content)
        with tables.opened(path, name=name, limits=Limits(**limits)) as table:
            return table, list(table.rows)

    return read


def xlsx(*sheets: Sequence[Sequence[object]], hidden: tuple[int, ...] = ()) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"default_date_format": "dd/mm/yyyy"}) as book:
        for at, rows in enumerate(sheets):
            sheet = book.add_worksheet(f"Feuille {at}")
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            if at in hidden:
                sheet.hide()
            elif hidden:
                sheet.activate()
                sheet.set_first_sheet()
    return file.getvalue()


def ods(content: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", ODS)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr(
            "content.xml",
            f"<office:document-content {SPACES}><office:body><office:spreadsheet>{content}"
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return file.getvalue()


def cell(text: str, *, repeated: int = 1) -> str:
    return (
        f'<table:table-cell office:value-type="string" table:number-columns-repeated="{repeated}">'
        f"<text:p>{text}</text:p></table:table-cell>"
    )


def altered(content: bytes, **members: bytes) -> bytes:
    """``content`` with other bytes for the members of that name (« sheet1 »)."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as before,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for member in before.infolist():
            after.writestr(member.filename, members.get(Path(member.filename).stem, before.read(member)))
    return file.getvalue()


def sheet_of(data: str, before: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?>{before}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{data}</sheetData></worksheet>"
    ).encode()


def test_cells_are_what_people_see(read: Reader) -> None:
    seen = {
        "00032517500065": "00032517500065",
        12345678200010: "12345678200010",
        12345678200010.5: "12345678200010.5",
        dt.date(2026, 12, 31): "2026-12-31",
        1e17: "1e+17",
        "é\n;\t": "é ;",
        True: "VRAI",
        0: "0",
    }
    table, rows = read(xlsx([list("ABCDEFGH"), [], list(seen)]))
    assert (table.encoding, table.head) == ("xlsx", list("ABCDEFGH"))
    assert rows == [Row(3, list(seen.values()))]


def test_a_siret_that_was_a_number_has_its_digits(read: Reader) -> None:
    numbers = [13002526500013, 73282932000074, 32517500065]
    _, rows = read(xlsx([["SIRET"], *[[number] for number in numbers]]))
    assert [siret_of(row.cells[0]).siret for row in rows] == [
        "13002526500013",
        "73282932000074",
        "00032517500065",
    ]


def test_the_first_visible_sheet_is_read_and_the_others_told(
    read: Reader,
) -> None:
    book = xlsx([["caché"]], [["SIRET"], ["a"]], [["autre"]], hidden=(0,))
    table, rows = read(book, name="droits.CSV")
    assert (table.head, rows) == (["SIRET"], [Row(2, ["a"])])
    assert [str(remark) for remark in table.remarks] == [
        "Le fichier est un classeur, bien que son nom se termine par « .csv » : il a été lu.",
        "Seule la feuille « Feuille 1 » a été lue : le classeur en compte d’autres.",
    ]
    assert read(xlsx([["SIRET"], ["a"]]))[0].remarks == ()


def test_an_ods_is_read(read: Reader) -> None:
    rows = (
        f"<table:table-row>{cell('SIRET')}{cell('1/0')}</table:table-row>"
        '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>'
        '<table:table-row><table:table-cell office:value-type="float" office:value="12345678200010">'
        f"<text:p>1,23E+13</text:p></table:table-cell>{cell('oui')}</table:table-row>"
        '<table:table-row table:number-rows-repeated="1048572">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    table, found = read(ods(f'<table:table table:name="F">{rows}</table:table>'), name="droits.ods")
    assert (table.encoding, table.head, found) == (
        "ods",
        ["SIRET", "1/0"],
        [Row(4, ["12345678200010", "oui"])],
    )


def test_text_is_read_as_text(read: Reader) -> None:
    table, rows = read("SIRET;1/0\nLéa;1\n".encode("cp1252"), name="droits.xlsx")
    assert (table.encoding, rows) == ("cp1252", [Row(2, ["Léa", "1"])])


PLAIN = xlsx([["SIRET"], ["a"]])
REFUSED: dict[str, tuple[bytes, type[TableRefused]]] = {
    "truncated": (PLAIN[: len(PLAIN) // 2], CompressedTable),
    "a member is broken": (altered(PLAIN, sheet1=b"<worksheet><sheetData><row>"), TableRefused),
    "an old sheet that is none": (OLE + os.urandom(4096), tables.UnreadableWorkbook),
    "another office file": (altered(PLAIN, workbook=b"").replace(b"xl/", b"ppt/"[:3]), TableRefused),
    "an archive": (altered(PLAIN).replace(b"xl/workbook.xml", b"yl/workbook.xml"), CompressedTable),
    "nothing in it": (xlsx([]), tables.EmptySheet),
    "every entity": (
        altered(
            PLAIN,
            sheet1=sheet_of(
                '<row r="1"><c r="A1" t="str"><v>&f;</v></c></row>',
                '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
                + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcde", "bcdef", strict=True))
                + "]>",
            ),
        ),
        TableRefused,
    ),
    "a cell at the far corner": (
        altered(PLAIN, sheet1=sheet_of('<row><c r="A1"><v>1</v></c><c r="XFD1048576"><v>1</v></c></row>')),
        TableRefused,
    ),
    "repeated without end": (
        ods(
            '<table:table table:name="F"><table:table-row table:number-rows-repeated="1048576">'
            f'{cell("x", repeated=16384)}</table:table-row></table:table>'
        ),
        TableRefused,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_can_not_be_read_says_what_to_do(name: str, read: Reader) -> None:
    content, refusal = REFUSED[name]
    with pytest.raises(refusal) as caught:
        read(content)
    assert len(str(caught.value)) > 40


def test_a_bomb_harms_nothing(read: Reader) -> None:
    """16 million cells that say nothing, in a file of 70 kB."""
    data = '<row><c r="A1"/>' + "<c/>" * 16_000_000 + "</row>"
    with pytest.raises(TableRefused):
        read(altered(PLAIN, sheet1=sheet_of(data)))
    assert read(PLAIN)[1] == [Row(2, ["a"])]


def test_an_external_entity_is_not_read(read: Reader, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("SECRET")
    data = '<row r="1"><c r="A1" t="str"><v>x&e;</v></c></row><row r="2"><c r="A2" t="str"><v>b</v></c></row>'
    sheet = sheet_of(data, f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>')
    try:
        table, rows = read(altered(PLAIN, sheet1=sheet))
    except TableRefused:
        return
    assert "SECRET" not in json.dumps([table.head, rows])


def test_limits_hold_for_sheets_too(read: Reader) -> None:
    content = xlsx([["SIRET"], ["a"], ["b"]])
    assert len(read(content, lines=2)[1]) == 2
    with pytest.raises(TooManyLines):
        read(content, lines=1)
    with pytest.raises(TableTooBig):
        read(content, size=len(content) - 1)


def test_where_no_child_can_be_had_nothing_is_said_of_the_file(
    read: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(*_: object) -> None:
        raise Unavailable

    monkeypatch.setattr(tables._zygote, "run", unavailable)
    with pytest.raises(ChecksUnavailable):
        read(PLAIN)


def test_the_template_that_the_portal_writes_is_read_back(
    read: Reader,
) -> None:
    from guichet.web.spreadsheets import xlsx_file

    rows = [
        ["SIRET", "Nom", "1/0"],
        ["00032517500065", "=1+1", "1"],
        ["73282932000074", "http://x.invalid", "0"],
    ]
    response = xlsx_file("modele.xlsx", iter(rows), text_columns=(0,), sheet="Habilitations")
    table, found = read(b"".join(response))
    assert [table.head, *(row.cells for row in found)] == rows


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data/csv is not beside the checkout")
def test_the_shared_spreadsheet_and_archive() -> None:
    with tables.opened(SHARED / "csv-detective" / "file.xls") as table:
        assert (table.encoding, table.head[0], len(list(table.rows))) == ("ods", "NOM (FONDATION)", 5)
    with pytest.raises(CompressedTable), tables.opened(SHARED / "derived_droits" / "zip_renamed.csv"):
        pass
