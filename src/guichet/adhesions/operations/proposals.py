"""The row of a proposal to hand files over: locked, settled, its files free again."""

import uuid

from django.db import transaction

from guichet.accounts.models import Account
from guichet.adhesions.models import Demande, Remise
from guichet.adhesions.operations.notices import tell
from guichet.adhesions.queries.colleagues import name_of
from guichet.adhesions.states import Remittal
from guichet.journal import operations as journal
from guichet.kernel import clock


def lock_accounts(*accounts: uuid.UUID) -> dict[uuid.UUID, Account]:
    """Both sides of a proposal, locked before it in one order: nobody closes an account meanwhile."""
    rows = Account.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=accounts)
    return {row.pk: row for row in rows.order_by("pk")}


def settle(remise: Remise, state: Remittal, *, actor: str) -> None:
    """Give a locked proposal its answer; unless it is yes, its files are free again."""
    remise.state, remise.decided_at = state, clock.now()
    remise.save(update_fields=["state", "decided_at"])
    if state != Remittal.ACCEPTED:
        Demande.objects.filter(remise=remise).update(remise=None)
    data = {"files": remise.number}
    journal.record(subject=remise.evidence, kind=f"handover.{state}", actor=actor, data=data)


@transaction.atomic
def lapse(remise_id: uuid.UUID) -> bool:
    """Nobody answers this proposal any more: the files stay where they are, and their sender is told.

    ``False`` where it was answered meanwhile.
    """
    remise = Remise.objects.select_for_update(of=("self",)).filter(pk=remise_id, state=Remittal.PROPOSED)
    held = remise.select_related("sender", "recipient").first()
    if held is None:
        return False
    settle(held, Remittal.LAPSED, actor="system")
    tell(held.sender, "remise_sans_suite", who=name_of(held.recipient), number=held.number)
    return True
