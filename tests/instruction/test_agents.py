"""Agents: invited, changed, suspended, and never all of them."""

import pytest

from guichet.accounts.models import Account
from guichet.accounts.operations import AccountExists
from guichet.courriers.models import Courrier
from guichet.instruction import operations, queries
from guichet.instruction.models import Agent, Traitement
from guichet.instruction.operations import AgentNotFound, LastGestionnaire, UnknownRole, UnknownTeleprocedure
from guichet.instruction.rules import NotAllowed, Role
from guichet.journal.queries import history
from guichet.kernel.names import InvalidName
from tests.depots.factories import CODE
from tests.instruction import people

pytestmark = pytest.mark.django_db
EMAIL = "Nouvelle@Administration.exemple"


def invite(by: Agent | None, email: str = EMAIL, role: str = "agent", codes: tuple[str, ...] = ()) -> Agent:
    return operations.invite_agent(by=by, email=email, name="Gaël Huet", role=role, teleprocedures=codes)


class TestInvite:
    def test_the_invited_gets_a_link_and_no_right_before(self, manager: Agent) -> None:
        agent = invite(manager, codes=(CODE,))
        assert agent.account.identifier == EMAIL.lower()
        assert (agent.name, agent.rank, agent.teleprocedures) == ("Gaël Huet", Role.AGENT, [CODE])
        assert not agent.account.has_usable_password()
        letter = Courrier.objects.get(about=agent.actor)
        assert letter.recipient.lower() == EMAIL.lower()
        event = history(subject=agent.actor)[-1]
        assert (event.kind, event.actor) == ("instruction.agent_invited", manager.actor)
        assert event.data == {"by_role": "gestionnaire", "role": "agent", "teleprocedures": [CODE]}

    def test_the_first_gestionnaire_is_the_operators(self) -> None:
        agent = invite(None, role="gestionnaire")
        assert agent.rank == Role.GESTIONNAIRE
        assert history(subject=agent.actor)[-1].actor == "operator"

    def test_nobody_is_invited_twice(self, manager: Agent) -> None:
        invite(manager)
        with pytest.raises(AccountExists):
            invite(manager, EMAIL.upper())

    def test_what_does_not_hold_is_refused_and_nothing_is_made(self, manager: Agent) -> None:
        with pytest.raises(UnknownRole):
            invite(manager, role="roi")
        with pytest.raises(UnknownTeleprocedure):
            invite(manager, codes=("autre",))
        with pytest.raises(InvalidName):
            operations.invite_agent(by=manager, email=EMAIL, name="<b>", role="agent")
        assert Agent.objects.get() == manager

    @pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISEUR])
    def test_it_is_for_gestionnaires(self, role: Role) -> None:
        with pytest.raises(NotAllowed):
            invite(people.agent(role))


class TestChange:
    def test_what_is_no_longer_seen_goes_back_to_the_queue(
        self, owner: Account, agent: Agent, manager: Agent, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        depot = people.filed(owner)
        operations.take_next(agent=agent)
        operations.change_agent(by=manager, agent_id=agent.pk, role="superviseur", teleprocedures=[CODE])
        assert Traitement.objects.get(pk=depot.pk).assigned_to == agent
        assert Agent.objects.get(pk=agent.pk).rank == Role.SUPERVISEUR
        monkeypatch.setattr(operations.agents, "registered", lambda: {CODE: None, "autre": None})
        operations.change_agent(by=manager, agent_id=agent.pk, role="agent", teleprocedures=["autre"])
        treated = Traitement.objects.get(pk=depot.pk)
        assert (treated.assigned_to, treated.holder) == (None, None)

    def test_the_last_gestionnaire_stays_one(self, manager: Agent) -> None:
        with pytest.raises(LastGestionnaire):
            operations.change_agent(by=manager, agent_id=manager.pk, role="agent")
        other = people.agent(Role.GESTIONNAIRE)
        operations.change_agent(by=other, agent_id=manager.pk, role="agent")
        with pytest.raises(LastGestionnaire):
            operations.suspend_agent(by=other, agent_id=other.pk)

    def test_nobody_of_that_number(self, manager: Agent) -> None:
        with pytest.raises(AgentNotFound):
            operations.change_agent(by=manager, agent_id=0, role="agent")


class TestSuspend:
    def test_no_sign_in_and_the_work_goes_to_others(
        self, owner: Account, agent: Agent, colleague: Agent, manager: Agent
    ) -> None:
        depot = people.filed(owner)
        operations.take_next(agent=agent)
        operations.suspend_agent(by=manager, agent_id=agent.pk)
        operations.suspend_agent(by=manager, agent_id=agent.pk)
        assert queries.agent_of(account=agent.account) is None
        assert Account.objects.get(pk=agent.account_id).suspended_at is not None
        assert operations.take_next(agent=colleague) == depot
        kinds = [event.kind for event in history(subject=agent.actor)]
        assert kinds.count("instruction.agent_suspended") == 1

    def test_and_back(self, agent: Agent, manager: Agent) -> None:
        operations.suspend_agent(by=manager, agent_id=agent.pk)
        operations.reinstate_agent(by=manager, agent_id=agent.pk)
        operations.reinstate_agent(by=manager, agent_id=agent.pk)
        assert queries.agent_of(account=agent.account) == agent
        kinds = [event.kind for event in history(subject=agent.actor)]
        assert kinds.count("instruction.agent_reinstated") == 1

    def test_a_suspended_gestionnaire_does_not_count_as_another(self, manager: Agent) -> None:
        other = people.agent(Role.GESTIONNAIRE)
        operations.suspend_agent(by=manager, agent_id=other.pk)
        with pytest.raises(LastGestionnaire):
            operations.suspend_agent(by=manager, agent_id=manager.pk)

    def test_only_gestionnaires_do_it(self, agent: Agent, supervisor: Agent) -> None:
        acts = (operations.suspend_agent, operations.reinstate_agent, operations.reset_agent_factor)
        for act in acts:
            with pytest.raises(NotAllowed):
                act(by=supervisor, agent_id=agent.pk)

    def test_the_second_factor_is_reset_with_its_evidence(self, agent: Agent, manager: Agent) -> None:
        operations.reset_agent_factor(by=manager, agent_id=agent.pk)
        events = [(event.kind, event.actor) for event in history(subject=agent.actor)]
        assert ("account.second_factor_reset", manager.actor) in events
        assert ("instruction.agent_factor_reset", manager.actor) in events


class TestList:
    @pytest.mark.usefixtures("colleague")
    def test_the_active_first_by_name(self, agent: Agent, manager: Agent) -> None:
        operations.suspend_agent(by=manager, agent_id=agent.pk)
        lines = queries.agents(agent=manager)
        assert [(line.name, line.active) for line in lines] == [
            ("Dominique Besson", True),
            ("Fanny Delmas", True),
            ("Camille Aubert", False),
        ]
        assert [line.is_last_gestionnaire for line in lines] == [False, True, False]

    def test_agents_do_not_see_it(self, agent: Agent) -> None:
        with pytest.raises(NotAllowed):
            queries.agents(agent=agent)

    @pytest.mark.usefixtures("manager")
    def test_colleagues_are_those_who_can_take_it(self, agent: Agent) -> None:
        people.agent(Role.AGENT, "autre")
        names = [one.name for one in queries.colleagues(agent=agent, teleprocedure=CODE)]
        assert names == ["Camille Aubert", "Fanny Delmas"]
