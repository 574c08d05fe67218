"""The home of somebody who has subscribed."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from guichet.accounts.models import Account
from guichet.adhesions.queries.colleagues import colleagues
from guichet.adhesions.queries.handover import remises
from guichet.adhesions.states import Remittal
from guichet.espaces.abonne.presentation import company_name
from guichet.web.access import account_required
from guichet.web.requests import PortalRequest
from guichet.web.ways import Card, ways


@require_safe
@account_required("abonne")
def home(request: PortalRequest) -> HttpResponse:
    """« Votre espace abonné » (004, step 4): who one is here, what waits, and the ways."""
    account = request.account
    context = {
        "cards": [*ways(account), _colleagues(account)],
        "company": company_name(account.profile),
        "country": account.profile.get("foreign_country", ""),
    }
    return render(request, "abonne/home.html", context)


def _colleagues(account: Account) -> Card:
    firm = colleagues(account=account)
    offered = sum(not one.mine and one.state == Remittal.PROPOSED for one in remises(account=account))
    known = len(firm.waiting) if firm.recognised else 0
    said = [
        (known, ngettext("{n} personne à reconnaître", "{n} personnes à reconnaître", known)),
        (
            offered,
            ngettext("{n} remise de dossiers à accepter", "{n} remises de dossiers à accepter", offered),
        ),
    ]
    return Card(
        _("Vos collègues"),
        _("Les personnes de votre entreprise, et les dossiers de clients que vous vous remettez."),
        reverse("abonne:colleagues"),
        tuple(words.format(n=n) for n, words in said if n),
    )
