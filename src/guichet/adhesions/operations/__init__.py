"""What people of firms and companies do: requests, answers, colleagues, files handed over."""

from guichet.adhesions.operations.allowance import EnoughForToday
from guichet.adhesions.operations.answers import (
    AlreadySettled,
    NotInForce,
    TooLate,
    answer,
    cancel,
    end,
    open_by_code,
)
from guichet.adhesions.operations.asking import CannotBeAsked, follow
from guichet.adhesions.operations.sending import (
    NoCapacity,
    NoServiceChosen,
    NothingToSend,
    VerdictChanged,
    discard_list,
    prepare_list,
    send_batch,
    send_list,
)
from guichet.adhesions.operations.tries import LetterCodesLockedOut
from guichet.adhesions.operations.upkeep import forget_lists, lapse_overdue, purge_lists, remind
from guichet.adhesions.queries.adhesions import NotTheCompany
from guichet.adhesions.rules import CodeRefused

__all__ = [
    "AlreadySettled",
    "CannotBeAsked",
    "CodeRefused",
    "EnoughForToday",
    "LetterCodesLockedOut",
    "NoCapacity",
    "NoServiceChosen",
    "NotInForce",
    "NotTheCompany",
    "NothingToSend",
    "TooLate",
    "VerdictChanged",
    "answer",
    "cancel",
    "discard_list",
    "end",
    "follow",
    "forget_lists",
    "lapse_overdue",
    "open_by_code",
    "prepare_list",
    "purge_lists",
    "remind",
    "send_batch",
    "send_list",
]
