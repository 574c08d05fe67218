"""The messages about an account, each in the transaction of what it tells."""

from collections.abc import Mapping

from django.conf import settings

from guichet.accounts.definitions import Espace, espace
from guichet.accounts.models import Account
from guichet.courriers import operations as courriers


def tell(account: Account, template: str, *, to: str = "", secret: bool = False, **context: object) -> None:
    """Write to ``account`` (or to another address of the same person) about it."""
    write(espace(account.espace), template, to=to or account.email, about=account.subject,
          identifier=account.identifier, profile=account.profile, secret=secret, **context)  # fmt: skip


def write(
    door: Espace,
    template: str,
    *,
    to: str,
    about: str,
    identifier: str,
    profile: Mapping[str, object],
    secret: bool = False,
    **context: object,
) -> None:
    """Send ``template``, which knows the espace, its service and the identifier that one signs in with.

    Where the door's messages hold no links, it knows no address of ours either, and its codes stand in
    ``<template>_par_code``, where what it asks for differs.
    """
    links = door.messages_hold_links
    known = {
        "espace": door.label,
        "service": door.service,
        "identifier_label": door.identifier.label,
        "identifier": door.identifier.display(identifier, profile),
        "home": settings.BASE_URL if links else "",
    }
    context = {**known, **context}
    courriers.send_email(to=to, template=template, context=context, about=about, secret=secret, links=links)
