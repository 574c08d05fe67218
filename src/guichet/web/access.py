"""Who may see a page."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from guichet.accounts.definitions import Espace, espace
from guichet.accounts.sessions import provisionally_signed_in
from guichet.courriers import queries as courriers
from guichet.kernel.refusals import N_, Refusal
from guichet.web import resume
from guichet.web.requests import PortalRequest, account_of

P = ParamSpec("P")
View = Callable[Concatenate[PortalRequest, P], HttpResponseBase]


class OtherEspace(Refusal):
    """Signed in, but at another door."""

    code = "other_espace"
    message = N_(
        "Vous êtes connecté avec un compte d’un autre espace, qui ne donne pas accès à cette page. "
        "Déconnectez-vous, puis connectez-vous à l’espace « {label} »."
    )
    status = 403


def account_required(espace_code: str) -> Callable[[View[P]], View[P]]:
    """Guards a view of the espace ``espace_code``, and gives it ``request.account``.

    Where there is a mailbox, ``request.unread`` is how many messages wait in it, for the header (one short
    query of an index that holds nothing else).

    Without a session: on to the sign-in page, which leads back here; what a form held is given back
    then. With an account of another espace: ``OtherEspace`` (403).
    """

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: PortalRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            account, door = account_of(request), espace(espace_code)
            if account is None:
                return _to_sign_in(request, door)
            if account.espace != espace_code:
                raise OtherEspace(label=door.label)
            request.account = account
            if door.mailbox:
                request.unread = courriers.unread(box=account.subject)
            return view(request, *args, **kwargs)

        return guarded

    return guard


def next_path(request: HttpRequest, *, default: str) -> str:
    """Where ``?suite=`` wants to lead, if that is a page of this portal; else ``default``."""
    wanted = request.POST.get("suite") or request.GET.get("suite") or ""
    safe = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if safe else default


def with_next(request: HttpRequest, address: str) -> str:
    """``address``, with the ``?suite=`` of this request."""
    wanted = next_path(request, default="")
    return f"{address}?{urlencode({'suite': wanted})}" if wanted else address


def _to_sign_in(request: HttpRequest, door: Espace) -> HttpResponseBase:
    """To the sign-in page; to the choice of a password, whoever signed in by a provisional one."""
    if request.method == "POST":
        resume.keep(request, door.code)
    provisional = provisionally_signed_in(request) if door.provisionals else None
    here = provisional and provisional.espace == door.code
    address = reverse(f"{door.code}:possession" if here else door.sign_in_url)
    return HttpResponseRedirect(f"{address}?{urlencode({'suite': _page_of(request)})}")


def _page_of(request: HttpRequest) -> str:
    """The page to come back to: for what a form sends, the page that holds the form, as it can be opened."""
    referer = urlsplit(request.headers.get("Referer", ""))
    if request.method == "POST" and referer.netloc == request.get_host():
        return referer.path
    return request.get_full_path()
