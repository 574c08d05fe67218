"""Dates as French people type and read them."""

import calendar
import datetime as dt
import re
import unicodedata

from guichet.kernel.clock import PARIS
from guichet.kernel.refusals import N_, Refusal

MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)

_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
_NUMBERS = re.compile(r"([0-9]{1,2})[/.\- ]+([0-9]{1,2})[/.\- ]+([0-9]{4})")
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_COMPACT = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")  # some phones' number keys lack the slash
_WORDS = re.compile(r"(?:[a-z]+ )?([0-9]{1,2})(?:er)? ([a-z]+)\.? ([0-9]{4})")
_SHORT_YEAR = re.compile(r"[0-9]{1,2}[/.\- ]+[0-9]{1,2}[/.\- ]+[0-9]{2}")


class InvalidDate(Refusal):
    """What was typed can't be read as a date; the subclasses say why."""

    code = "date"
    message = N_("Saisissez une date sous la forme jour/mois/année, par exemple 31/12/2025.")
    field = "date"


class ShortYear(InvalidDate):
    """The year has two digits."""

    code = "short_year"
    message = N_("Écrivez l’année avec ses quatre chiffres, par exemple 31/12/2025.")


class NoSuchMonth(InvalidDate):
    """Params: ``month``, as typed."""

    code = "month"
    message = N_("Le mois « {month} » n’existe pas : saisissez le jour, puis le mois, puis l’année.")


class NoSuchDay(InvalidDate):
    """Params: ``month`` (its name), ``year``, ``days``."""

    code = "day"
    message = N_("Cette date n’existe pas : {month} {year} n’a que {days} jours.")


class DayZero(InvalidDate):
    """The day or the year is zero."""

    code = "zero"
    message = N_("Cette date n’existe pas : le jour, le mois et l’année commencent à 1.")


def parse_date(text: str) -> dt.date:
    """Read « 31/12/2025 », « 31-12-2025 », « 31.12.2025 », « 31122025 », « 31 décembre 2025 »
    or « 2025-12-31 ».

    Which dates make sense (the future, a century ago) is the asker's rule. Raises ``InvalidDate``.
    """
    typed = " ".join(_unaccented(text.casefold()).split())
    if match := _NUMBERS.fullmatch(typed) or _COMPACT.fullmatch(typed):
        day, month, year = match.groups()
    elif match := _ISO.fullmatch(typed):
        year, month, day = match.groups()
    elif match := _WORDS.fullmatch(typed):
        day, month, year = match[1], _month_number(match[2]), match[3]
    else:
        raise ShortYear if _SHORT_YEAR.fullmatch(typed) else InvalidDate
    return _checked(int(year), int(month), int(day))


def in_words(date: dt.date) -> str:
    """« 31 décembre 2025 », « 1er janvier 2026 »."""
    day = "1er" if date.day == 1 else str(date.day)
    return f"{day} {MONTHS[date.month - 1]} {date.year}"


def moment_in_words(moment: dt.datetime) -> str:
    """« 21 novembre 2026 à 14 h 05 (heure de Paris) »; ``moment`` is aware, of any zone."""
    if moment.tzinfo is None:
        raise ValueError("an aware moment is expected")
    local = moment.astimezone(PARIS)
    hour = f"{local.hour}{_NO_BREAK_SPACE}h{_NO_BREAK_SPACE}{local.minute:02}"
    return f"{in_words(local)} à {hour} (heure de Paris)"


def _checked(year: int, month: int, day: int) -> dt.date:
    if 0 in {year, month, day}:
        raise DayZero
    if month > 12:
        raise NoSuchMonth(month=month)
    days = calendar.monthrange(year, month)[1]
    if day > days:
        raise NoSuchDay(month=MONTHS[month - 1], year=year, days=days)
    return dt.date(year, month, day)


def _month_number(word: str) -> str:
    """The number of a month by its name or an abbreviation of it (« déc », « janv »)."""
    found = [number for number, name in enumerate(MONTHS, 1) if _unaccented(name).startswith(word)]
    if len(word) < 3 or len(found) != 1:
        raise NoSuchMonth(month=word)
    return str(found[0])


def _unaccented(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))
