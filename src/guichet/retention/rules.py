"""When an account has been idle for too long. Pure Python: dates are passed in."""

import datetime as dt

EXPORT_LIFETIME = dt.timedelta(days=7)
EXPORT_AGAIN = dt.timedelta(hours=1)  # a copy that is younger is the answer to asking again
LONGEST_ENDING = 5  # of a file's name: « .jpeg » and shorter
FAREWELL = dt.timedelta(days=30)  # the outbox has given up long before: then the last address is gone


def idle_since(*, idle_account: dt.timedelta | None, now: dt.datetime) -> dt.datetime | None:
    """Who signed in last at that moment, or before, is idle; ``None`` where nobody ever is."""
    return None if idle_account is None else now - idle_account


def file_name(position: int, name: str) -> str:
    """A name that every system can unpack, in the order that the person chose."""
    safe = "".join(sign if sign.isalnum() or sign in "-_. " else "_" for sign in name).strip(". ")
    stem, dot, ending = safe.rpartition(".")
    short = f"{stem[:80]}.{ending}" if dot and len(ending) <= LONGEST_ENDING else safe[:90]
    return f"{position:02}-{short or 'fichier'}"
