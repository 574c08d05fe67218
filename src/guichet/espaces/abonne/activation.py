"""Activating with the code of the message (002, 004, step 3), and what one keeps afterwards (step 4)."""

import datetime as dt
import uuid
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guichet.accounts import operations
from guichet.accounts.models import Account
from guichet.espaces.abonne import drafts, record
from guichet.espaces.abonne.definition import ABONNE
from guichet.espaces.abonne.forms import ActivationForm, NewCodeForm
from guichet.kernel import clock
from guichet.kernel.refusals import Refusal
from guichet.web.access import account_required
from guichet.web.forms import PortalForm, posted, show
from guichet.web.messages import sentence
from guichet.web.requests import PortalRequest, account_of, client_of

SESSION_KEY = "abonne_activated"
SHOWN_FOR = dt.timedelta(minutes=30)  # how long the page of the number stays open to who just activated


def activate(request: HttpRequest) -> HttpResponse:
    """« Saisie du code d’activation »: address and code, then the number; a second time, the way in."""
    form = _form(request)
    try:
        account = _activated(request, form) if form.is_valid() else None
    except operations.PasswordWanted:  # what this browser sent was replaced since, from another one
        form, account = _form(request, with_password=True), None
    except operations.AlreadyActivated as refusal:
        messages.info(request, sentence(refusal))
        known = urlencode({"identifiant": form.cleaned_data["email"]})
        return redirect(f"{reverse(ABONNE.sign_in_url)}?{known}")
    if account is None:
        elsewhere = sentence(operations.PasswordWanted()) if "password" in form.fields else ""
        context = {"door": ABONNE, "elsewhere": "" if form.is_bound else elsewhere}
        return show(request, "abonne/activate.html", form, context)
    until = (clock.now() + SHOWN_FOR).isoformat()
    request.session[SESSION_KEY] = {"account": str(account.pk), "until": until}
    return redirect("abonne:activated")


def new_code(request: HttpRequest) -> HttpResponse:
    """Another code, valid from its own message; the same answer whether or not somebody registered."""
    form = NewCodeForm(posted(request), initial={"email": request.GET.get("identifiant", "")})
    if form.is_valid() and _asked(request, form):
        said = _(
            "Si une inscription attend son activation à cette adresse, un nouveau code vient d’y être "
            "envoyé. Il remplace le précédent."
        )
        messages.success(request, said)
        return redirect("abonne:activate")
    return show(request, "abonne/new_code.html", form, {"door": ABONNE, "sender": settings.SENDER})


@require_safe
def activated(request: HttpRequest) -> HttpResponse:
    """« Votre inscription »: the number, the form to keep, and the way in."""
    account = _just_activated(request)
    if account is None:
        return redirect(ABONNE.home_url)
    context = {"owner": account, "day": record.registered_on(account)}
    return render(request, "abonne/activated.html", context)


@require_safe
def registration_pdf(request: PortalRequest) -> HttpResponseBase:
    """The form of registration as a PDF: one's own, right after the activation or signed in."""
    owner = _just_activated(request)
    signed_in = account_of(request)
    if owner and (signed_in is None or signed_in == owner):
        return _pdf(owner)
    return _own_pdf(request)


@account_required("abonne")
def _own_pdf(request: PortalRequest) -> HttpResponse:
    return _pdf(request.account)


def _pdf(account: Account) -> HttpResponse:
    answer = HttpResponse(record.pdf(account), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="inscription-{account.number}.pdf"'
    return answer


def _form(request: HttpRequest, *, with_password: bool = False) -> ActivationForm:
    """The form, which asks for the password ``with_password``, where one was typed, or where this browser did
    not register the address."""
    typed, known = posted(request), request.GET.get("identifiant", "")
    email = known if typed is None else typed.get("email", "")
    with_password |= bool(request.POST.get("password")) or not drafts.has_registered(request, email)
    return ActivationForm(typed, with_password=with_password, initial={"email": known})


def _activated(request: HttpRequest, form: ActivationForm) -> Account | None:
    data = form.cleaned_data
    try:
        return operations.activate_by_code(
            espace=ABONNE.code,
            identifier=data["email"],
            code=data["code"],
            client=client_of(request),
            registration=drafts.registration(request, data["email"]),
            password=data.get("password", ""),
        )
    except (operations.AlreadyActivated, operations.PasswordWanted):
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return None


def _asked(request: HttpRequest, form: PortalForm) -> bool:
    try:
        operations.ask_activation_code(
            espace=ABONNE.code, identifier=form.cleaned_data["email"], client=client_of(request)
        )
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    return True


def _just_activated(request: HttpRequest) -> Account | None:
    """Who activated on this browser a short while ago."""
    kept = request.session.get(SESSION_KEY)
    if not kept or dt.datetime.fromisoformat(kept["until"]) <= clock.now():
        return None
    return Account.objects.filter(pk=uuid.UUID(kept["account"]), espace=ABONNE.code).first()
