"""The addresses of a téléprocédure's screens, and those of the links that are sent by e-mail."""

from collections.abc import Callable

from django.http import HttpResponseBase
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from guichet.web.access import account_required
from guichet.web.filing import confirmation, depots, documents, drafts
from guichet.web.filing.screens import Filing

READ = ("GET", "HEAD")
WRITE = ("POST",)


Page = Callable[..., URLPattern]


def pages_of(filing: Filing) -> Page:
    """What makes the addresses of ``filing``, for signed-in accounts of its espace."""
    guard = account_required(filing.definition.espace)

    def page(route: str, view: Callable[..., HttpResponseBase], name: str, *methods: str) -> URLPattern:
        guarded = require_http_methods(list(methods))(guard(view))
        return path(route, guarded, {"filing": filing}, name=name)

    return page


def filing_urls(filing: Filing) -> list[URLPattern]:
    """Everything from the first question to the receipt, for a signed-in account of the espace."""
    page = pages_of(filing)
    return [
        page("", drafts.start, "start", *READ, *WRITE),
        page("brouillons/<uuid:depot_id>/", drafts.resume, "draft", *READ),
        page("brouillons/<uuid:depot_id>/documents/", documents.documents, "documents", *READ, *WRITE),
        page(
            "brouillons/<uuid:depot_id>/documents/<int:file_id>/retirer/",
            documents.remove,
            "remove",
            *READ,
            *WRITE,
        ),
        page(
            "brouillons/<uuid:depot_id>/documents/<int:file_id>/<slug:direction>/",
            documents.move,
            "move",
            *WRITE,
        ),
        page("brouillons/<uuid:depot_id>/pages/<int:number>.png", documents.page_image, "page", *READ),
        page("brouillons/<uuid:depot_id>/verification/", drafts.check, "check", *READ, *WRITE),
        page("brouillons/<uuid:depot_id>/supprimer/", drafts.discard, "discard", *READ, *WRITE),
        page("brouillons/<uuid:depot_id>/<slug:slug>/", drafts.step, "step", *READ, *WRITE),
        *acknowledged_urls(filing),
        page("depots/<uuid:depot_id>/fichiers/<int:file_id>", depots.original, "original", *READ),
        page("depots/<uuid:depot_id>/renvoyer/", depots.resend, "resend", *WRITE),
        page("depots/<uuid:depot_id>/annuler/", depots.cancel, "cancel", *READ, *WRITE),
        page("depots/<uuid:depot_id>/rectifier/", depots.rectify, "rectify", *WRITE),
        page("depots/<uuid:depot_id>/corriger/", depots.correct, "correct", *WRITE),
    ]


def acknowledged_urls(filing: Filing) -> list[URLPattern]:
    """What every filing has once it is transmitted, for who has a way of their own to get there.

    Where a filing is made of documents, each has its address, with its number.
    """
    page = pages_of(filing)
    document = "documents/<int:number>.pdf" if filing.definition.documents else "document.pdf"
    return [
        page("depots/", depots.depots, "depots", *READ),
        page("depots/<uuid:depot_id>/", depots.depot, "depot", *READ),
        page("depots/<uuid:depot_id>/accuse-de-reception.pdf", depots.receipt, "receipt", *READ),
        page(f"depots/<uuid:depot_id>/{document}", depots.document, "document", *READ),
        page("depots/<uuid:depot_id>/repondre/", depots.answer, "answer", *WRITE),
        page(
            "depots/<uuid:depot_id>/echanges/<int:message_id>.pdf", depots.message_file, "message_file", *READ
        ),
    ]


# Short, and without a slash at the end, so that no mail program cuts them.
link_urls: list[URLPattern] = [
    path("c/<str:token>", confirmation.confirm, name="confirm"),
    path("c/<str:token>/accuse-de-reception.pdf", confirmation.receipt, name="confirm_receipt"),
]
