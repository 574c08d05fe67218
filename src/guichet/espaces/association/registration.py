"""Registering, one question a page (000, steps 1 to 3).

What was typed waits in the session under its SIREN, so that two tabs with two associations don't mix, and
« back » shows every answer again.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from guichet.accounts import operations
from guichet.entreprises import queries
from guichet.entreprises.rules import UniteLegale
from guichet.espaces.association.definition import ASSOCIATION
from guichet.espaces.association.forms import DetailsForm, NumberForm
from guichet.kernel.identifiers import Siren
from guichet.kernel.refusals import Refusal
from guichet.web.forms import PortalForm, posted, show
from guichet.web.requests import client_of

SESSION_KEY = "registrations"
KEPT = 5  # registrations of one visitor
PROFILE = ("name", "address", "postcode", "city", "contact", "phone")

Answers = dict[str, Any]


def number(request: HttpRequest) -> HttpResponse:
    """Step 1: the SIREN. A unit that is unknown or closed gets its own explanation, any other goes on."""
    form = NumberForm(posted(request), initial={"siren": request.GET.get("siren", "")})
    if form.is_valid():
        siren = form.cleaned_data["siren"]
        unite = queries.unite(siren=siren)
        page = "register_details" if unite and not unite.is_closed else "register_unit"
        return redirect(f"association:{page}", siren=siren)
    return show(request, "association/number.html", form)


@require_safe
def unit(request: HttpRequest, siren: Siren) -> HttpResponse:
    """What the register says of a number that needs an explanation: unknown, or closed."""
    unite = queries.unite(siren=siren)
    if unite and not unite.is_closed:
        return redirect("association:register_details", siren=siren)
    return render(
        request, "association/unit.html", {"siren": siren, "unite": unite.masked() if unite else None}
    )


def details(request: HttpRequest, siren: Siren) -> HttpResponse:
    """Step 2: the form, prefilled from what the register shows to everybody."""
    unite = queries.unite(siren=siren)
    initial = {**_from_register(unite), **_kept(request, siren)}
    form = DetailsForm(posted(request), fixed_name=_fixed_name(unite), initial=initial)
    if form.is_valid():
        answers = {**form.profile, "email": form.cleaned_data["email"], "in_register": unite is not None}
        _keep(request, siren, answers)
        return redirect("association:register_check", siren=siren)
    return show(request, "association/details.html", form, {"siren": siren, "unite": unite})


def check(request: HttpRequest, siren: Siren) -> HttpResponse:
    """Step 3: everything once more, the e-mail address very large; then the registration."""
    answers = _kept(request, siren)
    if not answers:
        return redirect("association:register_details", siren=siren)
    form = PortalForm(posted(request))
    if form.is_valid() and _registered(request, siren, answers, form):
        return redirect("association:register_sent", siren=siren)
    fixed = _fixed_name(queries.unite(siren=siren))
    return show(
        request, "association/check.html", form, {"siren": siren, "answers": answers, "fixed_name": fixed}
    )


@require_safe
def sent(request: HttpRequest, siren: Siren) -> HttpResponse:
    """« Consultez votre messagerie »: which message to expect, where, and what to do if none comes."""
    answers = _kept(request, siren)
    if not answers:
        return redirect("association:register_details", siren=siren)
    context = {
        "siren": siren,
        "email": answers["email"],
        "sender": settings.SENDER,
        "lifetime": ASSOCIATION.lifetimes.activation,
        "door": ASSOCIATION,
    }
    return render(request, "association/sent.html", context)


def _registered(request: HttpRequest, siren: Siren, answers: Answers, form: PortalForm) -> bool:
    profile = {name: answers[name] for name in (*PROFILE, "in_register")}
    try:
        operations.register(
            espace=ASSOCIATION.code,
            identifier=siren,
            email=answers["email"],
            profile=profile,
            client=client_of(request),
        )
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    return True


def _fixed_name(unite: UniteLegale | None) -> str:
    """The name that the register gives to everybody, which is not asked again; or an empty text."""
    return unite.name if unite and unite.diffusible else ""


def _from_register(unite: UniteLegale | None) -> Mapping[str, str]:
    """What may be shown to anybody who knows the number: a unit may have refused that its address be told."""
    siege = unite.masked().siege if unite else None
    if siege is None:
        return {}
    return {"address": ", ".join(siege.address), "postcode": siege.postcode, "city": siege.city}


def _kept(request: HttpRequest, siren: str) -> Answers:
    found: Answers = request.session.get(SESSION_KEY, {}).get(siren, {})
    return {**found, "email_again": found["email"]} if found else {}


def _keep(request: HttpRequest, siren: str, answers: Answers) -> None:
    registrations = {key: kept for key, kept in request.session.get(SESSION_KEY, {}).items() if key != siren}
    latest = [*registrations.items(), (str(siren), answers)][-KEPT:]
    request.session[SESSION_KEY] = dict(latest)
