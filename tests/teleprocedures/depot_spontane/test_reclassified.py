"""Documents that an agent put with somebody else, in a household that goes on changing."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from guichet.depots.models import Depot
from guichet.foyers import operations as foyers
from guichet.foyers.models import Personne
from guichet.instruction import operations, queries
from guichet.instruction.models import Agent
from guichet.instruction.operations import UnknownPerson
from tests.espaces.prive.people import somebody
from tests.instruction import people
from tests.teleprocedures.depot_spontane.sender import Sender, a_child

Limit = Callable[[int], AbstractContextManager[None]]
TYPE = "autre"


@pytest.fixture
def agent(db: None) -> Agent:
    """Somebody who sees everything and decides."""
    return people.agent()


def sent(sender: Sender, number: int) -> Depot:
    """That many documents, all about the sender."""
    draft = sender.ready(number)
    sender.transmit(draft)
    return Depot.objects.select_related("account").get(pk=draft.pk)


def put(agent: Agent, depot: Depot, document: int, person: str) -> None:
    operations.reclassify(agent=agent, depot_id=depot.pk, document=document, type=TYPE, person=person)


def leaves(agent: Agent, person: Personne) -> None:
    foyers.remove(agent=agent, account_id=person.account_id, person_id=person.pk)


def test_who_left_the_household_is_named_still_and_offered_no_more(sender: Sender, agent: Agent) -> None:
    emma, depot = a_child(sender.account), sent(sender, 2)
    put(agent, depot, 1, str(emma.pk))
    leaves(agent, emma)
    first, second = queries.dossier(agent=agent, depot_id=depot.pk).documents
    assert (first.person, first.person_label) == (str(emma.pk), emma.name)
    assert second.person_label == "Noé Exemple"
    with pytest.raises(UnknownPerson):
        put(agent, depot, 2, str(emma.pk))


def test_the_sender_and_another_person_have_their_words(sender: Sender, agent: Agent) -> None:
    emma, draft = a_child(sender.account), sender.begin(2)
    sender.fill(draft, 1, personne=str(emma.pk))
    sender.fill(draft, 2)
    sender.transmit(draft)
    depot = sender.again(draft)
    put(agent, depot, 1, "moi")
    put(agent, depot, 2, "autre")
    leaves(agent, emma)
    first, second = queries.documents(depot)
    assert (first.described.person_label, first.person_label) == (emma.name, "Noé Exemple")
    assert second.person_label == "Une autre personne"


def test_nobody_of_another_household_is_named(sender: Sender, agent: Agent) -> None:
    emma, depot = a_child(sender.account), sent(sender, 1)
    put(agent, depot, 1, str(emma.pk))
    Personne.objects.filter(pk=emma.pk).update(
        account=somebody(identifier="autre@foyer.example", email="autre@foyer.example")
    )
    assert "n’est plus connue" in queries.documents(depot)[0].person_label


@pytest.mark.parametrize("number", [1, 4])
def test_several_people_cost_as_many_queries_as_one(
    sender: Sender, agent: Agent, number: int, assert_queries: Limit
) -> None:
    depot = sent(sender, number)
    children = [a_child(sender.account, f"Enfant {each}") for each in range(number)]
    for document, child in enumerate(children, 1):
        put(agent, depot, document, str(child.pk))
        leaves(agent, child)
    with assert_queries(3):  # the files, what was put elsewhere, and their names
        told = [one.person_label for one in queries.documents(depot)]
    assert told == [child.name for child in children]
