"""Firms, codes, reasons, filters: pure."""

import uuid
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.adhesions.rules import (
    GOOD,
    MAX_REASON,
    PARAMETERS,
    SENTENCES,
    STATES,
    Code,
    CodeRefused,
    Filters,
    ReasonTooLong,
    Sort,
    clean_reason,
    firm_key,
    new_code,
    parse_code,
)
from guichet.kernel.reference import ALPHABET


@dataclass
class Somebody:
    pk: uuid.UUID
    siren: str


def test_a_firm_is_known_by_its_siren_and_a_foreign_one_by_its_account() -> None:
    one, other = uuid.uuid4(), uuid.uuid4()
    assert firm_key(Somebody(one, "732829320")) == firm_key(Somebody(other, "732829320")) == "732829320"
    assert firm_key(Somebody(one, "")) == str(one) != firm_key(Somebody(other, ""))


def test_a_code_has_twelve_signs_without_look_alikes_and_is_forgiven_how_it_is_typed() -> None:
    code = new_code()
    signs = code.replace("-", "")
    assert len(signs) == 12
    assert set(signs) <= set(ALPHABET)
    assert not set("01OIL5S8B2ZUV") & set(ALPHABET) - {"2", "5", "8", "V"}
    assert parse_code(f"  {code.lower().replace('-', ' ')} ") == parse_code(signs) == code
    assert len({new_code() for _ in range(200)}) == 200


@pytest.mark.parametrize("typed", ["", "K7RM-3VXP-9QT", "K7RM-3VXP-9QTCC", "0000-0000-0000", "é" * 12])
def test_what_can_be_no_code_is_refused_like_a_wrong_one(typed: str) -> None:
    with pytest.raises(CodeRefused):
        parse_code(typed)


def test_a_reason_has_its_length_and_no_sign_more() -> None:
    assert len(clean_reason("é" * MAX_REASON)) == MAX_REASON
    with pytest.raises(ReasonTooLong, match=str(MAX_REASON + 1)):
        clean_reason("é" * (MAX_REASON + 1))
    assert clean_reason(" Nous\r\nne vous\x00 connaissons\u202e pas \n") == "Nous\nne vous connaissons pas"


def test_every_verdict_has_its_sentence() -> None:
    assert set(SENTENCES) == set(Code)
    assert set(GOOD) == {Code.OK, Code.REFUSED_LATELY}


@given(
    st.builds(
        Filters,
        text=st.sampled_from(["", "boulangerie", "732 829 320", "K7RM-3VXP-9QTC"]),
        state=st.sampled_from(["", *STATES]),
        service=st.sampled_from(["", "tva", "une_autre"]),
        sort=st.sampled_from(list(Sort)),
    )
)
def test_filters_survive_an_address(filters: Filters) -> None:
    assert Filters.parse(filters.query()) == filters


@given(st.dictionaries(st.sampled_from([*PARAMETERS.values(), "autre"]), st.text(max_size=200)))
def test_any_address_shows_a_list(query: dict[str, str]) -> None:
    filters = Filters.parse(query)
    assert filters.state in ("", *STATES)
    assert Filters.parse(filters.query()) == filters
