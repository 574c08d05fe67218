"""Agents: invited, given a role, suspended. Gestionnaires do it; the first one is the operator's."""

from collections.abc import Sequence

from django.db import transaction

from guichet.accounts import operations as accounts
from guichet.accounts.definitions import espace
from guichet.depots.definitions import teleprocedures as registered
from guichet.depots.models import Depot
from guichet.depots.states import State
from guichet.instruction.models import Agent, Traitement
from guichet.instruction.operations.hands import let_go
from guichet.instruction.queries.rights import check_role
from guichet.instruction.rules import ESPACE, Role, is_last_gestionnaire
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.email_address import EmailAddress
from guichet.kernel.names import clean_name
from guichet.kernel.refusals import N_, Refusal

MAX_NAME = 100


class AgentNotFound(Refusal):
    """No agent has this number."""

    code = "agent_not_found"
    message = N_("Cet agent n’existe pas.")
    status = 404


class LastGestionnaire(Refusal):
    """Without a gestionnaire nobody could invite agents or bring one back."""

    code = "last_gestionnaire"
    message = N_(
        "C’est le dernier gestionnaire en activité : sans lui, plus personne ne pourrait gérer les agents. "
        "Nommez d’abord un autre gestionnaire."
    )
    status = 409


class UnknownRole(Refusal):
    """Not one of the three."""

    code = "unknown_role"
    message = N_("Choisissez un rôle : agent, superviseur ou gestionnaire.")
    field = "role"


class UnknownTeleprocedure(Refusal):
    """Nothing of that code can be filed here."""

    code = "unknown_teleprocedure"
    message = N_("Choisissez des démarches de la liste, ou aucune pour les voir toutes.")
    field = "teleprocedures"


def invite_agent(
    *, by: Agent | None, email: str, name: str, role: Role | str, teleprocedures: Sequence[str] = ()
) -> Agent:
    """Give somebody an account at the agents' door; the message lets them choose a password.

    ``by`` is absent where the operator invites from the command line. Raises ``NotAllowed``, ``UnknownRole``,
    ``UnknownTeleprocedure``, ``accounts.AccountExists``, what ``EmailAddress.parse`` and ``clean_name`` do.
    """
    _check(by)
    rank, codes = _role(role), _codes(teleprocedures)
    identifier = espace(ESPACE).identifier.parse(email)
    shown = clean_name(name, max_length=MAX_NAME)
    with transaction.atomic():
        account = accounts.invite(
            espace=ESPACE,
            identifier=identifier,
            email=str(EmailAddress.parse(email)),
            profile={"name": shown},
            actor=_actor(by),
        )
        agent: Agent = Agent.objects.create(
            account=account, role=rank, teleprocedures=codes, created_at=clock.now()
        )
        _record(agent, "agent_invited", by, role=rank, teleprocedures=codes)
    return agent


def invite_agent_again(*, by: Agent | None, agent_id: int) -> None:
    """Send an invitation once more.

    Raises ``NotAllowed``, ``AgentNotFound``, ``accounts.InvitationAccepted``.
    """
    _check(by)
    with transaction.atomic():
        accounts.invite_again(account=_lock(agent_id).account, actor=_actor(by))


def change_agent(*, by: Agent, agent_id: int, role: Role | str, teleprocedures: Sequence[str] = ()) -> Agent:
    """Change what an agent may do and see. What they no longer see is given back to the queue.

    Raises ``NotAllowed``, ``AgentNotFound``, ``LastGestionnaire``, ``UnknownRole``, ``UnknownTeleprocedure``.
    """
    _check(by)
    rank, codes = _role(role), _codes(teleprocedures)
    with transaction.atomic():
        agent = _lock(agent_id)
        if rank != Role.GESTIONNAIRE:
            _check_not_last(agent)
        agent.role, agent.teleprocedures = rank, codes
        agent.save(update_fields=["role", "teleprocedures"])
        if codes:
            _give_back(agent, by, seen=codes)
        _record(agent, "agent_changed", by, role=rank, teleprocedures=codes)
    return agent


def suspend_agent(*, by: Agent, agent_id: int) -> Agent:
    """No sign-in, every session closed, what waits given back to the queue. Twice is as once.

    Raises ``NotAllowed``, ``AgentNotFound``, ``LastGestionnaire``.
    """
    _check(by)
    with transaction.atomic():
        agent = _lock(agent_id)
        if agent.active:
            _check_not_last(agent)
            agent.active = False
            agent.save(update_fields=["active"])
            accounts.suspend(account=agent.account, actor=by.actor)
            _give_back(agent, by, seen=())
            _record(agent, "agent_suspended", by)
    return agent


def reinstate_agent(*, by: Agent, agent_id: int) -> Agent:
    """The opposite of ``suspend_agent``. Raises ``NotAllowed``, ``AgentNotFound``."""
    _check(by)
    with transaction.atomic():
        agent = _lock(agent_id)
        if not agent.active:
            agent.active = True
            agent.save(update_fields=["active"])
            accounts.reinstate(account=agent.account, actor=by.actor)
            _record(agent, "agent_reinstated", by)
    return agent


def reset_agent_factor(*, by: Agent, agent_id: int) -> None:
    """Let an agent who lost both the application and the recovery codes enrol again.

    Raises ``NotAllowed``, ``AgentNotFound``.
    """
    _check(by)
    with transaction.atomic():
        agent = _lock(agent_id)
        accounts.reset_second_factor(account=agent.account, actor=by.actor)
        _record(agent, "agent_factor_reset", by)


def _check(by: Agent | None) -> None:
    if by is not None:
        check_role(by, Role.GESTIONNAIRE)


def _actor(by: Agent | None) -> str:
    return by.actor if by else "operator"


def _role(role: Role | str) -> Role:
    if role not in list(Role):
        raise UnknownRole
    return Role(role)


def _codes(codes: Sequence[str]) -> list[str]:
    if not set(codes) <= set(registered()):
        raise UnknownTeleprocedure
    return sorted(set(codes))


def _lock(agent_id: int) -> Agent:
    """An agent, held together with all gestionnaires: two who suspend each other must not both succeed."""
    held = Agent.objects.select_for_update(of=("self",)).select_related("account").order_by("pk")
    rows = {row.pk: row for row in held.filter(role=Role.GESTIONNAIRE) | held.filter(pk=agent_id)}
    if agent_id not in rows:
        raise AgentNotFound
    return rows[agent_id]


def _check_not_last(agent: Agent) -> None:
    active = Agent.objects.filter(active=True, role=Role.GESTIONNAIRE).values_list("pk", flat=True)
    if is_last_gestionnaire(agent.pk, active):
        raise LastGestionnaire


def _give_back(agent: Agent, by: Agent, *, seen: Sequence[str]) -> None:
    """What waits in the agent's hands, but for what they still see, is nobody's again."""
    left = Depot.objects.filter(traitement__assigned_to=agent, state=State.CONFIRME)
    left = left.exclude(teleprocedure__in=seen).order_by("pk")
    for depot in left.select_for_update(of=("self",)):
        treated = Traitement.objects.select_for_update(of=("self",)).select_related("assigned_to__account")
        row = treated.get(pk=depot.pk)
        if row.assigned_to_id == agent.pk:  # nobody gave it to somebody else while its lock was waited for
            let_go(depot, row, by)
            row.save(update_fields=["assigned_to", "assigned_at"])
    held = Traitement.objects.filter(holder=agent).exclude(depot__teleprocedure__in=seen)
    held.update(holder=None, held_until=None)


def _record(agent: Agent, kind: str, by: Agent | None, **data: object) -> None:
    data = {"by_role": by.role if by else "operator", **data}
    journal.record(subject=agent.actor, kind=f"instruction.{kind}", actor=_actor(by), data=data)
