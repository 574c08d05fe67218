"""Real concurrency: agents who reach for the same filings at the same moment."""

from functools import partial

import pytest

from guichet.accounts.models import Account
from guichet.depots.models import Depot
from guichet.depots.states import State
from guichet.instruction import operations
from guichet.instruction.models import Agent, Classement, LotLine, Traitement
from guichet.instruction.operations import (
    AlreadyDecided,
    AssignedToAnother,
    HeldByAnother,
    LastGestionnaire,
    NothingChanged,
)
from guichet.instruction.rules import Action, NotAllowed, Role
from guichet.journal.queries import history
from guichet.kernel.refusals import Refusal
from guichet.publications.models import Publication
from tests.at_once import at_once
from tests.instruction import papers, people

pytestmark = pytest.mark.django_db(transaction=True)


def test_twenty_agents_never_get_the_same_filing(owner: Account) -> None:
    for _ in range(12):
        people.filed(owner)
    agents = [people.agent() for _ in range(20)]
    got = at_once(*[partial(operations.take_next, agent=agent) for agent in agents])
    taken = [each.pk for each in got if isinstance(each, Depot)]
    assert (len(taken), len(set(taken)), got.count(None)) == (12, 12, 8)
    assert Traitement.objects.exclude(assigned_to=None).count() == 12


def test_of_two_who_decide_at_once_one_does(owner: Account, agent: Agent, colleague: Agent) -> None:
    motif = people.motif()
    for _ in range(6):
        depot = people.with_pdf(people.filed(owner))
        results = at_once(
            partial(operations.publish, agent=agent, depot_id=depot.pk),
            partial(operations.refuse, agent=colleague, depot_id=depot.pk, motif_id=motif.pk),
        )
        assert [type(each) for each in results if isinstance(each, Refusal)] == [AlreadyDecided]
        depot.refresh_from_db()
        assert Publication.objects.filter(depot=depot).exists() is (depot.state == State.PUBLIE)


def test_of_two_who_open_at_once_one_holds(owner: Account, agent: Agent, colleague: Agent) -> None:
    for _ in range(6):
        depot = people.with_pdf(people.filed(owner))
        holds = at_once(
            *[partial(operations.hold, agent=who, depot_id=depot.pk) for who in (agent, colleague)]
        )
        assert sorted(each.mine for each in holds) == [False, True]
        results = at_once(
            *[partial(operations.publish, agent=who, depot_id=depot.pk) for who in (agent, colleague)]
        )
        # Whoever comes second finds it held, or published already: the same moment has two orders.
        refused = [type(each) for each in results if isinstance(each, Refusal)]
        assert refused in ([HeldByAnother], [AlreadyDecided])


def test_of_two_who_put_a_document_elsewhere_the_second_knows_of_the_first(
    owner: Account, agent: Agent, colleague: Agent
) -> None:
    with papers.registered():
        for types in (("avis", "avis"), ("avis", "naissance")):
            depot = papers.sent(owner, 1)
            put = partial(operations.reclassify, depot_id=depot.pk, document=1, person="moi")
            results = at_once(
                *[partial(put, agent=who, type=to) for who, to in zip((agent, colleague), types, strict=True)]
            )
            made = [(one.former_type, one.type) for one in Classement.objects.filter(depot=depot)]
            assert made[0][0] == "rib"
            if types[0] == types[1]:
                assert [type(each) for each in results if isinstance(each, Refusal)] == [NothingChanged]
                assert len(made) == 1
            else:
                assert made[1][0] == made[0][1]


def test_of_two_who_take_the_same_one_has_it(owner: Account, agent: Agent, colleague: Agent) -> None:
    for _ in range(6):
        depot = people.filed(owner)
        results = at_once(
            *[
                partial(operations.assign, agent=who, depot_id=depot.pk, to=who.pk)
                for who in (agent, colleague)
            ]
        )
        assert [type(each) for each in results if isinstance(each, Refusal)] == [AssignedToAnother]


def test_two_workers_on_one_lot_do_each_line_once(owner: Account, agent: Agent) -> None:
    depots = [people.with_pdf(people.filed(owner)) for _ in range(8)]
    lot = operations.start_bulk(agent=agent, action=Action.PUBLISH, depot_ids=[depot.pk for depot in depots])
    done = at_once(*[partial(operations.run_bulk, lot_id=lot.pk)] * 3)
    assert sum(done) == 8
    assert set(lot.lines.values_list("outcome", flat=True)) == {LotLine.Outcome.DONE}
    for depot in depots:
        kinds = [event.kind for event in history(subject=depot.evidence)]
        assert kinds == ["depot.published", "instruction.decided"]
    ends = [event.kind for event in history(subject=lot.evidence)]
    assert ends == ["instruction.bulk_started", "instruction.bulk_finished"]


def test_two_gestionnaires_cannot_suspend_each_other() -> None:
    for _ in range(5):
        Agent.objects.update(active=False)
        one, other = people.agent(Role.GESTIONNAIRE), people.agent(Role.GESTIONNAIRE)
        results = at_once(
            partial(operations.suspend_agent, by=one, agent_id=other.pk),
            partial(operations.suspend_agent, by=other, agent_id=one.pk),
        )
        assert [type(each) for each in results if isinstance(each, Refusal)] in (
            [LastGestionnaire],
            [NotAllowed],
        )
        assert Agent.objects.filter(active=True).count() == 1


def test_what_a_supervisor_gives_to_somebody_else_stays_theirs_while_its_agent_is_suspended(
    owner: Account, supervisor: Agent, colleague: Agent
) -> None:
    manager = people.agent(Role.GESTIONNAIRE)
    for _ in range(8):
        leaving, depot = people.agent(), people.filed(owner)
        operations.assign(agent=leaving, depot_id=depot.pk, to=leaving.pk)
        at_once(
            partial(operations.suspend_agent, by=manager, agent_id=leaving.pk),
            partial(operations.assign, agent=supervisor, depot_id=depot.pk, to=colleague.pk),
        )
        assert Traitement.objects.get(pk=depot.pk).assigned_to == colleague  # in whichever order
