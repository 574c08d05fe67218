"""A list of SIRENs as people paste it: from a message, a spreadsheet, or typed by hand."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from guichet.kernel.identifiers import Siren, Siret, compact, is_siret
from guichet.kernel.refusals import Refusal
from guichet.web.messages import sentence

MOST = 500  # numbers at once: beyond, a file is the way
_CELLS = re.compile(r"[\t;,|]")
_DIGIT = re.compile(r"[0-9]")
_BEFORE_A_NAME = re.compile(r"([0-9][0-9\s.-]*[0-9])\s\D+")  # no two ways to read blanks: linear


@dataclass(frozen=True, kw_only=True)
class Typed:
    """A number of the list. ``line``: where it stands, from 1; ``siren``: nine digits, or empty where
    ``problem`` says why not; ``note``: what was understood other than it was typed.
    """

    line: int
    text: str
    siren: str = ""
    problem: str = ""
    note: str = ""


def numbers(text: str) -> list[Typed]:
    """Each number of ``text``, in its order: one a line, or several between commas, semicolons and tabs.

    What stands beside a number in its line without any digit (the company's name) counts for nothing. A SIRET
    is taken for its company. What was said before is a problem the second time.
    """
    found: list[Typed] = []
    seen: dict[str, int] = {}
    for line, cell in _cells(text):
        one = _read(line, cell)
        if one.siren and one.siren in seen:
            said = _("Déjà dans votre liste, à la ligne {n}.").format(n=seen[one.siren])
            one = Typed(line=line, text=one.text, problem=said)
        elif one.siren:
            seen[one.siren] = line
        found.append(one)
    return found


def sirens(found: Sequence[Typed]) -> list[str]:
    """Those that could be read, each once."""
    return [one.siren for one in found if one.siren]


def _cells(text: str) -> Iterator[tuple[int, str]]:
    for line, written in enumerate(text.splitlines(), start=1):
        cells = [cell.strip().strip("\"'").strip() for cell in _CELLS.split(written)]
        told = [cell for cell in cells if _DIGIT.search(cell)] or [cell for cell in cells if cell][:1]
        yield from ((line, cell) for cell in told)


def _read(line: int, cell: str) -> Typed:
    shown = cell if len(cell) <= 40 else f"{cell[:39]}…"
    named = _BEFORE_A_NAME.fullmatch(cell)
    number = compact(named[1] if named else cell)
    if is_siret(number):
        said = _("SIRET compris comme l’entreprise {siren}").format(siren=Siret(number).siren.grouped)
        return Typed(line=line, text=shown, siren=number[:9], note=said)
    try:
        return Typed(line=line, text=shown, siren=str(Siren.parse(number)))
    except Refusal as refusal:
        return Typed(line=line, text=shown, problem=sentence(refusal))
