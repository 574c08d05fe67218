"""Rules of accounts that need neither a database nor a clock."""

import datetime as dt
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Protocol

from guichet.accounts.rules.criteria import (
    Criterion,
    Policy,
    criteria,
)
from guichet.accounts.rules.passwords import (
    DIGITS,
    LETTERS,
    Gauge,
    check_password_strength,
    gauge,
    generated_password,
    own_words,
    pasted,
)
from guichet.accounts.rules.refusals import (
    AlphanumericTooEasy,
    PasswordAccent,
    PasswordBlank,
    PasswordBlankUnlisted,
    PasswordLetterUnlisted,
    PasswordMisses,
    PasswordSign,
    PasswordSignUnlisted,
    PasswordTooEasy,
    PasswordTooLong,
    PasswordTooShort,
    PasswordWithoutCapital,
    PasswordWithoutDigit,
    PasswordWithoutDigits,
    PasswordWithoutLetter,
    PasswordWithoutLetters,
    PasswordWithoutSmall,
    WeakPassword,
)
from guichet.kernel.refusals import N_, Refusal

__all__ = [
    "ANSWER_MIN_SIGNS",
    "DIGITS",
    "LAST_RANK",
    "LETTERS",
    "AlphanumericTooEasy",
    "AnswerTooShort",
    "Client",
    "Criterion",
    "Gauge",
    "Length",
    "NumbersExhausted",
    "PasswordAccent",
    "PasswordBlank",
    "PasswordBlankUnlisted",
    "PasswordLetterUnlisted",
    "PasswordMisses",
    "PasswordSign",
    "PasswordSignUnlisted",
    "PasswordTooEasy",
    "PasswordTooLong",
    "PasswordTooShort",
    "PasswordWithoutCapital",
    "PasswordWithoutDigit",
    "PasswordWithoutDigits",
    "PasswordWithoutLetter",
    "PasswordWithoutLetters",
    "PasswordWithoutSmall",
    "Policy",
    "Presented",
    "Tally",
    "TrustChoice",
    "WeakPassword",
    "browser_name",
    "changed_fields",
    "check_password_strength",
    "counted",
    "criteria",
    "folded_answer",
    "gauge",
    "generated_password",
    "own_words",
    "pasted",
    "session_end",
    "subscriber_number",
]

ANSWER_MIN_SIGNS = 2
LAST_RANK = 9_999_999


@dataclass(frozen=True)
class Client:
    """Where a request comes from: its IP address, and what its browser says of itself."""

    address: str = ""
    agent: str = ""


@dataclass(frozen=True)
class TrustChoice:
    """The code of a question of trust, and the answer as it was typed (004, step 2)."""

    question: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class Presented:
    """A client certificate that the door verified. What counts is its public key.

    ``key`` is the SHA-256 of its SubjectPublicKeyInfo and ``serial`` its number, both in hexadecimal;
    ``issuer`` and ``subject`` are names as RFC 4514 writes them; ``not_after`` is aware.
    """

    key: str
    serial: str
    issuer: str
    subject: str
    not_after: dt.datetime

    def to_json(self) -> dict[str, str]:
        """What a session and a pending registration keep."""
        return {**asdict(self), "not_after": self.not_after.isoformat()}

    @classmethod
    def from_json(cls, kept: Mapping[str, str]) -> "Presented":
        """The opposite of ``to_json``."""
        return cls(
            key=kept["key"],
            serial=kept["serial"],
            issuer=kept["issuer"],
            subject=kept["subject"],
            not_after=dt.datetime.fromisoformat(kept["not_after"]),
        )


class Length(Protocol):
    """What of ``definitions.SessionPolicy`` ends a session."""

    @property
    def idle(self) -> dt.timedelta: ...
    @property
    def absolute(self) -> dt.timedelta: ...


class AnswerTooShort(Refusal):
    """The answer to a question of trust has less than two letters or digits."""

    code = "answer_too_short"
    message = N_("Cette réponse est trop courte : il y faut au moins deux lettres ou chiffres.")
    field = "answer"


class NumbersExhausted(Refusal):
    """Every number of the year is given."""

    code = "numbers_exhausted"
    message = N_(
        "Tous les numéros d’abonné de cette année sont attribués : votre espace ne peut pas être activé "
        "maintenant. Prévenez le service, puis réessayez l’année prochaine."
    )
    status = 503


def folded_answer(text: str) -> str:
    """What counts of an answer to a question of trust: « Médor » is « medor », « St-Malo » « stmalo ».

    Raises ``AnswerTooShort`` where less than two letters or digits are left.
    """
    signs = unicodedata.normalize("NFKD", text).casefold()
    folded = "".join(filter(str.isalnum, unicodedata.normalize("NFKD", signs)))
    if len(folded) < ANSWER_MIN_SIGNS:
        raise AnswerTooShort
    return folded


def subscriber_number(day: dt.date, rank: int) -> str:
    """« YYYYDDDNNNNNNN »: the year, the day of the year, and the rank in the year from 1 (002, 004).

    20143060047878 is the 47,878th of 2014, given on 2 November. Raises ``NumbersExhausted``.
    """
    if rank > LAST_RANK:
        raise NumbersExhausted
    return f"{day:%Y%j}{rank:07}"


def session_end(policy: Length, *, created_at: dt.datetime, seen_at: dt.datetime) -> dt.datetime:
    """When a session that began at ``created_at`` and was last used at ``seen_at`` ends."""
    return min(seen_at + policy.idle, created_at + policy.absolute)


@dataclass(frozen=True)
class Tally:
    """``count`` attempts that count until ``until``."""

    count: int
    until: dt.datetime


def counted(tally: Tally | None, *, limit: int, window: dt.timedelta, now: dt.datetime) -> Tally:
    """``tally`` with one more attempt.

    The window begins with the first attempt. The one beyond ``limit`` starts a wait of a whole window, which
    further attempts do not make longer.
    """
    if tally is None or tally.until <= now:
        return Tally(1, now + window)
    if tally.count == limit:
        return Tally(limit + 1, now + window)
    return Tally(min(tally.count, limit) + 1, tally.until)


def changed_fields(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    """The names of the fields that differ, for the journal, which may not hold their values."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


# The first that matches names it: Edge and Opera call themselves Chrome too, and Chrome calls itself Safari.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chromium", "Chromium"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_name(agent: str) -> str:
    """« Firefox sur Windows »: what a person recognises in a User-Agent, or an empty text."""
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    return " sur ".join(filter(None, (browser, system)))
