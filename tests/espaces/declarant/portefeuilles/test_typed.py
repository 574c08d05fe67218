"""Lists of SIRENs as people paste them."""

import pytest

from guichet.espaces.declarant.portefeuilles.typed import numbers, sirens

ONE, TWO = "732829320", "404833048"


@pytest.mark.parametrize(
    "text",
    [
        ONE,
        "732 829 320",
        " 732.829.320 \r\n\r\n",
        "\ufeff732\u00a0829\u00a0320\t",
        '"732829320"',
        "732829320 Boulangerie des Tilleuls",
        "Boulangerie des Tilleuls;732829320",
        "732829320\tBoulangerie des Tilleuls\tLyon",
        "73282932000074",
    ],
)
def test_one_number_however_it_is_written(text: str) -> None:
    (found,) = numbers(text)
    assert (found.siren, found.problem, found.line) == (ONE, "", 1)


@pytest.mark.parametrize("text", [f"{ONE}\n{TWO}", f"{ONE};{TWO}", f"{ONE}, {TWO}", f"{ONE}\t{TWO}\n\n"])
def test_several(text: str) -> None:
    assert sirens(numbers(text)) == [ONE, TWO]


def test_lines_are_counted_as_they_stand() -> None:
    assert [one.line for one in numbers(f"\n{ONE}\n\n{TWO}")] == [2, 4]


def test_a_siret_is_taken_for_its_company_and_that_is_told() -> None:
    (found,) = numbers("732 829 320 00074")
    assert "SIRET compris comme l’entreprise 732 829 320" in found.note.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("73282932", "9 chiffres ; vous en avez saisi 8"),
        ("732829321", "erreur de saisie"),
        ("7328Z9320", "remplacez ou retirez « Z »"),
        ("W751000001", "numéro RNA"),
        ("Boulangerie", "que des chiffres"),
        ("1,23457E+13", "que des chiffres"),
        ("000000000", "erreur de saisie"),
    ],
)
def test_what_is_no_number_is_told_why(text: str, said: str) -> None:
    problems = [one.problem.replace("\u00a0", " ") for one in numbers(text)]
    assert any(said in one for one in problems)
    assert sirens(numbers(text)) == []


def test_a_number_said_twice_names_the_first_line() -> None:
    first, second = numbers(f"{ONE}\n732 829 320")
    assert first.problem == ""
    assert "ligne 1" in second.problem
    assert sirens([first, second]) == [ONE]


@pytest.mark.parametrize("text", ["", "  \n\t\n ", "\u00a0"])
def test_nothing_is_nothing(text: str) -> None:
    assert numbers(text) == []


def test_what_is_long_is_cut_where_it_is_shown() -> None:
    (found,) = numbers("9" * 5000)
    assert len(found.text) == 40
