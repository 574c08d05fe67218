"""References that people can dictate on the phone: « K7RM-3VXP-9QTC »."""

import re
import secrets
from typing import Self

from stdnum.iso7064 import mod_37_2

from guichet.kernel.refusals import N_, Refusal

# No vowel, so no word; none of 0 O, 1 I L, 5 S, 8 B, 2 Z, U V twice. An odd number of signs, so that the pure
# system « mod n, 2 » of ISO 7064 detects any one sign changed and any two neighbours swapped.
ALPHABET = "23456789CDFGHJKMNPQRTVWXY"
LENGTH = 12

_READ_AS = str.maketrans("BSZU", "852V")  # look-alikes that we never write, but that may be read or heard
_BETWEEN = re.compile(r"[\s.\-‐‑‒–—−_]+")


class InvalidReference(Refusal):
    """What was typed can be no reference of ours."""

    code = "reference"
    message = N_(
        "Cette référence comporte une erreur de saisie. Elle compte 12 lettres et chiffres, "
        "par exemple K7RM-3VXP-9QTC : vérifiez chaque signe."
    )
    field = "reference"


class Reference(str):
    """Eleven random signs (51 bits) and a check character, in three groups of four."""

    __slots__ = ()

    @classmethod
    def new(cls) -> Self:
        """A fresh reference. It is no secret: whoever shows something for it checks rights as well."""
        body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
        return cls._grouped(body + mod_37_2.calc_check_digit(body, ALPHABET))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what a person typed, forgiving case, blanks, dashes and look-alikes.

        Raises ``InvalidReference``.
        """
        signs = _BETWEEN.sub("", text).upper().translate(_READ_AS)
        if len(signs) != LENGTH or not mod_37_2.is_valid(signs, ALPHABET):
            raise InvalidReference
        return cls._grouped(signs)

    @classmethod
    def _grouped(cls, signs: str) -> Self:
        return cls("-".join((signs[:4], signs[4:8], signs[8:])))
