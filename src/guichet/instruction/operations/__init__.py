"""What agents do. Each operation takes the agent who acts, and refuses what it has no right to."""

from guichet.depots.operations import NotPublished, OnlyPublished, ReasonMissing
from guichet.instruction.operations.agents import (
    AgentNotFound,
    LastGestionnaire,
    UnknownRole,
    UnknownTeleprocedure,
    change_agent,
    invite_agent,
    invite_agent_again,
    reinstate_agent,
    reset_agent_factor,
    suspend_agent,
)
from guichet.instruction.operations.bulk import MotifMissing, NothingChosen, TooMany, run_bulk, start_bulk
from guichet.instruction.operations.classification import (
    NoSuchDocument,
    NothingChanged,
    UnknownPerson,
    UnknownType,
    reclassify,
)
from guichet.instruction.operations.decisions import UnknownMotif, accept, publish, refuse, withdraw
from guichet.instruction.operations.exchanges import NoAddress, NoQuestion, answer, ask, note
from guichet.instruction.operations.forgetting import forget_texts
from guichet.instruction.operations.hands import (
    AlreadyDecided,
    AssignedToAnother,
    HeldByAnother,
    UnknownAgent,
    assign,
    hold,
    release,
    take_next,
    take_over,
)
from guichet.instruction.operations.joined import (
    JoinedTooBig,
    TooManyFiles,
    TooManyPagesJoined,
    message_limits,
)
from guichet.instruction.operations.motifs import MotifExists, keep_motif, retire_motif, seed_motifs
from guichet.instruction.rules import NotAllowed, TextMissing, TextTooLong

__all__ = [
    "AgentNotFound",
    "AlreadyDecided",
    "AssignedToAnother",
    "HeldByAnother",
    "JoinedTooBig",
    "LastGestionnaire",
    "MotifExists",
    "MotifMissing",
    "NoAddress",
    "NoQuestion",
    "NoSuchDocument",
    "NotAllowed",
    "NotPublished",
    "NothingChanged",
    "NothingChosen",
    "OnlyPublished",
    "ReasonMissing",
    "TextMissing",
    "TextTooLong",
    "TooMany",
    "TooManyFiles",
    "TooManyPagesJoined",
    "UnknownAgent",
    "UnknownMotif",
    "UnknownPerson",
    "UnknownRole",
    "UnknownTeleprocedure",
    "UnknownType",
    "accept",
    "answer",
    "ask",
    "assign",
    "change_agent",
    "forget_texts",
    "hold",
    "invite_agent",
    "invite_agent_again",
    "keep_motif",
    "message_limits",
    "note",
    "publish",
    "reclassify",
    "refuse",
    "reinstate_agent",
    "release",
    "reset_agent_factor",
    "retire_motif",
    "run_bulk",
    "seed_motifs",
    "start_bulk",
    "suspend_agent",
    "take_next",
    "take_over",
    "withdraw",
]
