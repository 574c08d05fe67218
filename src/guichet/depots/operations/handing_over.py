"""A filing passes from one account to another: whoever leaves a firm hands the client files over."""

import uuid

from django.db import IntegrityError, transaction

from guichet.accounts.models import Account
from guichet.depots import receipts
from guichet.depots.definitions import teleprocedure
from guichet.depots.models import Depot
from guichet.depots.operations.drafts import AlreadySubmitted, NotForThisEspace, lock_anybodys
from guichet.depots.states import FILED, IllegalTransition, State
from guichet.journal import operations as journal
from guichet.kernel import clock


def hand_over(*, depot_id: uuid.UUID | str, to: Account, actor: str) -> Depot:
    """Give what was submitted to the account ``to``, which follows it from now on.

    Joins the caller's transaction. Its subject, its place, its exchanges and its receipt stay. The receipt
    names the account that filed, and so is made first where there is none yet. Who may do it, and who has
    agreed, is for the caller. To whom it belongs already, nothing happens.

    Raises ``DepotNotFound``, ``NotForThisEspace`` for an account of another door, ``IllegalTransition`` for
    a draft, which is nobody else's affair, or for what came to nothing, and what ``receipts.ensure`` raises.
    """
    with transaction.atomic():
        depot = lock_anybodys(depot_id)
        if to.espace != depot.espace:
            raise NotForThisEspace
        if depot.state not in (State.A_CONFIRMER, *FILED):
            raise IllegalTransition
        if depot.account_id != to.pk:
            _give(depot, to, actor)
    return depot


def hand_over_draft(*, depot_id: uuid.UUID | str, to: Account, actor: str) -> bool:
    """Give a draft, with its answers and files, to ``to``, who goes on with it.

    ``False`` where ``to`` has a draft of this téléprocédure already: there is one a person, theirs stays as
    it is, and so does this one. Joins the caller's transaction, which has seen to it that ``to`` may: a draft
    is nobody else's affair otherwise.

    Raises ``DepotNotFound``, ``NotForThisEspace``, ``AlreadySubmitted``.
    """
    with transaction.atomic():
        depot = lock_anybodys(depot_id)
        if to.espace != depot.espace:
            raise NotForThisEspace
        if depot.state != State.BROUILLON:
            raise AlreadySubmitted
        return depot.account_id == to.pk or _give_draft(depot, to, actor)


def _give_draft(depot: Depot, to: Account, actor: str) -> bool:
    data = {"from": depot.account.subject, "to": to.subject}
    subject = teleprocedure(depot.teleprocedure).subject(to, depot.data)
    depot.account, depot.updated_at = to, clock.now()
    depot.siren, depot.subject_name, depot.capacity = subject.siren, subject.name, subject.capacity
    fields = ["account", "updated_at", "siren", "subject_name", "capacity"]
    try:
        with transaction.atomic():
            depot.save(update_fields=fields)
    except (
        IntegrityError
    ):  # the database holds « one draft a person and téléprocédure », whenever it was begun
        return False
    journal.record(subject=depot.evidence, kind="depot.handed_over", actor=actor, data=data)
    return True


def _give(depot: Depot, to: Account, actor: str) -> None:
    if depot.state in FILED:
        receipts.ensure(depot_id=depot.pk)
    data = {"from": depot.account.subject, "to": to.subject}
    depot.account, depot.updated_at = to, clock.now()
    depot.save(update_fields=["account", "updated_at"])
    journal.record(subject=depot.evidence, kind="depot.handed_over", actor=actor, data=data)
