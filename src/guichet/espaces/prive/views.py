"""« Mon espace privé », « Contact & échanges », and where the declarations are made (001)."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from guichet.accounts.models import Account
from guichet.espaces.prive import services
from guichet.espaces.prive.definition import PRIVE
from guichet.espaces.prive.kinds import kind_of
from guichet.web.access import account_required
from guichet.web.requests import PortalRequest
from guichet.web.ways import Card, ways


@require_safe
@account_required("prive")
def home(request: PortalRequest) -> HttpResponse:
    """« Mon espace privé », by kind."""
    account = request.account
    context = {
        "cards": [*_ways(account), _exchanges(request.unread)],
        "declarations": services.declarations(account),
        "kind": kind_of(account),
    }
    return render(request, "prive/home.html", context)


@require_safe
@account_required("prive")
def contact(request: PortalRequest) -> HttpResponse:
    """« Contact & échanges »: the messages, what may be sent, and how the body is reached."""
    cards = [_messages(request.unread), *_ways(request.account)]
    return render(request, "prive/contact.html", {"cards": cards, "door": PRIVE})


@require_safe
@account_required("prive")
def declaration(request: PortalRequest, slug: str) -> HttpResponse:
    """Where a declaration is made: the online service, or whom to ask."""
    found = services.declaration(request.account, slug)
    if found is None:
        raise Http404
    return render(request, "prive/declaration.html", {"declaration": found, "door": PRIVE})


def _ways(account: Account) -> list[Card]:
    """What may be sent, and what was. Who asks to correct the household begins at its own page; whoever comes
    in for a company has none."""
    hidden = {reverse("foyer:start")} | (set() if kind_of(account).household else {reverse("foyer:mine")})
    return [card for card in ways(account) if card.address not in hidden]


def _messages(unread: int) -> Card:
    """« Mes messages » (001, « Modalités d'accès »), and how many of them wait."""
    return Card(
        _("Mes messages"),
        _("Accéder à la messagerie : accusés de réception, questions du service et vos réponses."),
        reverse("prive:messages"),
        _unread(unread),
    )


def _exchanges(unread: int) -> Card:
    """« Contact & échanges » (001, « Modalités d'accès »)."""
    summary = _("Vos messages, vos envois, et comment joindre la caisse.")
    return Card(_("Contact & échanges"), summary, reverse("prive:contact"), _unread(unread))


def _unread(unread: int) -> tuple[str, ...]:
    words = ngettext("{n} message non lu", "{n} messages non lus", unread).format(n=unread)
    return (words,) if unread else ()
