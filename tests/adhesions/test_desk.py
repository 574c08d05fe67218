"""An agent decides in the company's place, at the desk, with a reason."""

import pytest

from guichet.accounts.models import Account
from guichet.adhesions import operations, queries
from guichet.adhesions.operations import AlreadySettled
from guichet.adhesions.rules import LAPSES_AFTER, TELEPROCEDURE
from guichet.adhesions.states import By
from guichet.adhesions.values import Answerer
from guichet.depots.states import State
from guichet.instruction import operations as instruction
from guichet.instruction import queries as desk
from guichet.instruction.operations import AlreadyDecided
from guichet.instruction.rules import Filters
from guichet.kernel import clock
from guichet.kernel.refusals import Refusal
from tests.adhesions import world
from tests.instruction import people

pytestmark = pytest.mark.usefixtures("register")


def test_accepting_needs_a_reason_that_both_sides_read(asker: Account) -> None:
    demande, agent = world.asked(asker), people.agent()
    with pytest.raises(Refusal) as refused:
        instruction.accept(agent=agent, depot_id=demande.pk)
    assert refused.value.field == "text"
    instruction.accept(agent=agent, depot_id=demande.pk, text="Procuration vue au guichet.")
    found = queries.adhesion(demande_id=demande.pk, by=Answerer(account=asker))
    assert (found.state, found.answered_by, found.reason) == (
        State.ACCEPTE,
        By.AGENT,
        "Procuration vue au guichet.",
    )
    [letter] = world.messages_about(demande, "adhesions/acceptee")
    assert "Procuration vue au guichet." in letter.body
    assert "Procuration vue" in world.messages_about(demande, "depots/accepte")[0].body


def test_an_agent_comes_too_late_where_the_company_has_answered(asker: Account) -> None:
    demande, agent = world.asked(asker), people.agent()
    operations.answer(demande_id=demande.pk, by=world.by_code(demande), accept=False)
    with pytest.raises(AlreadyDecided):
        instruction.accept(agent=agent, depot_id=demande.pk, text="Procuration vue.")


def test_the_company_ends_what_an_agent_accepted(asker: Account) -> None:
    demande, agent = world.asked(asker), people.agent()
    by = world.by_code(demande)
    instruction.accept(agent=agent, depot_id=demande.pk, text="Procuration vue.")
    with pytest.raises(AlreadySettled):
        operations.answer(demande_id=demande.pk, by=by, accept=False)
    operations.end(demande_id=demande.pk, by=by)
    assert queries.adhesion(demande_id=demande.pk, by=by).state == State.TERMINE


def test_an_agent_may_still_decide_until_the_job_has_run(asker: Account) -> None:
    demande, agent = world.asked(asker), people.agent()
    with clock.travel(LAPSES_AFTER):
        instruction.accept(agent=agent, depot_id=demande.pk, text="Lettre reçue à temps.")
        assert operations.lapse_overdue() == 0
    assert queries.adhesion(demande_id=demande.pk, by=Answerer(account=asker)).is_in_force


def test_what_the_company_is_asked_waits_in_no_agents_queue_and_is_found_all_the_same(asker: Account) -> None:
    demande, agent = world.asked(asker), people.agent()
    with clock.travel(LAPSES_AFTER):
        usual = desk.queue(agent=agent, filters=Filters())
        assert (usual.total, usual.counts.waiting, usual.counts.late) == (0, 0, 0)
        assert instruction.take_next(agent=agent, filters=Filters()) is None
        assert desk.figures(agent=agent, days=30).late == 0
        for filters in (Filters(teleprocedure=TELEPROCEDURE), Filters(text=demande.siren)):
            assert [line.depot_id for line in desk.queue(agent=agent, filters=filters).lines] == [demande.pk]


def test_the_desk_does_not_vouch_for_the_firm_that_somebody_names(asker: Account) -> None:
    demande, agent = world.asked(asker), people.agent()
    found = desk.dossier(agent=agent, depot_id=demande.pk)
    [person, firm] = [one for one in found.comparisons if one.typed in asker.profile.values()][-2:]
    assert (person.typed, person.register) == (asker.profile["name"], "")
    assert (firm.typed, firm.register) == (asker.profile["company"], "")
