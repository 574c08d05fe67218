"""The home of a signed-in association, and the public directory."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from guichet.accounts.models import Account
from guichet.adhesions.queries import of_company
from guichet.entreprises import queries
from guichet.web.access import account_required
from guichet.web.requests import PortalRequest
from guichet.web.ways import Card, ways

MAX_RESULTS = 20


@require_safe
@account_required("association")
def home(request: PortalRequest) -> HttpResponse:
    """« Votre espace » and the guide's four ways (000, step 5)."""
    cards = [*ways(request.account), _who_acts(request.account)]
    return render(request, "association/home.html", {"cards": cards})


@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """Associations of the register by name or SIREN, as the public may see them."""
    text = request.GET.get("q", "").strip()
    found = queries.search(text=text, limit=MAX_RESULTS) if text else []
    return render(request, "association/directory.html", {"q": text, "found": found, "limit": MAX_RESULTS})


def _who_acts(account: Account) -> Card:
    """« Qui agit pour vous »: who acts for the association, and what waits for its answer."""
    found = of_company(account=account)
    waiting, acting = sum(one.is_open for one in found), sum(one.is_in_force for one in found)
    said = [
        (
            waiting,
            ngettext("{n} demande attend votre réponse", "{n} demandes attendent votre réponse", waiting),
        ),
        (
            acting,
            ngettext("{n} professionnel agit pour vous", "{n} professionnels agissent pour vous", acting),
        ),
    ]
    return Card(
        _("Qui agit pour vous"),
        _("Les professionnels qui utilisent, ou demandent à utiliser, les services en ligne à votre place."),
        reverse("company:mine"),
        tuple(words.format(n=n) for n, words in said if n),
    )
