"""SIRETs and answers as cells hold them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from guichet.kernel.identifiers import is_siret
from guichet.kernel.tables import Answer, Read, siret_of, yes_no_of
from guichet.kernel.tables.answers import PROBLEMS as ANSWER_PROBLEMS
from guichet.kernel.tables.sirets import NOTES, PROBLEMS, Note, Problem

PLAIN, ZEROS = "13002526500013", "00032517500065"


def siret(siren_body: int, number: int) -> str:
    siren = f"{siren_body:08}"
    siren += luhn.calc_check_digit(siren)
    nic = f"{number:04}"
    return siren + nic + luhn.calc_check_digit(siren + nic)


SIRETS = st.builds(siret, st.integers(1, 99_999_999), st.integers(1, 9999))


@pytest.mark.parametrize(
    "cell",
    [
        PLAIN,
        "130 025 265 00013",
        "130\u00a0025\u00a0265\u00a000013",
        "130\u202f025\u202f265\u202f00013",
        "130.025.265.00013",
        "130-025-265-00013",
        f"  {PLAIN}\t",
        f'="{PLAIN}"',
        f"'{PLAIN}",
        f"’{PLAIN}",
        f'"{PLAIN}"',
        f"{PLAIN}\u200b",
        "13,002,526,500,013",
    ],
)
def test_a_siret_is_read_however_it_is_written(cell: str) -> None:
    assert siret_of(cell) == Read(PLAIN)


@pytest.mark.parametrize(
    ("cell", "number", "notes"),
    [
        (f"{PLAIN}.0", PLAIN, (Note.DECIMALS,)),
        (f"{PLAIN},0", PLAIN, (Note.DECIMALS,)),
        (f"{PLAIN}.00", PLAIN, (Note.DECIMALS,)),
        ("1.3002526500013E+13", PLAIN, (Note.SCIENTIFIC,)),
        ("1,3002526500013E+13", PLAIN, (Note.SCIENTIFIC,)),
        ("1.3002526500013e13", PLAIN, (Note.SCIENTIFIC,)),
        ("32517500065", ZEROS, (Note.ZEROS,)),
        ("032517500065", ZEROS, (Note.ZEROS,)),
        ("32517500065.0", ZEROS, (Note.DECIMALS, Note.ZEROS)),
        ("3.2517500065E+10", ZEROS, (Note.SCIENTIFIC, Note.ZEROS)),
        (f"='{ZEROS}", ZEROS, ()),
    ],
)
def test_what_a_sheet_did_is_undone_and_told(cell: str, number: str, notes: tuple[Note, ...]) -> None:
    assert siret_of(cell) == Read(number, notes)


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("", Problem.EMPTY),
        (" \u00a0", Problem.EMPTY),
        ("''", Problem.EMPTY),
        ("--", Problem.EMPTY),
        ("1,30025E+13", Problem.ROUNDED),
        ("1.30025E+13", Problem.ROUNDED),
        ("1E+13", Problem.ROUNDED),
        ("1.300252650001E+13", Problem.ROUNDED),  # a digit short: it may have been any
        ("13002500000000", Problem.ROUNDED),
        ("13002526500000", Problem.ROUNDED),
        ("13002526500000.0", Problem.ROUNDED),
        ("1.3002526500013E+12", Problem.LETTERS),
        ("130025265", Problem.SIREN),
        ("130 025 265", Problem.SIREN),
        ("13OO2526500013", Problem.LETTERS),
        ("N° 13002526500013", Problem.LETTERS),
        ("FR12130025265", Problem.LETTERS),
        ("13002526500013/73282932000074", Problem.LETTERS),
        ("١٣٠٠٢٥٢٦٥٠٠٠١٣", Problem.LETTERS),
        ("13002526500014", Problem.KEY),
        ("31002526500013", Problem.KEY),
        ("00000000000001", Problem.KEY),
        ("1300252650001", Problem.SHORT),  # a digit left out: no key is right with a zero before it
        ("325175 00065", Problem.SHORT),  # in groups, it was typed: no sheet took its zeros
        ("12", Problem.SHORT),
        ("130025265000131", Problem.LONG),
        ("9" * 5000, Problem.LONG),
    ],
)
def test_what_is_in_doubt_is_refused(cell: str, problem: Problem) -> None:
    assert siret_of(cell)._replace(notes=()) == Read("", (), problem)


def test_la_poste_has_a_key_of_its_own() -> None:
    assert siret_of("356 000 000 05065").siret == "35600000005065"
    assert siret_of("35600000005066").problem == Problem.KEY


def test_a_siren_whose_zeros_were_lost_is_never_made_a_siret_by_chance() -> None:
    """Of nine digits that are a SIREN, some are also a SIRET behind five zeros: those are no SIRET either."""
    sirens = [siret(body, 1)[:9] for body in range(10_000_000, 99_000_000, 9_973)]
    both = [text for text in sirens if is_siret(f"00000{text}")]
    assert both
    assert {siret_of(text).problem for text in both} == {Problem.SIREN}


@given(SIRETS)
def test_an_exact_number_comes_back_from_a_sheet(number: str) -> None:
    as_amount = float(number)
    assert siret_of(f"{as_amount:.0f}.0").siret in {number, ""}
    assert siret_of(f"{as_amount:.13E}" if number[0] != "0" else number).siret == number
    if number[:6] != "000000" and number[0] == "0":
        bare = number.lstrip("0")
        if len(bare) > 9:
            assert siret_of(bare) == Read(number, (Note.ZEROS,))


@given(SIRETS, st.integers(1, 12))
def test_a_rounded_number_is_never_guessed(number: str, digits: int) -> None:
    read = siret_of(f"{float(number):.{digits}E}")
    assert read.siret in {"", number} if number[0] == "0" else read == Read("", (), Problem.ROUNDED)


@given(st.text(max_size=30))
def test_any_cell_is_a_siret_or_a_problem(cell: str) -> None:
    read = siret_of(cell)
    assert is_siret(read.siret) if read.problem is None else not read.siret
    yes_no_of(cell)


def test_each_problem_has_its_sentence_and_remedy() -> None:
    assert set(PROBLEMS) == set(Problem)
    assert set(NOTES) == set(Note)
    assert all(
        text.endswith(".") for pair in (*PROBLEMS.values(), *ANSWER_PROBLEMS.values()) for text in pair
    )


def test_a_file_of_sirets_is_read_at_once() -> None:
    cells = [siret(body, 1) for body in range(40_000_000, 40_010_000)]
    began = time.process_time()
    assert all(siret_of(cell).siret for cell in cells)
    assert time.process_time() - began < 0.5  # 0.036 s on an idle machine


@pytest.mark.parametrize(
    "cell", ["1", " 1 ", "1.0", "1,0", "1,00", "oui", "Oui ", "VRAI", "true", "Yes", "'1", "=1"]
)
def test_yes(cell: str) -> None:
    assert yes_no_of(cell) == Answer(value=True)


@pytest.mark.parametrize("cell", ["0", "0.0", "0,0", "non", "NON", "Faux", "false", "no", "\u00a00"])
def test_no(cell: str) -> None:
    assert yes_no_of(cell) == Answer(value=False)


@pytest.mark.parametrize("cell", ["", " ", "\u00a0", "'"])
def test_an_empty_cell_says_nothing(cell: str) -> None:
    assert yes_no_of(cell) == Answer(value=None)


@pytest.mark.parametrize(
    "cell",
    ["x", "X", "O", "o", "N", "2", "-1", "10", "01", "1.5", "1,", "0.1", "l", "oui non", "✓", "١", "1 0"],
)
def test_what_is_unclear_is_refused(cell: str) -> None:
    assert yes_no_of(cell) == Answer(value=None, problem="answer_unclear")
