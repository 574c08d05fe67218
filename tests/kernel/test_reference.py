"""References that survive a phone call."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_37_2

from guichet.kernel.reference import ALPHABET, InvalidReference, Reference

bodies = st.text(ALPHABET, min_size=11, max_size=11)
signs = bodies.map(lambda body: body + mod_37_2.calc_check_digit(body, ALPHABET))


@given(signs)
def test_a_reference_is_read_in_any_case_and_grouping(text: str) -> None:
    reference = Reference.parse(text)
    assert reference.replace("-", "") == text
    assert Reference.parse(reference.lower()) == reference
    assert Reference.parse(f" {' '.join(text)} ") == reference


@given(signs, st.integers(0, 11), st.sampled_from(ALPHABET))
def test_any_sign_changed_is_found(text: str, place: int, sign: str) -> None:
    assume(text[place] != sign)
    with pytest.raises(InvalidReference):
        Reference.parse(text[:place] + sign + text[place + 1 :])


@given(signs, st.integers(0, 10))
def test_any_two_neighbours_swapped_are_found(text: str, place: int) -> None:
    assume(text[place] != text[place + 1])
    with pytest.raises(InvalidReference):
        Reference.parse(text[:place] + text[place + 1] + text[place] + text[place + 2 :])


@given(st.text(max_size=11) | st.text(min_size=40))
def test_anything_else_is_refused_in_words(text: str) -> None:
    with pytest.raises(InvalidReference, match="12 lettres et chiffres"):
        Reference.parse(text)


def test_new_references_are_grouped_and_differ() -> None:
    made = {Reference.new() for _ in range(1000)}
    assert len(made) == 1000
    assert all(Reference.parse(reference) == reference for reference in made)
    assert all([len(group) for group in reference.split("-")] == [4, 4, 4] for reference in made)


def test_no_two_signs_look_alike() -> None:
    assert not set("0O1IL5S8B2ZUV") - set("2580") & set(ALPHABET) - {"V"}
    assert not set("AEIOU") & set(ALPHABET)


def test_look_alikes_that_we_never_write_are_read_as_what_they_stand_for() -> None:
    reference = Reference.parse("25822222222" + mod_37_2.calc_check_digit("25822222222", ALPHABET))
    assert Reference.parse(reference.replace("25", "ZS", 1).replace("8", "B", 1)) == reference
