"""The number that people call « numéro de sécurité sociale », as they type it, and why it is refused.

The numbers are of nobody: communes and countries of birth that INSEE has not given.
"""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from guichet.kernel.nir import InvalidNir, Nir, NirWithoutKey

BODY = "1851299999999"  # a man, December 1985, abroad
WHOLE = BODY + "68"
DEPARTEMENTS = [f"{number:02}" for number in range(1, 100)] + ["2A", "2B"]
MONTHS = [*range(1, 13), *range(20, 43), *range(50, 100)]


def with_key(body: str) -> str:
    """``body`` (13 signs) and its key, as the rule says it, without the library that the code calls."""
    number = int(body.replace("2A", "19").replace("2B", "18"))
    return f"{body}{97 - number % 97:02}"


def born(*, sex: str = "1", month: int = 12, departement: str = "99", rest: str = "999999") -> str:
    return with_key(f"{sex}85{month:02}{departement}{rest}")


bodies = st.builds(
    "{}{:02}{:02}{}{}".format,
    st.sampled_from("123478"),
    st.integers(0, 99),
    st.sampled_from(MONTHS),
    st.sampled_from([one for one in DEPARTEMENTS if one[0] != "2" or one[1] in "AB"]),
    st.text("013456789", min_size=6, max_size=6),  # no 2, so that « 2A » stands in its place alone
)


def code_of(text: str) -> str:
    with pytest.raises(InvalidNir) as refused:
        Nir.parse(text)
    return refused.value.code


@given(bodies)
def test_a_number_survives_its_grouping(body: str) -> None:
    number = Nir.parse(with_key(body))
    assert number == with_key(body)
    assert Nir.parse(number.grouped) == number
    assert Nir.parse(f" {number.grouped.lower()} ") == number


@given(bodies, st.integers(0, 14), st.integers(1, 9))
def test_one_wrong_digit_is_found(body: str, place: int, shift: int) -> None:
    number = with_key(body)
    assume(number[place].isdigit() and place != 5)
    wrong = str((int(number[place]) + shift) % 10)
    assert code_of(number[:place] + wrong + number[place + 1 :]) in {"key", "shape"}


def outcome(text: str) -> str:
    try:
        return f"{len(Nir.parse(text))} signs"
    except InvalidNir as refusal:
        return refusal.code


@given(st.text())
def test_whatever_is_typed_gets_a_number_or_a_refusal(text: str) -> None:
    assert outcome(text) in {"15 signs", "empty", "letters", "length", "shape", "key"}


@pytest.mark.parametrize(
    "typed",
    [
        "1 85 12 99 999 999 68",
        "1.85.12.99.999.999.68",
        "1-85-12-99-999-999 / 68".replace(" / ", "–"),
        "1\u00a085\u202f12 99 999 999\t68\n",
        "\u200e185129999999968\u200b",
    ],
)
def test_what_stands_between_the_signs_is_forgiven(typed: str) -> None:
    assert Nir.parse(typed) == WHOLE


@pytest.mark.parametrize("letter", ["A", "B"])
def test_corsica_in_either_case(letter: str) -> None:
    number = born(departement=f"2{letter}")
    assert Nir.parse(number.lower()) == number


def test_the_key_of_corsica_counts_19_for_2a_and_18_for_2b() -> None:
    assert born(departement="2A")[13:] == with_key("1851219999999")[13:]
    assert born(departement="2B")[13:] == with_key("1851218999999")[13:]
    assert code_of(f"185122A999999{born(departement='2B')[13:]}") == "key"


@pytest.mark.parametrize("sex", list("123478"))
def test_first_digits_that_there_are(sex: str) -> None:
    assert Nir.parse(born(sex=sex))


@pytest.mark.parametrize("sex", list("0569"))
def test_first_digits_that_there_are_not(sex: str) -> None:
    assert code_of(born(sex=sex)) == "shape"


@pytest.mark.parametrize("month", [1, 12, 20, 42, 50, 99])
def test_months_at_their_edges(month: int) -> None:
    assert Nir.parse(born(month=month))


@pytest.mark.parametrize("month", [0, 13, 19, 43, 49])
def test_no_months(month: int) -> None:
    assert code_of(born(month=month)) == "shape"


@pytest.mark.parametrize("departement", ["01", "19", "20", "95", "97", "98", "99"])
def test_departements(departement: str) -> None:
    assert Nir.parse(born(departement=departement))


def test_no_departement() -> None:
    assert code_of(born(departement="00")) == "shape"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        (" - ", "empty"),
        (WHOLE[:-1], "length"),
        (WHOLE + "0", "length"),
        (BODY, "length"),
        ("1", "length"),
        (WHOLE.replace("1", "I", 1), "letters"),
        ("185122C99999968", "letters"),
        ("18512A299999968", "letters"),
        ("18512AA99999968", "letters"),
        ("1851299999999é8", "letters"),
        (BODY + "67", "key"),
        (BODY + "69", "key"),
        (BODY + "00", "key"),
        (BODY + "98", "key"),
    ],
)
def test_each_mistake_has_its_own_code(typed: str, code: str) -> None:
    assert code_of(typed) == code


def test_keys_go_from_01_to_97() -> None:
    """The least and the greatest of them, each in its two digits."""
    keys = {number[13:]: number for number in map(with_key, (f"185129999{rank:04}" for rank in range(97)))}
    assert len(keys) == 97
    assert Nir.parse(keys["01"])[13:] == "01"
    assert Nir.parse(keys["97"])[13:] == "97"


def test_a_number_without_its_key_is_told_so() -> None:
    with pytest.raises(NirWithoutKey):
        Nir.parse("1 85 12 99 999 999")


def test_it_is_shown_in_groups_and_masked() -> None:
    number = Nir.parse(WHOLE)
    assert number.grouped.replace("\u00a0", " ") == "1 85 12 99 999 999 68"
    assert number.masked.replace("\u00a0", " ") == "1 85 12 ·· ··· ··· ··"
    assert " " not in number.grouped + number.masked
