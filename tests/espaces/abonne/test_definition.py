"""What the door of professionals decides: the references' values, at their edges."""

import datetime as dt

import pytest

from guichet.accounts.definitions import espace, public_espaces
from guichet.accounts.rules import PasswordTooLong, PasswordTooShort, WeakPassword, check_password_strength
from guichet.espaces.abonne.definition import ABONNE, EmailOverHundred
from guichet.kernel.refusals import Refusal

HUNDRED = f"{'a' * 60}@{'b' * 31}.example"


def test_it_is_registered_and_stands_on_the_home_page() -> None:
    assert espace("abonne").home_url == ABONNE.home_url
    assert espace("abonne") in public_espaces()


def test_an_identifier_of_100_characters_is_taken_and_one_of_101_is_not() -> None:
    assert len(HUNDRED) == 100
    assert ABONNE.identifier.parse(HUNDRED) == HUNDRED
    with pytest.raises(EmailOverHundred) as refused:
        ABONNE.identifier.parse(f"a{HUNDRED}")
    assert refused.value.params == {"count": 101, "maximum": 100}


def test_case_tells_no_two_identifiers_apart() -> None:
    assert ABONNE.identifier.parse(" Lila.R@Cabinet.EXAMPLE ") == "lila.r@cabinet.example"


def test_an_identifier_is_an_address() -> None:
    with pytest.raises(Refusal):
        ABONNE.identifier.parse("732829320")


@pytest.mark.parametrize("password", ["wuq7zk3x", "wuq7zk3xwuq9pk3xhtd5"])
def test_passwords_of_8_and_of_20_characters_are_taken(password: str) -> None:
    assert len(password) in {8, 20}
    check_password_strength(password, policy=ABONNE.password, own_data=())


@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        ("wuq7zk3", PasswordTooShort),
        ("wuq7zk3xwuq9pk3xhtd5v", PasswordTooLong),
        ("wuq7 zk3x", WeakPassword),
        ("wuq7zk3é", WeakPassword),
        ("wuq7-zk3x", WeakPassword),
        ("wuqxzkxtd", WeakPassword),
        ("93157402", WeakPassword),
        ("azerty12", WeakPassword),
    ],
)
def test_what_a_password_may_not_be(password: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        check_password_strength(password, policy=ABONNE.password, own_data=())


def test_the_number_of_the_reference() -> None:
    assert ABONNE.number is not None
    assert ABONNE.number(dt.date(2014, 11, 2), 47_878) == "20143060047878"


def test_lifetimes_and_codes() -> None:
    assert ABONNE.lifetimes.activation == dt.timedelta(hours=48)
    assert ABONNE.codes is not None
    assert ABONNE.codes.length == 12
    assert not ABONNE.messages_hold_links


def test_the_questions_of_trust_are_a_dozen_and_ask_nothing_that_colleagues_know() -> None:
    texts = [question.text for question in ABONNE.trust_questions]
    assert len(texts) == len(set(texts)) == 12
    assert len({question.code for question in ABONNE.trust_questions}) == 12
    assert not [text for text in texts if "surnom" in text or "naissance" in text or "jeune fille" in text]


@pytest.mark.parametrize(
    ("profile", "siren"), [({"siren": "732829320"}, "732829320"), ({"siren": ""}, ""), ({}, "")]
)
def test_an_account_belongs_to_the_company_of_its_profile(profile: dict[str, object], siren: str) -> None:
    assert ABONNE.siren("lila@cabinet.example", profile) == siren
    assert not ABONNE.is_unite


def test_the_service_can_be_written_to_and_called() -> None:
    assert ABONNE.service.address
    assert "@" in ABONNE.service.email
    assert ABONNE.service.phone.isdecimal()
