"""The life of a publication. Nothing that was published once is unsaid: it leaves a trace."""

from enum import StrEnum


class State(StrEnum):
    """Where a publication stands. Only what is ``EN_VIGUEUR`` is found by the search."""

    EN_VIGUEUR = "en_vigueur"
    REMPLACEE = "remplacee"
    RETIREE = "retiree"


# From which states one may come to a state: a later version supersedes what is in force, and a version that
# was superseded may still be withdrawn.
SOURCES = {
    State.REMPLACEE: (State.EN_VIGUEUR,),
    State.RETIREE: (State.EN_VIGUEUR, State.REMPLACEE),
}
