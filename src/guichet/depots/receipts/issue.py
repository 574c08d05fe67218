"""Issuing the receipt of a confirmed filing, once."""

import datetime as dt
import uuid

from django.db import transaction

from guichet.depots.models import Depot, Receipt
from guichet.depots.receipts import document
from guichet.depots.receipts.content import content
from guichet.depots.states import FILED
from guichet.files import operations as files
from guichet.journal import operations as journal
from guichet.journal import sealing
from guichet.kernel import clock


class NotConfirmedError(Exception):
    """Only a confirmed filing has a receipt: whoever asks for another one has a bug."""


def ensure(*, depot_id: uuid.UUID | str) -> Receipt:
    """The receipt of a confirmed filing, made and signed now if there is none (job ``depots.issue_receipt``).

    Several at once make one. Raises ``NotConfirmedError`` and ``Depot.DoesNotExist``.
    """
    existing = Receipt.objects.filter(depot_id=depot_id).first()
    return existing or _issue(depot_id)


def warm_up() -> None:
    """Load the key, the fonts and the layout, so that the first receipt is as quick as the others."""
    document.warm_up(sealing.signer())


@transaction.atomic
def _issue(depot_id: uuid.UUID | str) -> Receipt:
    depot = Depot.objects.select_for_update().get(pk=depot_id)  # its account may be changing: not joined
    if existing := Receipt.objects.filter(depot=depot).first():
        return existing
    if depot.state not in FILED:
        raise NotConfirmedError(f"{depot} is not confirmed")
    return _keep(depot, clock.now())


def _keep(depot: Depot, now: dt.datetime) -> Receipt:
    key = sealing.signer()
    pdf = document.sign(document.make(content(depot), moment=now), key)
    stored = files.keep_bytes(content=pdf, media_type="application/pdf")
    receipt = Receipt.objects.create(depot=depot, stored=stored, issued_at=now, certificate=key.fingerprint)
    evidence = {"reference": depot.reference, "sha256": stored.sha256, "certificate": key.fingerprint}
    journal.record(subject=depot.evidence, kind="depot.receipt_issued", actor="system", data=evidence)
    return receipt
