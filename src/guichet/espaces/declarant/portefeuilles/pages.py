"""What the pages of portfolios share: searches that the address keeps, counts and delays in words."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guichet.entreprises.queries import withholding
from guichet.espaces.declarant.access import ActeurRequest
from guichet.espaces.declarant.menu import countdown
from guichet.espaces.declarant.rights.changes import told_of
from guichet.habilitations.queries.stakes import Stakes
from guichet.inscriptions import catalogue
from guichet.inscriptions.models import Changement
from guichet.kernel.clock import PARIS
from guichet.kernel.dates import in_words
from guichet.portefeuilles.models import Cliente
from guichet.portefeuilles.queries.lists import in_order, shown_name

SEARCH, PAGE, DONE = "q", "page", "fait"  # the parameters of an address
MAX_SEARCH = 100


def searched(request: HttpRequest) -> str:
    """What is looked for, as it was typed."""
    text = "".join(sign for sign in request.GET.get(SEARCH, "") if sign.isprintable())
    return text[:MAX_SEARCH].strip()


def page_of(request: HttpRequest) -> int:
    """The page that the address names; what can't be read is the first."""
    typed = request.GET.get(PAGE, "")
    return max(1, int(typed)) if typed.isascii() and typed.isdigit() and len(typed) < 7 else 1


def pager(found: Any, text: str = "") -> dict[str, Any]:
    """Where one is in ``found`` (``page``, ``pages``, ``total``), and the addresses beside it."""
    at, last = found.page, found.pages
    return {
        "text": text,
        "total": found.total,
        "page": at,
        "pages": last,
        "previous_url": _turned(text, at - 1) if at > 1 else "",
        "next_url": _turned(text, at + 1) if at < last else "",
    }


def done(request: ActeurRequest) -> dict[str, Any] | None:
    """The change that the address says was just made, with the way to take it back; else nothing."""
    return told_of(request.acteur, request.GET.get(DONE, ""))


def after(address: str, made: Changement | None) -> str:
    """``address``, where what was just done is offered back; nothing is where nothing changed."""
    return f"{address}?{urlencode({DONE: made.pk})}" if made is not None and made.pk else address


def labels(codes: Collection[str]) -> list[str]:
    """Declarations in words, in the order of the catalogue."""
    return [catalogue.label(code) for code in in_order(codes)]


def opening(starts_at: dt.datetime, *, is_open: bool, now: dt.datetime) -> str:
    """« ouverte depuis le 3 novembre 2026 », « accessible le 29 novembre 2026, dans 8 jours »."""
    if not is_open:
        return countdown(starts_at, now=now)
    return _("ouverte depuis le {day}").format(day=in_words(day(starts_at)))


def called(cliente: Cliente) -> str:
    """A client as people read it: its name, where the register shows it today."""
    return shown_name(cliente, withholding(sirens=[cliente.siren]))


def day(moment: dt.datetime) -> dt.date:
    """The day of a moment in Paris: lists need no hours."""
    return moment.astimezone(PARIS).date()


def merged(now: Collection[str], shown: Collection[str], ticked: Collection[str]) -> set[str]:
    """What is wanted of a list of boxes: what was changed on the page, upon what holds now.

    ``shown``: what was ticked when the page was made; what somebody else changed since stays as it is.
    """
    held, before, after_ = set(now), set(shown), set(ticked)
    return held - (before - after_) | (after_ - before)


def in_words_of(stakes: Stakes) -> str:
    """« 12 droits de 3 personnes »."""
    rights = ngettext("{n} droit", "{n} droits", stakes.rights).format(n=number(stakes.rights))
    people = ngettext("{n} personne", "{n} personnes", stakes.people).format(n=number(stakes.people))
    return _("{rights} de {people}").format(rights=rights, people=people)


def number(n: int) -> str:
    """« 50 000 »."""
    return str(number_format(n))


def companies(n: int) -> str:
    """« 12 entreprises »."""
    return ngettext("{n} entreprise", "{n} entreprises", n).format(n=number(n))


def places(n: int) -> str:
    """« 12 établissements »."""
    return ngettext("{n} établissement", "{n} établissements", n).format(n=number(n))


def enumerated(names: Sequence[str], most: int = 10) -> str:
    """« A, B et 3 autres »."""
    if len(names) <= most:
        return ", ".join(names)
    more = len(names) - most
    others = ngettext("{n} autre", "{n} autres", more).format(n=number(more))
    return _("{names} et {others}").format(names=", ".join(names[:most]), others=others)


def _turned(text: str, page: int) -> str:
    return f"?{urlencode({SEARCH: text, PAGE: page} if text else {PAGE: page})}"
