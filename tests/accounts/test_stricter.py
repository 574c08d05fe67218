"""Passwords of letters and digits (004, step 2), and what an operator may ask beyond."""

from dataclasses import replace
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from guichet.accounts import definitions, rules
from guichet.accounts.definitions import PasswordPolicy, TrustQuestion
from guichet.config import env
from guichet.espaces.abonne.definition import ABONNE
from guichet.espaces.association.definition import ASSOCIATION
from tests.accounts.espace import PORTE

SHEET = PasswordPolicy(alphanumeric=True, min_length=8, max_length=20, min_score=2)


def refusal(password: str, policy: PasswordPolicy = SHEET) -> type[rules.WeakPassword] | None:
    try:
        rules.check_password_strength(password, policy=policy, own_data=["lila@cabinet.example"])
    except rules.WeakPassword as refused:
        return type(refused)
    return None


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("wuq7zk3x", None),  # 8
        ("wuq7zk3", rules.PasswordTooShort),
        ("wuq7zk3xtdgfr8vpy2bn", None),  # 20
        ("wuq7zk3xtdgfr8vpy2bnk", rules.PasswordTooLong),
        ("wuq7 zk3x", rules.PasswordBlank),
        ("wuq7\tzk3x", rules.PasswordBlank),
        ("wuq7\u00a0zk3x", rules.PasswordBlank),
        ("wuq7\u200bzk3x", rules.PasswordBlank),
        ("wuq7zk3é", rules.PasswordAccent),
        ("wuq7zk3e\u0301", rules.PasswordAccent),
        ("wuq7zk3ç", rules.PasswordAccent),
        ("wuq7zk3ß", rules.PasswordAccent),
        ("wuq7zk3-x", rules.PasswordSign),
        ("wuq7zk3x!", rules.PasswordSign),
        ("wuq7zk3x€", rules.PasswordSign),
        ("wuq7zk3x٣", rules.PasswordSign),  # a digit, of another script
        ("wuqxzkpxtd", rules.PasswordWithoutDigit),
        ("1948206375", rules.PasswordWithoutLetter),
        ("motdepasse1", rules.AlphanumericTooEasy),
        ("cabinet2026", rules.AlphanumericTooEasy),
        ("", rules.PasswordTooShort),
    ],
)
def test_letters_and_digits_alone(password: str, expected: type[rules.WeakPassword] | None) -> None:
    assert refusal(password) is expected


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("wuq7 zk3x", "contient un espace. Retirez-le"),
        ("wuq7zk3é", "contient « é ». Les lettres accentuées ne sont pas autorisées"),
        ("wuq7zk3e\u0301", "contient « é »"),
        ("wuq7zk3-x", "contient « - ». Seuls les lettres et les chiffres sont autorisés"),
        ("wuqxzkpxtd", "Ajoutez-y au moins un chiffre"),
        ("1948206375", "Ajoutez-y au moins une lettre"),
    ],
)
def test_each_sentence_says_what_to_do(password: str, sentence: str) -> None:
    with pytest.raises(rules.WeakPassword) as refused:
        rules.check_password_strength(password, policy=SHEET, own_data=[])
    assert sentence in str(refused.value)


def test_other_doors_take_any_sign() -> None:
    assert refusal("cheval agrafe pile é!", PasswordPolicy()) is None


def registered(settings: Settings, **wanted: dict[str, int]) -> PasswordPolicy:
    for name, value in wanted.items():
        setattr(settings, name, value)
    definitions.espaces.cache_clear()
    return definitions.espace("abonne").password


def test_an_operator_asks_for_longer_and_harder_passwords(settings: Settings) -> None:
    policy = registered(settings, PASSWORD_MIN_LENGTH={"abonne": 12}, PASSWORD_MIN_SCORE={"abonne": 4})
    assert (policy.min_length, policy.max_length, policy.min_score) == (12, 20, 4)
    assert policy.alphanumeric
    assert definitions.espace("association").password == ASSOCIATION.password


def test_an_operator_never_gets_less_than_the_definition(settings: Settings) -> None:
    assert registered(settings, PASSWORD_MIN_LENGTH={"abonne": 3}, PASSWORD_MIN_SCORE={"abonne": 0}) == (
        ABONNE.password
    )


@pytest.mark.parametrize("typed", ["abonne:12, association:14", "abonne:12 association:14"])
def test_the_variable_names_a_number_for_each_code(typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUICHET_PASSWORD_MIN_LENGTH", typed)
    assert env.number_each("PASSWORD_MIN_LENGTH") == {"abonne": 12, "association": 14}


@pytest.mark.parametrize("typed", ["12", "abonne", "abonne:", ":12", "abonne:douze", "abonne:-1"])
def test_anything_else_is_refused(typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUICHET_PASSWORD_MIN_LENGTH", typed)
    with pytest.raises(env.SettingError, match="GUICHET_PASSWORD_MIN_LENGTH"):
        env.number_each("PASSWORD_MIN_LENGTH")


PROVISIONALS: dict[str, Any] = {
    "provisionals": definitions.Provisionals(),
    "trust_questions": (TrustQuestion(code="a", text="A ?"),),
    "password": PasswordPolicy(min_letters=1),
}


def test_a_door_with_links_questions_and_letters_may_have_provisional_passwords(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tests.accounts.espace.PORTE", replace(PORTE, **PROVISIONALS))
    definitions.espaces.cache_clear()
    assert definitions.espace("porte").provisionals


@pytest.mark.parametrize(
    ("door", "why"),
    [
        (PROVISIONALS | {"codes": definitions.Codes()}, "links, questions, letters"),
        (PROVISIONALS | {"trust_questions": ()}, "links, questions, letters"),
        (PROVISIONALS | {"password": PasswordPolicy()}, "links, questions, letters"),
        ({"codes": definitions.Codes(), "password": PasswordPolicy(generated=True)}, "brings no password"),
    ],
)
def test_a_door_that_asks_too_little_or_the_impossible_is_refused(
    monkeypatch: pytest.MonkeyPatch, door: dict[str, Any], why: str
) -> None:
    monkeypatch.setattr("tests.accounts.espace.PORTE", replace(PORTE, **door))
    definitions.espaces.cache_clear()
    with pytest.raises(ValueError, match=why):
        definitions.espaces()
