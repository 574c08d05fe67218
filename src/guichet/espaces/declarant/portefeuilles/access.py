"""Who may see the pages of portfolios: the administrateurs of a tiers déclarant (003, chapter 4)."""

from functools import wraps

from django.http.response import HttpResponseBase

from guichet.espaces.declarant.access import (
    ActeurRequest,
    Guarded,
    P,
    View,
    administrateur_required,
)
from guichet.inscriptions.rules import Genre
from guichet.portefeuilles.operations.holding import NotTiers


def tiers_required(view: View[P]) -> Guarded[P]:
    """As ``administrateur_required``, for those of a tiers déclarant. Raises ``NotTiers`` (403)."""

    @wraps(view)
    def guarded(request: ActeurRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.acteur.inscription.genre != Genre.TIERS:
            raise NotTiers
        return view(request, *args, **kwargs)

    return administrateur_required(guarded)
