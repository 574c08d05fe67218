"""« Mes messages »: the mailbox of an account inside the portal (001, « Modalités d'accès »)."""

import uuid
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render

from guichet.courriers import operations, queries
from guichet.courriers.models import Pli
from guichet.depots import queries as depots
from guichet.depots.models import Depot
from guichet.instruction import queries as instruction
from guichet.web.filing.presentation import Card, card_of
from guichet.web.requests import PortalRequest


@dataclass(frozen=True, kw_only=True)
class About:
    """The filing that a message is about. ``waits``: the service waits for an answer."""

    card: Card
    waits: bool


def mailbox(request: PortalRequest) -> HttpResponse:
    """The messages: those not read yet first, marked in words, each the newest first."""
    page = request.GET.get("page", "")
    found = queries.plis(
        box=request.account.subject, page=int(page) if page.isdecimal() and len(page) < 7 else 1
    )
    context = {
        "mailbox": found,
        "message_url": f"{request.account.espace}:message",
        "newer": found.page - 1,
        "older": found.page + 1 if found.page < found.pages else 0,
    }
    return render(request, _templates(request, "messages"), context)


def message(request: PortalRequest, pli_id: uuid.UUID) -> HttpResponse:
    """One message, read from now on. Somebody else's does not exist (404)."""
    box = request.account.subject
    looked_at = operations.read if request.method == "GET" else queries.pli
    pli = looked_at(box=box, pli_id=pli_id)
    request.unread = queries.unread(box=box)  # this one is read by now
    return render(request, _templates(request, "message"), {"pli": pli, "about": _about(request, pli)})


def _about(request: PortalRequest, pli: Pli) -> About | None:
    """The filing that ``pli`` is about, where the account still has it."""
    kind, _, number = pli.about.partition(":")
    if kind != "depot":
        return None
    try:
        found: Depot = depots.one(account=request.account, depot_id=number)
    except depots.DepotNotFound:
        return None
    waiting = instruction.unanswered(account=request.account)
    return About(card=card_of(found), waits=found.id in waiting)


def _templates(request: PortalRequest, name: str) -> list[str]:
    """The door's own page, which says where it stands, or the shared one."""
    return [f"{request.account.espace}/{name}.html", f"web/mailbox/{name}.html"]
