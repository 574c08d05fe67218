"""What is said of a company and its people on every page of this door."""

from django.utils.translation import gettext_lazy

from guichet.inscriptions.models import Acteur
from guichet.inscriptions.rules import Genre

GENRES = {
    Genre.MONO: gettext_lazy("inscription d’un établissement"),
    Genre.MULTI: gettext_lazy("inscription de plusieurs établissements"),
    Genre.TIERS: gettext_lazy("inscription de tiers déclarant"),
}
BOTH = gettext_lazy("administrateur et déclarant")
ADMINISTRATEUR = gettext_lazy("administrateur")
DECLARANT = gettext_lazy("déclarant")


def role(acteur: Acteur) -> str:
    """« administrateur et déclarant », or the one that somebody is."""
    if acteur.administrateur:
        return str(BOTH if acteur.declarant else ADMINISTRATEUR)
    return str(DECLARANT)
