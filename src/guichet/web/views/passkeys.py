"""Passkeys: what a browser is asked, what it answers, and the page that makes one (ADR 0021).

The script ``web/passkey.js`` asks by POST with ``begin``, and puts the browser's answer into the form.
"""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guichet.accounts import operations, queries
from guichet.accounts.definitions import Espace
from guichet.accounts.models import Account
from guichet.accounts.rules import browser_name
from guichet.accounts.sessions import begin, strengthen
from guichet.kernel.refusals import N_, Refusal
from guichet.web.access import next_path, with_next
from guichet.web.factor_forms import PASSKEY, PasskeyNameForm
from guichet.web.forms import PortalForm, posted, show
from guichet.web.messages import sentence
from guichet.web.requests import account_of, client_of
from guichet.web.views import allowance, recovery_codes

BEGIN = "begin"
_CHALLENGE = "passkey_challenge"


class NoAnswer(Refusal):
    """The form was sent without its script."""

    code = "passkey_no_answer"
    message = N_(
        "La clé d’accès demande JavaScript, qui est désactivé dans ce navigateur. Activez-le, ou choisissez "
        "l’application de codes."
    )


def ask(request: HttpRequest, challenge: Callable[[], operations.Challenge]) -> JsonResponse:
    """What the browser is to sign, as JSON; the session keeps the other half. Or why not, in words."""
    try:
        asked = challenge()
    except Refusal as refusal:
        return JsonResponse({"sentence": sentence(refusal)})
    request.session[_CHALLENGE] = asked.state
    return JsonResponse({"options": asked.options})


def given(request: HttpRequest, form: PortalForm) -> operations.Given:
    """What the second factor gave in ``form``: a passkey's answer, or a code. The challenge ends here."""
    if answer := request.POST.get(PASSKEY):
        return operations.Assertion(answer, request.session.pop(_CHALLENGE, {}))
    return str(form.cleaned_data.get("code", ""))


def add(request: HttpRequest, *, door: Espace) -> HttpResponse:
    """A new passkey: the first one, at sign-in or after it, or one more."""
    account = allowance.enrolling(request, door)
    if account is None:
        return allowance.away(request, door)
    form = PasskeyNameForm(posted(request), initial={"name": browser_name(client_of(request).agent)})
    if BEGIN in request.POST:
        return _begin(request, account, form)
    if form.is_valid() and (onwards := _added(request, account, form)):
        return redirect(onwards)
    context = {
        "door": door,
        "signed_in": account_of(request) is not None,
        "suite": next_path(request, default=""),
        "unavailable": why_not(account),
    }
    return show(request, "web/accounts/passkey_add.html", form, context)


def why_not(account: Account) -> str:
    """Why no passkey can be made here, in words; empty where one can."""
    try:
        operations.begin_passkey(account=account)
    except Refusal as refusal:
        return sentence(refusal)
    return ""


def _begin(request: HttpRequest, account: Account, form: PortalForm) -> JsonResponse:
    if not form.is_valid():  # before the device keeps a passkey that the portal would not
        return JsonResponse({"sentence": " ".join(text for _field, text in form.summary())})
    more = queries.second_factor_of(account=account) is not None
    return ask(request, lambda: operations.begin_passkey(account=account, more=more))


def _added(request: HttpRequest, account: Account, form: PortalForm) -> str:
    """Where one goes on to; empty where it was refused."""
    here = account_of(request) is not None
    try:
        if not request.POST.get(PASSKEY):
            raise NoAnswer
        codes = operations.add_passkey(
            account=account,
            response=request.POST[PASSKEY],
            state=request.session.pop(_CHALLENGE, {}),
            name=form.cleaned_data["name"],
            keep_session=request.session.session_key or "" if here else "",
        )
    except Refusal as refusal:
        form.refuse(refusal)
        return ""
    if here:
        strengthen(request, account=account)
    else:
        begin(request, account=account, client=client_of(request), second_factor=True)
    return after_adding(request, account, codes, told=_("Votre clé d’accès est ajoutée."))


def after_adding(request: HttpRequest, account: Account, codes: list[str], *, told: str) -> str:
    """On to the recovery codes where there are new ones, else back to what protects the account."""
    allowance.end(request)
    if codes:
        recovery_codes.keep(request, account, codes)
        return with_next(request, reverse(f"{account.espace}:recovery_codes"))
    messages.success(request, told)
    return reverse(f"{account.espace}:factor")
