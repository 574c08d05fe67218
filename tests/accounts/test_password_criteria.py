"""What a password is asked for at the door of companies (003, chapters 2 and 5), at the exact edges."""

import contextlib
import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.accounts import rules
from guichet.accounts.definitions import PasswordPolicy
from guichet.accounts.rules import Gauge
from guichet.espaces.declarant.definition import DECLARANT, SIGNS
from guichet.web.messages import sentence

POLICY = DECLARANT.password
OWN = ["12345678200010 DUPONTMARTIN JEANPIERRE", "jp.dupont@lavoir.example", "Jean-Pierre Dupont-Martin"]
GOOD = "Tulgra47bvexo"


def check(password: str, policy: PasswordPolicy = POLICY) -> None:
    rules.check_password_strength(password, policy=policy, own_data=OWN)


def refused(password: str) -> list[type[rules.WeakPassword]]:
    """Everything that is said of ``password``, or nothing."""
    try:
        check(password)
    except rules.PasswordMisses as several:
        return [type(one) for one in several.misses]
    except rules.WeakPassword as one:
        return [type(one)]
    return []


EDGES = [
    ("Txvgk47", [rules.PasswordWithoutLetters]),  # five letters
    ("Txvgkq47", []),  # six letters, two digits, eight signs
    ("Txvgkqz4", [rules.PasswordWithoutDigits]),  # one digit
    ("Txvgkqzmwbfhjrnpcs47", []),  # twenty signs
    ("Txvgkqzmwbfhjrnpcsd47", [rules.PasswordTooLong]),  # twenty-one
    ("txvgkqz47", [rules.PasswordWithoutCapital]),
    ("TXVGKQZ47", [rules.PasswordWithoutSmall]),
    ("", [rules.PasswordWithoutLetters, rules.PasswordWithoutDigits, rules.PasswordWithoutCapital,
          rules.PasswordWithoutSmall]),
    ("Txvgkq 47", [rules.PasswordBlankUnlisted]),
    ("Txvgkq\u00a047", [rules.PasswordBlankUnlisted]),
    ("Txvgkqñ47", [rules.PasswordLetterUnlisted]),
    ("Txvgkqz47€", [rules.PasswordSignUnlisted]),
    ("Txvgkqz47'", [rules.PasswordSignUnlisted]),
    ("Txvgkqz٤٧", [rules.PasswordWithoutDigits, rules.PasswordSignUnlisted]),  # digits of another script
    ("Password12", [rules.AlphanumericTooEasy]),
    ("Dupont75", [rules.AlphanumericTooEasy]),
]  # fmt: skip


@pytest.mark.parametrize(("password", "reasons"), EDGES)
def test_each_criterion_at_its_edge(password: str, reasons: list[type[rules.WeakPassword]]) -> None:
    assert refused(password) == reasons


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_accented_letters_are_letters_however_they_are_typed(form: Literal["NFC", "NFD"]) -> None:
    six = unicodedata.normalize(form, "Éùàçëô47")
    assert refused(six) == []
    assert refused(unicodedata.normalize(form, "Éàçëô47")) == [rules.PasswordWithoutLetters]
    twenty = unicodedata.normalize(form, "ÉÈxvgkqzmwbfhjrnpc47")
    assert refused(twenty) == []
    assert refused(twenty + "d") == [rules.PasswordTooLong]


def test_a_capital_with_an_accent_is_a_capital() -> None:
    assert refused("Éxvgkqz47") == []


@pytest.mark.parametrize("sign", SIGNS)
def test_every_listed_sign_is_taken(sign: str) -> None:
    check(f"{GOOD}{sign}")


@given(st.characters(exclude_characters=SIGNS))
def test_no_other_sign_is(sign: str) -> None:
    plain = sign.isascii() and sign.isalnum()
    composed = unicodedata.normalize("NFC", f"Tulgra{sign}47bvexo")
    listed = all(one in SIGNS or (one.isascii() and one.isalnum()) for one in composed)
    with contextlib.nullcontext() if plain or listed else pytest.raises(rules.WeakPassword) as refusal:
        check(f"Tulgra{sign}47bvexo")
    if refusal:
        assert "n’est pas accepté" in str(refusal.value)


def test_the_refused_sign_is_named_with_those_that_are_taken() -> None:
    with pytest.raises(rules.PasswordSignUnlisted) as refusal:
        check("Txvgkqz47€")
    told = sentence(refusal.value)
    assert "« € »" in told
    assert told.endswith("!#$%&()*+,-./:;=?@[]_{}~")
    with pytest.raises(rules.PasswordLetterUnlisted, match="« ñ »"):
        check("Txvgkqñ47")


def test_all_that_misses_is_said_at_once() -> None:
    with pytest.raises(rules.PasswordMisses) as refusal:
        check("abc 1")
    told = sentence(refusal.value)
    assert told == str(refusal.value)
    said = (
        "il en faut 6, votre mot de passe en compte 3",
        "il en faut 2, votre mot de passe en compte 1",
        "Ajoutez une majuscule",
        "contient un espace",
    )
    for part in said:
        assert part in told
    assert (refusal.value.field, "{" in told) == ("password", False)


def test_the_length_is_said_where_letters_and_digits_do_not_give_it() -> None:
    policy = PasswordPolicy(min_length=10, max_length=20, min_letters=6, min_digits=2, min_score=0)
    with pytest.raises(rules.PasswordTooShort):
        check("Txvgkqz47", policy)
    check("Txvgkqzm47", policy)


def test_the_list_of_criteria_is_that_of_the_guide() -> None:
    lines = [(one.code, one.obligatory, one.label) for one in rules.criteria(POLICY)]
    assert lines == [
        ("letters", True, "Au moins 6 lettres"),
        ("digits", True, "Au moins 2 chiffres"),
        ("both_cases", True, "Des majuscules et des minuscules"),
        ("length", True, "20 caractères au plus"),
        ("signs", True, "Seulement des lettres, des chiffres et les caractères acceptés"),
        ("special", False, "Un caractère spécial ou accentué"),
        ("longer", False, "Au moins 12 caractères"),
    ]


OTHERS = [
    (PasswordPolicy(min_length=12), ["Au moins 12 caractères"]),
    (
        PasswordPolicy(min_length=8, max_length=20, alphanumeric=True),
        [
            "De 8 à 20 caractères",
            "Des lettres sans accent et des chiffres, mêlés, et rien d’autre",
            "Au moins 12 caractères",
        ],
    ),
]


@pytest.mark.parametrize(("policy", "labels"), OTHERS)
def test_other_doors_have_lists_of_their_own(policy: PasswordPolicy, labels: list[str]) -> None:
    assert [one.label for one in rules.criteria(policy)] == labels


def test_nothing_typed_meets_no_criterion() -> None:
    assert not any(one.holds("") for one in rules.criteria(POLICY))


SHAPES = st.text(st.sampled_from("aéÉZ7 4-€ñ\u0301"), max_size=24)


@given(SHAPES)
def test_the_list_and_the_refusal_never_differ(password: str) -> None:
    shaped = all(one.holds(password) for one in rules.criteria(POLICY) if one.obligatory)
    reasons = refused(password)
    assert shaped == (reasons in ([], [rules.AlphanumericTooEasy]))


@given(SHAPES)
def test_the_gauge_is_red_for_what_is_refused_and_for_nothing_else(password: str) -> None:
    gauge = rules.gauge(password, policy=POLICY, own_data=OWN)
    assert (gauge is Gauge.WEAK) == bool(refused(password))


@pytest.mark.parametrize(
    ("password", "colour"),
    [
        ("xkwzqvbmrtgphjlncfds", Gauge.WEAK),  # long, and without a digit or a capital
        ("JeanPierreDupont75", Gauge.WEAK),
        ("Txvgkq47", Gauge.MIDDLING),
        ("Txv-gk!qzm47bw?e", Gauge.STRONG),
    ],
)
def test_the_gauge_goes_from_red_to_green(password: str, colour: Gauge) -> None:
    assert rules.gauge(password, policy=POLICY, own_data=OWN) is colour


def test_a_stricter_operator_leaves_two_colours_at_most_with_the_highest_score() -> None:
    policy = PasswordPolicy(min_length=8, min_score=4)
    colours = {
        rules.gauge(word, policy=policy, own_data=[]) for word in (GOOD, "Txv-gk!qzm47bw?e", "aaaaaaaa")
    }
    assert colours == {Gauge.WEAK, Gauge.STRONG}


def test_a_password_is_kept_in_one_form() -> None:
    assert rules.pasted(unicodedata.normalize("NFD", " Éxvgkqz47 ")) == "Éxvgkqz47"
