"""Rules of the outbox that need neither a database nor a clock."""

import datetime as dt
import re
import textwrap
import unicodedata
from collections.abc import Mapping, Sequence

_HELD_BLANK = re.compile(r" (?=[?!:;»](?: |$))|(?<=«) ")  # French punctuation stays with its word
_HOLD = "\ue000"
_LINK = re.compile(r"https?:|www\.|://", re.IGNORECASE)

WIDTH = 75  # signs a line: mail programs cut longer ones, and links with them (000, step 3)

WINDOW_LINES = 6  # NF Z 10-011

# How long to wait after each attempt that gave nothing; then the courrier is abandoned.
WAITS = (
    dt.timedelta(minutes=1),
    dt.timedelta(minutes=5),
    dt.timedelta(minutes=15),
    dt.timedelta(hours=1),
    dt.timedelta(hours=4),
    dt.timedelta(hours=12),
    dt.timedelta(hours=24),
)


# The same where the server refuses the recipient or the message for good: a relay whose settings are wrong
# for an hour answers everybody as it does for a mailbox that does not exist.
WAITS_AFTER_REFUSAL = (dt.timedelta(minutes=15), dt.timedelta(hours=4))


class UnusableAddress(ValueError):  # noqa: N818 - says what is wrong
    """An e-mail address that would write headers of its own or name several people."""


class HoldsLink(ValueError):  # noqa: N818 - says what is wrong
    """A message of a door whose messages hold none would hold a link (004, step 2)."""


class AddressTooLong(ValueError):  # noqa: N818 - says what is wrong
    """More lines than the window of an envelope shows."""


def check_window(lines: Sequence[str]) -> None:
    """Raise ``AddressTooLong`` where ``lines``, name included, are more than the window shows."""
    if len(lines) > WINDOW_LINES:
        raise AddressTooLong(f"{len(lines)} lines: a window shows {WINDOW_LINES}")


def next_wait(attempts: int, *, refusals: int = 0) -> dt.timedelta | None:
    """How long to wait after ``attempts`` attempts in vain; ``None`` when there were enough of them.

    ``refusals``: how many of them were refused for good, where the last one was.
    """
    waits, vain = (WAITS_AFTER_REFUSAL, refusals) if refusals else (WAITS, attempts)
    return waits[vain - 1] if vain <= len(waits) else None


def one_address(text: str) -> str:
    """``text``, if it is the address of one mailbox. Raises ``UnusableAddress``."""
    bad = any(sign in ',;:<>()"\\' or sign.isspace() or unicodedata.category(sign)[0] == "C" for sign in text)
    if bad or text.count("@") != 1 or text.startswith("-"):
        raise UnusableAddress("not the address of one mailbox")
    return text


def check_no_link(text: str) -> None:
    """Raise ``HoldsLink`` where a mail program would make a link of a part of ``text``."""
    if _LINK.search(text):
        raise HoldsLink("a message without links holds one")


def unlinked(value: object) -> object:
    """``value``, or the texts in it, so that no mail program makes a link of what somebody typed.

    « http://exemple.fr » becomes « http[:]//exemple.fr », « www.exemple.fr » becomes « www[.]exemple.fr ».
    """
    if isinstance(value, str):
        return _LINK.sub(lambda found: re.sub(r"([:.])", r"[\1]", found[0]), value)
    if isinstance(value, Mapping):
        return {name: unlinked(held) for name, held in value.items()}
    if isinstance(value, list | tuple):
        return [unlinked(held) for held in value]
    return value


def split_message(text: str, *, folded: bool = True) -> tuple[str, str]:
    """Subject and body of a rendered template: « Objet : … » up to the first empty line, then the body.

    The subject comes out on one line whatever was put into it. ``folded``: the body's lines are, as mail
    programs want them. Raises ``ValueError`` without « Objet : ».
    """
    head, _, body = text.strip().partition("\n\n")
    label, colon, subject = head.partition(":")
    if label.strip() != "Objet" or not colon:
        raise ValueError("a message begins with « Objet : … » and an empty line")
    return " ".join(_printable(subject).split()), fold(body) if folded else _spaced(body)


def fold(text: str) -> str:
    """``text`` with its lines folded at ``WIDTH`` signs; a longer word, such as a link, stays whole."""
    return _spaced("\n".join(_fold_line(line) for line in text.strip().splitlines()))


def _spaced(text: str) -> str:
    lines = (line if line == "-- " else line.rstrip() for line in text.strip().splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


def _fold_line(line: str) -> str:
    if line == "-- ":  # RFC 3676, 4.3: what follows is a signature; its blank must stay
        return line
    indent = "  " if line.startswith("- ") else " " * (len(line) - len(line.lstrip()))
    held = _HELD_BLANK.sub(_HOLD, line)  # « : » must not begin a line
    folded = textwrap.fill(
        held, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return folded.replace(_HOLD, " ")


def _printable(text: str) -> str:
    return "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text)
