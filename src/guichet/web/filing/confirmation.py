"""The link of the e-mail « validation de dépôt de dossier » (000, step 7): no sign-in, the link is the key.

Opening it changes nothing, as mail scanners open links too: the button does.
"""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guichet.depots import operations, queries
from guichet.depots.models import Depot
from guichet.kernel.refusals import Refusal
from guichet.web.filing.depots import receipt_download
from guichet.web.filing.presentation import card_of, has_receipt, received_documents
from guichet.web.messages import sentence
from guichet.web.requests import PortalRequest


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: PortalRequest, token: str) -> HttpResponse:
    """Shows the filing with « Confirmer ce dépôt »; confirms it when that is pressed."""
    try:
        if request.method == "POST":
            operations.confirm(token=token)
            return redirect("confirm", token)
        found = queries.token_depot(token=token)
    except Refusal as refusal:
        return _refused(request, refusal)
    return render(request, "web/filing/confirm.html", _page(found, token))


@require_safe
def receipt(request: PortalRequest, token: str) -> HttpResponseBase:  # noqa: ARG001 - the link alone opens it
    """The receipt of the filing that the link confirmed, at once and without signing in.

    The link was sent to the filer's mailbox, and the guide goes from it straight to the end (000, steps 7 and
    8). It opens the receipt for as long as it could confirm; a link found later leads to the sign-in page.
    """
    found = queries.token_depot(token=token)
    return redirect(card_of(found).url) if queries.is_past(found) else receipt_download(found)


def _page(found: Depot, token: str) -> dict[str, object]:
    card = card_of(found)
    return {
        "card": card,
        "documents": received_documents(found),
        "subject": found,
        "confirmed": has_receipt(found),
        "receipt_url": card.receipt_url
        if queries.is_past(found)
        else reverse("confirm_receipt", args=[token]),
    }


def _refused(request: PortalRequest, refusal: Refusal) -> HttpResponse:
    gone = refusal.status == 410
    title = _("Ce lien n’est plus valable") if gone else _("Lien non reconnu")
    return render(
        request,
        "web/filing/link_refused.html",
        {"title": title, "sentence": sentence(refusal)},
        status=refusal.status,
    )
