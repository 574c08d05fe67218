"""For whom somebody of a company files what concerns the company itself."""

from django.utils.translation import gettext

from guichet.depots.definitions import UNKNOWN, Subject
from guichet.inscriptions.models import Acteur
from guichet.inscriptions.queries import name_of_company


def of_company(acteur: Acteur | None, capacity: str) -> Subject:
    """The company that ``acteur`` acts for, or asks to; ``UNKNOWN`` where there is nobody."""
    if acteur is None:
        return UNKNOWN
    inscription = acteur.inscription
    return Subject(siren=inscription.siren, name=name_of_company(inscription), capacity=gettext(capacity))
