"""What matters, at a door with codes: password and answer first, then the mailbox's code with the change.

The new password is typed on the last page alone, so that no session keeps it (004, step 2; ADR 0019).
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guichet.accounts import operations, queries
from guichet.accounts.definitions import espace
from guichet.accounts.sessions import renew
from guichet.kernel.refusals import N_, Refusal
from guichet.web.code_forms import CodeEmailForm, CodeOnlyForm, CodePasswordForm, CodeTrustForm, ProofForm
from guichet.web.forms import PortalForm, posted, show
from guichet.web.requests import PortalRequest
from guichet.web.views.account import PENDING_EMAIL
from guichet.web.views.credentials import try_out


@dataclass(frozen=True)
class Change:
    """Something that matters: its title, the page that asks for it, and the page of its code."""

    title: str
    asked_at: str
    code_at: str


PASSWORD = Change(N_("Changer de mot de passe"), "password", "password_code")
EMAIL = Change(N_("Changer d’adresse électronique"), "email", "email_code")
TRUST = Change(N_("Changer de question de confiance"), "trust", "trust_code")


def ask(request: PortalRequest, *, change: Change) -> HttpResponse:
    """Who one is: the password, and the answer to the question of trust. Then a code goes to the mailbox."""
    account = request.account
    question = queries.trust_question_of(account=account)
    form = ProofForm(posted(request), asks_password=account.has_usable_password(), question=question)
    if form.is_valid() and _asked(request, form):
        return redirect(f"{account.espace}:{change.code_at}")
    context = {"change": change, "question": question, "door": espace(account.espace)}
    return show(request, "web/accounts/proof.html", form, context)


def _asked(request: PortalRequest, form: PortalForm) -> bool:
    data = form.cleaned_data
    return _done(
        form,
        lambda: operations.ask_proof(
            account=request.account, current=data.get("current", ""), answer=data.get("answer", "")
        ),
    )


def password(request: PortalRequest) -> HttpResponse:
    """The code, and the new password; the other sessions are closed."""
    if "live" in request.POST:
        return try_out(request, request.account)
    form = CodePasswordForm(posted(request), policy=espace(request.account.espace).password)
    if form.is_valid() and _password_changed(request, form):
        renew(request, account=request.account)
        messages.success(request, _("Votre mot de passe est changé. Vos autres sessions sont fermées."))
        return redirect(f"{request.account.espace}:profile")
    return _show(request, form, PASSWORD, live=True)


def _password_changed(request: PortalRequest, form: PortalForm) -> bool:
    data, here = form.cleaned_data, request.session.session_key or ""
    return _done(
        form,
        lambda: operations.change_password(
            account=request.account, new=data["password"], code=data["code"], keep_session=here
        ),
    )


def email(request: PortalRequest) -> HttpResponse:
    """The code of the present mailbox, and the new address, which then receives a code of its own."""
    form = CodeEmailForm(posted(request))
    if form.is_valid() and _email_asked(request, form):
        request.session[PENDING_EMAIL] = form.cleaned_data["email"]
        return redirect(f"{request.account.espace}:email_confirm")
    return _show(request, form, EMAIL)


def _email_asked(request: PortalRequest, form: PortalForm) -> bool:
    data = form.cleaned_data
    return _done(
        form,
        lambda: operations.ask_email_change(account=request.account, email=data["email"], code=data["code"]),
    )


def confirm_email(request: PortalRequest) -> HttpResponse:
    """The code that the new address received: it counts from now on."""
    account, form = request.account, CodeOnlyForm(posted(request))
    address = request.session.get(PENDING_EMAIL)
    if not address:
        return redirect(f"{account.espace}:email")
    if form.is_valid() and _email_confirmed(request, form):
        del request.session[PENDING_EMAIL]
        messages.success(request, _("Votre adresse est changée : vos messages y arriveront désormais."))
        return redirect(f"{account.espace}:profile")
    lifetime = espace(account.espace).lifetimes.email_change
    context = {"address": address, "sender": settings.SENDER, "lifetime": lifetime}
    return show(request, "web/accounts/email_code.html", form, context)


def _email_confirmed(request: PortalRequest, form: PortalForm) -> bool:
    code = form.cleaned_data["code"]
    return _done(form, lambda: operations.confirm_email_change_by_code(account=request.account, code=code))


def trust(request: PortalRequest) -> HttpResponse:
    """The code, and another question of trust with its answer."""
    form = CodeTrustForm(posted(request), door=espace(request.account.espace))
    if form.is_valid() and _trust_changed(request, form):
        messages.success(request, _("Votre question de confiance est enregistrée."))
        return redirect(f"{request.account.espace}:profile")
    return _show(request, form, TRUST)


def _trust_changed(request: PortalRequest, form: CodeTrustForm) -> bool:
    code, choice = form.cleaned_data["code"], form.trust
    return _done(
        form, lambda: operations.change_trust_answer(account=request.account, trust=choice, code=code)
    )


def _done(form: PortalForm, operation: Callable[[], object]) -> bool:
    try:
        operation()
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    return True


def _show(request: PortalRequest, form: PortalForm, change: Change, *, live: bool = False) -> HttpResponse:
    account = request.account
    context = {
        "change": change,
        "again": reverse(f"{account.espace}:{change.asked_at}"),
        "live": live,
        "sender": settings.SENDER,
        "lifetime": espace(account.espace).lifetimes.recovery,
    }
    return show(request, "web/accounts/proof_code.html", form, context)
