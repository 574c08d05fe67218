"""What a request must say: pure rules, each at its edge."""

import pytest

from guichet.kernel.identifiers import InvalidSiren
from guichet.teleprocedures.adhesion import rules

CATALOGUE = ("tva", "is", "cfe")
CAPACITIES = ("expert_comptable", "avocat")
GOOD = {"siren": "732 829 320", "services": "is,tva", "qualite": "avocat"}


def clean(**changes: str) -> tuple[dict[str, str], dict[str, str]]:
    good, bad = rules.clean({**GOOD, **changes}, catalogue=CATALOGUE, capacities=CAPACITIES)
    return good, {field: refusal.code for field, refusal in bad.items()}


def test_what_holds_is_kept_in_one_form() -> None:
    assert clean() == ({"siren": "732829320", "services": "tva,is", "qualite": "avocat"}, {})


@pytest.mark.parametrize("typed", ["tva", "tva,tva", " tva , ", ",tva,"])
def test_a_service_is_kept_once(typed: str) -> None:
    assert clean(services=typed)[0]["services"] == "tva"


@pytest.mark.parametrize("typed", ["", " ", ",", " , ,"])
def test_no_service_is_no_request(typed: str) -> None:
    good, bad = clean(services=typed)
    assert bad == {"services": "no_service"}
    assert set(good) == {"siren", "qualite"}


@pytest.mark.parametrize("typed", ["gabelle", "tva,gabelle", "TVA", "tva;is"])
def test_what_the_catalogue_does_not_offer_is_refused_whole(typed: str) -> None:
    assert clean(services=typed)[1] == {"services": "unknown_service"}


@pytest.mark.parametrize("typed", ["", "notaire", "expert_comptable,avocat"])
def test_one_acts_in_one_known_capacity(typed: str) -> None:
    assert clean(qualite=typed)[1] == {"qualite": "unknown_capacity"}


@pytest.mark.parametrize("typed", ["", "732829321", "73282932", "abc"])
def test_a_siren_that_is_none_is_refused(typed: str) -> None:
    assert "siren" in clean(siren=typed)[1]


def test_a_siret_typed_for_a_siren_says_so() -> None:
    with pytest.raises(InvalidSiren, match="SIRET"):
        rules.siren("73282932000074")


def test_every_answer_is_asked_for_when_none_is_given() -> None:
    good, bad = rules.clean({}, catalogue=CATALOGUE, capacities=CAPACITIES)
    assert (good, set(bad)) == ({}, {"siren", "services", "qualite"})
