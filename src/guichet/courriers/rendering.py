"""From a template ``courriers/<name>.txt`` to a subject and a body, without any HTML escaping."""

from collections.abc import Mapping
from functools import cache

from django.conf import settings
from django.template import TemplateDoesNotExist
from django.template.backends.django import DjangoTemplates

from guichet.courriers.rules import HoldsLink, check_no_link, split_message, unlinked

OUR_ADDRESSES = frozenset({"link", "home", "page"})  # what templates call the portal's own


@cache
def _engine() -> DjangoTemplates:
    # An engine of its own: plain text must not turn « l’été » or « A & B » into HTML entities.
    options = {"autoescape": False, "debug": False}
    return DjangoTemplates({"NAME": "courriers", "DIRS": [], "APP_DIRS": True, "OPTIONS": options})


def render(
    template: str, context: Mapping[str, object], *, links: bool = True, in_box: bool = False
) -> tuple[str, str]:
    """Subject and body of ``courriers/<template>.txt``; ``portal_name`` and ``sender`` are always known.

    ``in_box``: it stands in a mailbox of the portal, where no mail program cuts lines; templates know it too.

    Raises ``TemplateDoesNotExist``, ``ValueError`` on a template without « Objet : » and, where it may hold
    no ``links`` and holds one, ``rules.HoldsLink``.
    """
    known = {"portal_name": settings.PORTAL_NAME, "sender": settings.SENDER, **context}
    values = known if links else {name: _unlinked(name, value) for name, value in known.items()}
    text = (
        _engine()
        .get_template(f"courriers/{template}.txt")
        .render({**values, "holds_links": links, "in_box": in_box})
    )
    subject, body = split_message(text, folded=not in_box)
    if not links:
        check_no_link(f"{subject}\n{body}")
    return subject, body


def _unlinked(name: str, value: object) -> object:
    # An address of ours is the code's mistake; one that somebody typed is no reason to write nothing.
    if name in OUR_ADDRESSES and value:
        raise HoldsLink(f"{name} is a link")
    return unlinked(value)


def without_links(template: str) -> str:
    """The template to use where a message may hold no link: ``<template>_par_code``, or itself."""
    return _first_of(f"{template}_par_code", template)


def notice_of(template: str) -> str:
    """What tells by e-mail of a message that stands in a mailbox: ``<template>_avis``, or ``avis``."""
    return _first_of(f"{template}_avis", "avis")


def _first_of(name: str, otherwise: str) -> str:
    try:
        _engine().get_template(f"courriers/{name}.txt")
    except TemplateDoesNotExist:
        return otherwise
    return name
