"""What the door of people decides."""

import datetime as dt

import pytest

from guichet.accounts.definitions import espace, public_espaces
from guichet.accounts.rules import PasswordTooEasy, PasswordTooShort, check_password_strength
from guichet.espaces.prive.definition import PRIVE
from guichet.kernel.refusals import Refusal


def test_it_is_registered_and_stands_on_the_home_page() -> None:
    assert espace("prive") in public_espaces()
    assert PRIVE.mailbox
    assert PRIVE.second_factor_offered
    assert not PRIVE.second_factor
    assert PRIVE.messages_hold_links


def test_one_signs_in_with_an_address_whatever_its_case() -> None:
    assert PRIVE.identifier.parse(" Noe.Exemple@Foyer.EXAMPLE ") == "noe.exemple@foyer.example"
    assert PRIVE.identifier.is_email
    with pytest.raises(Refusal):
        PRIVE.identifier.parse("732829320")


def test_passwords_are_those_of_the_recommendation_2022_100() -> None:
    assert (PRIVE.password.min_length, PRIVE.password.min_score) == (12, 3)
    check_password_strength("wuq7zk3xtd5v", policy=PRIVE.password, own_data=())
    with pytest.raises(PasswordTooShort):
        check_password_strength("wuq7zk3xtd5", policy=PRIVE.password, own_data=())
    with pytest.raises(PasswordTooEasy):
        check_password_strength("noe-exemple-85", policy=PRIVE.password, own_data=("Noé", "Exemple"))


def test_lifetimes() -> None:
    assert PRIVE.lifetimes.activation == dt.timedelta(hours=48)
    assert PRIVE.retention.filing == dt.timedelta(days=1825)


@pytest.mark.parametrize(
    ("profile", "siren"), [({"siren": "732829320"}, "732829320"), ({"siren": ""}, ""), ({}, "")]
)
def test_an_account_belongs_to_the_company_of_its_profile(profile: dict[str, object], siren: str) -> None:
    assert PRIVE.siren("noe@foyer.example", profile) == siren
    assert not PRIVE.is_unite


def test_the_service_can_be_written_to_and_called() -> None:
    assert PRIVE.service.address
    assert "@" in PRIVE.service.email
    assert PRIVE.service.phone.isdecimal()
