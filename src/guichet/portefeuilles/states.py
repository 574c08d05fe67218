"""How the tie between a tiers déclarant and a client ends, and who gets rights with what is added."""

from enum import StrEnum


class Fin(StrEnum):
    """Who ended it."""

    TIERS = "tiers"  # the firm does not declare for this company any more
    CLIENT = "client"  # the company does not want it any more
    RESILIATION = "resiliation"  # the firm's own inscription ended


class Beneficiaires(StrEnum):
    """Who gets the rights on what is added to a portfolio."""

    TOUS = "tous"  # every déclarant of the inscription, as the guide has it
    PRESENTS = "presents"  # those who have a right in this portfolio already
    PERSONNE = "personne"
