"""What the annual accounts of an association must say to be filed (000, step 6). Pure Python.

An answer is stored as text: dates as YYYY-MM-DD, the address one line a line.
"""

import datetime as dt
from collections.abc import Callable, Mapping

from guichet.kernel.dates import in_words, parse_date
from guichet.kernel.email_address import EmailAddress
from guichet.kernel.refusals import N_, Refusal

INITIAL = "initial"
RECTIFICATIF = "rectificatif"
NATURES = (INITIAL, RECTIFICATIF)

# The law on associations is of 1 July 1901: no association closed its books before.
FIRST_CLOSING_DATE = dt.date(1901, 1, 1)

MAX_ADDRESS_LINES = 7
MAX_ADDRESS_LINE = 100


class ClosingDateInFuture(Refusal):
    """Accounts are filed once the exercice is closed."""

    code = "date_in_future"
    message = N_(
        "Le {date} n’est pas encore passé. Les comptes se déposent après la clôture de l’exercice : "
        "indiquez la date à laquelle l’exercice a été clos."
    )
    field = "date_cloture"


class ClosingDateTooOld(Refusal):
    """Before 1901 there was no association to close its books."""

    code = "date_too_old"
    message = N_("L’année {year} est antérieure à 1901. Vérifiez l’année de la clôture, en quatre chiffres.")
    field = "date_cloture"


class UnknownNature(Refusal):
    """Neither initial nor rectificatif."""

    code = "nature"
    message = N_(
        "Choisissez « initial » pour un premier dépôt, ou « rectificatif » pour remplacer un dépôt déjà fait."
    )
    field = "nature"


class AddressMissing(Refusal):
    """No line of address to show on the filing."""

    code = "address_missing"
    message = N_("L’adresse de votre association manque. Complétez-la dans les données de votre compte.")
    field = "adresse"


class AddressTooLong(Refusal):
    """More lines, or longer ones, than an envelope and a page can show."""

    code = "address_too_long"
    message = N_(
        "L’adresse de votre association est trop longue : {lines} lignes de {signs} caractères au plus. "
        "Raccourcissez-la dans les données de votre compte."
    )
    field = "adresse"


def closing_date(text: str, today: dt.date) -> dt.date:
    """The date at which the exercice was closed, from what was typed.

    Raises ``InvalidDate`` (see ``kernel.dates``) where there is no such date, ``ClosingDateInFuture`` after
    ``today`` and ``ClosingDateTooOld`` before 1901. The day itself is accepted: books may be closed today.
    """
    date = parse_date(text)
    if date > today:
        raise ClosingDateInFuture(date=in_words(date))
    if date < FIRST_CLOSING_DATE:
        raise ClosingDateTooOld(year=date.year)
    return date


def nature(text: str) -> str:
    """``initial`` or ``rectificatif`` (000, step 6). Raises ``UnknownNature``."""
    if text not in NATURES:
        raise UnknownNature
    return text


def address(text: str) -> str:
    """The postal address without blank lines. Raises ``AddressMissing``, ``AddressTooLong``."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise AddressMissing
    if len(lines) > MAX_ADDRESS_LINES or any(len(line) > MAX_ADDRESS_LINE for line in lines):
        raise AddressTooLong(lines=MAX_ADDRESS_LINES, signs=MAX_ADDRESS_LINE)
    return "\n".join(lines)


def email(text: str) -> str:
    """The address that the confirmation goes to. Raises the refusals of ``EmailAddress.parse``."""
    return str(EmailAddress.parse(text))


def clean(data: Mapping[str, str], today: dt.date) -> tuple[dict[str, str], dict[str, Refusal]]:
    """The answers that hold, and by field the refusals of those that don't."""
    rules: dict[str, Callable[[str], str]] = {
        "date_cloture": lambda text: closing_date(text, today).isoformat(),
        "nature": nature,
        "adresse": address,
        "courriel": email,
    }
    good: dict[str, str] = {}
    bad: dict[str, Refusal] = {}
    for field, rule in rules.items():
        try:
            good[field] = rule(data.get(field, ""))
        except Refusal as refusal:
            bad[field] = refusal
    return good, bad
