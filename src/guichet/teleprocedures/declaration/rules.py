"""What the filing of a declaration must say (003, chapter 3). Pure Python.

An answer is stored as text: ``declaration`` (a code of the catalogue), ``siret`` (14 digits), ``lieu`` (the
établissement in words, as it was known then), ``periode``: « 2026-03 », « 2026-T1 », « 2026 », or nothing.
"""

import datetime as dt
import re
from collections.abc import Mapping

from guichet.kernel.dates import MONTHS
from guichet.kernel.identifiers import InvalidSiret, Siret
from guichet.kernel.refusals import N_, Refusal

DECLARATION, SIRET, LIEU, PERIODE = "declaration", "siret", "lieu", "periode"
MONTH, QUARTER, YEAR = "mois", "trimestre", "annee"
YEARS_BACK = 3  # contributions can be claimed for three years (CSS, L244-3): so long one may still declare
MAX_LIEU = 300  # characters
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})\Z")
_QUARTER = re.compile(r"([0-9]{4})-T([1-4])\Z")


class NoDeclaration(Refusal):
    """None, or none whose file is taken here."""

    code = "no_declaration"
    message = N_("Choisissez la déclaration que vous voulez transmettre.")
    field = DECLARATION


class NoEtablissement(Refusal):
    """None, or no number of one."""

    code = "no_etablissement"
    message = N_("Choisissez l’établissement pour lequel vous déclarez.")
    field = SIRET


class NoPeriod(Refusal):
    """None, or none of those that may still be declared."""

    code = "no_period"
    message = N_("Choisissez dans la liste la période que vous déclarez.")
    field = PERIODE


def periods(kind: str, today: dt.date) -> list[str]:
    """What may be declared by ``today``: the present month, quarter or year, and those of three years back.

    The latest first; nothing where a declaration tells no period.
    """
    if kind == MONTH:
        last = today.year * 12 + today.month - 1
        return [f"{n // 12}-{n % 12 + 1:02}" for n in range(last, last - 12 * YEARS_BACK - 1, -1)]
    if kind == QUARTER:
        last = today.year * 4 + (today.month - 1) // 3
        return [f"{n // 4}-T{n % 4 + 1}" for n in range(last, last - 4 * YEARS_BACK - 1, -1)]
    if kind == YEAR:
        return [str(year) for year in range(today.year, today.year - YEARS_BACK - 1, -1)]
    return []


def in_words(period: str) -> str:
    """« mars 2026 », « 1er trimestre 2026 », « année 2026 »; what can't be read as it stands."""
    if found := _QUARTER.match(period):
        rank = "1er" if found[2] == "1" else f"{found[2]}e"
        return f"{rank} trimestre {found[1]}"
    if (found := _MONTH.match(period)) and 1 <= int(found[2]) <= len(MONTHS):
        return f"{MONTHS[int(found[2]) - 1]} {found[1]}"
    return f"année {period}" if period.isdecimal() else period


def clean(
    data: Mapping[str, str], today: dt.date, kinds: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, Refusal]]:
    """The answers that hold, and by field the refusals of those that don't.

    ``kinds``: the declarations whose files are taken here, each with what is said of its period.
    """
    good: dict[str, str] = {LIEU: data.get(LIEU, "")[:MAX_LIEU], PERIODE: ""}
    bad: dict[str, Refusal] = {}
    try:
        good[SIRET] = str(Siret.parse(data.get(SIRET, "")))
    except InvalidSiret:
        bad[SIRET] = NoEtablissement()
    code = data.get(DECLARATION, "")
    if code not in kinds:
        return good, {**bad, DECLARATION: NoDeclaration()}
    good[DECLARATION] = code
    expected = periods(kinds[code], today)
    if expected and data.get(PERIODE) not in expected:
        bad[PERIODE] = NoPeriod()
    elif expected:
        good[PERIODE] = data[PERIODE]
    return good, bad
