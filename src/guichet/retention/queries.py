"""Reading what is kept. What belongs to someone takes the account as an argument."""

import datetime as dt
from dataclasses import dataclass

from guichet.accounts.models import Account
from guichet.depots.models import Depot
from guichet.depots.states import FILED, State
from guichet.kernel import clock
from guichet.retention.models import Export
from guichet.retention.rules import EXPORT_AGAIN


@dataclass(frozen=True)
class Copy:
    """The copy that a person asked for. ``sha256`` is empty while it is being made.

    ``renewable``: asking again makes a new one.
    """

    asked_at: dt.datetime
    ready_at: dt.datetime | None
    expires_at: dt.datetime | None
    sha256: str
    size: int
    renewable: bool


@dataclass(frozen=True)
class Stake:
    """What closing an account would do to its filings, in numbers."""

    drafts: int
    unconfirmed: int
    undecided: int
    filed: int


def export_of(*, account: Account) -> Copy | None:
    """The copy of ``account``, being made or ready; ``None`` where there is none, or it is over."""
    row = Export.objects.select_related("stored").filter(account=account).first()
    if row is None or (row.expires_at and row.expires_at <= clock.now()):
        return None
    size = row.stored.size if row.stored else 0
    renewable = row.ready_at is not None and clock.now() >= row.ready_at + EXPORT_AGAIN
    return Copy(row.asked_at, row.ready_at, row.expires_at, row.stored_id or "", size, renewable)


def at_stake(*, account: Account) -> Stake:
    """What would be given up, and what would stay."""
    states = list(Depot.objects.filter(account=account).values_list("state", flat=True))
    return Stake(
        drafts=states.count(State.BROUILLON),
        unconfirmed=states.count(State.A_CONFIRMER),
        undecided=states.count(State.CONFIRME),
        filed=sum(state in FILED for state in states),
    )
