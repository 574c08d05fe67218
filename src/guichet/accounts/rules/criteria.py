"""What a door asks of the shape of a password, criterion by criterion: each page lists them (003, chapter 2).

A criterion and the sentence that refuses who misses it are one thing here, so that the list and the refusal
never differ. Letters are those of any script, accented or not: who types « Évènement » has typed nine. Texts
are looked at in Unicode's form C, where « é » is one sign however it was typed.
"""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from guichet.accounts.rules.refusals import (
    PasswordAccent,
    PasswordBlank,
    PasswordBlankUnlisted,
    PasswordLetterUnlisted,
    PasswordMisses,
    PasswordSign,
    PasswordSignUnlisted,
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
from guichet.kernel.refusals import N_

BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\u200b\ufeff"  # U+3000 is the last one
LONGER = 12  # signs: what a criterion that is not obligatory advises
_DIGITS = frozenset("0123456789")


class Policy(Protocol):
    """What of ``definitions.PasswordPolicy`` a password is measured against."""

    @property
    def alphanumeric(self) -> bool: ...
    @property
    def min_length(self) -> int: ...
    @property
    def max_length(self) -> int: ...
    @property
    def min_score(self) -> int: ...
    @property
    def min_letters(self) -> int: ...
    @property
    def min_digits(self) -> int: ...
    @property
    def both_cases(self) -> bool: ...
    @property
    def signs(self) -> str | None: ...


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One line of the list: ``obligatory`` ones bear an asterisk, others make the password stronger.

    ``template`` is a gettext msgid with ``{places}`` for ``params``; ``label`` is it in French, filled in.
    """

    code: str
    template: str
    params: Mapping[str, object] = field(default_factory=dict)
    obligatory: bool = True
    misses: Callable[[str], Iterator[WeakPassword]]

    @property
    def label(self) -> str:
        """« Au moins 6 lettres »."""
        return self.template.format(**self.params)

    def holds(self, password: str) -> bool:
        """Whether ``password`` meets it; nothing typed meets nothing."""
        return bool(password) and not any(self.misses(composed(password)))


def composed(text: str) -> str:
    """``text`` in Unicode's form C: one sign for each that one sees."""
    return unicodedata.normalize("NFC", text)


def criteria(policy: Policy) -> Sequence[Criterion]:
    """What ``policy`` asks for, in the order of the page: the obligatory ones first (003, 2 and 5)."""
    return [*_obligatory(policy), *_advised(policy)]


def check_criteria(password: str, *, policy: Policy) -> None:
    """Raise what ``password`` (in form C) misses of the obligatory ones: all of it, at once."""
    misses = [miss for criterion in _obligatory(policy) for miss in criterion.misses(password)]
    if len(misses) > 1:
        raise PasswordMisses(misses)
    if misses:
        raise misses[0]


def letters(password: str) -> int:
    """How many letters there are, accented ones included."""
    return sum(map(str.isalpha, password))


def digits(password: str) -> int:
    """How many digits there are: 0 to 9, as a keyboard gives them."""
    return sum(sign in _DIGITS for sign in password)


def _obligatory(policy: Policy) -> Iterator[Criterion]:
    if policy.min_letters:
        yield _letters(policy.min_letters)
    if policy.min_digits:
        yield _digits(policy.min_digits)
    if policy.both_cases:
        text = N_("Des majuscules et des minuscules")
        yield Criterion(code="both_cases", template=text, misses=_cases)
    yield _length(policy)
    if policy.alphanumeric:
        text = N_("Des lettres sans accent et des chiffres, mêlés, et rien d’autre")
        yield Criterion(code="alphanumeric", template=text, misses=_alphanumeric)
    if policy.signs is not None:
        yield _signs(policy.signs)


def _advised(policy: Policy) -> Iterator[Criterion]:
    if policy.signs:
        text = N_("Un caractère spécial ou accentué")
        yield Criterion(code="special", template=text, obligatory=False, misses=_special)
    if policy.min_length < LONGER <= policy.max_length:
        text, params = N_("Au moins {minimum} caractères"), {"minimum": LONGER}
        yield Criterion(code="longer", template=text, params=params, obligatory=False, misses=_longer)


def _letters(minimum: int) -> Criterion:
    def misses(password: str) -> Iterator[WeakPassword]:
        if (count := letters(password)) < minimum:
            yield PasswordWithoutLetters(min_letters=minimum, letters=count)

    text = N_("Au moins {minimum} lettres")
    return Criterion(code="letters", template=text, params={"minimum": minimum}, misses=misses)


def _digits(minimum: int) -> Criterion:
    def misses(password: str) -> Iterator[WeakPassword]:
        if (count := digits(password)) < minimum:
            yield PasswordWithoutDigits(min_digits=minimum, digits=count)

    text = N_("Au moins {minimum} chiffres")
    return Criterion(code="digits", template=text, params={"minimum": minimum}, misses=misses)


def _cases(password: str) -> Iterator[WeakPassword]:
    if not any(map(str.isupper, password)):
        yield PasswordWithoutCapital()
    if not any(map(str.islower, password)):
        yield PasswordWithoutSmall()


def _length(policy: Policy) -> Criterion:
    # Who has the letters and the digits has the length: it is not said twice.
    minimum = 0 if policy.min_length <= policy.min_letters + policy.min_digits else policy.min_length

    def misses(password: str) -> Iterator[WeakPassword]:
        if (count := len(password)) < minimum:
            yield PasswordTooShort(minimum=minimum, count=count)
        if count > policy.max_length:
            yield PasswordTooLong(maximum=policy.max_length, count=count)

    params = {"minimum": minimum, "maximum": policy.max_length}
    return Criterion(code="length", template=_length_text(policy, minimum), params=params, misses=misses)


def _length_text(policy: Policy, minimum: int) -> str:
    if not minimum:
        return N_("{maximum} caractères au plus")
    short = policy.max_length < 64
    return N_("De {minimum} à {maximum} caractères") if short else N_("Au moins {minimum} caractères")


def _signs(listed: str) -> Criterion:
    taken, shown = frozenset(composed(listed)), "".join(sign for sign in listed if not sign.isalpha())

    def misses(password: str) -> Iterator[WeakPassword]:
        for sign in dict.fromkeys(password):
            if not (sign in taken or (sign.isascii() and sign.isalnum())):
                yield _unlisted(sign, shown)
                return  # the first of them: whoever pasted a text sees at once that it was the wrong one

    text = N_("Seulement des lettres, des chiffres et les caractères acceptés")
    return Criterion(code="signs", template=text, params={"signs": listed}, misses=misses)


def _unlisted(sign: str, shown: str) -> WeakPassword:
    if sign in BLANKS:
        return PasswordBlankUnlisted()
    return (
        PasswordLetterUnlisted(sign=sign) if sign.isalpha() else PasswordSignUnlisted(sign=sign, signs=shown)
    )


def _alphanumeric(password: str) -> Iterator[WeakPassword]:
    for sign in password:
        if sign in BLANKS:
            yield PasswordBlank()
            return
        if not (sign.isascii() and sign.isalnum()):
            yield (PasswordAccent if sign.isalpha() else PasswordSign)(sign=sign)
            return
    if password.isalpha():
        yield PasswordWithoutDigit()
    if password.isdigit():
        yield PasswordWithoutLetter()


def _special(password: str) -> Iterator[WeakPassword]:
    if all(sign.isascii() and sign.isalnum() for sign in password):
        yield WeakPassword()


def _longer(password: str) -> Iterator[WeakPassword]:
    if len(password) < LONGER:
        yield WeakPassword()
