"""What agents see. Each query takes the agent who asks, and refuses what it has no right to."""

from guichet.instruction.queries.agents import LotNotFound, agents, colleagues, load, lot, lots, motifs
from guichet.instruction.queries.classification import (
    documents,
    learned,
    reclassification_rows,
    reclassifications,
)
from guichet.instruction.queries.dossier import (
    MessageFileNotFound,
    depot,
    dossier,
    may_answer,
    message_file,
    messages,
    my_message_file,
    next_after,
    unanswered,
)
from guichet.instruction.queries.figures import figures
from guichet.instruction.queries.queue import export, first_ids, procedures_of, queue
from guichet.instruction.queries.rights import agent_of

__all__ = [
    "LotNotFound",
    "MessageFileNotFound",
    "agent_of",
    "agents",
    "colleagues",
    "depot",
    "documents",
    "dossier",
    "export",
    "figures",
    "first_ids",
    "learned",
    "load",
    "lot",
    "lots",
    "may_answer",
    "message_file",
    "messages",
    "motifs",
    "my_message_file",
    "next_after",
    "procedures_of",
    "queue",
    "reclassification_rows",
    "reclassifications",
    "unanswered",
]
