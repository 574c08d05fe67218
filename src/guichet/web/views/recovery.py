"""A forgotten password at a door with codes: the mailbox, then the question of trust (004; ADR 0019)."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guichet.accounts import operations, queries, vault
from guichet.accounts.definitions import Espace
from guichet.accounts.models import Account
from guichet.kernel.refusals import N_, Refusal
from guichet.web.code_forms import OpenRecoveryForm, RecoverPasswordForm
from guichet.web.forms import PortalForm, posted, show
from guichet.web.requests import client_of
from guichet.web.views.credentials import CHANGED, CHOSEN, RECOVERED, try_out

_OPENED = "recovery"  # the secret of the recovery, sealed: who reads the table of sessions gains nothing
CODE_FIRST = N_("Saisissez d’abord le code que votre messagerie a reçu.")


def code(request: HttpRequest, *, door: Espace) -> HttpResponse:
    """The identifier and the code of the message; the same refusal for unknown ones and wrong ones."""
    form = OpenRecoveryForm(posted(request), door=door, known=request.session.get(RECOVERED, ""))
    if form.is_valid() and _opened(request, door, form):
        return redirect(f"{door.code}:recovery_new")
    return show(request, "web/accounts/recovery_open.html", form, {"door": door})


def new(request: HttpRequest, *, door: Espace) -> HttpResponse:
    """The answer to the question of trust, and the new password, tried out while it is being typed."""
    token = _token(request, door)
    account = _account(token)
    if account is None or account.espace != door.code:
        messages.warning(request, _(CODE_FIRST))
        return redirect(f"{door.code}:recovery_open")
    if "live" in request.POST:
        return try_out(request, account)
    question = queries.trust_question_of(account=account)
    form = RecoverPasswordForm(posted(request), policy=door.password, question=question)
    invited = not account.has_usable_password()
    if form.is_valid() and _set(form, token):
        del request.session[_OPENED]
        request.session.pop(RECOVERED, None)
        messages.success(request, _(CHOSEN if invited and door.second_factor else CHANGED))
        return redirect(f"{reverse(door.sign_in_url)}?{urlencode({'identifiant': account.identifier})}")
    context = {"door": door, "owner": account, "invited": invited}
    return show(request, "web/accounts/recovery_new.html", form, context)


def _opened(request: HttpRequest, door: Espace, form: PortalForm) -> bool:
    try:
        secret = operations.open_recovery(espace=door.code, client=client_of(request), **form.cleaned_data)
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    request.session.cycle_key()  # whoever knew the former one gains nothing
    request.session[_OPENED] = urlsafe_b64encode(vault.seal(secret, purpose=_purpose(door))).decode()
    return True


def _token(request: HttpRequest, door: Espace) -> str:
    try:
        kept = request.session.get(_OPENED, "")
        return vault.open_sealed(urlsafe_b64decode(kept), purpose=_purpose(door))
    except (vault.CannotOpen, ValueError):
        return ""


def _purpose(door: Espace) -> str:
    return f"recovery at {door.code}"


def _account(token: str) -> Account | None:
    try:
        return operations.recovery_account(token=token)
    except operations.LinkRefused:
        return None


def _set(form: PortalForm, token: str) -> bool:
    data = form.cleaned_data
    try:
        operations.set_password_by_token(
            token=token, password=data["password"], answer=data.get("answer", "")
        )
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    return True
