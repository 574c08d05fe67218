"""1 and 0 as a cell holds them (003, chapter 4: « renseignez le chiffre “1” si […] et “0” si […] »)."""

from typing import NamedTuple

from guichet.kernel.refusals import N_

UNCLEAR = "answer_unclear"
PROBLEMS = {
    UNCLEAR: (
        N_("Cette cellule ne contient ni 1 ni 0."),
        N_("Écrivez 1 pour ajouter, 0 pour retirer ; laissez vide pour ne rien changer."),
    )
}

_YES = {"1", "oui", "vrai", "true", "yes"}
_NO = {"0", "non", "faux", "false", "no"}
_AROUND = " \t\r\n\"'=’\u00a0\u202f\u2009\ufeff\u200b"


class Answer(NamedTuple):
    """``value``: ``None`` where the cell is empty, or says something else (``problem``: ``UNCLEAR``)."""

    value: bool | None
    problem: str = ""


_ANSWERS = {"1": Answer(value=True), "0": Answer(value=False), "": Answer(value=None)}


def yes_no_of(cell: str) -> Answer:
    """Whether ``cell`` says 1 or 0, in figures (``1``, ``1.0``, ``1,0``) or in words (oui, vrai, true, yes).

    A cross may mark what is to be kept or what is to be removed; a single letter O may be a zero, or « oui ».
    Neither is taken for an answer, nor is any other letter alone.
    """
    if known := _ANSWERS.get(cell):
        return known
    text = cell.strip(_AROUND).casefold()
    if not text:
        return Answer(None)
    figure, point, decimals = text.replace(",", ".").partition(".")
    if point and decimals and not decimals.strip("0"):
        text = figure
    if text in _YES or text in _NO:
        return Answer(text in _YES)
    return Answer(None, UNCLEAR)
