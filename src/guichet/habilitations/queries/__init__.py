"""Who may file what, since when, given by whom; what a change would do."""

from guichet.habilitations.queries.answers import explain, may_file
from guichet.habilitations.queries.grid import grid, wanted_of
from guichet.habilitations.queries.planning import plan
from guichet.habilitations.queries.reading import (
    changements,
    count_of,
    history,
    history_rows,
    mine,
    opening_later,
    recap,
    recap_rows,
    who_could_file,
)

__all__ = [
    "changements",
    "count_of",
    "explain",
    "grid",
    "history",
    "history_rows",
    "may_file",
    "mine",
    "opening_later",
    "plan",
    "recap",
    "recap_rows",
    "wanted_of",
    "who_could_file",
]
