"""The life of a courrier: pending until it is sent or abandoned."""

from enum import StrEnum


class Status(StrEnum):
    """Where a courrier stands."""

    PENDING = "pending"
    SENT = "sent"
    ABANDONED = "abandoned"


class Outcome(StrEnum):
    """What one attempt gave: handed over, to be tried again, or refused for good."""

    SENT = "sent"
    DELAYED = "delayed"
    REFUSED = "refused"


def after(outcome: Outcome, *, may_retry: bool) -> Status:
    """The status that follows an attempt at a pending courrier."""
    if outcome is Outcome.SENT:
        return Status.SENT
    if may_retry:
        return Status.PENDING
    return Status.ABANDONED
