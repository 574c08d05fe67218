"""The numbers by which the State knows legal units, establishments and associations.

Sources: INSEE, Sirene (SIREN, SIRET); arrêté du 14 octobre 2009 (RNA). Reference 000, step 1.
"""

import re
from typing import Self

from guichet.kernel.refusals import N_, Refusal

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
LA_POSTE = "356000000"

_DOUBLED = bytes(
    sum(divmod(2 * max(0, sign - 48), 10)) % 256 for sign in range(256)
)  # of Luhn’s key, by sign

# What people put between groups: any blank, dash or dot, and the invisible signs that a copied page carries.
_SEPARATORS = re.compile(r"[\s.\-‐‑‒–—−_·\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_RNA = re.compile(r"W[0-9][0-9A-Z][0-9A-Z][0-9]{6}")
_TVA = re.compile(r"FR[0-9A-Z]{2}[0-9]{9}")


class InvalidSiren(Refusal):
    """What was typed is no SIREN; the subclasses say why."""

    code = "siren"
    message = N_("Ce numéro SIREN n’est pas valable.")
    field = "siren"


class EmptySiren(InvalidSiren):
    """Nothing was typed."""

    code = "empty"
    message = N_("Saisissez le numéro SIREN : 9 chiffres, que l’Insee vous a communiqués.")


class SirenWithLetters(InvalidSiren):
    """A sign that is no digit. Params: ``sign``."""

    code = "letters"
    message = N_("Un numéro SIREN ne compte que des chiffres : remplacez ou retirez « {sign} ».")


class RnaNotSiren(InvalidSiren):
    """An RNA number was typed. Params: ``rna``."""

    code = "letters"
    message = N_(
        "« {rna} » est un numéro RNA. Saisissez le numéro SIREN : 9 chiffres, attribués par l’Insee, "
        "qui figurent sur l’avis de situation au répertoire Sirene."
    )


class TvaNotSiren(InvalidSiren):
    """A French VAT number was typed. Params: ``siren``."""

    code = "letters"
    message = N_(
        "Vous avez saisi un numéro de TVA. Le numéro SIREN est formé de ses 9 derniers chiffres : {siren}."
    )


class SirenLength(InvalidSiren):
    """Not nine digits. Params: ``count``."""

    code = "length"
    message = N_("Un numéro SIREN compte 9 chiffres ; vous en avez saisi {count}.")


class SiretNotSiren(SirenLength):
    """A SIRET was typed. Params: ``siren``."""

    message = N_(
        "Vous avez saisi un numéro SIRET (14 chiffres). Le numéro SIREN est formé de ses 9 premiers "
        "chiffres : {siren}."
    )


class SirenKey(InvalidSiren):
    """The key does not hold."""

    code = "key"
    message = N_(
        "Ce numéro SIREN comporte une erreur de saisie : vérifiez chaque chiffre, "
        "en particulier l’ordre de deux chiffres voisins."
    )


class InvalidSiret(Refusal):
    """What was typed is no SIRET; the subclasses say why."""

    code = "siret"
    message = N_("Ce numéro SIRET n’est pas valable.")
    field = "siret"


class EmptySiret(InvalidSiret):
    """Nothing was typed."""

    code = "empty"
    message = N_("Saisissez le numéro SIRET : 14 chiffres, le numéro SIREN suivi de 5 chiffres.")


class SiretWithLetters(InvalidSiret):
    """A sign that is no digit. Params: ``sign``."""

    code = "letters"
    message = N_("Un numéro SIRET ne compte que des chiffres : remplacez ou retirez « {sign} ».")


class SiretLength(InvalidSiret):
    """Not fourteen digits. Params: ``count``."""

    code = "length"
    message = N_("Un numéro SIRET compte 14 chiffres ; vous en avez saisi {count}.")


class SirenNotSiret(SiretLength):
    """A SIREN was typed."""

    message = N_(
        "Vous avez saisi un numéro SIREN (9 chiffres). Ajoutez les 5 chiffres de l’établissement "
        "pour former le numéro SIRET."
    )


class SiretKey(InvalidSiret):
    """The key does not hold."""

    code = "key"
    message = N_(
        "Ce numéro SIRET comporte une erreur de saisie : vérifiez chaque chiffre, "
        "en particulier l’ordre de deux chiffres voisins."
    )


class InvalidRna(Refusal):
    """What was typed is no RNA number."""

    code = "rna"
    message = N_(
        "Un numéro RNA se compose de la lettre W suivie de 9 signes, par exemple W751000001 : "
        "il figure sur le récépissé de la préfecture."
    )
    field = "rna"


class Siren(str):
    """The number of an unité légale: nine digits, the last of which is Luhn's key."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what a person typed, forgiving blanks, dashes, dots and invisible signs.

        Raises ``InvalidSiren``, of which ``code`` is ``empty``, ``letters``, ``length`` or ``key``.
        """
        number = compact(text)
        _check_siren_signs(number)
        if not is_siren(number):
            raise SirenKey
        return cls(number)

    @property
    def grouped(self) -> str:
        """« 123 456 782 », with no-break spaces."""
        return NO_BREAK_SPACE.join((self[:3], self[3:6], self[6:]))


class Siret(str):
    """The number of an établissement: its SIREN and five digits (NIC), the last of which is a key."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what a person typed, as ``Siren.parse`` does. Raises ``InvalidSiret`` with the same codes."""
        number = compact(text)
        _check_siret_signs(number)
        if not is_siret(number):
            raise SiretKey
        return cls(number)

    @property
    def siren(self) -> Siren:
        """The unité légale that the établissement belongs to."""
        return Siren(self[:9])

    @property
    def grouped(self) -> str:
        """« 123 456 782 00010 », with no-break spaces."""
        return NO_BREAK_SPACE.join((self.siren.grouped, self[9:]))


class Rna(str):
    """The number of an association in the Répertoire national des associations: W and nine signs, no key."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what a person typed, forgiving case, blanks, dashes and dots. Raises ``InvalidRna``."""
        number = compact(text).upper()
        if not _RNA.fullmatch(number):
            raise InvalidRna
        return cls(number)


def compact(text: str) -> str:
    """Remove blanks, dashes, dots and invisible signs."""
    return _SEPARATORS.sub("", text)


def is_siren(number: str) -> bool:
    """Whether ``number`` (nine ASCII digits, already compact) has a right key. 000000000 is no one's."""
    return _is_number(number, 9) and number != "0" * 9 and _has_luhn_key(number)


def is_siret(number: str) -> bool:
    """Whether ``number`` (fourteen ASCII digits, already compact) has right keys.

    La Poste ran out of numbers with Luhn's key: there a sum of digits that 5 divides will do (INSEE).
    """
    if not _is_number(number, 14) or not is_siren(number[:9]):
        return False
    by_sum = number.startswith(LA_POSTE) and sum(map(int, number)) % 5 == 0
    return by_sum or _has_luhn_key(number)


def _is_number(number: str, length: int) -> bool:
    return len(number) == length and number.isascii() and number.isdigit()


def _has_luhn_key(digits: str) -> bool:
    """As ``stdnum.luhn`` says, eight times as fast: a file holds a hundred thousand numbers."""
    signs = digits.encode()
    return (sum(signs[-1::-2]) - 48 * len(signs[-1::-2]) + sum(signs[-2::-2].translate(_DOUBLED))) % 10 == 0


def _check_siren_signs(number: str) -> None:
    if not number:
        raise EmptySiren
    if sign := _first_non_digit(number):
        raise _siren_of_another_kind(number.upper()) or SirenWithLetters(sign=sign)
    if len(number) == 14 and is_siren(number[:9]):
        raise SiretNotSiren(siren=Siren(number[:9]).grouped)
    if len(number) != 9:
        raise SirenLength(count=len(number))


def _siren_of_another_kind(number: str) -> InvalidSiren | None:
    if _RNA.fullmatch(number):
        return RnaNotSiren(rna=number)
    if _TVA.fullmatch(number):
        return TvaNotSiren(siren=Siren(number[-9:]).grouped)
    return None


def _check_siret_signs(number: str) -> None:
    if not number:
        raise EmptySiret
    if sign := _first_non_digit(number):
        raise SiretWithLetters(sign=sign)
    if len(number) == 9:
        raise SirenNotSiret
    if len(number) != 14:
        raise SiretLength(count=len(number))


def _first_non_digit(number: str) -> str:
    match = re.search(r"[^0-9]", number)
    return match.group() if match else ""
