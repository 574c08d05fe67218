"""One action on many filings: a result a line, and a worker that dies in the midst."""

import uuid
from typing import Any

import pytest

from guichet.accounts.models import Account
from guichet.courriers.models import Courrier
from guichet.depots.models import Depot
from guichet.depots.states import State
from guichet.instruction import operations, queries
from guichet.instruction.models import Agent, Lot, LotLine
from guichet.instruction.operations import (
    MotifMissing,
    NothingChosen,
    TooMany,
    UnknownAgent,
    UnknownMotif,
    WordsNotTaken,
)
from guichet.instruction.queries import LotNotFound
from guichet.instruction.rules import MOST_IN_BULK, Action, NotAllowed
from guichet.journal.queries import history
from tests.instruction import papers, people

pytestmark = pytest.mark.django_db


def start(agent: Agent, action: Action, depots: list[Depot], **more: Any) -> Lot:
    return operations.start_bulk(agent=agent, action=action, depot_ids=[each.pk for each in depots], **more)


def refuse_all(agent: Agent, depots: list[Depot]) -> Lot:
    return start(agent, Action.REFUSE, depots, motif_id=people.motif().pk, text="Voyez la page 2.")


def states(depots: list[Depot]) -> list[str]:
    found = Depot.objects.in_bulk([each.pk for each in depots])
    return [found[each.pk].state for each in depots]


class TestStart:
    def test_it_is_only_begun(self, owner: Account, agent: Agent) -> None:
        depots = [people.filed(owner) for _ in range(3)]
        lot = refuse_all(agent, depots)
        report = queries.lot(agent=agent, lot_id=lot.pk)
        assert (report.total, report.waiting, report.done) == (3, 3, 0)
        assert states(depots) == [State.CONFIRME] * 3
        assert queries.lots(agent=agent) == [lot]

    def test_five_hundred_and_no_more(self, agent: Agent) -> None:
        ids = [uuid.uuid4() for _ in range(MOST_IN_BULK + 1)]
        with pytest.raises(TooMany, match="501"):
            operations.start_bulk(agent=agent, action=Action.PUBLISH, depot_ids=ids)
        lot = operations.start_bulk(agent=agent, action=Action.PUBLISH, depot_ids=[*ids[:500], ids[0]])
        assert lot.lines.count() == MOST_IN_BULK  # the same one twice is one

    def test_what_cannot_be_begun_says_why(
        self, owner: Account, agent: Agent, colleague: Agent, supervisor: Agent
    ) -> None:
        depots = [people.filed(owner)]
        with pytest.raises(NothingChosen):
            start(agent, Action.PUBLISH, [])
        with pytest.raises(MotifMissing):
            start(agent, Action.REFUSE, depots)
        with pytest.raises(UnknownMotif):
            start(agent, Action.REFUSE, depots, motif_id=0)
        with pytest.raises(NotAllowed):
            start(agent, Action.ASSIGN, depots, to=colleague.pk)
        with pytest.raises(UnknownAgent):
            start(supervisor, Action.ASSIGN, depots)
        assert not Lot.objects.exists()


class TestRun:
    def test_each_line_has_its_result_and_its_evidence(
        self, owner: Account, agent: Agent, colleague: Agent
    ) -> None:
        good, decided, held = (
            people.filed(owner),
            people.filed(owner, state=State.PUBLIE),
            people.filed(owner),
        )
        operations.hold(agent=colleague, depot_id=held.pk)
        nowhere = Depot(pk=uuid.uuid4())
        lot = refuse_all(agent, [good, decided, held, nowhere])
        assert operations.run_bulk(lot_id=lot.pk) == 4
        report = queries.lot(agent=agent, lot_id=lot.pk)
        assert (report.done, report.refused, report.waiting) == (1, 3, 0)
        sentences = [line.sentence for line in report.lines]
        assert sentences[0] == ""
        assert "changé d’état" in sentences[1]
        assert "Dominique Besson" in sentences[2]
        assert "n’existe pas" in sentences[3]
        assert [line.depot.pk if line.depot else None for line in report.lines] == [
            good.pk, decided.pk, held.pk, None
        ]  # fmt: skip
        assert [event.kind for event in history(subject=good.evidence)] == [
            "depot.refused",
            "instruction.decided",
        ]
        assert history(subject=lot.evidence)[-1].data == {"done": 1, "refused": 3}
        assert report.lot.finished_at is not None

    def test_twice_is_as_once(self, owner: Account, agent: Agent) -> None:
        depots = [people.filed(owner) for _ in range(2)]
        lot = refuse_all(agent, depots)
        assert operations.run_bulk(lot_id=lot.pk) == 2
        before = [history(subject=depot.evidence) for depot in depots]
        assert operations.run_bulk(lot_id=lot.pk) == 0
        assert [history(subject=depot.evidence) for depot in depots] == before

    def test_a_worker_killed_in_the_midst_leaves_whole_lines(
        self, owner: Account, agent: Agent, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        depots = [people.filed(owner) for _ in range(3)]
        lot = refuse_all(agent, depots)
        real, concluded = operations.bulk._conclude, []

        def killed(line: LotLine, *rest: Any) -> None:
            concluded.append(line)
            if len(concluded) == 2:
                raise SystemExit  # the decision is made, its result not written
            real(line, *rest)

        with monkeypatch.context() as patch:
            patch.setattr(operations.bulk, "_conclude", killed)
            with pytest.raises(SystemExit):
                operations.run_bulk(lot_id=lot.pk)
        assert states(depots) == [State.REFUSE, State.CONFIRME, State.CONFIRME]
        assert operations.run_bulk(lot_id=lot.pk) == 2
        assert states(depots) == [State.REFUSE] * 3
        assert queries.lot(agent=agent, lot_id=lot.pk).done == 3

    def test_a_line_that_breaks_holds_up_no_other_and_ends(
        self, owner: Account, agent: Agent, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bad, good = people.filed(owner), people.filed(owner)
        lot = refuse_all(agent, [bad, good])
        real = operations.bulk._act

        def broken(lot: Lot, depot_id: uuid.UUID) -> Depot:
            if depot_id == bad.pk:
                raise OSError("the store is away")
            return real(lot, depot_id)

        monkeypatch.setattr(operations.bulk, "_act", broken)
        for _ in range(3):
            with pytest.raises(ExceptionGroup):
                operations.run_bulk(lot_id=lot.pk)
        assert states([bad, good]) == [State.CONFIRME, State.REFUSE]
        report = queries.lot(agent=agent, lot_id=lot.pk)
        assert (report.done, report.refused, report.waiting) == (1, 1, 0)
        assert "erreur du portail" in report.lines[0].sentence
        assert operations.run_bulk(lot_id=lot.pk) == 0

    def test_a_suspended_agents_lot_does_nothing(self, owner: Account, agent: Agent, manager: Agent) -> None:
        depots = [people.filed(owner)]
        lot = refuse_all(agent, depots)
        operations.suspend_agent(by=manager, agent_id=agent.pk)
        operations.run_bulk(lot_id=lot.pk)
        assert states(depots) == [State.CONFIRME]
        assert "rôle" in queries.lot(agent=manager, lot_id=lot.pk).lines[0].sentence

    def test_many_are_given_and_given_back(
        self, owner: Account, agent: Agent, colleague: Agent, supervisor: Agent
    ) -> None:
        depots = [people.filed(owner) for _ in range(2)]
        operations.run_bulk(lot_id=start(supervisor, Action.ASSIGN, depots, to=colleague.pk).pk)
        assert colleague.assigned.count() == 2
        lot = start(agent, Action.RELEASE, depots)
        operations.run_bulk(lot_id=lot.pk)
        assert queries.lot(agent=agent, lot_id=lot.pk).refused == 2  # they are not the agent's to give back
        operations.run_bulk(lot_id=start(supervisor, Action.RELEASE, depots).pk)
        assert colleague.assigned.count() == 0


class TestWordsBesideAnAcceptance:
    def test_they_go_to_the_filings_that_take_them_alone(self, owner: Account, agent: Agent) -> None:
        with papers.registered("SILENT"):
            takes = papers.sent(owner, 1)
            takes_none = papers.sent(owner, 1, teleprocedure=papers.SILENT.code)
            nowhere = Depot(pk=uuid.uuid4())
            lot = start(agent, Action.ACCEPT, [takes, takes_none, nowhere], text="Merci, tout y est.")
            operations.run_bulk(lot_id=lot.pk)
            report = queries.lot(agent=agent, lot_id=lot.pk)
        assert (report.done, report.refused) == (2, 1)
        assert "n’existe pas" in report.lines[2].sentence
        assert states([takes, takes_none]) == [State.ACCEPTE] * 2
        texts = Depot.objects.in_bulk([takes.pk, takes_none.pk])
        assert texts[takes.pk].decision_text == "Merci, tout y est."
        assert texts[takes_none.pk].decision_text == ""
        bodies = Courrier.objects.filter(about=takes_none.evidence).values_list("body", flat=True)
        assert bodies
        assert not any("Merci, tout y est." in body for body in bodies)

    def test_alone_they_are_refused_where_nobody_would_read_them(self, owner: Account, agent: Agent) -> None:
        with papers.registered("SILENT"):
            depot = papers.sent(owner, 1, teleprocedure=papers.SILENT.code)
            with pytest.raises(WordsNotTaken):
                operations.accept(agent=agent, depot_id=depot.pk, text="Merci.")
            assert states([depot]) == [State.CONFIRME]
            operations.accept(agent=agent, depot_id=depot.pk, text=" ")
        assert states([depot]) == [State.ACCEPTE]


def test_a_lot_is_its_agents_and_the_supervisors(
    owner: Account, agent: Agent, colleague: Agent, supervisor: Agent
) -> None:
    lot = refuse_all(agent, [people.filed(owner)])
    assert queries.lot(agent=supervisor, lot_id=lot.pk).lot == lot
    for lot_id in (lot.pk, uuid.uuid4(), "rien"):
        with pytest.raises(LotNotFound):
            queries.lot(agent=colleague, lot_id=lot_id)
