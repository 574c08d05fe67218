"""Deciding: the filing's state, what the public reads, the agent's evidence, in one transaction."""

import uuid
from collections.abc import Callable

from django.db import transaction

from guichet.depots import operations as depots
from guichet.depots import queries
from guichet.depots.definitions import teleprocedure
from guichet.depots.models import Depot
from guichet.depots.states import TRANSITIONS
from guichet.instruction.models import Agent, Motif
from guichet.instruction.operations.hands import AlreadyDecided, check_not_held, lock, record
from guichet.instruction.queries.rights import find
from guichet.instruction.rules import MotifKind, clean_text, reason
from guichet.kernel import clock
from guichet.kernel.refusals import N_, Refusal
from guichet.publications import operations as publications

_Act = Callable[[Depot], Depot]


class UnknownMotif(Refusal):
    """A reason of another téléprocédure or for something else, or one that is no longer in use."""

    code = "unknown_motif"
    message = N_("Ce motif n’est plus proposé. Choisissez-en un autre dans la liste.")
    field = "motif"


class WordsNotTaken(Refusal):
    """Words beside an acceptance whose filer would read none."""

    code = "words_not_taken"
    message = N_("Cette décision ne s’accompagne d’aucun texte : le déposant ne le lirait pas. Effacez-le.")
    field = "text"


def publish(*, agent: Agent, depot_id: uuid.UUID | str) -> Depot:
    """Publish a filing: the public finds it at once, and no longer as valid what it supersedes.

    Raises ``DepotNotFound``, ``NotAllowed``, ``HeldByAnother``, ``AlreadyDecided``, ``depots.NotPublished``,
    and ``files.queries.BeingScanned`` or ``Infected``.
    """
    return _decide(agent, depot_id, "depot.published", lambda depot: _publish(depot, agent))


def accept(*, agent: Agent, depot_id: uuid.UUID | str, text: str = "") -> Depot:
    """Accept, or close, a filing where nothing is published; ``text`` is what the filer reads beside it.

    The téléprocédure says whether there must be one (``accepting_needs_reason``) or may
    (``accepting_may_say``). Raises as ``publish``, ``depots.OnlyPublished``, ``TextTooLong``,
    ``depots.ReasonMissing`` without a ``text`` where there must be one, and ``WordsNotTaken`` with one where
    there is none.
    """
    words = clean_text(text) if text.strip() else ""

    def act(depot: Depot) -> Depot:
        rules = teleprocedure(depot.teleprocedure)
        if rules.instruction.accepting_needs_reason and not words:
            raise depots.ReasonMissing
        if words and rules.publication is None and not rules.instruction.accepting_takes_words:
            raise WordsNotTaken
        return depots.accept(depot_id=depot.pk, actor=agent.actor, reason=words)

    with transaction.atomic():
        seen = find(agent, depot_id)
        teleprocedure(seen.teleprocedure).hold(seen)
        return _decide(agent, depot_id, "depot.accepted", act)


def refuse(*, agent: Agent, depot_id: uuid.UUID | str, motif_id: int | None, text: str = "") -> Depot:
    """Refuse a filing: the filer reads the text of the reason, then ``text``; one of the two is needed.

    Raises ``DepotNotFound``, ``NotAllowed``, ``HeldByAnother``, ``AlreadyDecided``, ``UnknownMotif``,
    ``TextTooLong``, ``depots.ReasonMissing``.
    """

    def act(depot: Depot, words: str) -> Depot:
        return depots.refuse(depot_id=depot.pk, actor=agent.actor, reason=words)

    return _end(agent, depot_id, "depot.refused", motif_id, text, act)


def withdraw(*, agent: Agent, depot_id: uuid.UUID | str, motif_id: int | None, text: str = "") -> Depot:
    """Withdraw what the public reads, superseded or not: it and the filer read why. Raises as ``refuse``."""

    def act(depot: Depot, words: str) -> Depot:
        done = depots.withdraw(depot_id=depot.pk, actor=agent.actor, reason=words)
        publications.withdraw(depot=done, reason=words)
        return done

    return _end(agent, depot_id, "depot.withdrawn", motif_id, text, act)


def motif_of(motif_id: int | None, teleprocedure: str, kind: MotifKind) -> Motif | None:
    """The reason of that number in use for ``teleprocedure``. Raises ``UnknownMotif``."""
    if motif_id is None:
        return None
    found = Motif.objects.filter(pk=motif_id, teleprocedure=teleprocedure, kind=kind, active=True).first()
    if found is None:
        raise UnknownMotif
    return found


def _publish(depot: Depot, agent: Agent) -> Depot:
    done = depots.publish(depot_id=depot.pk, actor=agent.actor)
    for earlier in done.supersedes.filter(decided_at__isnull=False):
        publications.supersede(depot=earlier)
    publications.publish(depot=done)
    return done


def _end(
    agent: Agent,
    depot_id: uuid.UUID | str,
    event: str,
    motif_id: int | None,
    text: str,
    act: Callable[[Depot, str], Depot],
) -> Depot:
    kind = MotifKind.RETRAIT if event == "depot.withdrawn" else MotifKind.REFUS
    added = clean_text(text) if text.strip() else ""
    with transaction.atomic():
        depot, _ = lock(agent, depot_id)
        motif = motif_of(motif_id, depot.teleprocedure, kind)
        words = reason(motif.text if motif else "", added)
        return _decide(agent, depot_id, event, lambda locked: act(locked, words), motif)


def _decide(
    agent: Agent, depot_id: uuid.UUID | str, event: str, act: _Act, motif: Motif | None = None
) -> Depot:
    with transaction.atomic():
        depot, treated = lock(agent, depot_id)
        if not _is_possible(depot, event):
            raise AlreadyDecided
        check_not_held(treated, agent)
        done = act(depot)
        treated.decided_by, treated.motif = agent, motif
        treated.holder = treated.held_until = None
        if treated.assigned_to is None:
            treated.assigned_to, treated.assigned_at = agent, clock.now()
        treated.save()
        record(depot, "decided", agent, decision=event, **({"motif": motif.pk} if motif else {}))
    return done


def _is_possible(depot: Depot, event: str) -> bool:
    if event == "depot.withdrawn":
        return queries.is_public(depot)
    return depot.state in TRANSITIONS[event][0]
