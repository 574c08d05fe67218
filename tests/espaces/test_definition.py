"""What the door of associations decides: the guide's values."""

import datetime as dt

import pytest

from guichet.accounts.definitions import espace
from guichet.espaces.association.definition import ASSOCIATION
from guichet.kernel.refusals import Refusal


def test_it_is_registered() -> None:
    assert espace("association") is ASSOCIATION


def test_the_first_password_is_made_by_the_portal() -> None:
    assert ASSOCIATION.password.generated


def test_lifetimes() -> None:
    assert ASSOCIATION.lifetimes.activation == dt.timedelta(days=15)
    assert ASSOCIATION.lifetimes.recovery == dt.timedelta(hours=2)
    assert ASSOCIATION.lifetimes.email_change == dt.timedelta(days=2)
    assert ASSOCIATION.session.idle == dt.timedelta(hours=1)


def test_one_signs_in_with_a_siren() -> None:
    assert ASSOCIATION.identifier.parse("732 829 320") == "732829320"
    assert ASSOCIATION.identifier.display("732829320", {}).replace("\u00a0", " ") == "732 829 320"
    with pytest.raises(Refusal):
        ASSOCIATION.identifier.parse("732829321")


def test_the_service_can_be_written_to_and_called() -> None:
    service = ASSOCIATION.service
    assert service.name
    assert service.address
    assert "@" in service.email
    assert service.phone.isdecimal()
