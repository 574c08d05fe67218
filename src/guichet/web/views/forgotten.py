"""A forgotten password where accounts may have a provisional one (003, chapter 5): three ways, one page."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from guichet.accounts import operations
from guichet.accounts.definitions import Espace, espace
from guichet.accounts.models import Account
from guichet.kernel.refusals import Refusal
from guichet.web.account_forms import IdentifierForm
from guichet.web.forms import posted, show
from guichet.web.requests import client_of
from guichet.web.views.credentials import link_refused

WAY, PROVISIONAL = "voie", "provisoire"  # of what was pressed; any other: by the question of trust


def forgotten(request: HttpRequest, *, door: Espace) -> HttpResponse:
    """By the question of trust, by a provisional password, or by one's administrateur.

    The answer is the same whether or not there is such an account.
    """
    form = IdentifierForm(posted(request), door=door)
    by_provisional = request.POST.get(WAY) == PROVISIONAL
    if form.is_valid():
        ask = operations.ask_provisional if by_provisional else operations.ask_recovery
        try:
            ask(espace=door.code, identifier=form.cleaned_data["identifier"], client=client_of(request))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            way = f"?{urlencode({WAY: PROVISIONAL})}" if by_provisional else ""
            return redirect(reverse(f"{door.code}:recovery_sent") + way)
    return show(request, "web/accounts/forgotten.html", form, _context(door))


@require_safe
def sent(request: HttpRequest, *, door: Espace) -> HttpResponse:
    """What to expect, and what to try next if nothing comes."""
    by_provisional = request.GET.get(WAY) == PROVISIONAL
    context = {**_context(door), "by_provisional": by_provisional, "sender": settings.SENDER}
    return render(request, "web/accounts/forgotten_sent.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def provisional(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a provisional password: a button shows it, once.

    Opening the link changes nothing, as mail scanners open links too.
    """
    try:
        account = operations.provisional_account(token=token)
        if request.method == "POST":
            return _shown(request, account, operations.open_provisional(token=token))
    except Refusal as refusal:
        return link_refused(request, refusal)
    context = {"owner": account, **_context(espace(account.espace))}
    return render(request, "web/accounts/provisional.html", context)


def _shown(request: HttpRequest, account: Account, digits: str) -> HttpResponse:
    half = len(digits) // 2
    door = espace(account.espace)
    sign_in = f"{reverse(door.sign_in_url)}?{urlencode({'identifiant': account.identifier})}"
    context = {"owner": account, "groups": (digits[:half], digits[half:]), "sign_in": sign_in}
    return render(request, "web/accounts/provisional_shown.html", {**context, **_context(door)})


def _context(door: Espace) -> dict[str, Any]:
    """How long everything lasts, and who else may help."""
    assert door.provisionals  # noqa: S101 - these are the pages of such a door
    return {
        "door": door,
        "helpers": reverse(door.helpers_url) if door.helpers_url else "",
        "recovery_lifetime": door.lifetimes.recovery,
        "provisional_lifetime": door.provisionals.sent_lifetime,
        "digits": door.provisionals.sent_length,
    }
