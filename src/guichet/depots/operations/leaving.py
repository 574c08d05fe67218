"""What becomes of filings when their person leaves, and when their time is over."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import transaction

from guichet.accounts.models import Account
from guichet.depots import queries, receipts
from guichet.depots.definitions import teleprocedure
from guichet.depots.models import ConfirmationLink, Depot, DepotFile
from guichet.depots.operations.drafts import discard
from guichet.depots.operations.upkeep import erase_abandoned
from guichet.depots.rules import document_file_name
from guichet.depots.states import FILED, State
from guichet.journal import operations as journal
from guichet.kernel import clock

ERASED = "effacé"
MARK = "effacees_le"  # when the personal answers of a filing were erased


@transaction.atomic
def leave(*, account: Account) -> list[str]:
    """Give up what ``account`` has not filed, and see that what it filed is proved; the subjects of all.

    Drafts are erased with their files. What waits for its confirmation is cancelled. What was filed gets its
    receipt now where it has none yet, as a receipt names the account. Raises what ``receipts.ensure`` raises.
    """
    mine = list(Depot.objects.filter(account=account).order_by("created_at"))
    for depot in mine:
        if depot.state in (State.BROUILLON, State.A_CONFIRMER):
            discard(account=account, depot_id=depot.pk)
        if depot.submitted_at is None:
            erase_abandoned(depot.pk)
        elif depot.state in FILED:
            receipts.ensure(depot_id=depot.pk)
    return [depot.evidence for depot in mine]


def whose_time_is_over(*, espace: str, before: dt.datetime, limit: int) -> list[uuid.UUID]:
    """Filings of ``espace`` that nothing has happened to since ``before``, and that name people still."""
    old = Depot.objects.filter(espace=espace, updated_at__lte=before, submitted_at__isnull=False)
    found = old.exclude(state=State.A_CONFIRMER).exclude(data__has_key=MARK)
    return list(found.order_by("updated_at").values_list("pk", flat=True)[:limit])


@transaction.atomic
def forget_person(*, depot_ids: Sequence[uuid.UUID]) -> int:
    """Erase the personal answers of filings whose time is over, and the links that confirm them; how many.

    What was filed, by which organisation, when, and its proof stay. A second time changes nothing.
    """
    held = Depot.objects.select_for_update().filter(pk__in=depot_ids).exclude(data__has_key=MARK)
    changed = 0
    for depot in held.order_by("pk"):
        personal = teleprocedure(depot.teleprocedure).personal
        depot.data = {key: ERASED if key in personal else value for key, value in depot.data.items()}
        depot.data[MARK] = clock.today().isoformat()
        if not depot.siren:  # of a person, and not of an organisation
            depot.subject_name = ERASED
        depot.save(update_fields=["data", "subject_name"])
        _forget_names(depot)
        ConfirmationLink.objects.filter(depot=depot).delete()
        journal.record(
            subject=depot.evidence,
            kind="depot.person_forgotten",
            actor="system",
            data={"answers": sorted(personal)},
        )
        changed += 1
    return changed


def _forget_names(depot: Depot) -> None:
    """What a person called their documents is an answer as well."""
    if teleprocedure(depot.teleprocedure).documents is None:
        return
    files = queries.documents(depot)
    for file in files:
        file.name = document_file_name("", file.position)
    DepotFile.objects.bulk_update(files, ["name"])
