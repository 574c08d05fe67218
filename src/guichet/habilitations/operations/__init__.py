"""Giving, taking, copying, handing over, undoing and holding rights."""

from guichet.habilitations.operations.giving import (
    UnknownColleague,
    UnknownProfile,
    apply,
    begin,
    copy,
    give_profile,
    set_roles,
)
from guichet.habilitations.operations.holding import MayNotFile, hold_right
from guichet.habilitations.operations.leaving import Passed, UnfitSuccessor, leave, remove, resilier
from guichet.habilitations.operations.passing import pass_filings
from guichet.habilitations.operations.undoing import (
    AlreadyUndone,
    ChangementNotFound,
    NotUndoable,
    Undone,
    undo,
)
from guichet.habilitations.operations.withdrawing import (
    OneRightLeft,
    RightsLeft,
    choose_etablissements,
    withdraw_declaration,
)
from guichet.habilitations.rules import Contradiction, Wanted

__all__ = [
    "AlreadyUndone",
    "ChangementNotFound",
    "Contradiction",
    "MayNotFile",
    "NotUndoable",
    "OneRightLeft",
    "Passed",
    "RightsLeft",
    "Undone",
    "UnfitSuccessor",
    "UnknownColleague",
    "UnknownProfile",
    "Wanted",
    "apply",
    "begin",
    "choose_etablissements",
    "copy",
    "give_profile",
    "hold_right",
    "leave",
    "pass_filings",
    "remove",
    "resilier",
    "set_roles",
    "undo",
    "withdraw_declaration",
]
