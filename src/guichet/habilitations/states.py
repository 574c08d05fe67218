"""Where a right comes from."""

from enum import StrEnum


class Origine(StrEnum):
    """What gave or took rights: the kind of a ``Changement``."""

    INSCRIPTION = "inscription"  # who registers the company has them all
    MANUELLE = "manuelle"  # the grid
    COPIE = "copie"  # those of a colleague
    PROFIL = "profil"  # one of the five profiles
    TRANSFERT = "transfert"  # somebody left, and somebody took over
    DEPART = "depart"  # somebody left, and nobody took over
    RETRAIT = "retrait"  # the declaration or the établissement left the inscription
    ANNULATION = "annulation"  # a change was undone
    RESILIATION = "resiliation"  # the inscription ended


# What a transfer, a departure or the end took can't be given back: nobody is left to have it, or it moved on
# with filings. What a registration gave is taken in the grid.
UNDOABLE = frozenset({Origine.MANUELLE, Origine.COPIE, Origine.PROFIL, Origine.RETRAIT, Origine.ANNULATION})
