"""Who may see a page of this door: who acts for a company, or its administrateurs alone (003, chapter 1)."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from guichet.inscriptions import queries
from guichet.inscriptions.models import Acteur, Inscription
from guichet.kernel.refusals import N_, Refusal
from guichet.web.access import account_required
from guichet.web.requests import PortalRequest

P = ParamSpec("P")


class ActeurRequest(PortalRequest):
    """A request of somebody who acts for a company: ``acteur``, with its ``inscription``."""

    acteur: Acteur


View = Callable[Concatenate[ActeurRequest, P], HttpResponseBase]
Guarded = Callable[Concatenate[PortalRequest, P], HttpResponseBase]


class AdministrateursOnly(Refusal):
    """A déclarant opened a page of the administrateurs: ``names`` says whom to ask."""

    code = "administrateurs_only"
    message = N_(
        "Cette page est réservée aux administrateurs de votre entreprise. Pour toute modification, "
        "adressez-vous à {names}."
    )
    status = 403


def acteur_required(view: View[P]) -> Guarded[P]:
    """Guards a view, and gives it ``request.acteur``: administrateur, déclarant, or both.

    A candidate is led to ``waiting``; who acts for nobody, to ``choose``. Without a session, and with an
    account of another door: as ``web.access.account_required``.
    """

    @wraps(view)
    def guarded(request: PortalRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        acteur = queries.acteur_of(account=request.account)
        if acteur is None:
            return redirect("declarant:choose")
        if acteur.is_candidate:
            return redirect("declarant:waiting")
        completed = cast("ActeurRequest", request)
        completed.acteur = acteur
        return view(completed, *args, **kwargs)

    return account_required("declarant")(guarded)


def administrateur_required(view: View[P]) -> Guarded[P]:
    """As ``acteur_required``, for administrateurs alone. Raises ``AdministrateursOnly`` (403)."""

    @wraps(view)
    def guarded(request: ActeurRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.acteur.administrateur:
            raise AdministrateursOnly(names=names_of_administrateurs(request.acteur.inscription))
        return view(request, *args, **kwargs)

    return acteur_required(guarded)


def names_of_administrateurs(inscription: Inscription) -> str:
    """« Anne Roux, Jean Petit »: whom people of this company ask."""
    names = [one.name for one in queries.administrateurs(inscription=inscription)]
    return ", ".join(names) or _("votre administrateur")
