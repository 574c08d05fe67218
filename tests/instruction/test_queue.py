"""The queue: what is in it, in what order, how many of each; its export; as many queries for any size."""

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
from guichet.instruction.rules import (
    ALL_STATES,
    ANSWERED,
    ASKED,
    ME,
    NOBODY,
    PAGE_SIZE,
    Filters,
    NotAllowed,
    Sort,
)
from guichet.kernel import clock
from guichet.kernel.cells import csv_lines
from tests.depots import factories
from tests.instruction import people

pytestmark = pytest.mark.django_db
AtMost = Callable[[int], AbstractContextManager[None]]


def shown(agent: Agent, sort: Sort = Sort.OLDEST, **filters: Any) -> list[str]:
    chosen = queries.queue(agent=agent, filters=Filters(**filters), sort=sort)
    assert chosen.total == len(chosen.lines)
    return [line.reference for line in chosen.lines]


class TestFilters:
    def test_what_waits_comes_first_the_oldest_on_top(self, owner: Account, agent: Agent) -> None:
        new, old = people.filed(owner, days=1), people.filed(owner, days=5)
        people.filed(owner, state=State.PUBLIE)
        assert shown(agent) == [old.reference, new.reference]
        assert shown(agent, Sort.NEWEST) == [new.reference, old.reference]

    def test_by_state(self, owner: Account, agent: Agent) -> None:
        states = (State.CONFIRME, State.PUBLIE, State.REFUSE, State.RETIRE, State.REMPLACE)
        each = {state: people.filed(owner, state=state).reference for state in states}
        for state, reference in each.items():
            assert shown(agent, state=state.value) == [reference]
        assert len(shown(agent, state=ALL_STATES)) == 5

    def test_what_was_never_filed_is_in_no_queue(self, owner: Account, agent: Agent) -> None:
        factories.submitted(owner)
        assert shown(agent, state=ALL_STATES) == []

    def test_by_assignment(self, owner: Account, agent: Agent, colleague: Agent) -> None:
        mine, theirs, nobodys = (people.filed(owner, days=days) for days in (3, 2, 1))
        operations.assign(agent=agent, depot_id=mine.pk, to=agent.pk)
        operations.assign(agent=colleague, depot_id=theirs.pk, to=colleague.pk)
        operations.hold(agent=agent, depot_id=nobodys.pk)  # opened, and still nobody's
        assert shown(agent, assigned=ME) == [mine.reference]
        assert shown(agent, assigned=NOBODY) == [nobodys.reference]
        assert shown(agent, assigned=str(colleague.pk)) == [theirs.reference]

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("732 829 320", {"Les Amis du Tilleul"}),
            ("amis tilleul", {"Les Amis du Tilleul"}),
            ("TILLEUL, amis", {"Les Amis du Tilleul"}),
            ("ECOLE", {"Comité de l’École d’Été"}),
            ("été", {"Comité de l’École d’Été"}),
            ("%", set()),
            ("_", set()),
            ("443061841", {"Comité de l’École d’Été"}),
            ("999999999", set()),
        ],
    )
    def test_by_number_or_by_the_words_of_a_name(
        self, owner: Account, agent: Agent, text: str, found: set[str]
    ) -> None:
        people.filed(owner)
        people.filed(owner, siren="443061841", subject_name="Comité de l’École d’Été")
        queue = queries.queue(agent=agent, filters=Filters(text=text))
        assert {line.name for line in queue.lines} == found

    def test_by_reference_as_one_dictates_it(self, owner: Account, agent: Agent) -> None:
        depot = people.filed(owner)
        people.filed(owner)
        assert shown(agent, text=f" {(depot.reference or '').lower().replace('-', ' ')}".strip()) == [
            depot.reference
        ]

    def test_late_is_late_to_the_second(self, owner: Account, agent: Agent) -> None:
        depot = people.filed(owner, days=15)
        with clock.travel(dt.timedelta(seconds=-30)):
            assert shown(agent, late=True) == []
        assert shown(agent, late=True) == [depot.reference]
        assert queries.queue(agent=agent, filters=Filters()).lines[0].is_late

    def test_by_day_of_submission_in_paris(self, owner: Account, agent: Agent) -> None:
        before = dt.datetime(
            2026, 6, 1, 21, 59, 59, tzinfo=dt.UTC
        )  # 1 June, a second before midnight in Paris
        after = before + dt.timedelta(seconds=1)
        first, second = (people.filed(owner, submitted_at=moment).reference for moment in (before, after))
        june = dt.date(2026, 6, 1)
        assert shown(agent, submitted_to=june) == [first]
        assert shown(agent, submitted_from=june + dt.timedelta(days=1)) == [second]
        assert len(shown(agent, submitted_from=june, submitted_to=dt.date.max)) == 2

    def test_only_what_the_agent_looks_after(self, owner: Account, agent: Agent) -> None:
        people.filed(owner)
        agent.teleprocedures = ["autre"]
        assert shown(agent, state=ALL_STATES) == []
        agent.active = False
        with pytest.raises(NotAllowed):
            queries.queue(agent=agent, filters=Filters())

    def test_by_name(self, owner: Account, agent: Agent) -> None:
        names = ["Zénith", "école du Lac", "Échiquier", "amis"]
        for name in names:
            people.filed(owner, subject_name=name)
        queue = queries.queue(agent=agent, filters=Filters(), sort=Sort.NAME)
        assert [line.name for line in queue.lines] == ["amis", "Échiquier", "école du Lac", "Zénith"]


class TestCounts:
    def test_they_count_what_waits_whatever_is_shown(
        self, owner: Account, agent: Agent, colleague: Agent
    ) -> None:
        asked, answered, _late = people.filed(owner), people.filed(owner), people.filed(owner, days=16)
        people.filed(owner, state=State.REFUSE)
        for depot in (asked, answered):
            operations.ask(agent=agent, depot_id=depot.pk, text="Une question ?")
        operations.answer(account=owner, depot_id=answered.pk, text="Oui.")
        counts = queries.queue(agent=agent, filters=Filters(assigned=ME, question=ASKED)).counts
        assert counts.states == {State.CONFIRME: 3, State.REFUSE: 1}
        assert (counts.waiting, counts.mine, counts.nobody) == (3, 2, 1)
        assert (counts.late, counts.asked, counts.answered) == (1, 1, 1)
        assert queries.queue(agent=colleague, filters=Filters()).counts.mine == 0
        assert shown(agent, question=ANSWERED) == [answered.reference]

    def test_pages(self, owner: Account, agent: Agent) -> None:
        made = [people.filed(owner, days=1 + number / 100) for number in range(PAGE_SIZE + 1)]
        first = queries.queue(agent=agent, filters=Filters())
        assert (first.total, first.page, first.pages, len(first.lines)) == (51, 1, 2, PAGE_SIZE)
        last = queries.queue(agent=agent, filters=Filters(), page=99)
        assert (last.page, [line.reference for line in last.lines]) == (2, [made[0].reference])
        assert queries.queue(agent=agent, filters=Filters(), page=-1).page == 1
        empty = queries.queue(agent=agent, filters=Filters(text="rien"))
        assert (empty.total, empty.page, empty.pages) == (0, 1, 1)

    @pytest.mark.parametrize("number", [1, 20])
    def test_as_many_queries_for_one_as_for_twenty(
        self, owner: Account, agent: Agent, assert_queries: AtMost, number: int
    ) -> None:
        for _ in range(number):
            operations.hold(agent=agent, depot_id=people.filed(owner).pk)
            operations.take_next(agent=agent)
        with assert_queries(5):
            queue = queries.queue(agent=agent, filters=Filters(assigned=ME))
        assert len(queue.lines) == number


class TestLine:
    def test_it_says_who_else_has_it_open(self, owner: Account, agent: Agent, colleague: Agent) -> None:
        depot = people.filed(owner)
        operations.hold(agent=colleague, depot_id=depot.pk)
        (line,) = queries.queue(agent=agent, filters=Filters()).lines
        assert line.held_by is not None
        assert line.held_by.name == "Dominique Besson"
        (own,) = queries.queue(agent=colleague, filters=Filters()).lines
        assert own.held_by is None
        with clock.travel(dt.timedelta(minutes=10)):
            (later,) = queries.queue(agent=agent, filters=Filters()).lines
        assert later.held_by is None

    def test_its_age_ends_with_the_decision(self, owner: Account, agent: Agent) -> None:
        people.filed(owner, days=3, state=State.REFUSE)
        with clock.travel(dt.timedelta(days=10)):
            (line,) = queries.queue(agent=agent, filters=Filters(state="refuse")).lines
        assert (line.age.days, line.is_late) == (3, False)
        assert line.label.startswith("comptes clos le")


class TestExport:
    def test_every_row_that_is_chosen_and_no_formula(self, owner: Account, supervisor: Agent) -> None:
        people.filed(owner, subject_name="=HYPERLINK(A1)", days=2)
        people.filed(owner)
        people.filed(owner, state=State.PUBLIE)
        head, first, second = queries.export(agent=supervisor, filters=Filters())
        said = dict(zip(head, first, strict=True))
        assert said["nom"] == "=HYPERLINK(A1)"
        assert "'=HYPERLINK(A1)" in "".join(csv_lines([head, first]))  # as the file has it
        assert (said["etat"], said["age_jours"], said["en_retard"]) == ("confirme", "2", "non")
        assert said["siren"] == owner.identifier
        assert dict(zip(head, second, strict=True))["nom"] == "Les Amis du Tilleul"

    def test_it_is_the_supervisors_and_refused_at_once(self, agent: Agent) -> None:
        with pytest.raises(NotAllowed):
            queries.export(agent=agent, filters=Filters())

    def test_moments_are_those_of_paris(self, owner: Account, supervisor: Agent) -> None:
        people.filed(owner, confirmed_at=dt.datetime(2026, 6, 1, 22, 0, tzinfo=dt.UTC))
        head, row = queries.export(agent=supervisor, filters=Filters())
        assert dict(zip(head, row, strict=True))["confirme_le"] == "2026-06-02 00:00:00"

    @pytest.mark.parametrize("number", [1, 20])
    def test_rows_cost_no_query_each(
        self, owner: Account, supervisor: Agent, assert_queries: AtMost, number: int
    ) -> None:
        for _ in range(number):
            people.filed(owner)
        with assert_queries(1):
            assert len(list(queries.export(agent=supervisor, filters=Filters()))) == number + 1


class TestDossier:
    def test_all_about_a_filing_in_a_few_queries(
        self, owner: Account, agent: Agent, assert_queries: AtMost
    ) -> None:
        depot = factories.confirmed(owner)
        for number in range(5):
            operations.note(agent=agent, depot_id=depot.pk, text=f"Note {number}")
            operations.ask(agent=agent, depot_id=depot.pk, text=f"Question {number} ?")
        with assert_queries(11):
            found = queries.dossier(agent=agent, depot_id=depot.pk)
        assert [line.by for line in found.history[:2]] == ["filer", "filer"]
        assert found.history[-1].who == "Camille Aubert"
        assert (len(found.notes), len(found.messages), found.question) == (5, 5, ASKED)
        assert found.comparisons[-1].register == "Inconnue du répertoire"

    def test_the_other_versions_and_the_next_one(
        self, owner: Account, agent: Agent, colleague: Agent
    ) -> None:
        refused = people.filed(owner, days=9, state=State.REFUSE)
        depot = people.filed(owner, days=8, unique_key=refused.unique_key)
        held, nxt, first = (
            people.filed(owner, days=3),
            people.filed(owner, days=2),
            people.filed(owner, days=12),
        )
        operations.hold(agent=colleague, depot_id=held.pk)
        found = queries.dossier(agent=agent, depot_id=depot.pk)
        assert [other.pk for other in found.versions] == [refused.pk]
        assert found.next_id == nxt.pk
        assert queries.dossier(agent=agent, depot_id=nxt.pk).next_id == first.pk  # round again
        Depot.objects.exclude(pk=depot.pk).update(teleprocedure="autre")
        assert queries.dossier(agent=agent, depot_id=depot.pk).next_id is None
