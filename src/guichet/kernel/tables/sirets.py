"""A SIRET as a cell holds it, after what a spreadsheet did to it (003, chapter 4: « 14 chiffres »).

A number is restored where what the sheet did to it can be undone in one way only; a rounded one never is.
"""

import re
from enum import StrEnum
from typing import NamedTuple

from guichet.kernel.identifiers import compact, is_siren, is_siret
from guichet.kernel.refusals import N_

MOST_ZEROS = 5
LENGTH = 14

# Around a number: an apostrophe that says « text », quotation marks, the « = » of ="…", blanks, a mark.
_AROUND = " \t\r\n\"'=’‘“”«»\u00a0\u202f\u2009\ufeff\u200b"
_DECIMALS = re.compile(r"([0-9]+)[.,]0+")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+")
_SCIENTIFIC = re.compile(r"([0-9])(?:[.,]([0-9]*))?E\+?([0-9]{1,3})", re.IGNORECASE)
_NOT_DIGIT = re.compile(r"[^0-9]")
_NO_NIC = "00000"


class Note(StrEnum):
    """What was undone, where it is worth telling."""

    ZEROS = "zeros"
    DECIMALS = "decimals"
    SCIENTIFIC = "scientific"


class Problem(StrEnum):
    """Why there is no SIRET to go on with."""

    EMPTY = "siret_empty"
    ROUNDED = "siret_rounded"
    SIREN = "siret_siren"
    LETTERS = "siret_letters"
    SHORT = "siret_short"
    LONG = "siret_long"
    KEY = "siret_key"


NOTES = {
    Note.ZEROS: N_("Les zéros du début, que le tableur avait retirés, ont été remis."),
    Note.DECIMALS: N_("Les décimales ajoutées par le tableur ont été retirées."),
    Note.SCIENTIFIC: N_(
        "Le nombre était écrit avec un exposant, tous ses chiffres compris : il a été rétabli."
    ),
}

_FORMAT = N_(
    "Dans votre tableur, donnez à la colonne le format « Texte », ou le format « 0 » à 14 chiffres, "
    "ressaisissez le numéro, puis enregistrez à nouveau."
)
_CHECK = N_("Vérifiez le numéro : il figure sur l’avis de situation au répertoire Sirene.")

# Sentence and remedy of each.
PROBLEMS = {
    Problem.EMPTY: (N_("Le numéro SIRET manque."), N_("Saisissez ses 14 chiffres, ou retirez la ligne.")),
    Problem.ROUNDED: (
        N_("Le tableur a arrondi ce numéro : ses derniers chiffres sont perdus."),
        _FORMAT,
    ),
    Problem.SIREN: (
        N_("C’est un numéro SIREN (9 chiffres) : il ne dit pas quel établissement."),
        N_("Ajoutez les 5 chiffres de l’établissement pour former le numéro SIRET."),
    ),
    Problem.LETTERS: (
        N_("Un numéro SIRET ne compte que des chiffres."),
        N_("Remplacez les lettres et les autres signes : souvent, un O est mis pour un zéro."),
    ),
    Problem.SHORT: (
        N_("Ce numéro a moins de 14 chiffres, et remettre des zéros au début ne donne pas de SIRET valable."),
        _CHECK,
    ),
    Problem.LONG: (N_("Ce numéro a plus de 14 chiffres."), _CHECK),
    Problem.KEY: (
        N_("Ce numéro comporte une erreur de saisie : sa clé n’est pas juste."),
        N_("Vérifiez chaque chiffre, en particulier l’ordre de deux chiffres voisins."),
    ),
}


class Read(NamedTuple):
    """``siret``: 14 digits with right keys, « » where there is a ``problem``."""

    siret: str
    notes: tuple[Note, ...] = ()
    problem: Problem | None = None


def siret_of(cell: str) -> Read:
    """The SIRET that ``cell`` holds: plain, with blanks, dots or dashes, as ``="…"``, with decimals, with an
    exponent and all its digits, or without the zeros that it begins with."""
    if is_siret(cell):
        return Read(cell) if not cell.endswith(_NO_NIC) else Read("", (), Problem.ROUNDED)
    number, notes, problem = _digits(cell.strip(_AROUND))
    if problem:
        return Read("", notes, problem)
    if len(number) < LENGTH:
        return _with_zeros(number, notes, whole=number in cell or bool(notes))
    return Read("", notes, problem) if (problem := _problem(number)) else Read(number, notes)


def _digits(bare: str) -> tuple[str, tuple[Note, ...], Problem | None]:
    """The digits of a number, however it is written."""
    if not bare:
        return "", (), Problem.EMPTY
    if found := _DECIMALS.fullmatch(bare):
        return found[1], (Note.DECIMALS,), None
    if found := _SCIENTIFIC.fullmatch(bare):
        return _all_digits(found[1], found[2] or "", int(found[3]))
    number = compact(bare.replace(",", "") if _THOUSANDS.fullmatch(bare) else bare)
    if not number or _NOT_DIGIT.search(number):
        return "", (), Problem.LETTERS if number else Problem.EMPTY
    return number, (), None


def _all_digits(first: str, others: str, exponent: int) -> tuple[str, tuple[Note, ...], Problem | None]:
    """Exact where every digit is written: one that is not may have been any."""
    if len(others) == exponent:
        return first + others, (Note.SCIENTIFIC,), None
    return "", (), Problem.ROUNDED if len(others) < exponent else Problem.LETTERS


def _with_zeros(number: str, notes: tuple[Note, ...], *, whole: bool) -> Read:
    """``number`` with the zeros back that it began with.

    This guesses nothing. A sheet that takes a number for an amount drops the zeros before it and nothing
    else: there is one number of 14 digits that it can have been. Where it was no sheet but a hand that left
    out a digit elsewhere, two keys, the SIREN's and the SIRET's, would have to be right by chance, of a
    number that begins with a zero, as one SIREN in a hundred does; and then it would still have to be an
    établissement of the register, which whoever asks looks up. No SIRET begins with more than five zeros. A
    number that is a SIREN by its own key is not made longer, and groups (« 325 175 000 65 ») are no amount:
    somebody typed them.
    """
    if len(number) == 9 and is_siren(number):
        return Read("", notes, Problem.SIREN)
    padded = number.zfill(LENGTH)
    if whole and LENGTH - len(number) <= MOST_ZEROS and is_siret(padded):
        return Read(padded, (*notes, Note.ZEROS))
    return Read("", notes, Problem.SIREN if len(number) == 9 else Problem.SHORT)


def _problem(number: str) -> Problem | None:
    if len(number) > LENGTH:
        return Problem.LONG
    # « 13002500000000 »: nobody's NIC is 00000, but a rounded number, written out, has one.
    if number.endswith(_NO_NIC):
        return Problem.ROUNDED
    return None if is_siret(number) else Problem.KEY
