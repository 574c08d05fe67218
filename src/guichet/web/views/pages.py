"""The pages that are the same for everybody: home and the footer's."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from guichet.accounts.definitions import espaces, public_espaces
from guichet.courriers.operations import KEPT_FOR
from guichet.depots.operations.upkeep import DRAFT_LIFETIME, VOID_FILES_LIFETIME

KEPT = {"drafts": DRAFT_LIFETIME, "void_files": VOID_FILES_LIFETIME, "messages": KEPT_FOR}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the portal is, and its doors."""
    return render(request, "web/home.html", {"espaces": public_espaces()})


@require_safe
def static_page(request: HttpRequest, name: str) -> HttpResponse:
    """A page of text of the footer: ``name`` is its template's."""
    shown = list(espaces().values()) if name == "privacy" else public_espaces()
    context = {"espaces": shown, "sender": settings.SENDER, "kept": KEPT}
    return render(request, f"web/pages/{name}.html", context)


@require_safe
def terms(request: HttpRequest, version: str = "") -> HttpResponse:
    """The terms of ``version``, former ones included; else the first door's, and where the others are."""
    chosen = version or public_espaces()[0].terms_version
    title, *blocks = _terms_text(chosen).strip().split("\n\n")
    context = {
        "heading": title.partition("\n")[0],
        "sections": [tuple(block.split("\n", 1)) for block in blocks],
        "version": chosen,
        "named": version,
        "others": [door for door in public_espaces() if door.terms_version != chosen],
    }
    return render(request, "web/pages/terms.html", context)


@require_safe
def terms_text(request: HttpRequest, version: str) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """The terms of use of one version, former ones included, as a text file to keep."""
    response = HttpResponse(_terms_text(version), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="conditions-{version}.txt"'
    return response


def _terms_text(version: str) -> str:
    try:
        return render_to_string(f"web/terms/{version}.txt", {"portal_name": settings.PORTAL_NAME})
    except TemplateDoesNotExist:
        raise Http404 from None
