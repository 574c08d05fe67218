"""Who has a filing in hand: opened, assigned, given back.

Every operation of the room locks the filing first and its ``Traitement`` after it, so that no two wait for
each other.
"""

import uuid

from django.db import transaction

from guichet.depots.models import Depot
from guichet.depots.states import IllegalTransition, State
from guichet.instruction.models import Agent, Traitement
from guichet.instruction.queries.queue import current_hold
from guichet.instruction.queries.rights import codes_of, find, visible
from guichet.instruction.queries.selection import IS_NOBODYS, narrow, not_held_by_another, scope
from guichet.instruction.rules import HOLD, Filters, NotAllowed, Role
from guichet.instruction.values import Hold, Person
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.dates import moment_in_words
from guichet.kernel.refusals import N_, Refusal


class HeldByAnother(Refusal):
    """A colleague has the filing open, and may be deciding."""

    code = "held_by_another"
    message = N_(
        "{name} a ouvert ce dépôt et le garde jusqu’au {until}. Attendez, ou prenez la main si cette "
        "personne n’y travaille plus."
    )
    status = 409


class AssignedToAnother(Refusal):
    """A colleague has the filing; supervisors may give it to somebody else."""

    code = "assigned_to_another"
    message = N_("Ce dépôt est attribué à {name}. Un superviseur peut le confier à quelqu’un d’autre.")
    status = 409


class AlreadyDecided(IllegalTransition):
    """The filing has moved on since the page was shown."""

    code = "already_decided"
    message = N_(
        "Ce dépôt a changé d’état entre-temps, par un collègue ou par son déposant : cette action n’est plus "
        "possible. Rouvrez-le pour voir où il en est."
    )


class UnknownAgent(Refusal):
    """Nobody, somebody suspended, or somebody who does not see such filings."""

    code = "unknown_agent"
    message = N_("Choisissez un agent en activité qui traite cette démarche.")
    field = "to"


def hold(*, agent: Agent, depot_id: uuid.UUID | str) -> Hold:
    """Open a filing for ten minutes from now, unless a colleague has it open: then who, and until when.

    Raises ``DepotNotFound``, ``NotAllowed``.
    """
    with transaction.atomic():
        _, treated = lock(agent, depot_id)
        held = current_hold(treated, agent)
        return held if held and not held.mine else take(treated, agent)


def take_over(*, agent: Agent, depot_id: uuid.UUID | str) -> Hold:
    """Open a filing that a colleague has open: they can no longer decide on it. Raises as ``hold`` does."""
    with transaction.atomic():
        depot, treated = lock(agent, depot_id)
        held = current_hold(treated, agent)
        if held and not held.mine and treated.holder:
            record(depot, "taken_over", agent, by_whom_held=treated.holder.actor)
        return take(treated, agent)


def take_next(*, agent: Agent, filters: Filters | None = None) -> Depot | None:
    """The oldest filing that waits and that nobody has, assigned to ``agent`` and opened; None at the end.

    Of the filters, the state and the assignment do not count. However many ask at once, no two of them get
    the same filing, and none waits for another. Raises ``NotAllowed``.
    """
    while True:
        with transaction.atomic():
            depot = _pick(agent, filters or Filters())
            if depot is None:
                return None
            treated = _treatment(depot)
            # Whoever took it between our look and our lock wrote so in the other table, not in this row.
            if _is_free(treated, agent):
                _assign(depot, treated, agent, agent)
                take(treated, agent)
                return depot


def assign(*, agent: Agent, depot_id: uuid.UUID | str, to: int) -> Depot:
    """Give a filing that waits to the agent whose id is ``to``.

    One takes for oneself what nobody has; supervisors give anything to anybody. Raises ``DepotNotFound``,
    ``NotAllowed``, ``AssignedToAnother``, ``UnknownAgent``, ``AlreadyDecided``.
    """
    with transaction.atomic():
        depot, treated = lock(agent, depot_id)
        _check_assignable(depot, treated, agent, to)
        if treated.assigned_to_id != to:
            _assign(depot, treated, agent, _assignee(to, depot))
    return depot


def release(*, agent: Agent, depot_id: uuid.UUID | str) -> Depot:
    """Give a filing back to the queue, and close it; twice is as once.

    Raises ``DepotNotFound``, ``NotAllowed``, and ``AssignedToAnother`` unless a supervisor asks.
    """
    with transaction.atomic():
        depot, treated = lock(agent, depot_id)
        _check_own(treated, agent)
        if treated.holder_id in (agent.pk, treated.assigned_to_id):
            treated.holder = treated.held_until = None
        if treated.assigned_to:
            let_go(depot, treated, agent)
        treated.save()
    return depot


def lock(agent: Agent, depot_id: uuid.UUID | str) -> tuple[Depot, Traitement]:
    """A filing that ``agent`` may see and who has it in hand, both held until the end of the transaction.

    Raises ``DepotNotFound``, ``NotAllowed``.
    """
    # Without its account, which may change: what is joined to a row that one waits for is not found then.
    depot = find(agent, depot_id, visible(agent).select_for_update())
    return depot, _treatment(depot)


def check_not_held(treated: Traitement, agent: Agent) -> None:
    """Raise ``HeldByAnother`` where a colleague has the filing open."""
    held = current_hold(treated, agent)
    if held and not held.mine:
        raise HeldByAnother(name=held.holder.name, until=moment_in_words(held.until))


def take(treated: Traitement, agent: Agent) -> Hold:
    """Open the filing of a locked ``treated`` for ``agent``."""
    treated.holder, treated.held_until = agent, clock.now() + HOLD
    treated.save(update_fields=["holder", "held_until"])
    return Hold(holder=Person(id=agent.pk, name=agent.name), until=treated.held_until, mine=True)


def let_go(depot: Depot, treated: Traitement, agent: Agent) -> None:
    """Write down that nobody has a locked filing any more; the caller saves ``treated``."""
    if treated.assigned_to:
        record(depot, "released", agent, had_by=treated.assigned_to.actor)
    treated.assigned_to = treated.assigned_at = None


def record(depot: Depot, kind: str, agent: Agent, **data: object) -> None:
    """Journal what ``agent`` does with a filing, and under which role."""
    data = {"role": agent.role, **data}
    journal.record(subject=depot.evidence, kind=f"instruction.{kind}", actor=agent.actor, data=data)


def _treatment(depot: Depot) -> Traitement:
    Traitement.objects.bulk_create([Traitement(depot=depot)], ignore_conflicts=True)
    held = Traitement.objects.select_for_update(of=("self",))
    return held.select_related("assigned_to__account", "holder__account").get(pk=depot.pk)


def _pick(agent: Agent, filters: Filters) -> Depot | None:
    rows = scope(visible(agent), filters)
    rows = narrow(rows, Filters(late=filters.late, question=filters.question), agent)
    rows = rows.filter(IS_NOBODYS, not_held_by_another(agent))
    return rows.order_by("confirmed_at", "pk").select_for_update(of=("self",), skip_locked=True).first()


def _is_free(treated: Traitement, agent: Agent) -> bool:
    held = current_hold(treated, agent)
    return treated.assigned_to is None and (held is None or held.mine)


def _assign(depot: Depot, treated: Traitement, by: Agent, to: Agent) -> None:
    treated.assigned_to, treated.assigned_at = to, clock.now()
    treated.save(update_fields=["assigned_to", "assigned_at"])
    record(depot, "assigned", by, to=to.actor)


def _check_assignable(depot: Depot, treated: Traitement, agent: Agent, to: int) -> None:
    if depot.state != State.CONFIRME:
        raise AlreadyDecided
    if to != agent.pk and not agent.rank.includes(Role.SUPERVISEUR):
        raise NotAllowed
    _check_own(treated, agent)


def _check_own(treated: Traitement, agent: Agent) -> None:
    other = treated.assigned_to
    if other and other.pk != agent.pk and not agent.rank.includes(Role.SUPERVISEUR):
        raise AssignedToAnother(name=other.name)


def _assignee(agent_id: int, depot: Depot) -> Agent:
    found = Agent.objects.select_related("account").filter(pk=agent_id, active=True).first()
    if found is None or depot.teleprocedure not in codes_of(found):
        raise UnknownAgent
    return found
