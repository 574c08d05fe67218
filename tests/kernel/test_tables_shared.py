"""The real CSV files beside the checkout: what each reads as, or why it is refused."""

import json
import time
from pathlib import Path

import pytest

from guichet.kernel.tables import (
    CompressedTable,
    EmptyTable,
    Read,
    Row,
    Table,
    TableRefused,
    read_table,
    siret_of,
    yes_no_of,
)
from guichet.kernel.tables.sirets import Note, Problem

SAMPLES = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "csv"
SECONDS = 10
DROITS = ["email", "nom", "prenom", "siret", "profil", "actif", "date_fin"]
# The five people that most of the derived files hold, however they are written.
PEOPLE = [
    line.split(";")
    for line in """\
camille.dupond@exemple.invalid;Dupond;Camille;13002526500013;gestionnaire;oui;31/12/2026
chloe.lefevre@exemple.invalid;Lefèvre;Chloé;33836505900017;deposant;oui;
noel.oeuvrard@exemple.invalid;Œuvrard;Noël;35600000000048;lecteur;non;2026-06-30
anne.o-connor@exemple.invalid;O'Connor;Anne-Lise;35600000005065;deposant;O;01/01/2027
j.dit-lea@exemple.invalid;?;Jean;73282932000074;gestionnaire;VRAI;""".splitlines()
]
PEOPLE[4][1] = 'Martin ; dit "Léa"'
SAME = "the five people"

Verdict = tuple[str, str, int | str, set[str]] | type[TableRefused]
# File → encoding, separator, rows (how many, or the five people), remarks; or the refusal.
TABLE: dict[str, Verdict] = {
    "derived_droits/all_quoted.csv": ("utf-8", ";", SAME, set()),
    "derived_droits/bom_only.csv": EmptyTable,
    "derived_droits/booleans.csv": ("utf-8", ";", 13, set()),
    "derived_droits/control_and_bidi.csv": ("utf-8", ";", 5, set()),
    "derived_droits/cp1252_crlf_semicolon.csv": ("cp1252", ";", SAME, {"encoding"}),
    "derived_droits/dates_formats.csv": ("utf-8", ";", 10, set()),
    "derived_droits/double_bom.csv": ("utf-8", ";", SAME, set()),
    "derived_droits/duplicates_conflicting.csv": ("utf-8", ";", 7, set()),
    "derived_droits/email_variants.csv": ("utf-8", ";", 12, set()),
    "derived_droits/empty.csv": EmptyTable,
    "derived_droits/formula_injection.csv": ("utf-8", ";", 3, set()),
    "derived_droits/header_case_accents.csv": ("utf-8", ";", SAME, set()),
    "derived_droits/homoglyph_email.csv": ("utf-8", ";", 5, set()),
    "derived_droits/index.csv": ("utf-8", ",", 36, set()),
    "derived_droits/latin1_semicolon.csv": ("cp1252", ";", 5, {"encoding"}),  # has no Œ: written OE
    "derived_droits/latin9_semicolon.csv": ("iso8859-15", ";", SAME, {"encoding"}),
    "derived_droits/leading_zeros_lost.csv": ("utf-8", ";", 2, set()),
    "derived_droits/macroman_cr.csv": ("mac_roman", ";", SAME, {"encoding"}),
    "derived_droits/mixed_utf8_latin1.csv": ("cp1252", ";", 4, {"encoding", "mixed"}),
    "derived_droits/nul_bytes.csv": ("utf-8", ";", SAME, {"control"}),
    "derived_droits/quoted_newline.csv": ("utf-8", ";", 5, set()),
    "derived_droits/rows_20000.csv": ("utf-8", ";", 20_000, set()),
    "derived_droits/siret_bad_keys.csv": ("utf-8", ";", 5, set()),
    "derived_droits/sirets_float.csv": ("utf-8", ";", 5, set()),
    "derived_droits/sirets_scientific_en.csv": ("utf-8", ",", 5, set()),
    "derived_droits/tab.csv": ("utf-8", "\t", SAME, set()),
    "derived_droits/unbalanced_quote.csv": ("utf-8", ";", 6, {"quote"}),
    "derived_droits/unicode_nfd.csv": ("utf-8", ";", SAME, {"accents"}),
    "derived_droits/unknown_profile.csv": ("utf-8", ";", 5, set()),
    "derived_droits/utf16be_bom_tab.csv": ("utf-16-be", "\t", SAME, set()),
    "derived_droits/utf16le_bom_tab.csv": ("utf-16-le", "\t", SAME, set()),
    "derived_droits/utf16le_no_bom.csv": ("utf-16-le", ";", SAME, set()),
    "derived_droits/utf8_bom_crlf_semicolon.csv": ("utf-8", ";", SAME, set()),
    "derived_droits/utf8_double_encoded.csv": ("utf-8", ";", SAME, {"double"}),
    "derived_droits/utf8_lf_semicolon.csv": ("utf-8", ";", SAME, set()),
    "derived_droits/very_long_field.csv": ("utf-8", ";", 5, {"cut"}),
    "derived_droits/zip_renamed.csv": CompressedTable,
    "csv-detective/b_test_file.csv": ("utf-8", ",", 6, set()),
    "csv-detective/c_test_file.csv": ("utf-8", ";", 1, {"extra"}),
    "csv-detective/csv_file": ("utf-8", ",", 6, set()),
    "csv-detective/file.xls": CompressedTable,  # text alone is read here; see tests/files/test_tables.py
    "csv-test-data/all-empty.csv": EmptyTable,
    "csv-test-data/bad-header-less-fields.csv": ("utf-8", ",", 1, {"short"}),
    "csv-test-data/bad-header-no-header.csv": EmptyTable,
    "csv-test-data/bad-header-wrong-header.csv": ("utf-8", ",", 0, set()),
    "csv-test-data/bad-quotes-with-unescaped-quote.csv": ("utf-8", ",", 1, {"quote"}),
    "csv-test-data/bad-unescaped-quote.csv": ("utf-8", ",", 1, {"quote"}),
    "csv-test-data/empty-one-column.csv": ("utf-8", ";", 0, {"blank"}),
    "csv-test-data/header-no-rows.csv": ("utf-8", ",", 0, set()),
    "csv-test-data/leading-space.csv": ("utf-8", ",", 1, set()),
    "csv-test-data/one-column.csv": ("utf-8", ";", 1, set()),
    "csv-test-data/quotes-with-comma.csv": ("utf-8", ",", 1, set()),
    "csv-test-data/quotes-with-escaped-quote.csv": ("utf-8", ",", 1, set()),
    "csv-test-data/quotes-with-space.csv": ("utf-8", ",", 1, set()),
    "csv-test-data/simple-crlf.csv": ("utf-8", ",", 1, set()),
    "csv-test-data/trailing-newline.csv": ("utf-8", ",", 1, set()),
    "csv-test-data/trailing-newline-one-field.csv": ("utf-8", ";", 1, set()),
    "csv-test-data/utf8.csv": ("utf-8", ",", 1, set()),
    "signaux-faibles/debitCorrompuTestData.csv": ("utf-8", ";", 5, {"short", "quote"}),
    "signaux-faibles/debitTestData.csv": ("utf-8", ";", 3, {"blank"}),
}

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SAMPLES.is_dir(), reason="../shared/data/csv is not beside the checkout"),
]


def read(name: str) -> tuple[Table, list[Row]]:
    with (SAMPLES / name).open("rb") as file:
        table = read_table(file)
        return table, list(table.rows)


def column(name: str, title: str) -> list[str]:
    table, rows = read(name)
    return [row.cells[table.head.index(title)] for row in rows]


def test_the_table_names_every_file_and_no_other() -> None:
    found = {str(path.relative_to(SAMPLES)) for path in SAMPLES.rglob("*") if path.is_file()}
    assert {name for name in found if not name.endswith(".json")} == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_each_file_ends_in_its_verdict(name: str) -> None:
    began, verdict = time.monotonic(), TABLE[name]
    if isinstance(verdict, type):
        with pytest.raises(verdict):
            read(name)
        return
    table, rows = read(name)
    encoding, separator, wanted, remarks = verdict
    assert (table.encoding, table.separator) == (encoding, separator)
    assert {remark.code for remark in table.remarks} == remarks
    assert [str(remark) for remark in table.remarks] or not remarks
    if wanted == SAME:
        assert [row.cells for row in rows] == PEOPLE
    else:
        assert len(rows) == wanted
    assert time.monotonic() - began < SECONDS


def test_files_that_differ_from_the_five_people_differ_where_they_should() -> None:
    assert read("derived_droits/latin1_semicolon.csv")[1][2].cells[1] == "OEuvrard"
    assert read("derived_droits/quoted_newline.csv")[1][4] == Row(
        6, ["j.dit-lea@exemple.invalid", "Martin\nLéa", "Jean", "73282932000074", "gestionnaire", "VRAI", ""]
    )
    assert read("derived_droits/unbalanced_quote.csv")[1][5].cells[1:4] == ["Durand", "Zoé", "13002526500013"]
    assert [row.cells for row in read("derived_droits/mixed_utf8_latin1.csv")[1]] == PEOPLE[:2] + PEOPLE[3:]
    long = read("derived_droits/very_long_field.csv")[1][0].cells
    assert long[3:] == PEOPLE[0][3:]
    assert len(long[1]) == 1000


@pytest.mark.parametrize("name", sorted(path.stem for path in (SAMPLES / "csv-test-data").glob("*.json")))
def test_the_expected_cells_are_read(name: str) -> None:
    expected = json.loads((SAMPLES / "csv-test-data" / f"{name}.json").read_text())
    said = [cells for cells in expected if any(cells)]  # a line that says nothing is no row here
    if name == "header-no-rows":
        said = [["foo", "bar", "baz"]]
    if not said:
        with pytest.raises(EmptyTable):
            read(f"csv-test-data/{name}.csv")
        return
    table, rows = read(f"csv-test-data/{name}.csv")
    assert [table.head, *(row.cells for row in rows)] == said


def test_sirets_are_restored_or_refused() -> None:
    floats = [siret_of(cell) for cell in column("derived_droits/sirets_float.csv", "siret")]
    assert floats == [Read(one[3], (Note.DECIMALS,)) for one in PEOPLE]
    zeros = [siret_of(cell) for cell in column("derived_droits/leading_zeros_lost.csv", "siret")]
    assert zeros == [Read("00032517500065", (Note.ZEROS,)), Read("00588003400011", (Note.ZEROS,))]
    for name, problem in (("sirets_scientific_en", Problem.ROUNDED), ("siret_bad_keys", Problem.KEY)):
        assert {siret_of(cell).problem for cell in column(f"derived_droits/{name}.csv", "siret")} == {problem}


def test_answers_in_words_and_figures() -> None:
    cells = column("derived_droits/booleans.csv", "actif")
    assert [(cell, yes_no_of(cell).value, bool(yes_no_of(cell).problem)) for cell in cells] == [
        ("oui", True, False),
        ("non", False, False),
        ("OUI", True, False),
        ("O", None, True),
        ("N", None, True),
        ("VRAI", True, False),
        ("FAUX", False, False),
        ("true", True, False),
        ("1", True, False),
        ("0", False, False),
        ("x", None, True),
        ("", None, False),
        (" Oui ", True, False),
    ]
