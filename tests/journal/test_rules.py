"""How evidence is hashed: vectors that a third party may recompute with other tools."""

import datetime as dt
import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.journal.rules import (
    EventContent,
    MerkleTree,
    NotEvidenceError,
    SealContent,
    canonical,
    check_data,
    moment,
)

AT = dt.datetime(2026, 11, 21, 14, 5, 9, 42, tzinfo=dt.timezone(dt.timedelta(hours=1)))


def test_a_moment_is_written_in_utc_with_six_decimals() -> None:
    assert moment(AT) == "2026-11-21T13:05:09.000042Z"
    assert moment(AT.replace(microsecond=0)) == "2026-11-21T13:05:09.000000Z"


def test_canonical_json_is_sorted_without_blanks_in_utf_8() -> None:
    assert canonical({"b": [1, None, True], "a": 'é\n\x7f"</'}) == (
        b'{"a":"' + "é".encode() + b'\\n\x7f\\"</","b":[1,null,true]}'
    )


def test_the_hash_of_an_event_is_that_of_its_documented_content() -> None:
    event = EventContent(
        subject="depot:1", seq=1, kind="depot.submitted", actor="system", at=AT, data={"n": 1}, previous=""
    )
    written = (
        '{"actor":"system","at":"2026-11-21T13:05:09.000042Z","data":{"n":1},'
        '"kind":"depot.submitted","previous":"","seq":1,"subject":"depot:1"}'
    )
    assert event.hash() == hashlib.sha256(written.encode()).hexdigest()


def test_what_a_seal_signs_is_its_documented_content() -> None:
    seal = SealContent(seq=2, first=3, last=9, count=5, root="aa", previous="bb", certificate="cc", at=AT)
    assert seal.signed_bytes() == (
        b'{"at":"2026-11-21T13:05:09.000042Z","certificate":"cc","count":5,"first":3,"last":9,'
        b'"previous":"bb","root":"aa","seq":2}'
    )


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        float("nan"),
        2**53,
        -(2**53),
        "a\0b",
        "\ud800",
        {"É": 1},
        {"A": 1},
        {1: 1},
        b"a",
        {"a": {"b": 0.1}},
    ],
)
def test_data_without_a_single_form_are_refused(value: object) -> None:
    with pytest.raises(NotEvidenceError):
        check_data(value)


evidence = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    lambda inner: st.lists(inner) | st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]*", fullmatch=True), inner),
)


@given(evidence)
def test_canonical_json_says_the_same_thing(value: object) -> None:
    check_data(value)
    assert json.loads(canonical({"a": value})) == {"a": value}


def _plain_root(leaves: list[str]) -> bytes:
    """RFC 9162, section 2.1.1, as it is written there."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + bytes.fromhex(leaves[0])).digest()
    cut = 1
    while cut * 2 < len(leaves):
        cut *= 2
    return hashlib.sha256(b"\x01" + _plain_root(leaves[:cut]) + _plain_root(leaves[cut:])).digest()


def _root(leaves: list[str]) -> str:
    tree = MerkleTree()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root()


@pytest.mark.parametrize("count", [*range(20), 31, 32, 33, 100])
def test_the_root_is_that_of_the_rfc(count: int) -> None:
    leaves = [hashlib.sha256(bytes([number])).hexdigest() for number in range(count)]
    assert _root(leaves) == _plain_root(leaves).hex()


@given(st.lists(st.binary(min_size=32, max_size=32).map(bytes.hex), min_size=1, max_size=70), st.data())
def test_no_event_can_be_changed_moved_or_left_out_under_its_root(
    leaves: list[str], data: st.DataObject
) -> None:
    root = _root(leaves)
    assert root == _plain_root(leaves).hex()
    at = data.draw(st.integers(0, len(leaves) - 1))
    assert _root(leaves[:at] + leaves[at + 1 :]) != root
    assert _root([*leaves[:at], "00" * 32, *leaves[at + 1 :]]) != root or leaves[at] == "00" * 32
    assert _root([*leaves[at:], *leaves[:at]]) != root or [*leaves[at:], *leaves[:at]] == leaves


def test_the_root_tells_the_order_and_the_length() -> None:
    one, two, three = (hashlib.sha256(bytes([number])).hexdigest() for number in range(3))
    roots = {
        _root(leaves)
        for leaves in ([one, two, three], [one, three, two], [one, two], [one, two, three, three])
    }
    assert len(roots) == 4


def test_a_node_can_not_pass_for_a_leaf() -> None:
    one, two = (hashlib.sha256(bytes([number])).hexdigest() for number in range(2))
    assert _root([_root([one, two])]) != _root([one, two])
