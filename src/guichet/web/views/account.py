"""What a person may see and change of their own account."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from guichet.accounts import operations, queries
from guichet.accounts.definitions import espace
from guichet.kernel.refusals import Refusal
from guichet.web.access import next_path
from guichet.web.account_forms import AnyProfileForm, ChangeEmailForm, ProfileForm
from guichet.web.forms import posted, show
from guichet.web.requests import PortalRequest

PENDING_EMAIL = "pending_email"


def profile(
    request: PortalRequest,
    *,
    form_class: type[AnyProfileForm] = ProfileForm,
    known: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """« Modifier vos données » (000, step 5); leads back to the page that ``?suite=`` names.

    ``known``: what the door's own ``profile.html`` shows besides.
    """
    account = request.account
    fixed = account.profile.get("name", "") if account.profile.get("in_register") else ""
    form = form_class(posted(request), fixed_name=fixed, initial=account.profile)
    if form.is_valid():
        operations.change_profile(account=account, profile={**account.profile, **form.profile})
        messages.success(request, _("Vos données sont enregistrées."))
        return redirect(next_path(request, default=reverse(f"{account.espace}:profile")))
    question = queries.trust_question_of(account=account)
    context = {**(known or {}), "door": espace(account.espace), "question": question}
    templates = [
        f"{account.espace}/profile.html",
        "web/accounts/profile.html",
    ]  # what it knows besides, if any
    return show(request, templates, form, context)


def email(request: PortalRequest) -> HttpResponse:
    """A new address: it counts once it is confirmed by the link that it receives."""
    form = ChangeEmailForm(posted(request))
    if form.is_valid() and _asked(request, form):
        request.session[PENDING_EMAIL] = form.cleaned_data["email"]
        return redirect(f"{request.account.espace}:email_sent")
    return show(request, "web/accounts/email.html", form)


def email_sent(request: PortalRequest) -> HttpResponse:
    """Which message to expect at which address."""
    address = request.session.get(PENDING_EMAIL)
    if not address:
        return redirect(f"{request.account.espace}:email")
    lifetime = espace(request.account.espace).lifetimes.email_change
    context = {"address": address, "sender": settings.SENDER, "lifetime": lifetime}
    return render(request, "web/accounts/email_sent.html", context)


def sessions(request: PortalRequest) -> HttpResponse:
    """The browsers where one is signed in, each of which can be signed out from here."""
    account, current = request.account, request.session.session_key or ""
    if request.method == "POST":
        if wanted := request.POST.get("session"):
            operations.close_session(account=account, session_id=wanted)
            messages.success(request, _("Cette session est fermée."))
        else:
            operations.close_other_sessions(account=account, keep=current)
            messages.success(request, _("Vos autres sessions sont fermées."))
        return redirect(f"{account.espace}:sessions")
    context = {"sessions": queries.sessions_of(account=account, current=current)}
    return render(request, "web/accounts/sessions.html", context)


def _asked(request: PortalRequest, form: ChangeEmailForm) -> bool:
    data = form.cleaned_data
    try:
        operations.ask_email_change(account=request.account, email=data["email"], password=data["current"])
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    return True
