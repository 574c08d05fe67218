"""Who acts for which company; its people, candidates, établissements and declarations."""

from guichet.inscriptions.queries.company import declarations, etablissements, living, name_of_company
from guichet.inscriptions.queries.people import (
    ActeurNotFound,
    acteur_of,
    administrateurs,
    candidates,
    candidature_of,
    colleague,
    help_asked,
    is_administered,
    name_of,
    people,
)

__all__ = [
    "ActeurNotFound",
    "acteur_of",
    "administrateurs",
    "candidates",
    "candidature_of",
    "colleague",
    "declarations",
    "etablissements",
    "help_asked",
    "is_administered",
    "living",
    "name_of",
    "name_of_company",
    "people",
]
