"""Passwords, and the links that e-mails hold."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guichet.accounts import operations, queries
from guichet.accounts.definitions import Espace, espace, public_espaces
from guichet.accounts.models import Account
from guichet.accounts.sessions import renew
from guichet.kernel.refusals import N_, Refusal
from guichet.web import live_password, registered
from guichet.web.account_forms import ActivationForm, ChangePasswordForm, IdentifierForm
from guichet.web.forms import PortalForm, posted, show
from guichet.web.messages import sentence
from guichet.web.requests import PortalRequest, client_of
from guichet.web.trust_forms import ChangeTrustForm, RecoverByLinkForm

RECOVERED = "recovery_identifier"  # who a code was asked for, on this browser
CHANGED = N_("Votre mot de passe est changé. Connectez-vous avec le nouveau.")
CHOSEN = N_(
    "Votre mot de passe est enregistré. Connectez-vous : une application de codes vous sera demandée."
)


def recovery(request: HttpRequest, *, door: Espace) -> HttpResponse:
    """Forgotten password: the same answer whether or not there is such an account."""
    form = IdentifierForm(posted(request), door=door)
    if form.is_valid():
        try:
            identifier = form.cleaned_data["identifier"]
            operations.ask_recovery(espace=door.code, identifier=identifier, client=client_of(request))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            if door.codes:
                request.session[RECOVERED] = identifier  # the next page asks for it again
            return redirect(f"{door.code}:recovery_sent")
    return show(request, "web/accounts/recovery.html", form, {"door": door})


@require_safe
def recovery_sent(request: HttpRequest, *, door: Espace) -> HttpResponse:
    """What to expect, and what to do if nothing comes."""
    context = {"door": door, "sender": settings.SENDER, "lifetime": door.lifetimes.recovery}
    return render(request, "web/accounts/recovery_sent.html", context)


def new_password(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a recovery: the answer, where there is a question of trust, and a new password, tried out
    while it is being typed."""
    try:
        account = operations.recovery_account(token=token)
    except Refusal as refusal:
        return link_refused(request, refusal)
    if "live" in request.POST:
        return try_out(request, account)
    door, invited = espace(account.espace), not account.has_usable_password()
    question = queries.trust_question_of(account=account)
    form = RecoverByLinkForm(posted(request), policy=door.password, question=question)
    if form.is_valid():
        try:
            operations.set_password_by_token(token=token, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _(CHOSEN if invited else CHANGED))
            return redirect(f"{reverse(door.sign_in_url)}?{urlencode({'identifiant': account.identifier})}")
    context = {"door": door, "owner": account, "invited": invited, "question": question}
    return show(request, "web/accounts/new_password.html", form, context)


def change_password(request: PortalRequest) -> HttpResponse:
    """The current password, and the one that replaces it; the other sessions are closed."""
    if "live" in request.POST:
        return try_out(request, request.account)
    form = ChangePasswordForm(posted(request), policy=espace(request.account.espace).password)
    if form.is_valid() and _changed(request, form):
        messages.success(request, _("Votre mot de passe est changé. Vos autres sessions sont fermées."))
        return redirect(f"{request.account.espace}:profile")
    return show(request, "web/accounts/password.html", form)


def _changed(request: PortalRequest, form: PortalForm) -> bool:
    try:
        operations.change_password(
            account=request.account,
            current=form.cleaned_data["current"],
            new=form.cleaned_data["password"],
            keep_session=request.session.session_key or "",
        )
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    renew(request, account=request.account)
    return True


def change_trust(request: PortalRequest) -> HttpResponse:
    """Where messages hold links: the password and the present answer, then another question of trust."""
    account, door = request.account, espace(request.account.espace)
    question = queries.trust_question_of(account=account)
    form = ChangeTrustForm(posted(request), door=door, question=question)
    if form.is_valid() and _trust_changed(account, form):
        messages.success(request, _("Votre question est enregistrée, avec sa réponse."))
        return redirect(f"{door.code}:profile")
    return show(request, "web/accounts/trust.html", form, {"door": door, "question": question})


def _trust_changed(account: Account, form: ChangeTrustForm) -> bool:
    data = form.cleaned_data
    try:
        operations.change_trust_answer(
            account=account, trust=form.trust, current=data["current"], answer=data.get("answer", "")
        )
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    return True


def activate(request: HttpRequest, token: str) -> HttpResponse:
    """« Votre compte est créé » (000, step 3); where people chose their password, once it is confirmed."""
    if request.method == "HEAD":  # a mail program that looks where the link leads
        return HttpResponse()
    try:
        waiting = operations.waiting(token=token)
        door = espace(waiting.espace)
        if door.password.generated:
            return _activated(request, operations.activate(token=token))
        return _confirm(request, token, waiting)
    except operations.AlreadyActivated as refusal:
        door = espace(str(refusal.params["espace"]))
        return render(request, "web/accounts/activated.html", {"door": door})
    except operations.LinkRefused as refusal:
        return link_refused(request, refusal)


def _confirm(request: HttpRequest, token: str, waiting: operations.Waiting) -> HttpResponse:
    """Where people chose their password: opening the link changes nothing, as mail scanners open links too;
    and on another browser than the one that registered, the password is asked (ADR 0019)."""
    mine = waiting.registration in registered.kept(request)
    form = ActivationForm(posted(request), with_password=not mine)
    if form.is_valid():
        try:
            account = operations.activate(
                token=token,
                registration=waiting.registration if mine else None,
                password=form.cleaned_data.get("password", ""),
            )
        except operations.LinkRefused:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return _activated(request, account)
    context = {"door": espace(waiting.espace), "email": waiting.email, "mine": mine}
    return show(request, "web/accounts/activate.html", form, context)


def _activated(request: HttpRequest, account: Account) -> HttpResponse:
    door = espace(account.espace)
    return render(request, "web/accounts/activated.html", {"door": door, "owner": account})


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_email(request: HttpRequest, token: str) -> HttpResponse:
    """Shows the new address with « Confirmer cette adresse »; it counts once that is pressed.

    Opening the link changes nothing, as mail scanners open links too (ADR 0010).
    """
    try:
        if request.method == "POST":
            operations.confirm_email_change(token=token)
            return redirect("web:confirm_email", token)
        change = operations.email_change(token=token)
    except Refusal as refusal:
        return link_refused(request, refusal)
    context = {"door": espace(change.account.espace), "owner": change.account, "change": change}
    return render(request, "web/accounts/email_confirm.html", context)


def link_refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A link that is cut, used or too old: why, and how to get another one."""
    known = refusal.params.get("espace")
    doors = [espace(str(known))] if known else public_espaces()
    context = {"sentence": sentence(refusal), "espaces": doors}
    return render(request, "web/accounts/link_refused.html", context, status=refusal.status)


def try_out(request: HttpRequest, account: Account) -> HttpResponse:
    """What the policy would say of a password that is still being typed."""
    return live_password.try_out_of(account, request.POST.get("password", ""), door=espace(account.espace))
