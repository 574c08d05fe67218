"""Drafts: begun, answered, given up."""

import re
import uuid
from collections.abc import Mapping

from django.db import IntegrityError, transaction

from guichet.accounts.models import Account
from guichet.depots.definitions import Teleprocedure, teleprocedure
from guichet.depots.models import Depot
from guichet.depots.operations.transitions import move_on
from guichet.depots.queries import DepotNotFound, draft_of, find
from guichet.depots.states import State
from guichet.kernel import clock
from guichet.kernel.refusals import N_, Refusal

MAX_ANSWER = 10_000  # characters kept of one answer
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # PostgreSQL can't hold them


class NotForThisEspace(Refusal):
    """The téléprocédure belongs to another door."""

    code = "not_for_this_espace"
    message = N_("Cette démarche ne se fait pas dans cet espace.")
    status = 404


class AlreadySubmitted(Refusal):
    """A filing that was transmitted (in another tab, perhaps) is not a draft any more."""

    code = "already_submitted"
    message = N_(
        "Ce dépôt a déjà été transmis ou abandonné : il ne peut plus être modifié. "
        "Revenez à « Vos dépôts » pour voir où il en est."
    )
    status = 409


def start_draft(*, account: Account, teleprocedure: str) -> Depot:
    """Begin a filing, or take up the draft of this téléprocédure that ``account`` has already begun.

    Raises ``NotForThisEspace``.
    """
    definition = definition_for(account, teleprocedure)
    return draft_of(account=account, teleprocedure=definition.code) or _begin(account, definition)


def answer(*, account: Account, depot_id: uuid.UUID | str, data: Mapping[str, str]) -> Depot:
    """Keep what was typed in a draft, even when it does not hold yet; other answers stay as they are.

    Raises ``DepotNotFound``, ``AlreadySubmitted``.
    """
    with transaction.atomic():
        depot = lock_draft(account=account, depot_id=depot_id)
        depot.data = depot.data | {key: _storable(value) for key, value in data.items()}
        depot.updated_at = clock.now()
        depot.save(update_fields=["data", "updated_at"])
    return depot


def discard(*, account: Account, depot_id: uuid.UUID | str) -> None:
    """Give up a draft, or a filing that is not confirmed yet; its place is free at once.

    Raises ``DepotNotFound``, ``IllegalTransition`` once it is confirmed. Twice is as once.
    """
    with transaction.atomic():
        depot = lock(account=account, depot_id=depot_id)
        if depot.state != State.ABANDONNE:
            move_on(depot, "depot.discarded", actor=account.subject, evidence={"from": depot.state})


def lock(*, account: Account, depot_id: uuid.UUID | str) -> Depot:
    """A filing of ``account``, held until the end of the transaction. Raises ``DepotNotFound``."""
    return find(account=account, depot_id=depot_id, among=Depot.objects.select_for_update())


def lock_anybodys(depot_id: uuid.UUID | str) -> Depot:
    """A filing, whoever it belongs to, held. Raises ``DepotNotFound``.

    Its account is read afterwards: joined to the row that one waits for, it would be that of before, and the
    database would find nothing where the filing was handed over meanwhile.
    """
    try:
        return Depot.objects.select_for_update().get(pk=uuid.UUID(str(depot_id)))
    except (ValueError, Depot.DoesNotExist):
        raise DepotNotFound from None


def lock_draft(*, account: Account, depot_id: uuid.UUID | str) -> Depot:
    """A draft of ``account``, held. Raises ``DepotNotFound``, ``AlreadySubmitted``."""
    depot = lock(account=account, depot_id=depot_id)
    if depot.state != State.BROUILLON:
        raise AlreadySubmitted
    return depot


def definition_for(account: Account, code: str) -> Teleprocedure:
    """The téléprocédure ``code``, if it is one of the account's espace. Raises ``NotForThisEspace``."""
    definition = teleprocedure(code)
    if definition.espace != account.espace:
        raise NotForThisEspace
    return definition


def _begin(account: Account, definition: Teleprocedure) -> Depot:
    depot = new_draft(account, definition, {})
    try:
        with transaction.atomic():
            depot.save(force_insert=True)
    except IntegrityError:  # begun in two tabs at once: both go on with the same draft
        return Depot.objects.get(account=account, teleprocedure=definition.code, state=State.BROUILLON)
    return depot


def new_draft(account: Account, definition: Teleprocedure, data: Mapping[str, str]) -> Depot:
    """A filing that holds ``data``, not written yet."""
    answers = {key: _storable(value) for key, value in data.items()}
    subject = definition.subject(account, answers)
    return Depot(
        account=account,
        espace=definition.espace,
        teleprocedure=definition.code,
        revision=definition.revision,
        siren=subject.siren,
        subject_name=subject.name,
        capacity=subject.capacity,
        data=answers,
        created_at=clock.now(),
        updated_at=clock.now(),
    )


def _storable(value: str) -> str:
    return _UNSTORABLE.sub("", value)[:MAX_ANSWER]
