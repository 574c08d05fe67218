"""What surrounds every request."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from guichet.kernel import traces
from guichet.kernel.refusals import Refusal
from guichet.web import observed
from guichet.web.requests import account_of
from guichet.web.views.errors import method_not_allowed, refused

Handler = Callable[[HttpRequest], HttpResponse]


class RequestContextMiddleware:
    """Gives each request an id, told in the ``X-Request-ID`` header, on the error page and in the log."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        request_id = observed.request_id(request)
        request.request_id = request_id  # type: ignore[attr-defined]  # see requests.PortalRequest
        with traces.doing(request_id=request_id):
            response = self.get_response(request)
            observed.tell(request, response, seconds=time.perf_counter() - began)
        response["X-Request-ID"] = request_id
        _keep_private(request, response)
        return response


class LoadAccountMiddleware:
    """Loads who is signed in before any page asks: templates never query. Without session, no query."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        account_of(request)
        return self.get_response(request)


class RefusalMiddleware:
    """Turns a refusal that no view caught, and a method that no view takes, into a page that says so."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        return method_not_allowed(request, response["Allow"]) if response.status_code == 405 else response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The refusal's page, or None for an exception that is no refusal."""
        return refused(request, exception) if isinstance(exception, Refusal) else None


def _keep_private(request: HttpRequest, response: HttpResponse) -> None:
    """What one session or one secret link alone opens is kept in no cache, not even the browser's."""
    session = getattr(request, "session", None)
    personal = session is not None and session.accessed and not session.is_empty()
    match = request.resolver_match
    if personal or (match is not None and "token" in match.kwargs):
        response["Cache-Control"] = "no-store"
