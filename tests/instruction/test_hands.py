"""Opened, assigned, given back: who has a filing in hand."""

import datetime as dt

import pytest

from guichet.accounts.models import Account
from guichet.depots.models import Depot
from guichet.depots.queries import DepotNotFound
from guichet.depots.states import State
from guichet.instruction import operations
from guichet.instruction.models import Agent, Traitement
from guichet.instruction.operations import AlreadyDecided, AssignedToAnother, UnknownAgent
from guichet.instruction.rules import ASKED, Filters, NotAllowed, Role
from guichet.journal.queries import history
from guichet.kernel import clock
from tests.instruction import people

pytestmark = pytest.mark.django_db

TEN_MINUTES = dt.timedelta(minutes=10)


def kinds(depot: Depot) -> list[str]:
    return [event.kind for event in history(subject=depot.evidence)]


def has(depot: Depot) -> Agent | None:
    return Traitement.objects.get(pk=depot.pk).assigned_to


class TestHold:
    def test_the_second_is_told_who_and_until_when(
        self, owner: Account, agent: Agent, colleague: Agent
    ) -> None:
        depot = people.filed(owner)
        first = operations.hold(agent=agent, depot_id=depot.pk)
        second = operations.hold(agent=colleague, depot_id=depot.pk)
        assert (first.mine, second.mine) == (True, False)
        assert (second.holder.name, second.until) == ("Camille Aubert", first.until)

    def test_each_page_gives_ten_minutes_more(self, owner: Account, agent: Agent, colleague: Agent) -> None:
        depot = people.filed(owner)
        operations.hold(agent=agent, depot_id=depot.pk)
        with clock.travel(dt.timedelta(minutes=9)):
            operations.hold(agent=agent, depot_id=depot.pk)
        with clock.travel(dt.timedelta(minutes=18)):
            assert not operations.hold(agent=colleague, depot_id=depot.pk).mine

    def test_after_ten_minutes_it_is_anybodys(self, owner: Account, agent: Agent, colleague: Agent) -> None:
        depot = people.filed(owner)
        operations.hold(agent=agent, depot_id=depot.pk)
        with clock.travel(TEN_MINUTES):
            assert operations.hold(agent=colleague, depot_id=depot.pk).mine

    def test_taking_over_is_journalled(self, owner: Account, agent: Agent, colleague: Agent) -> None:
        depot = people.filed(owner)
        operations.hold(agent=agent, depot_id=depot.pk)
        assert operations.take_over(agent=colleague, depot_id=depot.pk).mine
        event = history(subject=depot.evidence)[-1]
        assert (event.kind, event.actor) == ("instruction.taken_over", colleague.actor)
        assert event.data == {"role": "agent", "by_whom_held": agent.actor}
        assert not operations.hold(agent=agent, depot_id=depot.pk).mine

    def test_taking_over_ones_own_is_nothing_to_tell(self, owner: Account, agent: Agent) -> None:
        depot = people.filed(owner)
        operations.hold(agent=agent, depot_id=depot.pk)
        operations.take_over(agent=agent, depot_id=depot.pk)
        assert kinds(depot) == []

    def test_a_draft_cannot_be_opened(self, owner: Account, agent: Agent) -> None:
        depot = Depot.objects.create(
            account=owner, espace="association", teleprocedure="comptes_annuels",
            created_at=clock.now(), updated_at=clock.now(),
        )  # fmt: skip
        with pytest.raises(DepotNotFound):
            operations.hold(agent=agent, depot_id=depot.pk)


class TestTakeNext:
    def test_the_oldest_comes_first_and_is_mine(self, owner: Account, agent: Agent) -> None:
        newer, older = people.filed(owner, days=1), people.filed(owner, days=3)
        assert [operations.take_next(agent=agent) for _ in range(3)] == [older, newer, None]
        treated = Traitement.objects.get(pk=older.pk)
        assert (treated.assigned_to, treated.holder) == (agent, agent)
        assert kinds(older) == ["instruction.assigned"]

    def test_what_somebody_has_or_has_open_is_left(
        self, owner: Account, agent: Agent, colleague: Agent
    ) -> None:
        assigned, opened, free = (people.filed(owner, days=days) for days in (3, 2, 1))
        operations.assign(agent=colleague, depot_id=assigned.pk, to=colleague.pk)
        operations.hold(agent=colleague, depot_id=opened.pk)
        assert operations.take_next(agent=agent) == free
        with clock.travel(TEN_MINUTES):
            assert operations.take_next(agent=agent) == opened

    def test_what_is_decided_or_not_seen_is_left(self, owner: Account) -> None:
        people.filed(owner, state=State.PUBLIE)
        people.filed(owner)
        elsewhere = people.agent()
        elsewhere.teleprocedures = ["autre"]
        assert operations.take_next(agent=elsewhere) is None

    def test_the_filters_hold_but_for_state_and_assignment(self, owner: Account, agent: Agent) -> None:
        late, _ = people.filed(owner, days=15), people.filed(owner, days=14.9)
        filters = Filters(late=True, state="publie", assigned="moi")
        assert operations.take_next(agent=agent, filters=filters) == late
        assert operations.take_next(agent=agent, filters=filters) is None
        assert operations.take_next(agent=agent, filters=Filters(question=ASKED)) is None


class TestAssign:
    def test_one_takes_what_nobody_has(self, owner: Account, agent: Agent, colleague: Agent) -> None:
        depot = people.filed(owner)
        operations.assign(agent=agent, depot_id=depot.pk, to=agent.pk)
        operations.assign(agent=agent, depot_id=depot.pk, to=agent.pk)
        assert has(depot) == agent
        assert kinds(depot) == ["instruction.assigned"]
        with pytest.raises(AssignedToAnother, match="Camille Aubert"):
            operations.assign(agent=colleague, depot_id=depot.pk, to=colleague.pk)

    def test_only_supervisors_give_to_others(
        self, owner: Account, agent: Agent, colleague: Agent, supervisor: Agent
    ) -> None:
        depot = people.filed(owner)
        with pytest.raises(NotAllowed):
            operations.assign(agent=agent, depot_id=depot.pk, to=colleague.pk)
        operations.assign(agent=supervisor, depot_id=depot.pk, to=agent.pk)
        operations.assign(agent=supervisor, depot_id=depot.pk, to=colleague.pk)
        assert has(depot) == colleague

    def test_nobody_gets_what_they_may_not_see(self, owner: Account, supervisor: Agent) -> None:
        depot, elsewhere, gone = people.filed(owner), people.agent(Role.AGENT, "autre"), people.agent()
        Agent.objects.filter(pk=gone.pk).update(active=False)
        for to in (elsewhere.pk, gone.pk, 0):
            with pytest.raises(UnknownAgent):
                operations.assign(agent=supervisor, depot_id=depot.pk, to=to)
        assert not Traitement.objects.exclude(assigned_to=None).exists()

    def test_what_is_decided_is_no_work_any_more(self, owner: Account, agent: Agent) -> None:
        with pytest.raises(AlreadyDecided):
            operations.assign(agent=agent, depot_id=people.filed(owner, state=State.PUBLIE).pk, to=agent.pk)

    def test_giving_back_frees_and_closes(self, owner: Account, agent: Agent, colleague: Agent) -> None:
        depot = people.filed(owner)
        operations.take_next(agent=agent)
        with pytest.raises(AssignedToAnother):
            operations.release(agent=colleague, depot_id=depot.pk)
        operations.release(agent=agent, depot_id=depot.pk)
        operations.release(agent=agent, depot_id=depot.pk)
        assert kinds(depot) == ["instruction.assigned", "instruction.released"]
        assert operations.take_next(agent=colleague) == depot

    def test_a_supervisor_gives_back_anybodys(self, owner: Account, agent: Agent, supervisor: Agent) -> None:
        depot = people.filed(owner)
        operations.take_next(agent=agent)
        operations.release(agent=supervisor, depot_id=depot.pk)
        assert history(subject=depot.evidence)[-1].data == {"role": "superviseur", "had_by": agent.actor}
        assert has(depot) is None
