"""Who is shown, in which order and under which words."""

import pytest

from guichet.accounts.models import Account
from guichet.foyers import operations, queries
from guichet.foyers.models import Personne
from guichet.foyers.rules import AYANT_DROIT, Identity
from guichet.kernel import clock
from tests.foyers.people import CLAUDE, EMMA, LUCAS, an_account, somebody
from tests.instruction import people

pytestmark = pytest.mark.django_db
ELDER = Identity(lien=AYANT_DROIT, last_name="Exemple", first_name="Odette")


@pytest.fixture
def account() -> Account:
    return an_account()


def test_the_spouse_first_then_children_then_others_and_none_who_was_removed(account: Account) -> None:
    for known in (ELDER, LUCAS, EMMA, CLAUDE):
        somebody(account, known)
    somebody(account, EMMA, removed_at=clock.now())
    somebody(an_account(), EMMA)
    assert [one.first_name for one in queries.foyer(account=account)] == ["Claude", "Lucas", "Emma", "Odette"]


def test_labels(account: Account) -> None:
    mine, theirs = somebody(account), somebody(an_account(), LUCAS)
    assert queries.label(account, "moi") == "Noé Exemple"
    assert queries.label(account, str(mine.pk)) == "Emma Exemple"
    for words in (str(theirs.pk), "autre", "Une voisine", ""):
        assert queries.label(account, words) == words


def test_whose_file_it_was_is_told_when_the_account_is_closed() -> None:
    assert queries.label(an_account(profile={}), "moi") == "La personne titulaire du dossier"


def test_an_agent_sees_who_is_known_and_what_happened(account: Account) -> None:
    agent = people.agent(name="Camille Aubert")
    gone = operations.keep(agent=agent, account_id=account.pk, data=EMMA)
    operations.keep(agent=agent, account_id=account.pk, data=CLAUDE)
    operations.remove(agent=agent, account_id=account.pk, person_id=gone.pk)
    found = queries.foyer_of(agent=agent, account_id=account.pk)
    assert [one.name for one in found.personnes] == ["Claude Exemple"]
    assert [(one.kind, one.who, one.by) for one in found.history] == [
        (f"foyer.{kind}", "Camille Aubert", "agent") for kind in ("added", "added", "removed")
    ]
    assert found.names == {str(one.pk): one.name for one in Personne.objects.all()}
