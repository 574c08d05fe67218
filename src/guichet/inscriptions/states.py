"""What becomes of somebody who wants to act for a company; what changes its rights and portfolios."""

from enum import StrEnum


class Issue(StrEnum):
    """What became of a candidature."""

    ACCORDEE = "accordee"  # by an administrateur
    REFUSEE = "refusee"  # by an administrateur, with a reason
    CLE = "cle"  # the letter's key was typed
    AGENT = "agent"  # by the agents' desk, where nobody else can
    CADUQUE = "caduque"  # 15 days without an answer
    RETIREE = "retiree"  # by the candidate


class Origine(StrEnum):
    """What changed rights, or a portfolio: the kind of a ``Changement``."""

    INSCRIPTION = "inscription"  # who registers the company has them all
    MANUELLE = "manuelle"  # the grid
    COPIE = "copie"  # those of a colleague
    PROFIL = "profil"  # one of the five profiles
    TRANSFERT = "transfert"  # somebody left, and somebody took over
    DEPART = "depart"  # somebody left, and nobody took over
    RETRAIT = "retrait"  # the declaration or the établissement left the inscription
    ANNULATION = "annulation"  # a change was undone
    RESILIATION = "resiliation"  # the inscription ended
    PORTEFEUILLE = "portefeuille"  # a portfolio was composed by hand
    FICHIER = "fichier"  # a request by file
    CLIENT = "client"  # a client ended what a tiers files for it


# What a transfer, a departure or the end took can't be given back: nobody is left to have it, or it moved on
# with filings. What a registration gave is taken in the grid. What a client ended is its own to give back.
UNDOABLE = frozenset(
    {
        Origine.MANUELLE,
        Origine.COPIE,
        Origine.PROFIL,
        Origine.RETRAIT,
        Origine.ANNULATION,
        Origine.PORTEFEUILLE,
        Origine.FICHIER,
    }
)
