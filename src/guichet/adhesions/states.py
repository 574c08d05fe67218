"""What becomes of a line of a list, and of a proposal to hand files over."""

from enum import StrEnum


class Outcome(StrEnum):
    """What became of one line of a list."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"


class Remittal(StrEnum):
    """Where a proposal to hand client files over stands."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"  # the colleague left, or said nothing for too long


class By(StrEnum):
    """Who answered a request, or ended what it had brought."""

    CODE = "code"  # whoever holds the letter
    ACCOUNT = "account"  # an account that is the company
    AGENT = "agent"
    FIRM = "firm"
    SYSTEM = "system"  # nobody did in time
