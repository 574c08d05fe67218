"""What the administration decides on a filing: the state, the evidence, the message to the filer.

Who may decide is for the agents' room. Each joins the caller's transaction, beside what the caller changes.
"""

import logging
import uuid

from django.db import transaction

from guichet.accounts.models import Account
from guichet.courriers.rules import UnusableAddress
from guichet.depots import queries
from guichet.depots.definitions import teleprocedure
from guichet.depots.models import Depot
from guichet.depots.operations.drafts import lock, lock_anybodys, start_draft
from guichet.depots.operations.transitions import move_on, write_to_filer
from guichet.depots.states import IllegalTransition, State
from guichet.files import queries as files
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.refusals import N_, Refusal

logger = logging.getLogger(__name__)


class ReasonMissing(Refusal):
    """Nobody is told no without being told why."""

    code = "reason_missing"
    message = N_("Le motif manque : écrivez ce que le déposant doit savoir et ce qu’il doit faire.")
    field = "text"


class NotPublished(Refusal):
    """The téléprocédure publishes nothing."""

    code = "not_published"
    message = N_("Les dépôts de cette démarche ne sont pas publiés : acceptez ce dépôt.")
    status = 409


class OnlyPublished(Refusal):
    """The téléprocédure publishes what it accepts."""

    code = "only_published"
    message = N_("Les dépôts de cette démarche se publient : publiez ce dépôt.")
    status = 409


class OtherDraft(Refusal):
    """There is one draft a téléprocédure, and it is about something else."""

    code = "other_draft"
    message = N_("Vous avez déjà un dépôt en préparation : terminez-le ou supprimez-le d’abord.")
    status = 409


def publish(*, depot_id: uuid.UUID | str, actor: str) -> Depot:
    """Publish a confirmed filing; the version that was published before is superseded by it.

    Raises ``DepotNotFound``, ``NotPublished``, ``IllegalTransition``, and ``files.queries.BeingScanned`` or
    ``Infected``: nobody publishes what the antivirus has not cleared.
    """
    with transaction.atomic():
        depot = lock_anybodys(depot_id)
        if teleprocedure(depot.teleprocedure).publication is None:
            raise NotPublished
        if depot.state == State.CONFIRME:
            _check_showable(depot)
        return _take_effect(depot, "depot.published", actor, template="depots/publie")


def accept(*, depot_id: uuid.UUID | str, actor: str, reason: str = "") -> Depot:
    """Accept a confirmed filing of a téléprocédure that publishes nothing; it supersedes the one before.

    ``reason`` is what the filer reads beside it, where there is something to say. Raises ``DepotNotFound``,
    ``OnlyPublished``, ``IllegalTransition``.
    """
    with transaction.atomic():
        depot = lock_anybodys(depot_id)
        if teleprocedure(depot.teleprocedure).publication is not None:
            raise OnlyPublished
        return _take_effect(depot, "depot.accepted", actor, template="depots/accepte", reason=reason)


def refuse(*, depot_id: uuid.UUID | str, actor: str, reason: str) -> Depot:
    """Refuse a confirmed filing; ``reason`` is what the filer reads. Its place is free at once.

    What was published before stays published. Raises ``DepotNotFound``, ``ReasonMissing``,
    ``IllegalTransition``.
    """
    with transaction.atomic():
        depot = lock_anybodys(depot_id)
        return _end(depot, "depot.refused", actor, reason=reason, template="depots/refuse")


def withdraw(*, depot_id: uuid.UUID | str, actor: str, reason: str) -> Depot:
    """Withdraw what the public reads, superseded or not; ``reason`` is what it and the filer read.

    What it superseded does not come back. Raises ``DepotNotFound``, ``ReasonMissing``, ``IllegalTransition``.
    """
    with transaction.atomic():
        depot = lock_anybodys(depot_id)
        if not queries.is_public(depot):
            raise IllegalTransition
        return _end(depot, "depot.withdrawn", actor, reason=reason, template="depots/retire")


def lapse(*, depot_id: uuid.UUID | str, actor: str) -> Depot:
    """End a confirmed filing that nobody answered in time; ``decided_at`` is when. Its place is free at once.

    When that is, and of what, is for its téléprocédure. Raises ``DepotNotFound``, ``IllegalTransition``.
    """
    with transaction.atomic():
        depot = lock_anybodys(depot_id)
        move_on(depot, "depot.lapsed", actor=actor, evidence=_evidence(depot), decided_at=clock.now())
        _tell(depot, "depots/caduc")
    return depot


def end(*, depot_id: uuid.UUID | str, actor: str, reason: str = "") -> Depot:
    """End what an accepted filing put in force; ``withdrawn_at`` is when. Its place is free at once.

    ``reason`` is what the filer reads, where there is something to say: it replaces that of the acceptance.
    Raises ``DepotNotFound``, ``IllegalTransition``.
    """
    with transaction.atomic():
        depot = lock_anybodys(depot_id)
        changes = {"withdrawn_at": clock.now(), "decision_text": reason.strip()}
        move_on(depot, "depot.ended", actor=actor, evidence=_evidence(depot), **changes)
        _tell(depot, "depots/termine")
    return depot


def start_correction(*, account: Account, depot_id: uuid.UUID | str) -> Depot:
    """The draft that answers a refusal or a withdrawal: the same answers, and ``corrects`` names the filing.

    The files are to be joined again, as they are what was wrong. The draft that was begun already is taken up
    again. Raises ``DepotNotFound``, ``IllegalTransition`` where there is nothing to answer, ``OtherDraft``.
    """
    with transaction.atomic():
        refused = lock(account=account, depot_id=depot_id)
        if not queries.is_correctable(refused):
            raise IllegalTransition
        begun = start_draft(account=account, teleprocedure=refused.teleprocedure)
        draft = lock(account=account, depot_id=begun.pk)
        if draft.corrects_id != refused.pk:
            _take_up(draft, refused)
    return draft


def _take_up(draft: Depot, refused: Depot) -> None:
    if draft.data or draft.files.exists() or draft.pages.exists():
        raise OtherDraft
    draft.data, draft.corrects, draft.updated_at = dict(refused.data), refused, clock.now()
    draft.save(update_fields=["data", "corrects", "updated_at"])


def _check_showable(depot: Depot) -> None:
    published = queries.published(depot)
    if published is None:
        raise IllegalTransition
    files.check_showable(sha256=published.stored_id)


def _take_effect(depot: Depot, event: str, actor: str, *, template: str, reason: str = "") -> Depot:
    """One alone is in effect for a key: the earlier one leaves before this one comes."""
    if depot.state == State.CONFIRME:
        _supersede_in_effect(depot, actor)
    changes = {"decided_at": clock.now(), "decision_text": reason.strip()}
    move_on(depot, event, actor=actor, evidence=_evidence(depot), **changes)
    _tell(depot, template)
    return depot


def _supersede_in_effect(depot: Depot, actor: str) -> None:
    same = Depot.objects.filter(
        teleprocedure=depot.teleprocedure, siren=depot.siren, unique_key=depot.unique_key
    )
    earlier = same.select_for_update().filter(state__in=[State.PUBLIE, State.ACCEPTE]).first()
    if earlier:
        evidence = {"by": str(depot.pk), "version": earlier.version}
        move_on(earlier, "depot.superseded", actor=actor, evidence=evidence, superseded_by=depot)


def _end(depot: Depot, event: str, actor: str, *, reason: str, template: str) -> Depot:
    text = reason.strip()
    if not text:
        raise ReasonMissing
    moment = "withdrawn_at" if event == "depot.withdrawn" else "decided_at"
    changes = {moment: clock.now(), "decision_text": text}
    move_on(depot, event, actor=actor, evidence=_evidence(depot), **changes)
    _tell(depot, template)
    return depot


def _evidence(depot: Depot) -> dict[str, object]:
    # The reason stays out of the journal: it is free text, and may name people.
    return {"reference": depot.reference, "version": depot.version}


def _tell(depot: Depot, template: str) -> None:
    """Write to the filer; a decision does not wait for an address that is gone (the account was closed)."""
    try:
        told = write_to_filer(depot, template)
    except UnusableAddress:
        told = False
    if not told:
        journal.record(subject=depot.evidence, kind="depot.filer_not_told", actor="system", data={})
        logger.warning("dépôt %s: no address to write the decision to", depot.reference)
