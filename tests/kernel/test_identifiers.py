"""SIREN, SIRET and RNA as people type them, and why they are refused."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from guichet.kernel.identifiers import InvalidRna, InvalidSiren, InvalidSiret, Rna, Siren, Siret

SHARED = Path(__file__).resolve().parents[2] / "../shared/data/sirene"
Kind = type[Siren] | type[Siret] | type[Rna]
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="the sample files are not beside the checkout")

digits = st.text("0123456789", min_size=8, max_size=8).filter(lambda body: body != "0" * 8)
sirens = digits.map(lambda body: body + luhn.calc_check_digit(body))
sirets = st.tuples(sirens, st.text("0123456789", min_size=4, max_size=4)).map(
    lambda parts: (body := parts[0] + parts[1]) + luhn.calc_check_digit(body)
)


@given(sirens)
def test_a_siren_survives_its_grouping(number: str) -> None:
    assert Siren.parse(Siren.parse(number).grouped) == number


@given(sirets)
def test_a_siret_survives_its_grouping(number: str) -> None:
    siret = Siret.parse(number)
    assert Siret.parse(siret.grouped) == number
    assert siret.siren == Siren.parse(number[:9])


@given(sirens, st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_found(number: str, place: int, shift: int) -> None:
    wrong = str((int(number[place]) + shift) % 10)
    with pytest.raises(InvalidSiren) as caught:
        Siren.parse(number[:place] + wrong + number[place + 1 :])
    assert caught.value.code == "key"


@given(st.text())
def test_whatever_is_typed_gets_a_number_or_a_refusal(text: str) -> None:
    assert _outcome(text) in {"number", "empty", "letters", "length", "key"}


@pytest.mark.parametrize(
    "typed",
    [
        "123 456 782",
        " 123-456-782 ",
        "123.456.782",
        "123\u00a0456\u202f782",
        "\u200e123456782\u200b",
        "1 2 3 4 5 6 7 8 2\n",
        "123–456—782",
    ],
)
def test_blanks_dashes_and_dots_are_forgiven(typed: str) -> None:
    assert Siren.parse(typed) == "123456782"


@pytest.mark.parametrize(
    ("typed", "code", "words"),
    [
        ("", "empty", "Saisissez le numéro SIREN"),
        (" - ", "empty", "Saisissez le numéro SIREN"),
        ("12345678", "length", "9 chiffres ; vous en avez saisi 8"),
        ("1234567820", "length", "vous en avez saisi 10"),
        ("123456789", "key", "vérifiez chaque chiffre"),
        ("000000000", "key", "vérifiez chaque chiffre"),
        ("12345678O", "letters", "« O »"),
        ("７３２８２９３２０", "letters", "« ７ »"),
        ("7.32829E+13", "letters", "« E »"),
        ("73282932000074", "length", "SIRET (14 chiffres)"),
        ("73282932000074", "length", "732\u00a0829\u00a0320"),
        ("W751080001", "letters", "numéro RNA"),
        ("FR 44 732 829 320", "letters", "numéro de TVA"),
        ("<script>", "letters", "« < »"),
    ],
)
def test_each_wrong_siren_gets_its_own_sentence(typed: str, code: str, words: str) -> None:
    with pytest.raises(InvalidSiren) as caught:
        Siren.parse(typed)
    assert caught.value.code == code
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("typed", "code", "words"),
    [
        ("", "empty", "14 chiffres"),
        ("7328293200007", "length", "vous en avez saisi 13"),
        ("732829320000745", "length", "vous en avez saisi 15"),
        ("732829320", "length", "numéro SIREN (9 chiffres)"),
        ("73282932000075", "key", "vérifiez chaque chiffre"),
        ("7328293200007X", "letters", "« X »"),
    ],
)
def test_each_wrong_siret_gets_its_own_sentence(typed: str, code: str, words: str) -> None:
    with pytest.raises(InvalidSiret) as caught:
        Siret.parse(typed)
    assert caught.value.code == code
    assert words in str(caught.value)


def test_a_siret_with_a_right_key_but_a_wrong_siren_is_refused() -> None:
    body = "1234567890001"
    with pytest.raises(InvalidSiret):
        Siret.parse(body + luhn.calc_check_digit(body))


def test_la_poste_has_two_kinds_of_keys_and_others_one() -> None:
    assert Siret.parse("35600000000048")  # Luhn: the siège
    assert Siret.parse("35600000000218")  # the sum of its digits is 25
    with pytest.raises(InvalidSiret):
        Siret.parse("35600000000219")
    with pytest.raises(InvalidSiret):
        Siret.parse("73282932000011")  # the sum of its digits is 40, but it is not La Poste's


@pytest.mark.parametrize("typed", ["W751080001", "w 751-080.001", "W2A1000001", "W9R4001234"])
def test_rna_numbers_are_read_in_any_case(typed: str) -> None:
    assert Rna.parse(typed).startswith("W")


@pytest.mark.parametrize("typed", ["", "W75108000", "W7510800011", "751080001", "W7510800O1"])
def test_what_is_no_rna_number_is_refused(typed: str) -> None:
    with pytest.raises(InvalidRna):
        Rna.parse(typed)


@pytest.mark.shared
@needs_shared
def test_vectors_of_real_numbers() -> None:
    kinds: dict[str, Kind] = {"siren": Siren, "siret": Siret, "rna": Rna}
    with (SHARED / "siren_siret_vecteurs.csv").open(newline="") as file:
        vectors = list(csv.DictReader(file, delimiter=";"))
    wrong = [line for line in vectors if _holds(kinds[line["genre"]], line["valeur"]) != _expected(line)]
    assert len(vectors) > 100
    assert not wrong


@pytest.mark.shared
@needs_shared
def test_every_real_establishment_of_la_poste_is_accepted() -> None:
    with (SHARED / "la_poste_sirets.csv").open(newline="") as file:
        numbers = [line["siret"] for line in csv.DictReader(file, delimiter=";")]
    assert len(numbers) > 600
    assert all(Siret.parse(number) == number for number in numbers)


def _outcome(text: str) -> str:
    try:
        return "number" if len(Siren.parse(text)) == 9 else "too short"
    except InvalidSiren as refusal:
        return refusal.code if str(refusal) else "without a word"


def _expected(line: dict[str, str]) -> bool:
    # A blank or a line's end around or inside is forgiven; the file says so in words for these two.
    return line["cle_valide"] == "True" or line["cle_valide"] in {"espaces insecables", "saut de ligne final"}


def _holds(kind: Kind, text: str) -> bool:
    try:
        kind.parse(text)
    except (InvalidSiren, InvalidSiret, InvalidRna):
        return False
    return True
