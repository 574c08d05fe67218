"""The only clock of the house, so that tests can move it.

``travel`` moves it inside one process. A file named by ``follow`` moves it in several processes at once (the
browser walks use it): the file holds a number of seconds, and is never configured in production.
"""

import contextlib
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")

_offset = dt.timedelta()
_file: Path | None = None


def now() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return dt.datetime.now(dt.UTC) + _offset + _followed()


def today() -> dt.date:
    """Today's date in mainland France (Europe/Paris)."""
    return now().astimezone(PARIS).date()


def follow(path: Path | None) -> None:
    """Add the number of seconds that ``path`` holds to every reading, from now on."""
    global _file
    _file = path


@contextlib.contextmanager
def travel(delta: dt.timedelta) -> Iterator[None]:
    """Move the clock of this process by ``delta`` for the length of the block."""
    global _offset
    before, _offset = _offset, _offset + delta
    try:
        yield
    finally:
        _offset = before


def _followed() -> dt.timedelta:
    if _file is None:
        return dt.timedelta()
    try:
        return dt.timedelta(seconds=float(_file.read_text()))
    except (FileNotFoundError, ValueError):
        return dt.timedelta()
