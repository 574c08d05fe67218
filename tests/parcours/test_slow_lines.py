"""People on slow lines, and those who pretend to be: the others don't wait for them."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from tests.parcours.crowd import SIGN_IN, Drop, p95, sign_in, slow_body, slow_head, slow_lines, slow_reader
from tests.parcours.portal import Portal

pytestmark = pytest.mark.crowd
PAGES = {"/": 200, SIGN_IN: 200, "/verifier/": 200}
QUICK = 1.0  # seconds; 0.05 where nothing else runs, and none in 5 s before there were limits (ADR 0013)
LARGE = "/static/dsfr/dist/dsfr.min.css"


def _host(portal: Portal) -> str:
    return urlsplit(portal.url).netloc


def _from_everywhere(make: Callable[[str, str], Drop], host: str, count: int) -> list[Drop]:
    return [make(host, f"198.18.{number // 250}.{1 + number % 250}") for number in range(count)]


@pytest.mark.parametrize(("make", "count"), [(slow_body, 200), (slow_head, 1_200)])
def test_others_have_their_pages_and_may_sign_in_while_hundreds_of_slow_lines_stand(
    portal: Portal, make: Callable[[str, str], Drop], count: int
) -> None:
    """200 bodies held 200 of 256 threads; 1,024 connections were all that the server took."""
    with slow_lines(portal.url, _from_everywhere(make, _host(portal), count)):
        assert p95(portal.url, PAGES) < QUICK
        assert sign_in(portal.url, "000010009", "inexact", "203.0.113.201", seconds=5).status == 422


def test_people_who_read_slowly_hold_nobody_up(portal: Portal) -> None:
    with slow_lines(portal.url, [slow_reader(_host(portal), LARGE)] * 200):
        assert p95(portal.url, PAGES) < QUICK


def test_one_address_does_not_hold_all_places(portal: Portal) -> None:
    """Others may still send their forms, whatever one address sends slowly; itself is told to wait."""
    with slow_lines(portal.url, [slow_body(_host(portal), "198.18.9.9")] * 400):
        assert p95(portal.url, PAGES) < QUICK
        assert sign_in(portal.url, "000010009", "inexact", "203.0.113.202", seconds=5).status == 422
        told = sign_in(portal.url, "000010009", "inexact", "198.18.9.9", seconds=5)
        assert (told.status, told.wait) == (429, "10")
        assert "actualisez cette page" in told.text


def test_a_crowd_of_slow_lines_leaves_the_pages_and_tells_whoever_sends_something(portal: Portal) -> None:
    """A thousand bodies from a thousand addresses hold all places that bodies may hold."""
    with slow_lines(portal.url, _from_everywhere(slow_body, _host(portal), 1_000)):
        assert p95(portal.url, PAGES) < QUICK
        told = sign_in(portal.url, "000010009", "inexact", "203.0.113.203", seconds=5)
        assert (told.status, told.wait) == (503, "10")
        assert "votre envoi n’a pas été reçu" in told.text
