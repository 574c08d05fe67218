"""« Menu personnalisé » (003, chapter 3)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from guichet.web.access import account_required
from guichet.web.requests import PortalRequest


@account_required("declarant")
def home(request: PortalRequest) -> HttpResponse:
    """The menu of somebody who is signed in."""
    return render(request, "declarant/home.html", {})


def register(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The first page of a registration."""
    return redirect("declarant:sign_in")
