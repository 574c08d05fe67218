"""Telephone numbers as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.kernel.phones import in_pairs


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("0199000000", "01\u00a099\u00a000\u00a000\u00a000"),
        ("019900000", "019900000"),
        ("01990000000", "01990000000"),
        ("+32 2 555 12 12", "+32 2 555 12 12"),
        ("", ""),
    ],
)
def test_ten_digits_are_paired_and_all_else_stays(number: str, shown: str) -> None:
    assert in_pairs(number) == shown


@given(st.text("0123456789 +-a٣", max_size=12))
def test_pairs_change_blanks_alone(number: str) -> None:
    assert in_pairs(number).replace("\u00a0", "") == number
