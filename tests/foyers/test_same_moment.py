"""Real concurrency: agents who change one household at the same moment."""

from dataclasses import replace
from functools import partial

import pytest

from guichet.foyers import operations, queries
from guichet.foyers.models import Personne
from guichet.foyers.rules import SecondSpouse
from guichet.journal.queries import history
from guichet.kernel.refusals import Refusal
from tests.at_once import at_once
from tests.foyers.people import CLAUDE, EMMA, an_account, somebody
from tests.instruction import people

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_spouses_added_at_once_one_is_known_and_the_other_refused_in_words() -> None:
    agents = [people.agent(), people.agent()]
    for _ in range(6):
        account = an_account()
        results = at_once(
            *[
                partial(
                    operations.keep, agent=agent, account_id=account.pk, data=replace(CLAUDE, first_name=name)
                )
                for agent, name in zip(agents, ("Dominique", "Sacha"), strict=True)
            ]
        )
        [kept] = queries.foyer(account=account)
        [refused] = [one for one in results if not isinstance(one, Personne)]
        assert isinstance(refused, SecondSpouse)
        assert kept.name in str(refused)


def test_the_same_person_added_by_two_at_once_is_known_once() -> None:
    agents = [people.agent(), people.agent()]
    for _ in range(6):
        account = an_account()
        results = at_once(
            *[partial(operations.keep, agent=one, account_id=account.pk, data=EMMA) for one in agents]
        )
        assert results[0] == results[1] == queries.foyer(account=account)[0]
        assert [event.kind for event in history(subject=account.subject)] == ["foyer.added"]


def test_changed_and_removed_at_once_ends_removed() -> None:
    agent = people.agent()
    for _ in range(6):
        account = an_account()
        person = somebody(account)
        renamed = replace(EMMA, first_name="Rose")
        results = at_once(
            partial(operations.keep, agent=agent, account_id=account.pk, person_id=person.pk, data=renamed),
            partial(operations.remove, agent=agent, account_id=account.pk, person_id=person.pk),
        )
        assert [one for one in results if isinstance(one, Exception) and not isinstance(one, Refusal)] == []
        assert queries.foyer(account=account) == []
