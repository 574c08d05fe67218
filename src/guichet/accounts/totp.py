"""Codes of a second factor (TOTP, RFC 6238) and what stands in for them. Pure: the moment is passed in."""

import datetime as dt
import hashlib
import re
import secrets
from hmac import compare_digest

import pyotp

from guichet.kernel.reference import ALPHABET

PERIOD = 30  # seconds that a code is shown
DRIFT = 1  # periods that a telephone's clock may be early or late
DIGITS = 6
RECOVERY_CODES = 10
RECOVERY_LENGTH = 16  # signs of 25: 74 bits, which no table of salted hashes gives away
_GROUP = 4
_BETWEEN = re.compile(r"[\W_]+")
_READ_AS = str.maketrans("BSZU", "852V")


def new_secret() -> str:
    """A fresh key of 160 bits, in base 32."""
    return pyotp.random_base32()


def provisioning_uri(secret: str, *, name: str, issuer: str) -> str:
    """What the QR code holds: ``otpauth://totp/…``, with whom and where the codes are for."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def step_at(moment: dt.datetime) -> int:
    """The number of the period of 30 seconds that ``moment`` falls into."""
    return int(moment.timestamp()) // PERIOD


def code_at(secret: str, step: int) -> str:
    """The six digits of one period."""
    return pyotp.TOTP(secret).at(step * PERIOD)


def matching_step(secret: str, code: str, *, now: int) -> int | None:
    """The period whose code this is, ``DRIFT`` around ``now`` allowed; every candidate is looked at."""
    typed = code.encode()
    steps = range(now - DRIFT, now + DRIFT + 1)
    found = [step for step in steps if compare_digest(code_at(secret, step).encode(), typed)]
    return found[0] if found else None


def plain(typed: str) -> str:
    """A code as it was typed, without blanks and dashes: six digits, or a recovery code in capitals."""
    bare = _BETWEEN.sub("", typed).upper()
    return bare if len(bare) <= DIGITS else bare.translate(_READ_AS)


def is_recovery(plain_code: str) -> bool:
    """Whether ``plain`` found something as long as a recovery code."""
    return len(plain_code) == RECOVERY_LENGTH


def new_recovery_codes() -> list[str]:
    """Ten codes of sixteen signs without look-alikes, « K7RM-3VXP-9QTC-HJ4W »."""
    return [_grouped(_random()) for _ in range(RECOVERY_CODES)]


def recovery_hash(code: str, *, salt: bytes) -> str:
    """What is stored of a recovery code, however it was typed."""
    return hashlib.sha256(salt + plain(code).encode()).hexdigest()


def in_groups(secret: str) -> str:
    """A key as one copies it by hand: in groups of four."""
    return " ".join(secret[at : at + _GROUP] for at in range(0, len(secret), _GROUP))


def _random() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(RECOVERY_LENGTH))


def _grouped(code: str) -> str:
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))
