"""What becomes of somebody who wants to act for a company."""

from enum import StrEnum


class Issue(StrEnum):
    """What became of a candidature."""

    ACCORDEE = "accordee"  # by an administrateur
    REFUSEE = "refusee"  # by an administrateur, with a reason
    CLE = "cle"  # the letter's key was typed
    AGENT = "agent"  # by the agents' desk, where nobody else can
    CADUQUE = "caduque"  # 15 days without an answer
    RETIREE = "retiree"  # by the candidate
