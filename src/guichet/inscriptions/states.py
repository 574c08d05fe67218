"""The kinds of an inscription, and what becomes of who wants to act for a company."""

from enum import StrEnum


class Genre(StrEnum):
    """The three types of inscription (003, chapter 2); fixed once chosen, but by a resiliation."""

    MONO = "mono"
    MULTI = "multi"
    TIERS = "tiers"


class Voie(StrEnum):
    """How the candidate of a company that has administrateurs becomes one (003, chapter 2)."""

    COOPTATION = "cooptation"
    CLE = "cle"


class Issue(StrEnum):
    """What became of a candidature."""

    ACCORDEE = "accordee"  # by an administrateur
    REFUSEE = "refusee"  # by an administrateur, with a reason
    CLE = "cle"  # the letter's key was typed
    AGENT = "agent"  # by the agents' desk, where nobody else can
    CADUQUE = "caduque"  # 15 days without an answer
    RETIREE = "retiree"  # by the candidate
