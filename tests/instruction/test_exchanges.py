"""Questions, answers and notes on a filing."""

import pytest

from guichet.accounts.models import Account
from guichet.courriers.models import Courrier
from guichet.depots.queries import DepotNotFound
from guichet.depots.states import State
from guichet.instruction import operations, queries
from guichet.instruction.models import Agent, Message, Traitement
from guichet.instruction.operations import AlreadyDecided, HeldByAnother, NoAddress, NoQuestion
from guichet.instruction.rules import ANSWERED, ASKED, Filters, TextMissing
from guichet.journal.queries import history
from tests.depots import factories
from tests.instruction import people

pytestmark = pytest.mark.django_db


def question_of(agent: Agent) -> list[str]:
    return [line.question for line in queries.queue(agent=agent, filters=Filters()).lines]


def test_a_question_is_answered_on_the_same_filing(owner: Account, agent: Agent) -> None:
    depot = people.filed(owner)
    operations.ask(agent=agent, depot_id=depot.pk, text="La page 3 est-elle la bonne ?")
    letter = Courrier.objects.get(about=depot.evidence)
    assert "La page 3 est-elle la bonne ?" in letter.body
    assert letter.recipient == owner.email
    assert question_of(agent) == [ASKED]
    operations.answer(account=owner, depot_id=depot.pk, text="Oui, c’est la bonne.")
    assert question_of(agent) == [ANSWERED]
    said = queries.messages(account=owner, depot_id=depot.pk)
    assert [(one.from_filer, one.text, one.author) for one in said] == [
        (False, "La page 3 est-elle la bonne ?", ""),
        (True, "Oui, c’est la bonne.", ""),
    ]
    shown = queries.dossier(agent=agent, depot_id=depot.pk).messages
    assert [one.author for one in shown] == ["Camille Aubert", ""]


def test_another_question_waits_for_another_answer(owner: Account, agent: Agent) -> None:
    depot = people.filed(owner)
    operations.ask(agent=agent, depot_id=depot.pk, text="Une ?")
    operations.answer(account=owner, depot_id=depot.pk, text="Oui.")
    operations.ask(agent=agent, depot_id=depot.pk, text="Deux ?")
    assert question_of(agent) == [ASKED]


def test_who_asks_has_the_filing(owner: Account, agent: Agent, colleague: Agent) -> None:
    depot = people.filed(owner)
    operations.ask(agent=agent, depot_id=depot.pk, text="Une question ?")
    operations.ask(agent=colleague, depot_id=depot.pk, text="Une autre ?")
    assert Traitement.objects.get(pk=depot.pk).assigned_to == agent


def test_the_journal_proves_the_words_without_telling_them(owner: Account, agent: Agent) -> None:
    depot = people.filed(owner)
    operations.ask(agent=agent, depot_id=depot.pk, text="Qui est Mme Untel ?")
    operations.answer(account=owner, depot_id=depot.pk, text="Untel est la trésorière.")
    operations.note(agent=agent, depot_id=depot.pk, text="Untel a rappelé.")
    events = history(subject=depot.evidence)
    assert [event.kind for event in events] == [
        "instruction.asked",
        "instruction.answered",
        "instruction.noted",
    ]
    assert "Untel" not in str([event.data for event in events])
    assert {len(str(event.data["sha256"])) for event in events} == {64}


def test_nobody_answers_what_nobody_asked(owner: Account) -> None:
    depot = people.filed(owner)
    assert not queries.may_answer(account=owner, depot_id=depot.pk)
    with pytest.raises(NoQuestion):
        operations.answer(account=owner, depot_id=depot.pk, text="Bonjour.")


def test_after_the_decision_an_answer_would_not_be_read(owner: Account, agent: Agent) -> None:
    depot = people.filed(owner)
    operations.ask(agent=agent, depot_id=depot.pk, text="Une question ?")
    operations.refuse(agent=agent, depot_id=depot.pk, motif_id=people.motif().pk)
    with pytest.raises(NoQuestion):
        operations.answer(account=owner, depot_id=depot.pk, text="Oui.")
    assert Message.objects.filter(depot=depot).count() == 1


def test_a_stranger_neither_reads_nor_answers(owner: Account, agent: Agent) -> None:
    depot, stranger = people.filed(owner), factories.account(siren=factories.SIRENS[1])
    operations.ask(agent=agent, depot_id=depot.pk, text="Une question ?")
    with pytest.raises(DepotNotFound):
        queries.messages(account=stranger, depot_id=depot.pk)
    with pytest.raises(DepotNotFound):
        operations.answer(account=stranger, depot_id=depot.pk, text="Oui.")


def test_nobody_asks_about_what_is_decided_or_in_other_hands(
    owner: Account, agent: Agent, colleague: Agent
) -> None:
    decided, opened = people.filed(owner, state=State.REFUSE), people.filed(owner)
    operations.hold(agent=colleague, depot_id=opened.pk)
    with pytest.raises(AlreadyDecided):
        operations.ask(agent=agent, depot_id=decided.pk, text="Une question ?")
    with pytest.raises(HeldByAnother):
        operations.ask(agent=agent, depot_id=opened.pk, text="Une question ?")
    assert not Courrier.objects.exists()


def test_a_question_that_reaches_nobody_is_not_asked(owner: Account, agent: Agent) -> None:
    depot = people.filed(owner)
    Account.objects.filter(pk=owner.pk).update(email="")
    with pytest.raises(NoAddress):
        operations.ask(agent=agent, depot_id=depot.pk, text="Une question ?")
    assert not Message.objects.exists()


def test_notes_are_for_agents(owner: Account, agent: Agent) -> None:
    depot = people.filed(owner)
    operations.note(agent=agent, depot_id=depot.pk, text=" À revoir\r\navec Dominique. ")
    notes = queries.dossier(agent=agent, depot_id=depot.pk).notes
    assert [(note.author, note.text) for note in notes] == [("Camille Aubert", "À revoir\navec Dominique.")]
    assert queries.messages(account=owner, depot_id=depot.pk) == []
    with pytest.raises(TextMissing):
        operations.note(agent=agent, depot_id=depot.pk, text=" ")
