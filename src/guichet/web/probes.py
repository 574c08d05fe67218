"""Requests of machines: a balancer or a monitor knows the portal by an address, and speaks no HTTPS to it."""

import ipaddress
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
LOCAL = "guichet.direct"  # of the request's environment
# What a server that stands before the portal adds.
_FORWARDED = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_FORWARDED",
    "HTTP_X_REAL_IP",
    "HTTP_VIA",
)


class ProbeMiddleware:
    """Takes a machine's request under whatever name; pages keep to ``ALLOWED_HOSTS``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in PATHS:
            request.META[LOCAL] = _calls_itself(request)
            request.META["HTTP_HOST"] = urlsplit(settings.BASE_URL).netloc
        return self.get_response(request)


def is_direct(request: HttpRequest) -> bool:
    """Whether this machine itself asks, and nobody through it."""
    return bool(request.META.get(LOCAL))


def _calls_itself(request: HttpRequest) -> bool:
    if any(name in request.META for name in _FORWARDED):
        return False
    name = urlsplit(f"//{request.META.get('HTTP_HOST', '')}").hostname or ""
    return _is_loopback(str(request.META.get("REMOTE_ADDR") or "")) and (
        name == "localhost" or _is_loopback(name)
    )


def _is_loopback(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback
