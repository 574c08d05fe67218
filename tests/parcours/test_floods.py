"""Floods of sign-ins: they are answered, each with what to do, and the others have their pages meanwhile."""

import itertools
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.parcours.crowd import SIGN_IN, Told, at_once, p95, sign_in
from tests.parcours.portal import Portal

pytestmark = pytest.mark.crowd
PAGES = {"/": 200, SIGN_IN: 200}
QUICK = 2.0  # seconds, on cores that the flood and its clients use too
CROWD = 100
BREATH = 0.1  # seconds between two tries of each: the clients need their share of the cores, too
ENOUGH = 300  # answers: the flood stands while the pages are asked for, and each kind of it meets its limit
PATIENCE = 120  # seconds that so many answers may take
WHAT_TO_DO = ("actualisez cette page", "puis recommencez", "Mot de passe oublié")


def _counted(answers: list[Told]) -> Counter[int]:
    """How many had which status; each that says no says when to come back, and what to do."""
    for answer in answers:
        assert (answer.status in (429, 503)) == bool(answer.wait)
        assert not answer.wait or any(words in answer.text for words in WHAT_TO_DO), answer.text
    return Counter(answer.status for answer in answers)


@contextmanager
def _flood(portal: Portal, identifiers: Iterator[str], addresses: Iterator[str]) -> Iterator[list[Told]]:
    """A hundred people who sign in over and over: for the block, and until ``ENOUGH`` were answered."""
    over, enough, answers = threading.Event(), threading.Event(), list[Told]()
    together = threading.Lock()

    def again() -> None:
        while not over.wait(BREATH):
            with together:
                identifier, address = next(identifiers), next(addresses)
            answers.append(sign_in(portal.url, identifier, "une phrase inexacte", address))
            if len(answers) >= ENOUGH:
                enough.set()

    threads = [threading.Thread(target=again) for _ in range(CROWD)]
    for thread in threads:
        thread.start()
    try:
        yield answers
        assert enough.wait(PATIENCE), f"{len(answers)} answers only"
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _everywhere() -> Iterator[str]:
    return (f"198.19.{high}.{low}" for high, low in itertools.product(range(256), range(1, 255)))


@pytest.mark.parametrize("kind", ["one address", "one account", "everywhere"])
def test_a_flood_of_sign_ins_leaves_the_others_their_pages(portal: Portal, kind: str) -> None:
    unknown = (f"{number:09}" for number in range(900_000_000, 999_999_999))
    identifiers = itertools.repeat("000010017") if kind == "one account" else unknown
    addresses = itertools.repeat("198.18.77.7") if kind == "one address" else _everywhere()
    with _flood(portal, iter(identifiers), iter(addresses)) as answers:
        assert p95(portal.url, PAGES) < QUICK
    told = _counted(answers)
    assert set(told) <= {422, 429, 503}, told
    if kind != "everywhere":
        assert told[429], told  # counted, and told so


def test_a_hundred_at_once_are_all_answered_and_none_of_them_is_locked_out_by_the_others(
    portal: Portal,
) -> None:
    """Each from its own address, for its own account: whoever finds too many others comes again."""
    answers = at_once(
        CROWD,
        lambda number: sign_in(portal.url, f"{910_000_000 + number}", "inexact", f"198.18.80.{1 + number}"),
    )
    assert set(_counted(answers)) <= {422, 503}


def test_an_account_under_attack_has_its_way_out(portal: Portal) -> None:
    """Locked out from everywhere, its owner is told how to come in at once: by a new password."""
    for number in range(12):
        last = sign_in(portal.url, "000010025", "une phrase inexacte", f"198.18.81.{1 + number}")
    assert last.status == 429
    assert int(last.wait) <= 900
    assert "Mot de passe oublié" in last.text
    assert 'value="000' in last.text  # what was typed is there
