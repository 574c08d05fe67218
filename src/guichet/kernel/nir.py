"""The number by which INSEE knows a person (NIR), which people call « numéro de sécurité sociale ».

Sources: INSEE, numéro d'inscription au répertoire; Code de la sécurité sociale, R115-1.
"""

import re
from typing import Self

from stdnum.fr import nir

from guichet.kernel.identifiers import NO_BREAK_SPACE, compact
from guichet.kernel.refusals import N_, Refusal

LENGTH, LENGTH_WITHOUT_KEY = 15, 13
CORSICA = ("2A", "2B")  # the only letters, where others have the two digits of a département
MEN_AND_WOMEN = "123478"  # 3, 4, 7 and 8: of somebody whose number is not final yet
# The month, or what INSEE writes where a foreign register tells none: 20 to 42, and 50 and more.
MONTHS = (range(1, 13), range(20, 43), range(50, 100))
_GROUPS = (1, 2, 2, 2, 3, 3, 2)
_SHOWN_GROUPS = 3
_HIDDEN = "·"


class InvalidNir(Refusal):
    """What was typed is no NIR; the subclasses say why."""

    code = "nir"
    message = N_("Ce numéro de sécurité sociale n’est pas valable.")
    field = "file_number"


class EmptyNir(InvalidNir):
    """Nothing was typed."""

    code = "empty"
    message = N_("Saisissez le numéro de sécurité sociale : 15 chiffres, clé comprise.")


class NirWithLetters(InvalidNir):
    """A sign that has no place there. Params: ``sign``."""

    code = "letters"
    message = N_(
        "Un numéro de sécurité sociale ne compte que des chiffres (et, pour une naissance en Corse, 2A ou 2B "
        "au sixième et au septième signe) : remplacez ou retirez « {sign} »."
    )


class NirLength(InvalidNir):
    """Not fifteen signs. Params: ``count``."""

    code = "length"
    message = N_(
        "Un numéro de sécurité sociale compte 15 chiffres, clé comprise ; vous en avez saisi {count}."
    )


class NirWithoutKey(NirLength):
    """Its key, the last two digits, is missing."""

    message = N_(
        "Il manque la clé : ajoutez les 2 derniers chiffres du numéro, imprimés à la suite des 13 premiers."
    )


class NirShape(InvalidNir):
    """Nobody has such a number; the subclasses say which part of it is wrong."""

    code = "shape"


class NirFirstDigit(NirShape):
    """Neither a man's nor a woman's. Params: ``digit``."""

    message = N_(
        "Un numéro de sécurité sociale commence par 1 ou 2 (3, 4, 7 ou 8 s’il est provisoire), et non par "
        "{digit} : vérifiez le premier chiffre."
    )


class NirMonth(NirShape):
    """No month. Params: ``month``."""

    message = N_(
        "Les quatrième et cinquième chiffres donnent le mois de naissance : « {month} » n’en est pas un. "
        "Vérifiez-les."
    )


class NirDepartement(NirShape):
    """No département. Params: ``departement``."""

    message = N_(
        "Les sixième et septième signes donnent le département de naissance (99 pour l’étranger) : "
        "« {departement} » n’en est pas un. Vérifiez-les."
    )


class NirKey(InvalidNir):
    """The key does not hold."""

    code = "key"
    message = N_(
        "Ce numéro de sécurité sociale comporte une erreur de saisie : sa clé (les 2 derniers chiffres) ne "
        "correspond pas au reste. Vérifiez chaque chiffre."
    )


class Nir(str):
    """Sex, year, month, département and commune of birth, a rank, and a key of two digits: 15 signs."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what a person typed, forgiving blanks, dashes, dots, invisible signs and « 2a ».

        Raises ``InvalidNir``, of which ``code`` is ``empty``, ``letters``, ``length``, ``shape`` or ``key``.
        """
        number = compact(text).upper()
        _check_signs(number)
        _check_shape(number)
        if nir.calc_check_digits(number) != number[LENGTH_WITHOUT_KEY:]:
            raise NirKey
        return cls(number)

    @property
    def grouped(self) -> str:
        """« 1 85 12 99 999 999 68 », with no-break spaces."""
        return NO_BREAK_SPACE.join(self._groups())

    @property
    def masked(self) -> str:
        """« 1 85 12 ·· ··· ··· ·· », with no-break spaces: enough for its person to know it again."""
        groups = self._groups()
        hidden = [_HIDDEN * len(group) for group in groups[_SHOWN_GROUPS:]]
        return NO_BREAK_SPACE.join([*groups[:_SHOWN_GROUPS], *hidden])

    def _groups(self) -> list[str]:
        ends = [sum(_GROUPS[: rank + 1]) for rank in range(len(_GROUPS))]
        return [self[end - length : end] for end, length in zip(ends, _GROUPS, strict=True)]


def _check_signs(number: str) -> None:
    if not number:
        raise EmptyNir
    digits = number[:5] + "00" + number[7:] if number[5:7] in CORSICA else number
    if strange := re.search(r"[^0-9]", digits):
        raise NirWithLetters(sign=strange.group())
    if len(number) == LENGTH_WITHOUT_KEY:
        raise NirWithoutKey
    if len(number) != LENGTH:
        raise NirLength(count=len(number))


def _check_shape(number: str) -> None:
    if number[0] not in MEN_AND_WOMEN:
        raise NirFirstDigit(digit=number[0])
    if not any(int(number[3:5]) in months for months in MONTHS):
        raise NirMonth(month=number[3:5])
    # 01 to 95, 2A, 2B, 97 and 98 overseas, 99 abroad; 20 and 96 were given once, and are still carried.
    if number[5:7] == "00":
        raise NirDepartement(departement=number[5:7])
