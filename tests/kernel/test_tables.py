"""Text files as people's programs write them, and as nobody should."""

import codecs
import csv
import io
import time
import tracemalloc
import unicodedata
import zipfile
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.kernel.cells import csv_lines
from guichet.kernel.tables import (
    CompressedTable,
    EmptyTable,
    Limits,
    LineTooLong,
    NotATable,
    PdfTable,
    Row,
    SpreadsheetTable,
    Table,
    TableRefused,
    TableTooBig,
    TooManyColumns,
    TooManyLines,
    read_table,
)

TEXT = "SIRET;Nom;1/0\r\n13002526500013;Lefèvre;1\r\n73282932000074;Noël Œuvrard;0\r\n"
HEAD = ["SIRET", "Nom", "1/0"]
ROWS = [Row(2, ["13002526500013", "Lefèvre", "1"]), Row(3, ["73282932000074", "Noël Œuvrard", "0"])]
ZIP = io.BytesIO()
with zipfile.ZipFile(ZIP, "w") as archive:
    archive.writestr("droits.csv", TEXT)


def read(content: bytes | str, **limits: int) -> tuple[Table, list[Row]]:
    file = io.BytesIO(content.encode() if isinstance(content, str) else content)
    table = read_table(file, limits=Limits(**limits))
    return table, list(table.rows)


def cells(content: bytes | str) -> list[list[str]]:
    return [row.cells for row in read(content)[1]]


def codes(table: Table) -> list[str]:
    return [remark.code for remark in table.remarks]


@pytest.mark.parametrize(
    ("content", "encoding", "remarks"),
    [
        (TEXT.encode(), "utf-8", []),
        (TEXT.encode("utf-8-sig"), "utf-8", []),
        (codecs.BOM_UTF8 * 2 + TEXT.encode(), "utf-8", []),
        ("ï»¿".encode() + TEXT.encode(), "utf-8", []),
        (TEXT.encode("utf-16"), "utf-16-le", []),
        (TEXT.encode("utf-16-le"), "utf-16-le", []),
        (TEXT.encode("utf-16-be"), "utf-16-be", []),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16-be", []),
        (codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"), "utf-32-le", []),
        (TEXT.encode("cp1252"), "cp1252", ["encoding"]),
        (TEXT.encode("iso8859-15"), "iso8859-15", ["encoding"]),
        (TEXT.encode("mac_roman"), "mac_roman", ["encoding"]),
        (TEXT.replace("\r\n", "\r").encode("mac_roman"), "mac_roman", ["encoding"]),
        (TEXT.replace("\r\n", "\n").encode(), "utf-8", []),
        (TEXT.replace("\r\n", "\r").encode(), "utf-8", []),
        (TEXT.rstrip().encode(), "utf-8", []),
        (TEXT.encode() + b"\x1a", "utf-8", ["blank"]),
        (unicodedata.normalize("NFD", TEXT).encode(), "utf-8", ["accents"]),
        (TEXT.encode().decode("cp1252").encode(), "utf-8", ["double"]),
        (TEXT.encode().replace(b"Lef", b"L\x00ef"), "utf-8", ["control"]),
        (("sep=;\r\n" + TEXT).encode(), "utf-8", []),
        (TEXT.replace(";", "\t").encode(), "utf-8", []),
        (TEXT.replace(";", ",").encode(), "utf-8", []),
        (TEXT.replace(";", "|").encode(), "utf-8", []),
        (TEXT.replace("\r\n", ";\r\n").encode(), "utf-8", []),  # a column without a name
        (TEXT.replace("13002526500013", '="13002526500013"').encode(), "utf-8", ["text_formula"]),
        (TEXT.replace("13002526500013", '"=""13002526500013"""').encode(), "utf-8", ["text_formula"]),
    ],
)  # fmt: skip
def test_the_same_table_however_it_is_written(content: bytes, encoding: str, remarks: list[str]) -> None:
    table, rows = read(content)
    assert (table.head, rows) == (HEAD, ROWS)
    assert (table.encoding, codes(table)) == (encoding, remarks)


def test_ms_dos_accents() -> None:
    table, rows = read("Nom;Prénom\nLefèvre;Chloé\nDuçât;Zoë\n".encode("cp850"))
    assert (table.encoding, table.head) == ("cp850", ["Nom", "Prénom"])
    assert [row.cells for row in rows] == [["Lefèvre", "Chloé"], ["Duçât", "Zoë"]]
    assert str(table.remarks[0]).startswith(
        "Le fichier n’est pas en UTF-8 : ses accents ont été lus comme du MS-DOS"
    )


def test_lines_of_two_encodings_are_each_read_as_they_are() -> None:
    table, rows = read("Nom\nLefèvre\n".encode() + "Noël\n".encode("cp1252") + b"Dupond\n")
    assert [row.cells for row in rows] == [["Lefèvre"], ["Noël"], ["Dupond"]]
    assert codes(table) == ["encoding", "mixed"]


def test_what_no_encoding_has_is_shown_as_such() -> None:
    table, rows = read(b"Nom;Ville\nL\xe9a;Nice\nAb\x81b\xe9;Nice\n")
    assert rows[1].cells == ["Ab\ufffdbé", "Nice"]
    assert [(one.code, one.line) for one in table.remarks] == [("encoding", 0), ("undecodable", 3)]


def test_an_accented_name_that_looks_wrong_is_not_mended() -> None:
    table, rows = read("Nom\nSÃO PAULO Ã\nÂge d’or\n")
    assert [row.cells for row in rows] == [["SÃO PAULO Ã"], ["Âge d’or"]]
    assert codes(table) == []


@pytest.mark.parametrize(
    ("line", "read_as", "remarks"),
    [
        ('"a;b";c', ["a;b", "c"], []),
        ('"a ""b"" c";d', ['a "b" c', "d"], []),
        ('"";x', ["", "x"], []),
        (' "a;b" ;c', ["a;b", "c"], []),
        ('l’écran 15";c', ['l’écran 15"', "c"], ["quote"]),
        ('"a" b;c', ["a b", "c"], ["quote"]),
        ('"a;b', ["a", "b"], ["quote"]),
        ('a;"b', ["a", "b"], ["quote"]),
        ('a;"', ["a", ""], ["quote"]),
        ("a;b;;", ["a", "b"], []),
        ("a;b;c", ["a", "b", "c"], ["extra"]),
        ("a", ["a", ""], ["short"]),
        (" a ;b", [" a ", "b"], []),
        ("'a;b", ["'a", "b"], []),
        ('="a;b";c', ["a;b", "c"], ["text_formula"]),
        ("=1+1;b", ["=1+1", "b"], []),
    ],
)
def test_cells_of_a_line(line: str, read_as: list[str], remarks: list[str]) -> None:
    table, rows = read(f"X;Y\n{line}\nz;z\n")
    assert rows == [Row(2, read_as), Row(3, ["z", "z"])]
    assert codes(table) == remarks


def test_a_cell_of_several_lines_is_one_line_of_the_sheet() -> None:
    _, rows = read('X;Y\n"1, rue X\r\n\r\n44000 Nantes";a\n"b\nc";"d\ne"\nz;z\n')
    assert rows == [Row(2, ["1, rue X\n\n44000 Nantes", "a"]), Row(3, ["b\nc", "d\ne"]), Row(4, ["z", "z"])]


@pytest.mark.parametrize(
    "rest",
    ["b;c\n" * 50, "b;c\n" * 2, 'b;"c"\n' * 3, '"b;c\n' * 3, ""],
    ids=["far", "near", "closed by another's", "each open", "last"],
)
def test_a_quotation_mark_that_is_never_closed_loses_no_line(rest: str) -> None:
    table, rows = read('X;Y\n"a;c\n' + rest)
    assert [row.cells for row in rows] == [["a", "c"]] + [["b", "c"]] * rest.count("\n")
    assert (table.remarks[0].code, table.remarks[0].line) == ("quote", 2)


def test_blank_lines_are_left_out_and_still_counted() -> None:
    table, rows = read("\n\nX;Y\n\n;;\na;b\n   \n")
    assert (table.head, rows) == (["X", "Y"], [Row(6, ["a", "b"])])
    assert (codes(table), table.remarks[0].count) == (["blank"], 5)


def test_names_of_columns_are_bare() -> None:
    table, _ = read('\u200b SIRET ;"Nom\nde famille";;1/0;;\n')
    assert table.head == ["SIRET", "Nom de famille", "", "1/0"]


@pytest.mark.parametrize(
    ("lines", "separator"),
    [
        ("SIRET;Montant\n1;1,5\n2;2,5", ";"),
        ("SIRET,Nom\n1,a;b\n2,c", ","),
        ('SIRET,Nom\n1,"a;b;c"\n2,"d;e;f"', ","),
        ("SIRET\tNom, prénom\n1\ta, b", "\t"),
        ("SIRET;Nom, prénom\n1;Durand, Léa\n2;Martin", ";"),
        ("Déclarant|SIRET\na|b", "|"),
        ("SIRET\n1\n2", ";"),
    ],
)
def test_the_separator_is_found(lines: str, separator: str) -> None:
    assert read(lines)[0].separator == separator


def test_a_separator_that_a_file_names_is_the_one() -> None:
    table, rows = read('"sep=|"\na;b|c;d\n1;2|3;4\n')
    assert (table.separator, table.head, rows) == ("|", ["a;b", "c;d"], [Row(2, ["1;2", "3;4"])])


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", EmptyTable),
        (b"\n \r\n;;;\n", EmptyTable),
        (codecs.BOM_UTF8, EmptyTable),
        (codecs.BOM_UTF16_LE, EmptyTable),
        (b"\x00" * 100, NotATable),
        (ZIP.getvalue(), CompressedTable),
        (b"\x1f\x8b\x08\x00", CompressedTable),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), SpreadsheetTable),
        (b"%PDF-1.7\n1 0 obj\n", PdfTable),
        (b"{\\rtf1 SIRET;1}", NotATable),
        (b"<!DOCTYPE html><table><tr><td>SIRET", NotATable),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), NotATable),
        (bytes(range(256)) * 20, NotATable),
        (b"x;" * (1 << 20), LineTooLong),
    ],
)
def test_what_is_no_table_says_what_to_do(content: bytes, refusal: type[TableRefused]) -> None:
    with pytest.raises(refusal) as caught:
        read(content)
    assert len(str(caught.value)) > 40


def test_limits_are_exact() -> None:
    lines = "X;Y\n" + "a;b\n" * 3
    assert len(read(lines, lines=3)[1]) == 3
    with pytest.raises(TooManyLines):
        read(lines, lines=2)
    assert read(lines, columns=2)[0].head == ["X", "Y"]
    with pytest.raises(TooManyColumns):
        read(lines, columns=1)
    with pytest.raises(TooManyColumns, match="ligne 2"):
        read('X;Y\n"a";b;c\n', columns=2)
    assert read("X;Y;;;;;\na;b;;;;;;;\n", columns=2)[1] == [Row(2, ["a", "b"])]
    assert read(lines, size=len(lines))[0].head == ["X", "Y"]
    with pytest.raises(TableTooBig):
        read(lines, size=len(lines) - 1)
    assert codes(read("X\nabc\n", signs=3)[0]) == []
    table, rows = read("X\nabcd\n", signs=3)
    assert (codes(table), rows[0].cells) == (["cut"], ["abc"])


BIG = 4 << 20
HOSTILE = {
    "blank lines": b"X;Y\n" + b"\n" * BIG,
    "separators": b"X;Y\n" + (b";" * 500_000 + b"\n") * (BIG // 500_001),
    "open quotes": b"X;Y\n" + b'"a;b\n' * (BIG // 5),
    "quotes alone": b"X;Y\n" + b'"' * (BIG // 2),
    "lines of quotes": b"X;Y\n" + (b'"' * 3001 + b"\n") * (BIG // 3002),
    "odd quotes far apart": b"X;Y\n" + (b'a;"b\n' + b'"";"" x\n' * 19) * (BIG // 160),
    "carriage returns": b"X;Y\n" + b"a;b\r" * (BIG // 4),
    "high bytes": b"X;Y\n" + b"\xe9\xc3\xa9;\xff\n" * (BIG // 6),
    "twice encoded": b"X;Y\n" + "Ã©Ã ;Ã\n".encode() * (BIG // 12),
    "combining marks": b"X;Y\n" + "e\u0301\u0301\u0301;b\n".encode() * (BIG // 10),
    "wide": ("X;Y\n" + "a;b\n" * (BIG // 8)).encode("utf-16"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_takes_neither_time_nor_memory(name: str) -> None:
    file: BinaryIO = io.BytesIO(HOSTILE[name])
    began = time.process_time()
    try:
        for _ in read_table(file).rows:
            pass
    except TableRefused:
        pass
    assert time.process_time() - began < 5


def test_memory_does_not_grow_with_the_file() -> None:
    line = b"13002526500013;Durand;Zo\xc3\xa9;" + b"1;0;" * 11 + b"\n"
    file = io.BytesIO(b"SIRET;Nom;Pr\xc3\xa9nom" + b";D" * 22 + b"\n" + line * 100_000)
    tracemalloc.start()
    try:
        assert sum(1 for _ in read_table(file).rows) == 100_000
        assert tracemalloc.get_traced_memory()[1] < 5 << 20
    finally:
        tracemalloc.stop()


# What people type into cells: no control signs, and nothing that a sheet would not keep.
TYPED = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"]), max_size=12).map(
    lambda text: unicodedata.normalize("NFC", text).strip()
)
NAMES = st.lists(st.text("abcdefgh", min_size=1, max_size=8), min_size=2, max_size=5)


@given(
    head=NAMES,
    rows=st.lists(st.lists(TYPED, min_size=2, max_size=5), max_size=8),
    separator=st.sampled_from(";\t,|"),
)
def test_what_a_spreadsheet_writes_is_read_back(
    head: list[str], rows: list[list[str]], separator: str
) -> None:
    rows = [(row + [""] * len(head))[: len(head)] for row in rows]
    written = io.StringIO()
    csv.writer(written, delimiter=separator).writerows([head, *rows])
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        table, found = read(written.getvalue().encode(encoding))
        if table.separator == separator:
            kept = [row for row in rows if any(cell.strip() for cell in row)]
            assert table.head == head
            assert [row.cells for row in found] == kept


@given(st.binary(max_size=2000))
def test_any_bytes_are_a_table_or_a_refusal(content: bytes) -> None:
    try:
        table, rows = read(content)
    except TableRefused:
        return
    assert all(len(row.cells) >= len(table.head) for row in rows)
    assert all(str(remark) for remark in table.remarks)


@given(st.text(st.sampled_from('"";;\n\r=ab ,'), max_size=60))
def test_any_play_of_quotes_keeps_every_letter(text: str) -> None:
    try:
        table, rows = read("a;b\n" + text)
    except TableRefused:
        return
    found = "".join(cell for row in rows for cell in row.cells)
    assert [found.count(letter) for letter in "ab"] == [text.count(letter) for letter in "ab"]
    assert table.head == ["a", "b"] or table.separator != ";"


def test_what_the_portal_writes_is_read_back() -> None:
    rows = [["SIRET", "Nom"], ["00032517500065", "=1+1"], ["73282932000074", "Noël ; « Léa »\nDupond"]]
    written = "".join(csv_lines(rows))
    assert written.startswith("\ufeffSIRET;Nom\r\n000 325 175 00065;'=1+1\r\n")
    assert cells(written) == [["000 325 175 00065", "'=1+1"], ["732 829 320 00074", "Noël ; « Léa »\nDupond"]]
