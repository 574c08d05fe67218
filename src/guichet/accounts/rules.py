"""Rules of accounts that need neither a database nor a clock."""

import datetime as dt
import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Protocol

from zxcvbn import zxcvbn
from zxcvbn.matching import L33T_TABLE

from guichet.kernel.refusals import N_, Refusal

LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"  # no l, o, I, O
DIGITS = "23456789"  # no 0, 1
ANSWER_MIN_SIGNS = 2
LAST_RANK = 9_999_999
_BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\u200b\ufeff"  # U+3000 is the last one
_ZXCVBN_READS = 32  # signs; for twice as many, well chosen, it takes four seconds and teaches nothing
# What French people choose most, and zxcvbn's English lists don't know; keys as they lie on our keyboards.
_COMMON = """
    azertyuiop azerty qsdfghjklm qsdfgh wxcvbn motdepasse mdp passe secret bonjour bonsoir soleil doudou
    loulou chouchou coucou nounours bisous jetaime amour cheri princesse chocolat papillon licorne chaton
    famille maman papa vacances football marseille paris france lyon toulouse bordeaux nantes
    camille chloe clement elodie guillaume isabelle julien laurent mathieu nathalie nicolas philippe romain
    sandrine sebastien stephane sylvie thierry thomas valerie
    janvier fevrier avril juillet aout septembre octobre novembre decembre printemps automne hiver
    association asso bureau president tresorier secretaire compte siren
"""


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


class Length(Protocol):
    """What of ``definitions.SessionPolicy`` ends a session."""

    @property
    def idle(self) -> dt.timedelta: ...
    @property
    def absolute(self) -> dt.timedelta: ...


class WeakPassword(Refusal):
    """The policy refuses a password; the subclasses say why."""

    code = "password"
    field = "password"


class PasswordTooShort(WeakPassword):
    """Params: ``minimum``, ``count`` (signs)."""

    code = "password_too_short"
    message = N_(
        "Votre mot de passe compte {count} caractères ; il en faut au moins {minimum}. Ajoutez-lui un mot, "
        "par exemple."
    )


class PasswordTooLong(WeakPassword):
    """Params: ``maximum``, ``count`` (signs)."""

    code = "password_too_long"
    message = N_(
        "Votre mot de passe compte {count} caractères ; il ne peut pas en compter plus de {maximum}."
    )


class PasswordBlank(WeakPassword):
    """A blank between its signs, where letters and digits alone are taken (004, step 2)."""

    code = "password_blank"
    message = N_(
        "Votre mot de passe contient un espace. Retirez-le : seuls les lettres et les chiffres sont "
        "autorisés."
    )


class PasswordAccent(WeakPassword):
    """A letter with an accent, a cedilla or the like (004, step 2). Params: ``sign``."""

    code = "password_accent"
    message = N_(
        "Votre mot de passe contient « {sign} ». Les lettres accentuées ne sont pas autorisées : "
        "remplacez-la par une lettre sans accent."
    )


class PasswordSign(WeakPassword):
    """Neither a letter nor a digit (004, step 2). Params: ``sign``."""

    code = "password_sign"
    message = N_(
        "Votre mot de passe contient « {sign} ». Seuls les lettres et les chiffres sont autorisés : retirez "
        "ce caractère."
    )


class PasswordWithoutDigit(WeakPassword):
    """Letters alone."""

    code = "password_without_digit"
    message = N_("Votre mot de passe ne contient que des lettres. Ajoutez-y au moins un chiffre.")


class PasswordWithoutLetter(WeakPassword):
    """Digits alone."""

    code = "password_without_letter"
    message = N_("Votre mot de passe ne contient que des chiffres. Ajoutez-y au moins une lettre.")


class PasswordTooEasy(WeakPassword):
    """It would be guessed."""

    code = "password_too_easy"
    message = N_(
        "Ce mot de passe serait vite deviné : il ressemble à un mot courant, à une suite de touches ou à vos "
        "propres données. Choisissez par exemple quatre mots sans rapport entre eux."
    )


class AlphanumericTooEasy(PasswordTooEasy):
    """It would be guessed, and words with blanks between them are no way out."""

    message = N_(
        "Ce mot de passe serait vite deviné : il ressemble à un mot courant, à une suite de touches ou à vos "
        "propres données. Collez par exemple deux ou trois mots sans rapport entre eux, avec des chiffres."
    )


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


def generated_password(length: int) -> str:
    """A first password of ``length`` letters and digits without look-alikes, some of both (000, step 3)."""
    while True:
        password = "".join(secrets.choice(LETTERS + DIGITS) for _ in range(length))
        kinds = (str.islower, str.isupper, str.isdigit)
        if all(any(kind(sign) for sign in password) for kind in kinds):
            return password


def pasted(password: str) -> str:
    """A password without the blanks that copying it added around it (000, step 4). Case is left alone."""
    return password.strip(_BLANKS)


def check_password_strength(password: str, *, policy: Policy, own_data: Iterable[str]) -> None:
    """Raise ``WeakPassword`` where ``policy`` refuses ``password``.

    ``own_data`` is what the person is known by. Its words, and the commonest French ones, count for nothing:
    only what is left of the password is scored, so that « jean-dupont75 » is worth « 75 ».
    """
    count = len(password)
    if count < policy.min_length:
        raise PasswordTooShort(minimum=policy.min_length, count=count)
    if count > policy.max_length:
        raise PasswordTooLong(maximum=policy.max_length, count=count)
    if policy.alphanumeric:
        _check_alphanumeric(password)
    plain = _plain(password)
    left = _spelling_of(own_words([_COMMON, *own_data])).sub("", plain)
    # Both, as a cut through the middle of a word that zxcvbn knows would hide it.
    if min(_score(plain), _score(left)) < policy.min_score:
        raise AlphanumericTooEasy if policy.alphanumeric else PasswordTooEasy


def _check_alphanumeric(password: str) -> None:
    for sign in unicodedata.normalize("NFC", password):
        if sign in _BLANKS:
            raise PasswordBlank
        if not (sign.isascii() and sign.isalnum()):
            raise (PasswordAccent if sign.isalpha() else PasswordSign)(sign=sign)
    if password.isalpha():
        raise PasswordWithoutDigit
    if password.isdigit():
        raise PasswordWithoutLetter


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


def own_words(own_data: Iterable[str]) -> set[str]:
    """Each text of ``own_data`` in one piece, and each of its words: those of three signs and more."""
    words: set[str] = set()
    for text in own_data:
        words.update({_plain(text), *map(_plain, re.split(r"[\W_]+", text))})
    return {word for word in words if len(word) > 2}


def _score(text: str) -> int:
    # Not through zxcvbn's user_inputs: they are global, and threads would read each other's.
    return int(zxcvbn(text[:_ZXCVBN_READS])["score"]) if text else 0


def _plain(text: str) -> str:
    """``text`` without case, accents and what joins words: none of it makes a password harder to guess."""
    signs = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[\s_.,'’/-]", "", "".join(sign for sign in signs if not unicodedata.combining(sign)))


def _spelling_of(words: Iterable[str]) -> re.Pattern[str]:
    """Finds any of ``words``, the longest first, also backwards and with « 0 » for « o » and the like."""
    both_ways = {form for word in words for form in (word, word[::-1])}
    longest_first = sorted(both_ways, key=lambda word: (-len(word), word))
    return re.compile("|".join("".join(map(_sign_or_stand_in, word)) for word in longest_first))


def _sign_or_stand_in(sign: str) -> str:
    return "(?:" + "|".join(map(re.escape, (sign, *L33T_TABLE.get(sign, ())))) + ")"


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
