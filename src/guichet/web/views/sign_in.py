"""Coming in and going out, at any espace."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from guichet.accounts import operations, queries
from guichet.accounts.definitions import Espace
from guichet.accounts.definitions import espace as door_of
from guichet.accounts.models import Account
from guichet.accounts.sessions import begin, begin_half, begin_provisional, end, factor_wanted
from guichet.kernel.refusals import Refusal
from guichet.web import resume
from guichet.web.access import next_path, with_next
from guichet.web.account_forms import SignInForm
from guichet.web.forms import posted, show
from guichet.web.requests import PortalRequest, account_of, client_of
from guichet.web.views import allowance

CODE_WITHIN = dt.timedelta(minutes=5)  # how long a password waits for its code
ENROL_WITHIN = dt.timedelta(minutes=20)  # how long it waits for an application to be installed


def sign_in(request: HttpRequest, *, door: Espace) -> HttpResponse:
    """Identifier and password (000, step 4), then on to where one wanted to go."""
    account = account_of(request)
    if account and account.espace == door.code:
        return redirect(next_path(request, default=reverse(door.home_url)))
    form = SignInForm(posted(request), door=door, known=request.GET.get("identifiant", ""))
    if form.is_valid() and (account := _signed_in(request, door, form)):
        return redirect(come_in(request, account))
    templates = [f"{door.code}/sign_in.html", "web/accounts/sign_in.html"]  # the espace's own words, if any
    return show(request, templates, form, _context(request, door))


def sign_out(request: HttpRequest, *, door: Espace) -> HttpResponse:
    """Asks by GET, does it by POST."""
    if request.method != "POST":
        return render(request, "web/accounts/sign_out.html", {"door": door})
    end(request)
    messages.success(request, _("Vous êtes déconnecté."))
    response = redirect(door.sign_in_url)
    response["Clear-Site-Data"] = '"cache"'  # on a computer that others use, « back » shows nothing
    return response


def resumed(request: PortalRequest) -> HttpResponse:
    """What a form held when the session was over, to be sent again with one button."""
    kept = resume.take(request, request.account)
    if kept is None:
        return redirect("web:home")
    return resume.offer(request, path=kept[0], data=kept[1])


def _signed_in(request: HttpRequest, door: Espace, form: SignInForm) -> Account | None:
    try:
        return operations.sign_in(espace=door.code, client=client_of(request), **form.cleaned_data)
    except Refusal as refusal:
        form.refuse(refusal)
        return None


def come_in(request: HttpRequest, account: Account) -> str:
    """Begin the session of somebody whose password, or certificate, was right; where one goes on to.

    Who signed in by a provisional password goes on to choose one. Where a second factor is wanted, that is
    the page that asks for it, or has one chosen; where it is proposed, the page that helps to choose.
    """
    door = door_of(account.espace)
    if queries.owes_password(account=account):
        begin_provisional(request, account=account)
        return with_next(request, reverse(f"{door.code}:possession"))
    if not factor_wanted(account):
        begin(request, account=account, client=client_of(request))
        if not queries.is_factor_proposed(account=account):
            return after(request, door)
        allowance.give(request, account, factor=False)
        return with_next(request, reverse(f"{door.code}:factor"))
    known = queries.second_factor_of(account=account) is not None
    begin_half(request, account=account, within=CODE_WITHIN if known else ENROL_WITHIN)
    return with_next(request, reverse(f"{door.code}:{'second_factor' if known else 'enrol'}"))


def after(request: HttpRequest, door: Espace) -> str:
    """Where one goes on to after signing in: what waits, the page that one wanted, or the espace's home."""
    account = account_of(request)
    if account and resume.waits_for(request, account):
        return reverse(f"{door.code}:resume")
    return next_path(request, default=reverse(door.home_url))


def _context(request: HttpRequest, door: Espace) -> dict[str, Any]:
    wanted = next_path(request, default="")
    waiting = bool(request.COOKIES) and resume.waits_at(request, door.code)
    return {"door": door, "suite": wanted, "waiting": waiting}
