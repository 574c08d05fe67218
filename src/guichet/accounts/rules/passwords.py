"""Passwords: those that the portal makes, and how strong those are that people choose."""

import enum
import re
import secrets
import unicodedata
from collections.abc import Iterable

from zxcvbn import zxcvbn
from zxcvbn.matching import L33T_TABLE

from guichet.accounts.rules.criteria import BLANKS, Policy, check_criteria, composed, criteria
from guichet.accounts.rules.refusals import AlphanumericTooEasy, PasswordTooEasy

LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"  # no l, o, I, O
DIGITS = "23456789"  # no 0, 1
HIGHEST = 4  # of zxcvbn's scores
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


class Gauge(enum.StrEnum):
    """Red, orange, green (003, chapter 2)."""

    WEAK = "weak"
    MIDDLING = "middling"
    STRONG = "strong"


def generated_password(length: int) -> str:
    """A first password of ``length`` letters and digits without look-alikes, some of both (000, step 3)."""
    while True:
        password = "".join(secrets.choice(LETTERS + DIGITS) for _ in range(length))
        kinds = (str.islower, str.isupper, str.isdigit)
        if all(any(kind(sign) for sign in password) for kind in kinds):
            return password


def pasted(password: str) -> str:
    """A password without the blanks that copying it added around it (000, step 4). Case is left alone.

    In Unicode's form C, so that « é » is the same on every keyboard.
    """
    return composed(password).strip(BLANKS)


def check_password_strength(password: str, *, policy: Policy, own_data: Iterable[str]) -> None:
    """Raise ``WeakPassword`` where ``policy`` refuses ``password``; ``PasswordMisses`` names all that misses.

    ``own_data`` is what the person is known by. Its words, and the commonest French ones, count for nothing:
    only what is left of the password is scored, so that « jean-dupont75 » is worth « 75 ».
    """
    password = composed(password)
    check_criteria(password, policy=policy)
    if _worth(password, own_data) < policy.min_score:
        raise AlphanumericTooEasy if policy.alphanumeric or policy.min_letters else PasswordTooEasy


def gauge(password: str, *, policy: Policy, own_data: Iterable[str]) -> Gauge:
    """How strong ``password`` is (003, chapter 2): weak is all that ``policy`` refuses, long as it may be."""
    password = composed(password)
    if any(not one.holds(password) for one in criteria(policy) if one.obligatory):
        return Gauge.WEAK
    worth = _worth(password, own_data)
    if worth < policy.min_score:
        return Gauge.WEAK
    return Gauge.STRONG if worth > min(policy.min_score, HIGHEST - 1) else Gauge.MIDDLING


def _worth(password: str, own_data: Iterable[str]) -> int:
    plain = _plain(password)
    left = _spelling_of(own_words([_COMMON, *own_data])).sub("", plain)
    # Both, as a cut through the middle of a word that zxcvbn knows would hide it.
    return min(_score(plain), _score(left))


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
    stand_ins = "".join(map(re.escape, L33T_TABLE.get(sign, ())))
    return f"[{re.escape(sign)}{stand_ins}]" if stand_ins else re.escape(sign)
