"""Who may see and do what. Every query and operation of the room asks here first."""

import uuid

from django.db.models import QuerySet

from guichet.accounts.models import Account
from guichet.depots.definitions import teleprocedures
from guichet.depots.models import Depot
from guichet.depots.queries import DepotNotFound
from guichet.instruction.models import Agent
from guichet.instruction.rules import NotAllowed, Role


def agent_of(*, account: Account) -> Agent | None:
    """The agent that signs in with ``account``; a suspended one is none."""
    found = Agent.objects.filter(account=account, active=True).first()
    if found:
        found.account = account  # no query for what the caller holds
    return found


def codes_of(agent: Agent) -> list[str]:
    """The téléprocédures whose filings ``agent`` sees."""
    return [code for code in teleprocedures() if not agent.teleprocedures or code in agent.teleprocedures]


def check_role(agent: Agent, role: Role = Role.AGENT) -> None:
    """Raise ``NotAllowed`` unless ``agent`` is active and has the rights of ``role``."""
    if not agent.active or not agent.rank.includes(role):
        raise NotAllowed


def visible(agent: Agent) -> QuerySet[Depot]:
    """The filings that ``agent`` may see: those that were filed. Raises ``NotAllowed`` when suspended."""
    check_role(agent)
    # What was filed has its moment, and nothing else has one (a constraint says so); the indexes hold that.
    return Depot.objects.filter(teleprocedure__in=codes_of(agent), confirmed_at__isnull=False)


def find(agent: Agent, depot_id: uuid.UUID | str, among: QuerySet[Depot] | None = None) -> Depot:
    """A filing that ``agent`` may see. Raises ``DepotNotFound``, ``NotAllowed``."""
    rows = visible(agent) if among is None else among
    try:
        return rows.get(pk=uuid.UUID(str(depot_id)))
    except (ValueError, Depot.DoesNotExist):
        raise DepotNotFound from None
