"""Who may take a second factor into use, or change it, for some minutes: who has just given what there is."""

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guichet.accounts import queries
from guichet.accounts.definitions import Espace
from guichet.accounts.models import Account
from guichet.accounts.sessions import half_signed_in
from guichet.kernel import clock
from guichet.web.access import next_path, with_next
from guichet.web.requests import account_of

WITHIN = dt.timedelta(minutes=20)
_KEY = "factor_change"


def give(request: HttpRequest, account: Account, *, factor: bool) -> None:
    """``account`` has just given its password, and its second ``factor`` or not."""
    until = (clock.now() + WITHIN).isoformat()
    request.session[_KEY] = {"account": str(account.pk), "factor": factor, "until": until}


def end(request: HttpRequest) -> None:
    """It was used."""
    request.session.pop(_KEY, None)


def holds(request: HttpRequest, account: Account) -> bool:
    """Whether it was given to ``account``, and goes as far as its second factor, where it has one."""
    kept = request.session.get(_KEY)
    if not kept or kept["account"] != str(account.pk):
        return False
    if dt.datetime.fromisoformat(kept["until"]) <= clock.now():
        return False
    return bool(kept["factor"]) or queries.second_factor_of(account=account) is None


def waiting(request: HttpRequest, door: Espace) -> Account | None:
    """Who gave the password at ``door`` on this browser, and owes the second factor."""
    account = half_signed_in(request) if request.COOKIES else None
    return account if account and account.espace == door.code else None


def enrolling(request: HttpRequest, door: Espace) -> Account | None:
    """Who may take a factor into use now: without one at sign-in, or allowed to a short while ago."""
    if account := waiting(request, door):
        return None if queries.second_factor_of(account=account) else account
    account = account_of(request)
    return account if account and account.espace == door.code and holds(request, account) else None


def away(request: HttpRequest, door: Espace) -> HttpResponse:
    """To where somebody belongs who has nothing to do here: home, or the sign-in page."""
    account = account_of(request)
    if account and account.espace == door.code:
        return redirect(next_path(request, default=reverse(door.home_url)))
    if request.method == "POST":
        told = _("Trop de temps s’est écoulé depuis votre mot de passe : saisissez-le de nouveau.")
        messages.warning(request, told)
    return redirect(with_next(request, reverse(door.sign_in_url)))
