"""How the tie between a tiers déclarant and a client ends."""

from enum import StrEnum


class Fin(StrEnum):
    """Who ended it."""

    TIERS = "tiers"  # the firm does not declare for this company any more
    CLIENT = "client"  # the company does not want it any more
    RESILIATION = "resiliation"  # the firm's own inscription ended
