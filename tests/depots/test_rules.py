"""One filing for one key; and names of uploaded files, as hostile and clumsy people send them."""

import contextlib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.depots.rules import (
    MAX_FILE_NAME,
    AlreadyFiled,
    NoPlace,
    NothingToRectify,
    StillToConfirm,
    clean_file_name,
    place,
)


@pytest.mark.parametrize(
    ("versions", "awaiting", "rectifies", "outcome"),
    [
        ([], False, False, 0),
        ([], False, True, NothingToRectify),
        ([0], False, False, AlreadyFiled),
        ([0], False, True, 1),
        ([0], True, False, StillToConfirm),
        ([0], True, True, StillToConfirm),
        ([0, 1], False, False, AlreadyFiled),
        ([1, 0], False, True, 2),
        ([0, 1], True, True, StillToConfirm),
    ],
)
def test_a_place_is_free_or_it_is_said_why_not(
    versions: list[int], awaiting: bool, rectifies: bool, outcome: int | type[NoPlace]
) -> None:
    if isinstance(outcome, int):
        assert place(versions, awaiting=awaiting, rectifies=rectifies, label="comptes") == outcome
        return
    with pytest.raises(outcome, match="comptes"):
        place(versions, awaiting=awaiting, rectifies=rectifies, label="comptes")


@pytest.mark.parametrize(("versions", "version"), [([], 0), ([0], 1), ([0, 1], 2)])
def test_where_nothing_counts_any_more_the_place_is_free(versions: list[int], version: int) -> None:
    """After a refusal or a withdrawal; a number that the public read is not given again."""
    assert place(versions, awaiting=False, rectifies=False, label="comptes", in_force=False) == version


@given(st.lists(st.booleans(), max_size=12))
def test_versions_follow_one_another_from_the_initial_on(attempts: list[bool]) -> None:
    versions: list[int] = []
    for rectifies in attempts:
        with contextlib.suppress(NoPlace):
            versions.append(place(versions, awaiting=False, rectifies=rectifies, label="comptes"))
    assert versions == list(range(len(versions)))
    assert bool(versions) is (False in attempts)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("comptes 2024.pdf", "comptes 2024.pdf"),
        ("C:\\Users\\moi\\comptes.pdf", "comptes.pdf"),
        ("../../etc/passwd", "passwd"),
        ("comptes\0.pdf\r\nX: y", "comptes.pdf X y"),
        ("\u202efdp.exe", "fdp.exe"),
        ("  comptes   annuels .pdf ", "comptes annuels.pdf"),
        ("re\u0301sume\u0301.pdf", "résumé.pdf"),
        ("<script>.pdf", "script.pdf"),
        ("comptes 😀.pdf", "comptes 😀.pdf"),
        ("", "document"),
        ("...", "document"),
        ("/", "document"),
        ("\ud800.pdf", "pdf"),
    ],
)
def test_a_name_is_cleaned(sent: str, kept: str) -> None:
    assert clean_file_name(sent) == kept


def test_a_long_name_keeps_its_extension() -> None:
    name = clean_file_name("é" * 500 + ".pdf")
    assert len(name) == MAX_FILE_NAME
    assert name.endswith("é.pdf")


@given(st.text(st.characters()))
def test_whatever_is_sent_the_name_is_harmless(sent: str) -> None:
    name = clean_file_name(sent)
    assert 0 < len(name) <= MAX_FILE_NAME
    assert not set(name) & set('/\\<>:"|?*\n\r\0')
    assert not [sign for sign in name if unicodedata.category(sign)[0] == "C"]
    assert clean_file_name(name) == name
