"""Filters and tags that every template may use without loading them."""

import datetime as dt

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from guichet.accounts.definitions import espace
from guichet.accounts.models import Account
from guichet.kernel import dates, phones, sizes
from guichet.kernel.email_address import EmailAddress
from guichet.web.static import asset_url

register = template.Library()


@register.simple_tag
def asset(path: str) -> str:
    """The address of a static file, cached for good: ``{% asset "web/guichet.css" %}``."""
    return asset_url(path)


@register.filter
def grouped(number: str) -> SafeString:
    """A SIREN or SIRET in groups of three for the eye; copied and read out without blanks.

    The gaps are the style sheet's, so that the text itself stays one number. No number: as it is.
    """
    if not number.isdigit():
        return format_html("{}", number)
    groups = [number[:3], number[3:6], number[6:9], number[9:]]
    return format_html(
        '<span class="g-number">{}</span>',
        format_html_join("", '<span class="g-digits">{}</span>', ((group,) for group in groups if group)),
    )


@register.filter
def known_as(account: Account) -> SafeString:
    """What ``account`` signs in with, as it is read: a number in groups, an address or names as typed."""
    if account.identifier.isdigit():
        return grouped(account.identifier)
    return format_html("{}", espace(account.espace).identifier.display(account.identifier, account.profile))


@register.filter
def in_words(value: dt.date | dt.datetime | None) -> str:
    """« 31 décembre 2025 », or for a moment « 21 novembre 2026 à 14 h 05 (heure de Paris) »."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return dates.moment_in_words(value)
    return dates.in_words(value)


@register.filter
def size(value: int) -> str:
    """« 1,2 Mo »."""
    return sizes.size_in_words(value)


@register.inclusion_tag("web/stepper.html")
def stepper(current: int, *steps: str) -> dict[str, object]:
    """Where one is on a way of several pages: ``{% stepper 2 "Votre numéro" "Vérification" %}``."""
    following = steps[current] if current < len(steps) else ""
    return {"current": current, "count": len(steps), "name": steps[current - 1], "next": following}


@register.inclusion_tag("web/path.html")
def path(*steps: str) -> dict[str, object]:
    """Where this page stands: ``{% path "prive:home" _("Mon espace privé") _("Mes messages") %}``.

    The names of the pages above it, each with its label, then its own label.
    """
    above, here = steps[:-1], steps[-1]
    names, labels = above[::2], above[1::2]
    links = [(reverse(name), label) for name, label in zip(names, labels, strict=True)]
    return {"links": links, "here": here}


@register.filter
def lasting(length: dt.timedelta) -> str:
    """« 3 ans », « 15 jours », « 2 heures »: the larger unit that counts it whole."""
    if length.days and length.days % 365 == 0:
        years = length.days // 365
        return ngettext("{n} an", "{n} ans", years).format(n=years)
    if length.days:
        return ngettext("{n} jour", "{n} jours", length.days).format(n=length.days)
    hours = length.seconds // 3600
    if hours:
        return ngettext("{n} heure", "{n} heures", hours).format(n=hours)
    minutes = length.seconds // 60
    return ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)


@register.filter
def translated(text: str) -> str:
    """The translation of a text of a definition (``N_``)."""
    return gettext(text) if text else ""


@register.filter
def email(address: str) -> str:
    """An e-mail address as it is read: « anne@café.example », not the ASCII form that machines want."""
    return EmailAddress(address).display


@register.filter
def phone(number: str) -> str:
    """A telephone number, « 01 99 00 00 00 »."""
    return phones.in_pairs(number)


@register.filter
def unlocalized(number: float) -> str:
    """A number for a machine to read (an attribute of a drawing): with a point, without groups."""
    return f"{number:.1f}".removesuffix(".0")
