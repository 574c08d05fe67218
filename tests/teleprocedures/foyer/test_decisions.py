"""What an agent's decision does to a household, in the same moment."""

from dataclasses import replace
from functools import partial

import pytest

from guichet.accounts.models import Account
from guichet.depots.models import Depot
from guichet.depots.operations import forget_person
from guichet.foyers import operations as foyers
from guichet.foyers import queries
from guichet.foyers.models import Personne
from guichet.foyers.operations import PersonneGone
from guichet.foyers.rules import SecondSpouse
from guichet.instruction import operations
from guichet.instruction.models import Agent
from guichet.instruction.queries import dossier
from guichet.journal.queries import history
from guichet.teleprocedures.foyer.definition import FOYER
from tests.at_once import at_once
from tests.foyers.people import CLAUDE, EMMA, an_account
from tests.instruction import people
from tests.teleprocedures.foyer.somebody import ADD, Somebody, change, removal

pytestmark = pytest.mark.django_db
SPOUSE = {"lien": "conjoint", "prenom": "Dominique", "naissance": "01/01/1985"}


def names(account: Account) -> list[str]:
    return [one.name for one in queries.foyer(account=account)]


def state_of(depot: Depot) -> str:
    return Depot.objects.get(pk=depot.pk).state


class TestAccepted:
    def test_somebody_is_added(self, person: Somebody, agent: Agent) -> None:
        depot = person.asked()
        operations.accept(agent=agent, depot_id=depot.pk)
        [added] = queries.foyer(account=person.account)
        assert added.identity == EMMA
        [event] = history(subject=person.account.subject)
        assert (event.kind, event.actor, event.data["depot"]) == ("foyer.added", agent.actor, depot.evidence)

    def test_somebody_is_changed(self, person: Somebody, agent: Agent, emma: Personne) -> None:
        operations.accept(agent=agent, depot_id=person.asked(change(emma), prenom="Rose").pk)
        assert names(person.account) == ["Rose Exemple"]

    def test_and_may_be_changed_again(self, person: Somebody, agent: Agent, emma: Personne) -> None:
        for name in ("Rose", "Emma", "Rose"):
            operations.accept(agent=agent, depot_id=person.asked(change(emma), prenom=name).pk)
        assert names(person.account) == ["Rose Exemple"]

    def test_somebody_is_removed(self, person: Somebody, agent: Agent, emma: Personne) -> None:
        operations.accept(agent=agent, depot_id=person.asked(removal(emma), precisions="Partie.").pk)
        assert names(person.account) == []

    def test_what_the_agent_had_done_already_is_done(
        self, person: Somebody, agent: Agent, emma: Personne
    ) -> None:
        depot = person.asked(removal(emma), precisions="Partie.")
        foyers.remove(agent=agent, account_id=person.account.pk, person_id=emma.pk)
        operations.accept(agent=agent, depot_id=depot.pk)
        assert state_of(depot) == "accepte"


class TestWhatNoLongerFits:
    def test_the_person_is_gone(self, person: Somebody, agent: Agent, emma: Personne) -> None:
        depot = person.asked(change(emma), prenom="Rose")
        foyers.remove(agent=agent, account_id=person.account.pk, person_id=emma.pk)
        with pytest.raises(PersonneGone):
            operations.accept(agent=agent, depot_id=depot.pk)
        assert state_of(depot) == "confirme"

    def test_there_is_a_spouse_meanwhile(self, person: Somebody, agent: Agent) -> None:
        depot = person.asked(ADD, **SPOUSE)
        foyers.keep(agent=agent, account_id=person.account.pk, data=CLAUDE)
        with pytest.raises(SecondSpouse):
            operations.accept(agent=agent, depot_id=depot.pk)
        assert state_of(depot) == "confirme"
        foyers.remove(
            agent=agent,
            account_id=person.account.pk,
            person_id=queries.foyer(account=person.account)[0].pk,
        )
        operations.accept(agent=agent, depot_id=depot.pk)
        assert names(person.account) == ["Dominique Exemple"]

    @pytest.mark.django_db(transaction=True)
    def test_a_spouse_accepted_and_another_added_at_once(self) -> None:
        agents = [people.agent(), people.agent()]
        for _ in range(4):
            person = Somebody(an_account())
            depot = person.asked(ADD, **SPOUSE)
            results = at_once(
                partial(operations.accept, agent=agents[0], depot_id=depot.pk),
                partial(foyers.keep, agent=agents[1], account_id=person.account.pk, data=CLAUDE),
            )
            assert [type(one) for one in results if isinstance(one, Exception)] == [SecondSpouse]
            assert len(names(person.account)) == 1


def test_a_refusal_changes_nothing(person: Somebody, agent: Agent, emma: Personne) -> None:
    depot = person.asked(removal(emma), precisions="Partie.")
    operations.refuse(agent=agent, depot_id=depot.pk, motif_id=None, text="Envoyez le jugement.")
    assert names(person.account) == ["Emma Exemple"]
    assert person.asked(removal(emma), precisions="Voici le jugement.").state == "confirme"


class TestCompared:
    def test_what_is_typed_beside_what_is_known(self, person: Somebody, agent: Agent, emma: Personne) -> None:
        depot = person.asked(change(emma), prenom="Rose")
        lines = {
            one.label: (one.typed, one.register, one.differs)
            for one in dossier(agent=agent, depot_id=depot.pk).comparisons
        }
        assert lines["Prénom"] == ("Rose", "Emma", True)
        assert lines["Nom"] == ("Exemple", "Exemple", False)
        assert lines["Date de naissance"] == ("2 mars 2015", "2 mars 2015", False)

    def test_it_follows_the_household(self, person: Somebody, agent: Agent, emma: Personne) -> None:
        depot = person.asked(change(emma), prenom="Rose")
        foyers.keep(
            agent=agent, account_id=emma.account_id, person_id=emma.pk, data=replace(EMMA, first_name="Rose")
        )
        assert not [one for one in dossier(agent=agent, depot_id=depot.pk).comparisons if one.differs]
        foyers.remove(agent=agent, account_id=emma.account_id, person_id=emma.pk)
        first = dossier(agent=agent, depot_id=depot.pk).comparisons[0]
        assert (first.register, first.differs) == ("Ne fait plus partie du foyer", True)

    def test_of_somebody_new_nothing_is_known(self, person: Somebody, agent: Agent) -> None:
        lines = dossier(agent=agent, depot_id=person.asked().pk).comparisons
        assert [(one.register, one.differs) for one in lines] == [("", False)] * 4


def test_what_is_erased_can_still_be_shown(person: Somebody, agent: Agent, emma: Personne) -> None:
    depot = person.asked(change(emma), prenom="Rose")
    operations.accept(agent=agent, depot_id=depot.pk)
    forget_person(depot_ids=[depot.pk])
    depot.refresh_from_db()
    assert [one.value for one in FOYER.answers(depot.data)] == [
        "Corriger les informations d’une personne",
        *["effacé"] * 6,
    ]
    assert FOYER.unique(person.account, depot.data).label == "correction d’une personne du foyer"
    assert dossier(agent=agent, depot_id=depot.pk).comparisons[1].typed == "effacé"
