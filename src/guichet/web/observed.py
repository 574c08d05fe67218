"""What an operator gets to see of each request: an id, an entry in the log, a count and a duration.

No address, no account, no path: the name of the page, and how it went.
"""

import logging
import re
import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Counter, Histogram

from guichet.kernel import traces
from guichet.web.requests import is_from_proxy

logger = logging.getLogger("guichet.requests")

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)  # seconds
PROBES = frozenset({"web:alive", "web:ready", "web:metrics"})
# Sixteen signs at least, so that nobody chooses one of somebody else's; of those alone that spell no name.
_REQUEST_ID = re.compile(r"[0-9a-f-]{16,64}")

REGISTRY = CollectorRegistry()  # of this process; ``metrics`` adds the others
REQUESTS = Counter("guichet_requests", "Requests answered", ["method", "route", "status"], registry=REGISTRY)
SECONDS = Histogram(
    "guichet_request_duration_seconds",
    "From a request to its answer",
    ["route"],
    buckets=BUCKETS,
    registry=REGISTRY,
)


def request_id(request: HttpRequest) -> str:
    """The id that the server before the portal gave the request, or one of our own."""
    given = request.headers.get("X-Request-ID", "")
    if is_from_proxy(request) and _REQUEST_ID.fullmatch(given):
        return given
    return uuid.uuid4().hex


def tell(request: HttpRequest, response: HttpResponse, *, seconds: float) -> None:
    """Log and count a request that was answered after ``seconds``."""
    route, status = _route(request), response.status_code
    method = request.method if request.method in METHODS else "other"
    REQUESTS.labels(method, route, str(status)).inc()
    SECONDS.labels(route).observe(seconds)
    fields = {"method": method, "route": route, "status": status, "duration": round(seconds, 4)}
    if route in PROBES and status < 400:
        return  # every few seconds: they are counted, and would drown the rest
    logger.info("%s %s: %s", method, route, status, extra=fields)


def _route(request: HttpRequest) -> str:
    return "static" if request.path_info.startswith(settings.STATIC_URL) else traces.route(request)
