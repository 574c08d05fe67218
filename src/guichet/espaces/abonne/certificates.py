"""« Vous préférez utiliser un certificat électronique »: the other way in (004, step 2; ADR 0020).

These pages are served at the door of certificates, the portal's own host on another port, where the browser
is asked for one; sessions hold for both. What follows is at the ordinary door again.
"""

import datetime as dt
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guichet.accounts import operations, queries
from guichet.accounts.definitions import TrustQuestion
from guichet.accounts.models import Account
from guichet.accounts.rules import Presented
from guichet.espaces.abonne.definition import ABONNE
from guichet.kernel import clock
from guichet.kernel.refusals import Refusal
from guichet.web import certificates
from guichet.web.access import account_required, next_path
from guichet.web.account_forms import IdentifierForm
from guichet.web.code_forms import CodeOnlyForm
from guichet.web.forms import PortalForm, posted, show
from guichet.web.messages import retry_after, sentence
from guichet.web.requests import PortalRequest, account_of, client_of
from guichet.web.trust_forms import answer_field
from guichet.web.views.sign_in import come_in

SIGNED_WITH = "signed_in_with_certificate"  # the key of the certificate that began this session
RENEWAL = "certificate_renewal"  # how far the proofs have come
WITHIN = dt.timedelta(minutes=20)  # how long the code of a renewal waits for the answer

logger = logging.getLogger(__name__)

Page = Callable[[HttpRequest, Presented], HttpResponse]


class AnswerForm(PortalForm):
    """The answer to the question of trust, where there is one."""

    def __init__(self, *args: Any, question: TrustQuestion | None, **options: Any) -> None:
        super().__init__(*args, **options)
        if question:
            self.fields["answer"] = answer_field(question)


def at_the_door(page: Page) -> Callable[[HttpRequest], HttpResponseBase]:
    """Gives ``page`` the certificate that was presented; leads to where one is asked for, or says why not."""

    @wraps(page)
    def guarded(request: HttpRequest) -> HttpResponse:
        try:
            found = certificates.presented(request)
            response = page(request, found) if found else _elsewhere(request)
        except Refusal as refusal:
            response = _refused(request, refusal)
        response["Cache-Control"] = "no-store"  # it shows whose certificate it is
        return response

    # Browsers hold where a form leads against its page's policy: here, on to the ordinary door.
    return csp_update({"form-action": [settings.BASE_URL]})(guarded)


@at_the_door
def sign_in(request: HttpRequest, presented: Presented) -> HttpResponse:
    """« Accédez à votre espace abonné »: shows the certificate, then signs in with it."""
    if account := _signed_in(request):
        return redirect(_beside(next_path(request, default=reverse(f"{account.espace}:home"))))
    if request.method != "POST":
        context = {**_shown(presented), "suite": next_path(request, default="")}
        return render(request, "abonne/certificate_sign_in.html", context)
    account = operations.sign_in_by_certificate(
        espace=ABONNE.code, presented=presented, client=client_of(request)
    )
    onwards = come_in(request, account)
    request.session[SIGNED_WITH] = presented.key
    return redirect(_beside(onwards))


@at_the_door
def register(request: HttpRequest, presented: Presented) -> HttpResponse:
    """« Abonnez-vous à votre espace »: the certificate stands in for the password of the registration."""
    operations.check_unbound(espace=ABONNE.code, presented=presented)
    if request.method != "POST":
        return render(request, "abonne/certificate_register.html", _shown(presented))
    certificates.keep(request, presented)
    return redirect(_beside(reverse(ABONNE.register_url)))


@at_the_door
def renew(request: HttpRequest, presented: Presented) -> HttpResponse:
    """« Renouvelez / réactivez votre accès à l’espace abonné avec certificat »: the new one is presented.

    Who signed in with the former one binds it with one button; anybody else says who they are.
    """
    context = _shown(presented)
    if former := _former(request):
        form = PortalForm(posted(request))
        if form.is_valid():
            account, key = former
            session = request.session.session_key or ""
            operations.replace_certificate(
                account=account, presented=presented, former=key, keep_session=session
            )
            request.session[SIGNED_WITH] = presented.key
            return redirect("abonne:certificate_renewed")
        return show(request, "abonne/certificate_replace.html", form, context)
    identify = IdentifierForm(posted(request), door=ABONNE)
    if identify.is_valid() and _asked(request, identify):
        return redirect("abonne:certificate_renew_code")
    return show(request, "abonne/certificate_renew.html", identify, context)


@at_the_door
def renew_code(request: HttpRequest, presented: Presented) -> HttpResponse:
    """The code of the message: whoever types it reads the mailbox of the account."""
    identifier = request.session.get(RENEWAL, {}).get("identifier")
    if not identifier:
        return redirect("abonne:certificate_renew")
    form = CodeOnlyForm(posted(request))
    if form.is_valid() and _opened(request, form, identifier):
        return redirect("abonne:certificate_renew_answer")
    lifetime = ABONNE.lifetimes.recovery
    context = {**_shown(presented), "sender": settings.SENDER, "lifetime": lifetime, "identifier": identifier}
    return show(request, "abonne/certificate_renew_code.html", form, context)


@at_the_door
def renew_answer(request: HttpRequest, presented: Presented) -> HttpResponse:
    """The question of trust, then the certificate is bound. The question alone would not be enough."""
    account = _renewing(request)
    if account is None:
        return redirect("abonne:certificate_renew")
    question = queries.trust_question_of(account=account)
    form = AnswerForm(posted(request), question=question)
    if form.is_valid() and _renewed(form, account, presented):
        request.session.pop(RENEWAL, None)
        return redirect("abonne:certificate_renewed")
    return show(request, "abonne/certificate_renew_answer.html", form, _shown(presented))


@at_the_door
def renewed(request: HttpRequest, presented: Presented) -> HttpResponse:
    """What the new certificate opens from now on."""
    context = {**_shown(presented), "signed_in": _signed_in(request) is not None}
    return render(request, "abonne/certificate_renewed.html", context)


@require_POST
def drop(request: HttpRequest) -> HttpResponse:
    """Go on registering with a password, without the certificate that was presented."""
    certificates.forget(request)
    messages.success(request, _("Vous continuez sans certificat : vous choisirez un mot de passe."))
    return redirect(ABONNE.register_url)


@require_safe
@account_required(ABONNE.code)
def mine(request: PortalRequest) -> HttpResponse:
    """« Votre certificat »: what opens one's espace, and what did."""
    lines = [_line(one) for one in queries.certificates_of(account=request.account)]
    context = {
        "live": [line for line in lines if not line["ended_at"]],
        "ended": [line for line in lines if line["ended_at"]],
        "taken": bool(settings.CERTIFICATE_URL),
    }
    return render(request, "abonne/certificate.html", context)


@account_required(ABONNE.code)
def end(request: PortalRequest, certificate_id: int) -> HttpResponse:
    """Asks once, in words, then ends a certificate of one's own."""
    found = queries.certificates_of(account=request.account)
    line = next((one for one in found if one.id == certificate_id and not one.ended_at), None)
    if line is None:
        raise operations.CertificateUnknown
    if request.method != "POST":
        context = {"line": _line(line), "has_password": request.account.has_usable_password()}
        return render(request, "abonne/certificate_end.html", context)
    session = request.session.session_key or ""
    operations.end_certificate(account=request.account, certificate_id=certificate_id, keep_session=session)
    messages.success(request, _("Ce certificat n’ouvre plus votre espace. Vos autres sessions sont fermées."))
    return redirect("abonne:certificate")


def _elsewhere(request: HttpRequest) -> HttpResponse:
    """To the door of certificates; or, where the portal takes none, what the other way is."""
    if not settings.CERTIFICATE_URL:
        return render(request, "abonne/certificate_unavailable.html")
    if certificates.is_at_door(request):
        logger.error("at the door of certificates, nothing that its server says can be believed")
        raise certificates.DoorMisconfigured
    return redirect(f"{settings.CERTIFICATE_URL}{request.get_full_path()}")


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    title = _(refusal.title) if refusal.title else _("Votre certificat ne vous donne pas accès")
    context = {"title": title, "text": sentence(refusal), "door": ABONNE}
    account_of(request)  # the template may not query
    response = render(request, "abonne/certificate_refused.html", context, status=refusal.status)
    if wait := retry_after(refusal):
        response["Retry-After"] = wait
    return response


def _beside(path: str) -> str:
    """``path`` at the ordinary door."""
    return f"{settings.BASE_URL}{path}"


def _signed_in(request: HttpRequest) -> Account | None:
    account = account_of(request)
    return account if account and account.espace == ABONNE.code else None


def _former(request: HttpRequest) -> tuple[Account, str] | None:
    """Who is signed in by a certificate that still opens their espace, and its key."""
    account, key = _signed_in(request), request.session.get(SIGNED_WITH, "")
    return (account, key) if account and operations.opens(account=account, key=key) else None


def _asked(request: HttpRequest, form: PortalForm) -> bool:
    identifier = form.cleaned_data["identifier"]
    try:
        operations.ask_renewal(espace=ABONNE.code, identifier=identifier, client=client_of(request))
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    request.session[RENEWAL] = {"identifier": identifier}
    return True


def _opened(request: HttpRequest, form: PortalForm, identifier: str) -> bool:
    code, client = form.cleaned_data["code"], client_of(request)
    try:
        account = operations.open_renewal(espace=ABONNE.code, identifier=identifier, code=code, client=client)
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    until = (clock.now() + WITHIN).isoformat()
    request.session.cycle_key()  # whoever knew the former key gains nothing
    request.session[RENEWAL] = {"account": str(account.pk), "until": until}
    return True


def _renewing(request: HttpRequest) -> Account | None:
    """Whose mailbox was shown a short while ago."""
    found = request.session.get(RENEWAL, {})
    if "account" not in found or dt.datetime.fromisoformat(found["until"]) <= clock.now():
        return None
    return operations.renewing_account(account_id=found["account"])


def _renewed(form: PortalForm, account: Account, presented: Presented) -> bool:
    try:
        operations.renew_certificate(
            account=account, presented=presented, answer=form.cleaned_data.get("answer", "")
        )
    except operations.CertificateTaken:
        raise  # no answer mends that
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    return True


def _shown(presented: Presented) -> dict[str, Any]:
    """What a page says of a certificate, so that one knows which one was chosen."""
    return {
        "holder": certificates.holder(presented.subject),
        "issuer": certificates.holder(presented.issuer),
        "serial": _grouped(presented.serial),
        "not_after": presented.not_after,
    }


def _grouped(serial: str) -> str:
    """« 1F2A 33B »: as one compares it sign by sign; it may have forty."""
    return " ".join(serial.upper()[start : start + 4] for start in range(0, len(serial), 4))


def _line(line: queries.CertificateLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "holder": certificates.holder(line.subject),
        "issuer": certificates.holder(line.issuer),
        "serial": _grouped(line.serial),
        "not_after": line.not_after,
        "bound_at": line.bound_at,
        "last_used_at": line.last_used_at,
        "ended_at": line.ended_at,
    }
