"""Lists as people paste and upload them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from guichet.adhesions.lists import (
    MAX_LINES,
    MAX_SIGNS,
    MAX_TYPED,
    EmptyList,
    ListRefused,
    ListTooBig,
    Note,
    NotText,
    TooManyLines,
    decode,
    parse_list,
)
from guichet.adhesions.rules import Code
from guichet.kernel.identifiers import is_siren

A, B, C = "732829320", "443061841", "552100554"


def siren(body: int) -> str:
    text = f"{body:08}"
    return text + luhn.calc_check_digit(text)


def sirens(text: str) -> list[str]:
    return [line.siren for line in parse_list(text).lines]


@pytest.mark.parametrize(
    "text",
    [
        f"{A}\n{B}\n{C}",
        f"{A}\r\n{B}\r\n{C}\r\n",
        f"{A}\r{B}\r{C}",
        f"\ufeff{A}\n{B}\n{C}",
        "732 829 320\n443.061.841\n552-100-554",
        "732\u00a0829\u00a0320\n443\u202f061\u202f841\n552\u2009100\u2009554",
        f'"{A}"\n"{B}"\n"{C}"',
        f'="{A}"\n="{B}"\n="{C}"',
        f"'{A}\n'{B}\n'{C}",
        f"{A}.0\n{B}.0\n{C}.00",
        f"{A},0\n{B},0\n{C},0",
        f"Nom;SIREN;Ville\nBoulangerie;{A};Nantes\nGarage;{B};Brest\nUsine;{C};Lyon",
        f'Nom,SIREN\n"Dupont, fils",{A}\n"L’Atelier",{B}\nUsine,{C}',
        f"{A}\tNantes\n{B}\tBrest\n{C}\tLyon",
        f"Client;SIRET;SIREN\n1;73282932000074;{A}\n2;44306184100047;{B}\n3;55210055400013;{C}",
        f"{A}, {B}, {C}",
        f"{A};{B};{C}",
        f"\n\n{A}\n \n;;\n{B}\n\n{C}\n\n",
        f'{A};"une adresse\nsur deux lignes"\n{B};x\n{C};y',
    ],
)
def test_numbers_are_found_however_the_list_is_written(text: str) -> None:
    assert sirens(text) == [A, B, C]
    assert not [line for line in parse_list(text).lines if line.problem]


def test_what_was_understood_is_told() -> None:
    lines = parse_list(f"73282932000074;x\nFR83{B};y\n{C};{A}").lines
    assert [(line.siren, line.notes) for line in lines] == [
        (A, (Note.SIRET,)),
        (B, (Note.TVA,)),
        (C, (Note.OTHERS,)),
    ]


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("732829321", Code.BAD_KEY),
        ("73282932000075", Code.BAD_KEY),
        ("000000000", Code.BAD_KEY),
        ("5005005", Code.SHORT),  # a spreadsheet took its zeros: nobody guesses how many
        ("7328293200", Code.SHORT),
        ("7,33E+08", Code.ROUNDED),
        ("7.32829E+08", Code.ROUNDED),
        ("Boulangerie du Pont 44000", Code.UNREADABLE),
        ("W751000001", Code.UNREADABLE),
    ],
)
def test_a_line_that_does_not_hold_says_why(typed: str, problem: Code) -> None:
    line = parse_list(f"{A}\n{typed}\n{B}\n{C}").lines[1]
    assert (line.number, line.siren, line.problem, line.typed) == (2, "", problem, typed)


def test_zeros_that_are_there_count() -> None:
    assert sirens("005520176\n5520176") == ["005520176", ""]


def test_a_line_of_titles_is_left_out_and_told() -> None:
    parsed = parse_list(f"N° SIREN de l’entreprise\n{A}\n\n{B}")
    assert (parsed.header, parsed.skipped, [line.number for line in parsed.lines]) == (True, 1, [2, 4])


def test_one_line_alone_is_no_title() -> None:
    parsed = parse_list("Dupont")
    assert (parsed.header, [line.problem for line in parsed.lines]) == (False, [Code.UNREADABLE])


def test_doubles_are_told_and_the_first_counts() -> None:
    lines = parse_list(f"{A}\n{B}\n73282932000074").lines
    assert [line.problem for line in lines] == [None, None, Code.DOUBLE]
    assert lines[2].siren == A


def test_a_quotation_mark_that_is_never_closed_loses_no_line() -> None:
    text = f'"{A};oups\n' + "".join(f"{siren(number)};x\n" for number in range(1, 60))
    assert len(parse_list(text).lines) == 60


def test_what_is_kept_of_a_line_is_short() -> None:
    line = parse_list(f"{A}\n" + "x" * 500).lines[1]
    assert len(line.typed) == MAX_TYPED


@pytest.mark.parametrize("text", ["", "  \n \n", ";;;\n;;;"])
def test_an_empty_list_says_how_to_begin(text: str) -> None:
    with pytest.raises(EmptyList):
        parse_list(text)


def test_as_many_lines_as_are_allowed_and_no_more() -> None:
    numbers = [siren(number) for number in range(1, MAX_LINES + 2)]
    assert len(parse_list("\n".join(["SIREN", *numbers[:-1]])).lines) == MAX_LINES
    with pytest.raises(TooManyLines):
        parse_list("\n".join(numbers))
    with pytest.raises(TooManyLines):
        parse_list("\n".join(numbers * 3))


def test_a_list_that_is_too_big_is_not_even_read() -> None:
    assert len(parse_list(A + " " * (MAX_SIGNS - 9)).lines) == 1
    with pytest.raises(ListTooBig):
        parse_list(A + " " * (MAX_SIGNS - 8))
    with pytest.raises(ListTooBig):
        decode(b"732829320\n" * 5_000_000)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_files_are_read_as_spreadsheets_write_them(encoding: str) -> None:
    text = f"Société;SIREN\nÉts Lefèvre;{A}\nL’Œuvre;{B}\n"
    assert sirens(decode(text.encode(encoding))) == [A, B]


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04" + b"xlsx" * 20,
        b"%PDF-1.7\n" + b"x" * 50,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        bytes(range(256)) * 4,
        b"\x81\x8d\x8f" * 10,
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_text_says_how_to_make_one(content: bytes) -> None:
    with pytest.raises(NotText):
        decode(content)


def test_a_pasted_text_with_control_signs_is_none() -> None:
    with pytest.raises(NotText):
        parse_list(f"{A}\x00")


@given(st.text(max_size=400))
def test_any_text_is_a_list_or_a_refusal(text: str) -> None:
    try:
        parsed = parse_list(text)
    except ListRefused:
        return
    numbers = [line.number for line in parsed.lines]
    assert numbers == sorted(set(numbers))
    assert all(bool(line.siren) or line.problem for line in parsed.lines)
    assert all(is_siren(line.siren) for line in parsed.lines if line.siren)
    good = [line.siren for line in parsed.lines if line.problem is None]
    assert len(good) == len(set(good))


@given(st.lists(st.integers(1, 99_999_999), min_size=1, max_size=30, unique=True), st.sampled_from(";\t,"))
def test_a_column_is_found_whatever_stands_beside_it(bodies: list[int], delimiter: str) -> None:
    numbers = [siren(body) for body in bodies]
    text = "\n".join(delimiter.join(("Client", number, "Nantes")) for number in numbers)
    assert sirens(text) == numbers


@given(st.binary(max_size=400))
def test_any_file_is_text_or_a_refusal(content: bytes) -> None:
    try:
        text = decode(content)
    except ListRefused:
        return
    assert "\x00" not in text
