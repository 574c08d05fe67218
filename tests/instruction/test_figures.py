"""Figures and load: counted by the database, in days of Paris."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from guichet.accounts.models import Account
from guichet.depots.models import Depot
from guichet.depots.states import State
from guichet.instruction import operations, queries
from guichet.instruction.models import Agent
from guichet.instruction.rules import NotAllowed
from guichet.kernel import clock
from tests.instruction import people

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    """That moment in Paris."""
    return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=clock.PARIS)


def decided(owner: Account, state: State, confirmed: dt.datetime, done: dt.datetime, **more: Any) -> Depot:
    return people.filed(owner, state=state, confirmed_at=confirmed, decided_at=done, **more)


def test_each_day_has_what_came_in_and_what_was_decided(owner: Account, agent: Agent) -> None:
    today, yesterday = clock.today(), clock.today() - DAY
    noon = at(yesterday, 0, 1)
    decided(owner, State.PUBLIE, noon, noon)
    decided(owner, State.REMPLACE, noon, noon)  # it was published, then replaced
    decided(owner, State.RETIRE, noon, noon, withdrawn_at=at(today, 0))  # published, then withdrawn
    decided(owner, State.REFUSE, noon, at(today, 0))
    people.filed(owner, confirmed_at=at(yesterday, 0) - dt.timedelta(seconds=1))  # the day before, in Paris
    found = queries.figures(agent=agent, days=2)
    assert [each.day for each in found.days] == [yesterday, today]
    first, last = found.days
    assert (first.received, first.published, first.refused, first.withdrawn) == (4, 3, 0, 0)
    assert (last.received, last.published, last.refused, last.withdrawn) == (0, 0, 1, 1)
    assert found.states == {
        State.CONFIRME: 1, State.PUBLIE: 1, State.REMPLACE: 1, State.RETIRE: 1, State.REFUSE: 1
    }  # fmt: skip


def test_what_was_replaced_before_any_decision_was_not_decided(owner: Account, agent: Agent) -> None:
    people.filed(owner, state=State.REMPLACE)
    found = queries.figures(agent=agent, days=1)
    assert (found.decided, found.days[0].published, found.days[0].received) == (0, 0, 1)
    assert (found.median, found.p90) == (None, None)


def test_ages_are_in_their_classes(owner: Account, agent: Agent) -> None:
    for days in (0, 0.9, 1, 2.9, 6.9, 7, 14.9, 15, 30, 400):
        people.filed(owner, days=days)
    people.filed(owner, days=400, state=State.PUBLIE)
    found = queries.figures(agent=agent, days=1)
    assert [each.count for each in found.ages] == [2, 2, 1, 2, 1, 2]
    assert [(each.at_least, each.below) for each in found.ages] == [
        (0, 1), (1, 3), (3, 7), (7, 15), (15, 30), (30, None)
    ]  # fmt: skip
    assert found.late == 3


def test_the_time_to_decide(owner: Account, agent: Agent) -> None:
    for days in range(1, 12):
        now = clock.now()
        decided(owner, State.PUBLIE, now - days * DAY, now)
    long_ago = clock.now() - 400 * DAY
    decided(owner, State.PUBLIE, long_ago - 300 * DAY, long_ago)  # not in the period
    found = queries.figures(agent=agent, days=30)
    assert found.decided == 11
    assert found.median is not None
    assert found.p90 is not None
    assert (round(found.median / DAY), round(found.p90 / DAY)) == (6, 10)


@pytest.mark.parametrize(("asked", "given"), [(-1, 1), (0, 1), (7, 7), (10_000, 366)])
def test_a_period_is_a_day_to_a_year(agent: Agent, asked: int, given: int) -> None:
    assert len(queries.figures(agent=agent, days=asked).days) == given


@pytest.mark.parametrize("number", [1, 10])
def test_figures_take_as_many_queries_for_many_as_for_one(
    owner: Account,
    agent: Agent,
    assert_queries: Callable[[int], AbstractContextManager[None]],
    number: int,
) -> None:
    for _ in range(number):
        people.filed(owner)
    with assert_queries(6):
        queries.figures(agent=agent, days=30)


def test_the_load_says_who_has_how_much_since_when(
    owner: Account, agent: Agent, colleague: Agent, supervisor: Agent
) -> None:
    late, other, nobodys = (
        people.filed(owner, days=20),
        people.filed(owner, days=2),
        people.filed(owner, days=1),
    )
    for depot in (late, other):
        operations.assign(agent=agent, depot_id=depot.pk, to=agent.pk)
    operations.refuse(agent=colleague, depot_id=people.filed(owner).pk, motif_id=people.motif().pk)
    found = {line.agent.name if line.agent else "": line for line in queries.load(agent=supervisor)}
    mine = found["Camille Aubert"]
    assert (mine.assigned, mine.late, mine.oldest, mine.decided) == (2, 1, late.confirmed_at, 0)
    assert (found["Dominique Besson"].assigned, found["Dominique Besson"].decided) == (0, 1)
    assert (found[""].assigned, found[""].oldest) == (1, nobodys.confirmed_at)
    with pytest.raises(NotAllowed):
        queries.load(agent=agent)
