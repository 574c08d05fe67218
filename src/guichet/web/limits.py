"""What one visitor, or a crowd, may ask of the web processes, so that the others don't wait for them."""

import math
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from guichet.kernel import clock
from guichet.kernel.limits import Limited, Rate, Saturated, Shares, TooOften, network
from guichet.kernel.refusals import N_
from guichet.web.requests import client_address
from guichet.web.views.errors import method_not_allowed, refused

Handler = Callable[[HttpRequest], HttpResponse]
RETRY_SECONDS = 10
RESERVED = 0.25  # of the threads, what no body may hold: pages are shown whatever is being sent
ONE_SHARE = 0.5  # of the others, what one address may hold
MINUTE = 60.0
# What asks the database much; images of pages, which a page shows by the dozen, are kept once drawn.
SEARCHES = {
    f"public:{name}"
    for name in ("search", "csv", "json", "organisation", "filing", "version", "sitemap", "sitemap_part")
}
READING, WRITING = ("GET", "HEAD", "OPTIONS"), ("POST",)  # no other method means anything here


class NothingReceived(Saturated):
    """So many people send something that this one's was not received. Params: ``retry_after`` (seconds)."""

    code = "nothing_received"
    message = N_(
        "Trop de personnes envoient quelque chose en ce moment : votre envoi n’a pas été reçu. "
        "Attendez {retry_after} secondes, puis actualisez cette page : votre navigateur renverra ce que vous "
        "aviez saisi et choisi."
    )


class ReceptionMiddleware:
    """Receives what is posted before a connection to the database is taken, and never with all threads.

    A body that comes a byte a second holds its thread all the while. Some threads are kept for pages, and one
    address has half of the others at most.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in READING:
            return self.get_response(request)
        if request.method not in WRITING:
            return method_not_allowed(request, ", ".join((*READING, *WRITING)))
        try:
            with _places(settings.WEB_THREADS).held(network(client_address(request))):
                request.POST  # noqa: B018 - reading it is what receives the body
        except Saturated as refusal:
            return refused(request, NothingReceived(retry_after=refusal.retry_after))
        except TooOften as refusal:
            return refused(request, refusal)
        return self.get_response(request)


class RateMiddleware:
    """Counts, by address, what costs more to answer than to ask for and needs no account."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponseBase | None:
        """The page that says to wait, or nothing."""
        what = _counted(request)
        limit = settings.LIMITS_A_MINUTE.get(what, 0)
        if not limit:
            return None
        try:
            _rate(what, limit).count(network(client_address(request)), now=clock.now().timestamp())
        except Limited as refusal:
            return refused(request, refusal)
        return None


@cache
def _rate(_what: str, limit: int) -> Rate:
    """The count of one thing in this process."""
    return Rate(count=limit, seconds=MINUTE)


def forget() -> None:
    """Forget all counts; for tests, which share a process."""
    _rate.cache_clear()


@cache
def _places(threads: int) -> Shares:
    total = max(1, int(threads * (1 - RESERVED)))
    return Shares(total=total, each=math.ceil(total * ONE_SHARE), retry_after=RETRY_SECONDS)


def _counted(request: HttpRequest) -> str:
    """Which of ``settings.LIMITS_A_MINUTE`` the request counts for; nothing for most."""
    match = request.resolver_match
    if match is None:
        return ""
    if match.view_name in ("web:verify", "web:verification"):
        return "verifications" if request.method == "POST" else ""
    if match.url_name in ("sign_in", "certificate_sign_in") and request.method == "POST":
        return "sign_ins"
    return "searches" if match.view_name in SEARCHES else ""
