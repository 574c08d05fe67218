"""The life of a filing: draft, submission, confirmation, decision, and what happens if nobody comes back."""

from guichet.depots.operations import pages
from guichet.depots.operations.confirmation import confirm, resend_confirmation
from guichet.depots.operations.decisions import (
    NotPublished,
    OnlyPublished,
    OtherDraft,
    ReasonMissing,
    accept,
    end,
    lapse,
    publish,
    refuse,
    start_correction,
    withdraw,
)
from guichet.depots.operations.drafts import answer, discard, start_draft
from guichet.depots.operations.filing import NotComplete, file_at_once, submit
from guichet.depots.operations.handing_over import hand_over, hand_over_draft
from guichet.depots.operations.leaving import forget_person, leave, whose_time_is_over
from guichet.depots.operations.upkeep import (
    expire_unconfirmed,
    forget_void_files,
    purge_drafts,
    remind_drafts,
    remind_unconfirmed,
    report_infections,
)
from guichet.depots.operations.uploads import AlreadyJoined, attach, detach, move
from guichet.depots.queries import token_depot

__all__ = [
    "AlreadyJoined",
    "NotComplete",
    "NotPublished",
    "OnlyPublished",
    "OtherDraft",
    "ReasonMissing",
    "accept",
    "answer",
    "attach",
    "confirm",
    "detach",
    "discard",
    "end",
    "expire_unconfirmed",
    "file_at_once",
    "forget_person",
    "forget_void_files",
    "hand_over",
    "hand_over_draft",
    "lapse",
    "leave",
    "move",
    "pages",
    "publish",
    "purge_drafts",
    "refuse",
    "remind_drafts",
    "remind_unconfirmed",
    "report_infections",
    "resend_confirmation",
    "start_correction",
    "start_draft",
    "submit",
    "token_depot",
    "whose_time_is_over",
    "withdraw",
]
