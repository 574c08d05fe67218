"""« Demander à mon administrateur »: the way of who can't sign in nor read the mailbox (003, chapter 5)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from guichet.espaces.declarant.definition import DECLARANT
from guichet.inscriptions import operations
from guichet.kernel.refusals import Refusal
from guichet.web.account_forms import IdentifierForm
from guichet.web.forms import posted, show
from guichet.web.requests import client_of


def helpers(request: HttpRequest) -> HttpResponse:
    """Ask the administrateurs of one's company; the same answer whether or not there is such an account."""
    form = IdentifierForm(posted(request), door=DECLARANT, known=request.GET.get("identifiant", ""))
    if form.is_valid():
        try:
            identifier = form.cleaned_data["identifier"]
            operations.ask_help(espace=DECLARANT.code, identifier=identifier, client=client_of(request))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return redirect("declarant:helpers_sent")
    return show(request, "declarant/helpers.html", form, {"door": DECLARANT})


@require_safe
def helpers_sent(request: HttpRequest) -> HttpResponse:
    """What comes of it, and what to do if nothing does."""
    return render(request, "declarant/helpers_sent.html", {"door": DECLARANT})
