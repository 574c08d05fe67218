"""Recovery codes, shown until their owner says that they are kept; nobody can read them afterwards.

Until then the session holds them encrypted: the table of sessions must not give away what is stored hashed.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from guichet.accounts import vault
from guichet.accounts.definitions import espace
from guichet.accounts.models import Account
from guichet.web.access import next_path
from guichet.web.requests import PortalRequest
from guichet.web.views.sign_in import after

KEY = "recovery_codes"


def keep(request: HttpRequest, account: Account, codes: list[str]) -> None:
    """Have ``codes`` shown by the next page."""
    sealed = vault.seal(" ".join(codes), purpose=_purpose(account))
    request.session[KEY] = urlsafe_b64encode(sealed).decode()


def shown(request: PortalRequest) -> HttpResponse:
    """The new codes, to be written down, printed or saved; one button says that this is done."""
    door = espace(request.account.espace)
    if request.method == "POST":
        request.session.pop(KEY, None)
        return redirect(after(request, door))
    codes = _kept(request)
    if not codes:
        return redirect(door.home_url)
    context = {"door": door, "codes": codes, "suite": next_path(request, default="")}
    return render(request, "web/accounts/recovery_codes.html", context)


def file(request: PortalRequest) -> HttpResponse:
    """The same codes as a text file to keep."""
    codes = _kept(request)
    if not codes:
        raise Http404
    context = {"codes": codes, "portal_name": settings.PORTAL_NAME, "owner": request.account}
    text = render_to_string("web/accounts/recovery_codes.txt", context)
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_("codes-de-secours")}.txt"'
    return response


def _kept(request: PortalRequest) -> list[str]:
    try:
        sealed = urlsafe_b64decode(request.session.get(KEY, ""))
        return vault.open_sealed(sealed, purpose=_purpose(request.account)).split()
    except (vault.CannotOpen, ValueError):
        return []


def _purpose(account: Account) -> str:
    return f"recovery codes of {account.subject}"
