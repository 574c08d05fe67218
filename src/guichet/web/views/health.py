"""What machines ask: does the process live, can it serve, and the operator's numbers.

They ask under any name or address and without HTTPS (``probes``). Nothing here tells a secret or a person;
the numbers are for those alone who may have them.
"""

import hmac

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from guichet.web import metrics, readiness
from guichet.web.probes import is_direct

AGAIN = 5  # seconds until another look is worth while


@never_cache
@require_safe
def alive(_request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers at all; looks at nothing else."""
    return _text(_("Le processus répond."))


@never_cache
@require_safe
def ready(_request: HttpRequest) -> HttpResponse:
    """200 where this machine can serve, else 503; a line for each part."""
    found = readiness.findings()
    whole = all(found.values())
    lines = [_("Le portail est prêt.") if whole else _("Le portail n’est pas prêt.")]
    for name, is_ready in found.items():
        part = readiness.PARTS[name]
        lines.append(f"{_(part.label)} : {_(part.good if is_ready else part.bad)}")
    response = _text("\n".join(lines), status=200 if whole else 503)
    if not whole:
        response["Retry-After"] = str(AGAIN)
    return response


@never_cache
@require_safe
def numbers(request: HttpRequest) -> HttpResponse:
    """The metrics, for who shows ``METRICS_TOKEN``; without one, for who calls from this machine itself."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode()):
            response = _text(_("Ces mesures demandent le jeton GUICHET_METRICS_TOKEN."), status=401)
            response["WWW-Authenticate"] = "Bearer"
            return response
    elif not is_direct(request):
        raise Http404
    return HttpResponse(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)


def _text(text: str, *, status: int = 200) -> HttpResponse:
    return HttpResponse(f"{text}\n", content_type="text/plain; charset=utf-8", status=status)
