"""The home of a candidate: somebody whom a company's administrateurs have not admitted yet (003, 2)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guichet.espaces.declarant import registrant
from guichet.espaces.declarant.choices import WayForm
from guichet.espaces.declarant.definition import DECLARANT
from guichet.inscriptions import operations, queries
from guichet.inscriptions.models import Acteur
from guichet.inscriptions.rules import Voie
from guichet.kernel.identifiers import Siret
from guichet.kernel.refusals import Refusal
from guichet.web.access import account_required
from guichet.web.forms import ParsedField, PortalForm, posted, show
from guichet.web.requests import PortalRequest, client_of


class KeyForm(PortalForm):
    """The activation key of the letter."""

    key = ParsedField(
        label=gettext_lazy("Clé d’activation"),
        help_text=gettext_lazy(
            "Elle est imprimée dans la lettre. Les espaces, les tirets et les majuscules ne comptent pas."
        ),
        missing=gettext_lazy("Saisissez la clé imprimée dans la lettre."),
    )
    key.widget.attrs |= {"spellcheck": "false", "autocapitalize": "characters"}


View = Callable[[PortalRequest, Acteur], HttpResponse]


def candidate_required(view: View) -> Callable[[PortalRequest], HttpResponseBase]:
    """Guards a page of candidates; others are led where they belong."""

    @wraps(view)
    def guarded(request: PortalRequest) -> HttpResponse:
        acteur = queries.acteur_of(account=request.account)
        if acteur is None:
            return redirect("declarant:choose")
        return view(request, acteur) if acteur.is_candidate else redirect("declarant:home")

    return account_required("declarant")(guarded)


@candidate_required
def waiting(request: PortalRequest, acteur: Acteur) -> HttpResponse:
    """How many days are left, which way was chosen, and what else may be done; the key is typed here."""
    form = KeyForm(posted(request))
    if form.is_valid():
        try:
            operations.type_key(
                account=request.account, key=form.cleaned_data["key"], client=client_of(request)
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Votre clé est exacte : vous êtes administrateur. Voici votre menu."))
            return redirect("declarant:home")
    return show(request, "declarant/waiting.html", form, _context(request, acteur))


@candidate_required
def way(request: PortalRequest, acteur: Acteur) -> HttpResponse:
    """Change the way: by the administrateurs, or by a letter. The 15 days go on."""
    asked = queries.candidature_of(account=request.account)
    form = WayForm(posted(request), initial={"voie": asked.voie.value if asked else ""})
    if form.is_valid():
        try:
            operations.choose_way(account=request.account, voie=Voie(form.cleaned_data["voie"]))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("C’est noté : votre choix est enregistré."))
            return redirect("declarant:waiting")
    return show(request, "declarant/waiting_way.html", form, _context(request, acteur))


@candidate_required
def withdraw(request: PortalRequest, acteur: Acteur) -> HttpResponse:
    """Give the candidature up, which is asked once: the administrateurs hear of it."""
    form = PortalForm(posted(request))
    if form.is_valid():
        try:
            operations.withdraw(account=request.account)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Votre demande est retirée."))
            return redirect("declarant:choose")
    return show(request, "declarant/waiting_withdraw.html", form, _context(request, acteur))


def _context(request: PortalRequest, acteur: Acteur) -> dict[str, Any]:
    """What a candidate is told. The administrateurs are counted, not named: nobody has admitted them yet."""
    try:
        place = registrant.place(Siret(acteur.siret))
    except Refusal:
        place = None
    return {
        "candidate": queries.candidature_of(account=request.account),
        "place": place,
        "siret": acteur.siret,
        "administered": queries.is_administered(inscription=acteur.inscription),
        "administrateurs": len(queries.administrateurs(inscription=acteur.inscription)),
        "door": DECLARANT,
    }
