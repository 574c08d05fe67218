"""The second factor at sign-in: a passkey, a code of the application, or a recovery code.

Whoever comes here has given the password and is not signed in: the browser is known by a state of a few
minutes, which opens these pages and nothing else (ADR 0014).
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from guichet.accounts import operations, queries
from guichet.accounts.definitions import Espace
from guichet.accounts.models import Account
from guichet.accounts.sessions import begin
from guichet.kernel.refusals import Refusal
from guichet.web.access import next_path, with_next
from guichet.web.account_forms import RecoveryCodeForm
from guichet.web.factor_forms import GivenForm
from guichet.web.forms import PortalForm, posted, show
from guichet.web.requests import client_of
from guichet.web.views import passkeys
from guichet.web.views.allowance import away, waiting
from guichet.web.views.sign_in import after


def code(request: HttpRequest, *, door: Espace) -> HttpResponse:
    """A passkey, or the six digits that the application shows; leads on to where one wanted to go."""
    account = waiting(request, door)
    if account is None:
        return away(request, door)
    state = queries.second_factor_of(account=account)
    if state is None:
        return redirect(with_next(request, reverse(f"{door.code}:enrol")))
    if passkeys.BEGIN in request.POST:
        return passkeys.ask(request, lambda: operations.begin_passkey_sign_in(account=account))
    form = GivenForm(posted(request), state=state)
    if form.is_valid() and _finished(request, account, form):
        return redirect(after(request, door))
    context = {"state": state, "demo_codes": settings.DEMO and door.second_factor}
    return show(request, "web/accounts/second_factor.html", form, {**_around(request, door), **context})


def recovery_code(request: HttpRequest, *, door: Espace) -> HttpResponse:
    """A recovery code, where the application or the passkey is lost or out of reach."""
    account = waiting(request, door)
    if account is None:
        return away(request, door)
    if queries.second_factor_of(account=account) is None:
        return redirect(with_next(request, reverse(f"{door.code}:enrol")))
    form = RecoveryCodeForm(posted(request))
    if form.is_valid() and _finished(request, account, form):
        return redirect(after(request, door))
    return show(request, "web/accounts/recovery_code.html", form, _around(request, door))


def _around(request: HttpRequest, door: Espace) -> dict[str, object]:
    return {"door": door, "suite": next_path(request, default="")}


def _finished(request: HttpRequest, account: Account, form: PortalForm) -> bool:
    try:
        operations.finish_sign_in(account=account, code=passkeys.given(request, form))
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    begin(request, account=account, client=client_of(request), second_factor=True)
    return True
