"""Agents keep a household, accepted corrections change it: what is known then, and what is journalled."""

import json
import uuid
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from guichet.accounts.models import Account
from guichet.accounts.operations.closing import erase_person
from guichet.foyers import operations, queries
from guichet.foyers.models import Personne
from guichet.foyers.operations import FoyerClosed, PersonneGone
from guichet.foyers.queries import FoyerNotFound, PersonneNotFound
from guichet.foyers.rules import Action, BornLater, Correction, SecondSpouse
from guichet.instruction.models import Agent
from guichet.instruction.rules import NotAllowed, Role
from guichet.journal.queries import history
from guichet.kernel import clock
from guichet.kernel.names import AngleBracket
from tests.depots import factories
from tests.foyers.people import CLAUDE, EMMA, LUCAS, an_account, somebody
from tests.instruction import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    return an_account()


@pytest.fixture
def agent() -> Agent:
    return people.agent(name="Camille Aubert")


def events(account: Account) -> list[tuple[str, str]]:
    found = history(subject=account.subject)
    return [(event.kind, event.actor) for event in found]


def names(account: Account) -> list[str]:
    return [person.name for person in queries.foyer(account=account)]


class TestKeep:
    def test_somebody_is_added(self, agent: Agent, account: Account) -> None:
        kept = operations.keep(agent=agent, account_id=account.pk, data=EMMA)
        assert kept.identity == EMMA
        assert names(account) == ["Emma Exemple"]
        assert events(account) == [("foyer.added", agent.actor)]

    def test_the_same_twice_is_once(self, agent: Agent, account: Account) -> None:
        first = operations.keep(agent=agent, account_id=account.pk, data=CLAUDE)
        again = operations.keep(agent=agent, account_id=account.pk, data=replace(CLAUDE, last_name="EXEMPLE"))
        assert first == again
        assert events(account) == [("foyer.added", agent.actor)]

    def test_what_is_known_is_changed_and_the_journal_names_what(
        self, agent: Agent, account: Account
    ) -> None:
        person = somebody(account)
        changed = replace(EMMA, first_name="Emmanuelle")
        operations.keep(agent=agent, account_id=account.pk, person_id=person.pk, data=changed)
        assert names(account) == ["Emmanuelle Exemple"]
        [event] = history(subject=account.subject)
        assert event.data == {"person": str(person.pk), "lien": "enfant", "fields": ["first_name"]}

    def test_what_does_not_change_is_not_journalled(self, agent: Agent, account: Account) -> None:
        person = somebody(account)
        operations.keep(agent=agent, account_id=account.pk, person_id=person.pk, data=EMMA)
        assert events(account) == []

    def test_names_are_cleaned_and_markup_is_refused(self, agent: Agent, account: Account) -> None:
        operations.keep(agent=agent, account_id=account.pk, data=replace(EMMA, first_name=" Emma  Rose "))
        with pytest.raises(AngleBracket):
            operations.keep(
                agent=agent, account_id=account.pk, data=replace(LUCAS, last_name="<script>alert(1)</script>")
            )
        assert names(account) == ["Emma Rose Exemple"]

    def test_a_birth_to_come_is_refused(self, agent: Agent, account: Account) -> None:
        tomorrow = clock.today().replace(year=clock.today().year + 1)
        with pytest.raises(BornLater):
            operations.keep(agent=agent, account_id=account.pk, data=replace(EMMA, born_on=tomorrow))

    def test_there_is_one_spouse(self, agent: Agent, account: Account) -> None:
        somebody(account, CLAUDE)
        child = somebody(account)
        with pytest.raises(SecondSpouse) as refused:
            operations.keep(agent=agent, account_id=account.pk, data=replace(CLAUDE, first_name="Dominique"))
        assert "Claude Exemple" in str(refused.value)
        with pytest.raises(SecondSpouse):
            operations.keep(
                agent=agent, account_id=account.pk, person_id=child.pk, data=replace(EMMA, lien="conjoint")
            )

    def test_the_spouse_may_be_changed_and_after_a_removal_replaced(
        self, agent: Agent, account: Account
    ) -> None:
        spouse = somebody(account, CLAUDE)
        operations.keep(
            agent=agent, account_id=account.pk, person_id=spouse.pk, data=replace(CLAUDE, last_name="Autre")
        )
        operations.remove(agent=agent, account_id=account.pk, person_id=spouse.pk)
        operations.keep(agent=agent, account_id=account.pk, data=replace(CLAUDE, first_name="Dominique"))
        assert names(account) == ["Dominique Exemple"]

    def test_who_was_removed_is_not_changed(self, agent: Agent, account: Account) -> None:
        person = somebody(account, removed_at=clock.now())
        with pytest.raises(PersonneGone):
            operations.keep(agent=agent, account_id=account.pk, person_id=person.pk, data=LUCAS)

    def test_nobody_of_another_household(self, agent: Agent, account: Account) -> None:
        stranger = somebody(an_account())
        for person_id in (stranger.pk, uuid.uuid4(), "moi", "' OR 1=1"):
            with pytest.raises(PersonneNotFound):
                operations.keep(agent=agent, account_id=account.pk, person_id=person_id, data=LUCAS)
            with pytest.raises(PersonneNotFound):
                operations.remove(agent=agent, account_id=account.pk, person_id=person_id)
        stranger.refresh_from_db()
        assert (stranger.identity, stranger.removed_at) == (EMMA, None)

    def test_nothing_more_is_kept_of_a_closed_account(self, agent: Agent, account: Account) -> None:
        person = somebody(account)
        with transaction.atomic():
            erase_person(account)
        with pytest.raises(FoyerClosed):
            operations.keep(agent=agent, account_id=account.pk, data=LUCAS)
        with pytest.raises(FoyerClosed):
            operations.remove(agent=agent, account_id=account.pk, person_id=person.pk)


class TestRemove:
    def test_the_row_stays_and_is_offered_no_more(self, agent: Agent, account: Account) -> None:
        person = somebody(account)
        operations.remove(agent=agent, account_id=account.pk, person_id=person.pk)
        assert names(account) == []
        assert queries.label(account, str(person.pk)) == "Emma Exemple"
        assert events(account) == [("foyer.removed", agent.actor)]

    def test_twice_is_as_once(self, agent: Agent, account: Account) -> None:
        person = somebody(account)
        for _ in range(2):
            operations.remove(agent=agent, account_id=account.pk, person_id=person.pk)
        assert events(account) == [("foyer.removed", agent.actor)]


class TestApply:
    def test_the_journal_names_the_filing_that_asked(self, account: Account) -> None:
        wanted = Correction(action=Action.ADD, identity=EMMA)
        operations.apply(account=account, correction=wanted, actor="account:x", because="depot:y")
        [event] = history(subject=account.subject)
        assert (event.actor, event.data["depot"]) == ("account:x", "depot:y")

    def test_who_is_gone_already_stays_so(self, account: Account) -> None:
        person = somebody(account, removed_at=clock.now())
        gone = Correction(action=Action.REMOVE, person=person.pk)
        operations.apply(account=account, correction=gone, actor="system")
        assert events(account) == []

    def test_somebody_elses_person_is_nobody(self, account: Account) -> None:
        stranger = somebody(an_account())
        for action in (Action.CHANGE, Action.REMOVE):
            wanted = Correction(action=action, person=stranger.pk, identity=LUCAS)
            with pytest.raises(PersonneNotFound):
                operations.apply(account=account, correction=wanted, actor="system")

    def test_the_constraint_speaks_in_a_sentence(
        self, account: Account, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whoever writes to the table beside these operations is seen by the database alone."""
        somebody(account, CLAUDE)
        monkeypatch.setattr(operations, "_wanted", lambda _account, correction: correction.identity)
        other = replace(CLAUDE, first_name="Dominique")
        with pytest.raises(SecondSpouse) as refused:
            operations.apply(
                account=account, correction=Correction(action=Action.ADD, identity=other), actor="system"
            )
        assert "Claude Exemple" in str(refused.value)

    def test_the_database_holds_the_rule(self, account: Account) -> None:
        somebody(account, CLAUDE)
        with pytest.raises(IntegrityError, match="personne_one_spouse"), transaction.atomic():
            somebody(account, CLAUDE)


class TestWhoMayKeepIt:
    def test_an_agent_of_another_espace_finds_nothing(self, account: Account) -> None:
        elsewhere = people.agent(name="Éloi", role=Role.AGENT)
        elsewhere.teleprocedures = ["comptes_annuels"]
        elsewhere.save()
        for act in (
            lambda: queries.foyer_of(agent=elsewhere, account_id=account.pk),
            lambda: operations.keep(agent=elsewhere, account_id=account.pk, data=EMMA),
            lambda: operations.remove(agent=elsewhere, account_id=account.pk, person_id=uuid.uuid4()),
        ):
            with pytest.raises(FoyerNotFound):
                act()
        assert not Personne.objects.exists()

    def test_an_agent_of_one_procedure_of_the_espace_keeps_it(self, account: Account) -> None:
        agent = people.agent(Role.AGENT, "foyer")
        operations.keep(agent=agent, account_id=account.pk, data=EMMA)
        assert names(account) == ["Emma Exemple"]

    def test_a_suspended_agent_may_nothing(self, agent: Agent, account: Account) -> None:
        agent.active = False
        with pytest.raises(NotAllowed):
            operations.keep(agent=agent, account_id=account.pk, data=EMMA)

    def test_an_association_has_no_household(self, agent: Agent) -> None:
        with pytest.raises(FoyerNotFound):
            queries.foyer_of(agent=agent, account_id=factories.account().pk)

    @pytest.mark.parametrize("wrong", [uuid.uuid4(), "nobody", ""])
    def test_nobody_has_none(self, agent: Agent, wrong: object) -> None:
        with pytest.raises(FoyerNotFound):
            queries.foyer_of(agent=agent, account_id=str(wrong))


def test_no_name_and_no_date_reaches_the_journal(agent: Agent, account: Account) -> None:
    person = operations.keep(agent=agent, account_id=account.pk, data=EMMA)
    operations.keep(agent=agent, account_id=account.pk, person_id=person.pk, data=LUCAS)
    operations.remove(agent=agent, account_id=account.pk, person_id=person.pk)
    kept = json.dumps([event.data for event in history(subject=account.subject)])
    assert not [word for word in ("Emma", "Lucas", "Exemple", "2015", "2018") if word in kept]
