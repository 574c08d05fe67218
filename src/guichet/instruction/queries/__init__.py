"""What agents see. Each query takes the agent who asks, and refuses what it has no right to."""

from guichet.instruction.queries.agents import LotNotFound, agents, colleagues, load, lot, lots, motifs
from guichet.instruction.queries.dossier import (
    depot,
    dossier,
    may_answer,
    messages,
    next_after,
    unanswered,
)
from guichet.instruction.queries.figures import figures
from guichet.instruction.queries.queue import export, first_ids, queue
from guichet.instruction.queries.rights import agent_of

__all__ = [
    "LotNotFound",
    "agent_of",
    "agents",
    "colleagues",
    "depot",
    "dossier",
    "export",
    "figures",
    "first_ids",
    "load",
    "lot",
    "lots",
    "may_answer",
    "messages",
    "motifs",
    "next_after",
    "queue",
    "unanswered",
]
