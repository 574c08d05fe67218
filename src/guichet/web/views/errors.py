"""Error pages: each says what happened, and what to do about it."""

import logging
import sys
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from psycopg_pool import PoolTimeout

from guichet.kernel import traces
from guichet.kernel.refusals import Refusal
from guichet.web import resume
from guichet.web.messages import retry_after, sentence
from guichet.web.requests import account_of

_AWAY = (OperationalError, InterfaceError, psycopg.OperationalError, PoolTimeout)
logger = logging.getLogger(__name__)


def page(request: HttpRequest, *, status: int, title: str, text: str) -> HttpResponse:
    """An error page: a ``title``, a ``text`` in plain French, and the ways on; where we are at fault, what to
    quote."""
    account_of(request)  # refused at the door, before anybody asked who it is: the template may not query
    request_id = getattr(request, "request_id", "") if status >= 500 else ""
    context = {"title": title, "text": text, "request_id": request_id}
    return render(request, "web/error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: what was sent can't be read. 413: it is larger than any form of the portal."""
    if isinstance(exception, RequestDataTooBig):
        text = _(
            "Ce que vous avez saisi est trop long pour ce formulaire. "
            "Revenez à la page précédente et abrégez."
        )
        return page(request, status=413, title=_("Saisie trop longue"), text=text)
    text = _(
        "Le portail n’a pas pu lire ce que votre navigateur a envoyé. "
        "Revenez à la page précédente et recommencez."
    )
    return page(request, status=400, title=_("Demande illisible"), text=text)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's handlers take it
    """403: not this person's business."""
    text = _("Votre compte ne donne pas accès à cette page.")
    return page(request, status=403, title=_("Accès refusé"), text=text)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's handlers take it
    """404: no such page."""
    text = _(
        "Cette page n’existe pas ou n’existe plus. Si vous avez copié son adresse depuis un message, "
        "vérifiez qu’elle est complète : certaines messageries la coupent en deux lignes."
    )
    return page(request, status=404, title=_("Page introuvable"), text=text)


def method_not_allowed(request: HttpRequest, allowed: str) -> HttpResponse:
    """405: a page that only shows was sent something, or an address that only takes a form was opened."""
    text = _(
        "Cette adresse ne s’utilise pas de cette façon : elle appartient à un bouton ou à un formulaire. "
        "Revenez à la page précédente et utilisez le bouton."
    )
    response = page(request, status=405, title=_("Cette page ne s’ouvre pas ainsi"), text=text)
    response["Allow"] = allowed
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault; 503 while the database can't be reached. Needs neither database nor session.

    The page names the request's id, which stands in the log too.
    """
    request_id = getattr(request, "request_id", "")
    logger.error("request %s failed: %s %s", request_id, request.method, traces.route(request))
    away = _database_is_away(sys.exc_info()[1])
    context = {"portal_name": settings.PORTAL_NAME, "request_id": request_id, "away": away}
    response = HttpResponse(render_to_string("web/500.html", context), status=503 if away else 500)
    if away:
        response["Retry-After"] = "60"
    return response


def _database_is_away(error: BaseException | None) -> bool:
    """Whether the server could not be reached, or went away: the queue of jobs wraps what it says."""
    while error is not None:
        if isinstance(error, _AWAY):
            return True
        error = error.__cause__
    return False


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The page of a refusal that no form shows, with the status that means it."""
    response = page(request, status=refusal.status, title=_title(refusal), text=sentence(refusal))
    if wait := retry_after(refusal):
        response["Retry-After"] = wait
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django gives it
    """403: the page was open for so long, or so often, that its form's secret is out of date.

    Where the browser says that our own page sent it, everything typed is offered back with a fresh secret.
    From any other place nothing is: that would be the very trick that the secret protects from.
    """
    if _from_here(request):
        return resume.offer(request, path=request.get_full_path(), data=resume.kept(request.POST), status=403)
    text = _(
        "Ce formulaire n’a pas été envoyé depuis une page de ce portail, ou votre navigateur refuse "
        "les cookies. Autorisez les cookies pour ce site, rouvrez la page, puis recommencez."
    )
    return page(request, status=403, title=_("Formulaire refusé"), text=text)


def _from_here(request: HttpRequest) -> bool:
    origin = urlsplit(request.headers.get("Origin", ""))
    return origin.netloc == request.get_host() and origin.scheme == request.scheme


def _title(refusal: Refusal) -> str:
    if refusal.title:
        return _(refusal.title)
    titles = {
        403: _("Accès refusé"),
        404: _("Page introuvable"),
        409: _("Cette demande a déjà été traitée"),
        410: _("Ce lien n’est plus valable"),
        413: _("Fichier trop volumineux"),
        429: _("Trop de tentatives"),
        503: _("Service momentanément indisponible"),
    }
    return titles.get(refusal.status, _("Cette demande ne peut pas aboutir"))
