"""Real concurrency: answers that meet each other, or a decision."""

from collections.abc import Iterator
from functools import partial

import pytest

from guichet.accounts.models import Account
from guichet.courriers.models import Pli
from guichet.depots.states import State
from guichet.instruction import operations
from guichet.instruction.models import Agent, Message, MessageFile
from guichet.instruction.operations import NoQuestion
from guichet.journal.queries import history
from tests.at_once import at_once
from tests.courriers.boxes import mailboxes
from tests.depots import factories
from tests.files import samples
from tests.instruction import papers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _papers() -> Iterator[None]:
    with papers.registered(), mailboxes("association"):
        yield


def test_two_answers_at_once_are_both_kept(owner: Account, agent: Agent) -> None:
    depot = papers.sent(owner)
    operations.ask(agent=agent, depot_id=depot.pk, text="Lesquelles ?")
    uploads = [factories.upload(samples.picture(size=(60 + rank, 40)), f"{rank}.jpg") for rank in range(2)]
    said = at_once(
        *[
            partial(operations.answer, account=owner, depot_id=depot.pk, text=f"La {rank}.", uploads=[upload])
            for rank, upload in enumerate(uploads)
        ]
    )
    assert {message.text for message in said} == {"La 0.", "La 1."}
    assert MessageFile.objects.count() == 2
    assert Pli.objects.filter(template="instruction/reponse_recue").count() == 2
    assert [event.kind for event in history(subject=depot.evidence)].count("instruction.answered") == 2


def test_the_same_answer_twice_at_once_is_one(owner: Account, agent: Agent) -> None:
    depot, content = papers.sent(owner), samples.picture()
    operations.ask(agent=agent, depot_id=depot.pk, text="Laquelle ?")
    uploads = [factories.upload(content, "a.jpg") for _ in range(2)]
    said = at_once(
        *[
            partial(operations.answer, account=owner, depot_id=depot.pk, text="Elle.", uploads=[upload])
            for upload in uploads
        ]
    )
    assert said[0] == said[1]
    assert Message.objects.filter(agent=None).count() == MessageFile.objects.count() == 1


def test_an_answer_that_meets_the_decision_is_before_it_or_refused(owner: Account, agent: Agent) -> None:
    for _ in range(4):
        depot = papers.sent(owner)
        operations.ask(agent=agent, depot_id=depot.pk, text="Laquelle ?")
        results = at_once(
            partial(operations.answer, account=owner, depot_id=depot.pk, text="Elle."),
            partial(operations.accept, agent=agent, depot_id=depot.pk),
        )
        depot.refresh_from_db()
        assert depot.state == State.ACCEPTE
        answered = Message.objects.filter(depot=depot, agent=None).exists()
        assert answered is not any(isinstance(each, NoQuestion) for each in results)
