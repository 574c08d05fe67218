"""The house's only clock, moved in one process or in several."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from guichet.kernel import clock

HOUR = dt.timedelta(hours=1)


def _ahead() -> int:
    """Whole hours that the clock is ahead of the machine's."""
    return round((clock.now() - dt.datetime.now(dt.UTC)) / HOUR)


@pytest.fixture
def followed(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "offset"
    clock.follow(path)
    yield path
    clock.follow(None)


def test_a_journey_ends_with_its_block_even_by_an_error() -> None:
    with clock.travel(3 * HOUR):
        with pytest.raises(RuntimeError), clock.travel(2 * HOUR):
            raise RuntimeError(f"{_ahead()} hours")
        assert _ahead() == 3
    assert _ahead() == 0


def test_journeys_add_up() -> None:
    with clock.travel(3 * HOUR), clock.travel(-2 * HOUR):
        assert _ahead() == 1


@pytest.mark.parametrize(("held", "hours"), [("7200", 2), ("-3600.0\n", -1), ("", 0), ("soon", 0)])
def test_the_file_followed_says_how_many_seconds(followed: Path, held: str, hours: int) -> None:
    followed.write_text(held)
    assert _ahead() == hours


def test_no_file_is_no_journey(followed: Path) -> None:
    assert not followed.exists()
    assert _ahead() == 0


@pytest.mark.parametrize(
    ("utc", "day"),
    [
        ("2026-12-31T22:59:59", "2026-12-31"),
        ("2026-12-31T23:00:00", "2027-01-01"),
        ("2026-06-30T22:00:00", "2026-07-01"),
    ],
)
def test_today_is_that_of_paris(utc: str, day: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: dt.datetime.fromisoformat(utc).replace(tzinfo=dt.UTC))
    assert clock.today().isoformat() == day
