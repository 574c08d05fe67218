"""Names of people and organisations, addresses: one line of text that can be printed on a receipt."""

import unicodedata

from guichet.kernel.refusals import N_, Refusal

MAX_LENGTH = 200

_SYMBOLS = frozenset("°©®™€$£+=~|^`´¨№×")  # symbols that names do hold
_VARIATIONS = frozenset(map(chr, (*range(0xFE00, 0xFE10), 0x20E3)))  # what turns a sign into an emoji


class InvalidName(Refusal):
    """What was typed can be no name; the subclasses say why."""

    code = "name"
    message = N_("Ce texte n’est pas accepté.")
    field = "name"


class EmptyName(InvalidName):
    """Nothing, or no letter and no digit."""

    code = "empty"
    message = N_("Saisissez un texte : il doit compter au moins une lettre ou un chiffre.")


class NameTooLong(InvalidName):
    """Params: ``count``, ``maximum``."""

    code = "too_long"
    message = N_("Ce texte compte {count} caractères ; {maximum} au plus sont acceptés. Abrégez-le.")


class InvisibleSign(InvalidName):
    """A control, bidirectional or otherwise invisible sign. Params: ``sign``, its code point."""

    code = "invisible"
    message = N_(
        "Ce texte contient un signe invisible ({sign}), sans doute venu d’un copier-coller : "
        "effacez-le et retapez-le au clavier."
    )


class Emoji(InvalidName):
    """An emoji or another picture. Params: ``sign``."""

    code = "emoji"
    message = N_("Le signe « {sign} » n’est pas accepté : retirez-le et gardez les lettres et les chiffres.")


class AngleBracket(InvalidName):
    """« < » or « > ». Params: ``sign``."""

    code = "angle_bracket"
    message = N_("Le signe « {sign} » n’est pas accepté : remplacez-le par une parenthèse ou retirez-le.")


def clean_name(text: str, *, max_length: int = MAX_LENGTH) -> str:
    """``text`` in Unicode's form C, its blanks folded into single spaces.

    Any script is accepted. Raises ``InvalidName`` on emoji, invisible signs, « < » and « > », on more than
    ``max_length`` characters, and where there is neither a letter nor a digit.
    """
    name = " ".join(unicodedata.normalize("NFC", text).split())
    for sign in name:
        _check_sign(sign)
    if not any(sign.isalnum() for sign in name):
        raise EmptyName
    if len(name) > max_length:
        raise NameTooLong(count=len(name), maximum=max_length)
    return name


def _check_sign(sign: str) -> None:
    if sign in "<>":
        raise AngleBracket(sign=sign)
    category = unicodedata.category(sign)
    if category.startswith("C"):
        raise InvisibleSign(sign=f"U+{ord(sign):04X}")
    if sign in _VARIATIONS or (category in {"So", "Sk", "Sm", "Sc"} and sign not in _SYMBOLS):
        raise Emoji(sign=sign)


def folded_name(text: str) -> str:
    """The letters of a name alone, unaccented and in upper case: « Le Goff-Œuvrard » is « LEGOFFOEUVRARD ».

    Two ways to write one name give the same: case, accents, hyphens and blanks count for nothing.
    """
    spelt = text.upper().replace("Œ", "OE").replace("Æ", "AE").replace("Ø", "O").replace("Ł", "L")
    return "".join(sign for sign in unicodedata.normalize("NFKD", spelt) if sign.isalpha())
