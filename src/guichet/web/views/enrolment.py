"""Linking an application of codes, and the page about what protects an account (ADR 0014, 0021)."""

from io import BytesIO

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guichet.accounts import operations, queries
from guichet.accounts.definitions import Espace, espace
from guichet.accounts.models import Account
from guichet.accounts.queries import FactorState
from guichet.accounts.sessions import begin, strengthen
from guichet.accounts.totp import in_groups
from guichet.kernel.refusals import Refusal
from guichet.web.access import next_path, with_next
from guichet.web.account_forms import CodeForm
from guichet.web.factor_forms import FactorForm, PasswordForm
from guichet.web.forms import PortalForm, posted, show
from guichet.web.requests import PortalRequest, account_of, client_of
from guichet.web.views import allowance, passkeys, recovery_codes
from guichet.web.views.sign_in import after

KEY = "enrolment"  # where the session keeps the key that is not in use yet, encrypted
QR_SCALE = 5  # pixels a module


def enrol(request: HttpRequest, *, door: Espace) -> HttpResponse:
    """The key as a QR code and in letters; the first code shows that the application has it."""
    account = allowance.enrolling(request, door)
    if account is None:
        return allowance.away(request, door)
    enrolment = operations.begin_enrolment(account=account, kept=request.session.get(KEY, ""))
    request.session[KEY] = enrolment.kept
    form = CodeForm(posted(request))
    if form.is_valid() and (onwards := _linked(request, account, enrolment.secret, form)):
        return redirect(onwards)
    state = queries.second_factor_of(account=account)
    context = {
        "door": door,
        "key": in_groups(enrolment.secret),
        "uri": enrolment.uri,
        "signed_in": account_of(request) is not None,
        "changing": bool(state and state.application),
        "instead": state is None and not passkeys.why_not(account),
        "suite": next_path(request, default=""),
    }
    return show(request, "web/accounts/enrol.html", form, context)


@require_safe
def qr(request: HttpRequest, *, door: Espace) -> HttpResponse:
    """The image of the key that the page shows."""
    account = allowance.enrolling(request, door)
    if account is None or not request.session.get(KEY):
        raise Http404
    enrolment = operations.begin_enrolment(account=account, kept=request.session[KEY])
    image = BytesIO()
    segno.make(enrolment.uri, error="m").save(image, kind="png", scale=QR_SCALE)
    return HttpResponse(image.getvalue(), content_type="image/png")


def factor(request: PortalRequest) -> HttpResponse:
    """« Votre seconde protection » : what is in use and may be changed, or what there is to choose from."""
    account, door = request.account, espace(request.account.espace)
    state = queries.second_factor_of(account=account)
    if state:
        return _change(request, door, state)
    if not door.second_factor_offered or door.second_factor:
        raise Http404
    return _choose(request, door)


def _choose(request: PortalRequest, door: Espace) -> HttpResponse:
    """A passkey, an application, or nothing for the time being; proposed after sign-in."""
    account = request.account
    if request.POST.get("what") == "later":
        operations.postpone_second_factor(account=account)
        return redirect(after(request, door))
    recent = allowance.holds(request, account)
    form = PasswordForm(posted(request), asked=not recent and account.has_usable_password())
    if form.is_valid() and (recent or _confirmed(request, form)):
        name = "passkey_add" if request.POST.get("what") == "passkey" else "enrol"
        return redirect(with_next(request, reverse(f"{door.code}:{name}")))
    context = {
        "door": door,
        "suite": next_path(request, default=""),
        "again": not recent and not account.has_usable_password(),
        "unavailable": passkeys.why_not(account),
    }
    return show(request, "web/accounts/factor_choice.html", form, context)


def _confirmed(request: PortalRequest, form: PortalForm) -> bool:
    account = request.account
    if not account.has_usable_password():
        return False  # who comes in by a certificate comes in again
    try:
        operations.confirm_password(account=account, password=form.cleaned_data["current"])
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    allowance.give(request, account, factor=False)
    return True


def _change(request: PortalRequest, door: Espace, state: FactorState) -> HttpResponse:
    """Both factors given again: another factor, new recovery codes, one factor less, or none."""
    account = request.account
    if passkeys.BEGIN in request.POST:
        return passkeys.ask(request, lambda: operations.begin_passkey_sign_in(account=account))
    form = FactorForm(posted(request), state=state, asked=account.has_usable_password())
    if form.is_valid() and (onwards := _changed(request, form)):
        return redirect(onwards)
    context = {
        "door": door,
        "state": state,
        "unavailable": passkeys.why_not(account),
        "several": int(state.application) + len(state.passkeys) > 1,
    }
    return show(request, "web/accounts/factor.html", form, context)


def _changed(request: PortalRequest, form: PortalForm) -> str:
    """Where one goes on to; empty where it was refused."""
    account, (what, _colon, which) = request.account, request.POST.get("what", "").partition(":")
    both = {
        "account": account,
        "password": form.cleaned_data.get("current", ""),
        "code": passkeys.given(request, form),
    }
    try:
        match what:
            case "codes":
                recovery_codes.keep(request, account, operations.new_recovery_codes(**both))
                return reverse(f"{account.espace}:recovery_codes")
            case "give_up":
                operations.give_up_second_factor(**both)
                messages.success(request, _("Votre compte n’a plus de seconde protection."))
                return reverse(f"{account.espace}:profile")
        operations.allow_change(**both)
        return _allowed(request, account, what, which)
    except Refusal as refusal:
        form.refuse(refusal)
        return ""


def _allowed(request: PortalRequest, account: Account, what: str, which: str) -> str:
    if what in ("remove", "remove_application"):
        if what == "remove_application":
            operations.remove_application(account=account)
        elif which.isdecimal():
            operations.remove_passkey(account=account, passkey_id=int(which[:18]))
        messages.success(request, _("C’est retiré."))
        return reverse(f"{account.espace}:factor")
    request.session.pop(KEY, None)
    allowance.give(request, account, factor=True)
    return reverse(f"{account.espace}:{'passkey_add' if what == 'passkey' else 'enrol'}")


def _linked(request: HttpRequest, account: Account, secret: str, form: PortalForm) -> str:
    """Where one goes on to; empty where it was refused."""
    code, here = form.cleaned_data["code"], account_of(request) is not None
    keep = request.session.session_key or "" if here else ""
    known = queries.second_factor_of(account=account) is not None
    link = operations.change_second_factor if known else operations.enrol
    try:
        codes = link(account=account, secret=secret, code=code, keep_session=keep)
    except Refusal as refusal:
        form.refuse(refusal)
        return ""
    if here:
        strengthen(request, account=account)
    else:
        begin(request, account=account, client=client_of(request), second_factor=True)
    request.session.pop(KEY, None)
    return passkeys.after_adding(request, account, codes, told=_("Votre application de codes est reliée."))
