"""How long the people of a household are kept: whom no filing needs any longer is erased."""

import datetime as dt

import pytest
from django.db import transaction

from guichet.accounts.models import Account
from guichet.depots.models import Depot
from guichet.foyers.models import Personne
from guichet.foyers.operations import forget
from guichet.instruction.models import Classement
from guichet.journal.queries import history
from guichet.kernel import clock
from guichet.retention import operations, personal
from guichet.retention.models import Closure
from guichet.retention.operations.closing import end
from tests.depots import factories
from tests.foyers.people import EMMA, LUCAS, an_account, somebody
from tests.instruction import people
from tests.teleprocedures.foyer.somebody import Somebody, change

pytestmark = pytest.mark.django_db
FIVE_YEARS = dt.timedelta(days=5 * 365)
MOMENT = dt.timedelta(seconds=1)


@pytest.fixture
def account() -> Account:
    return an_account()


def close(account: Account) -> None:
    assert end(account, reason=Closure.Reason.PERSON, actor=account.subject)


def kept() -> list[str]:
    return sorted(Personne.objects.values_list("first_name", flat=True))


def test_with_the_account_goes_whoever_no_filing_names(account: Account) -> None:
    emma = somebody(account)
    somebody(account, LUCAS)
    somebody(account, LUCAS, removed_at=clock.now())
    Somebody(account).asked(change(emma), prenom="Rose")
    neighbour = somebody(an_account(), LUCAS, first_name="Lucie")
    close(account)
    assert kept() == ["Emma", "Lucie"]
    assert neighbour.pk
    forgotten = [event for event in history(subject=account.subject) if event.kind == "foyer.forgotten"]
    assert [len(event.data["people"]) for event in forgotten] == [2]


def test_a_draft_holds_nobody(account: Account) -> None:
    emma = somebody(account)
    person = Somebody(account)
    person.choose(person.begin(), change(emma))
    close(account)
    assert kept() == []


def test_who_an_agent_put_a_document_under_is_needed_too(account: Account) -> None:
    emma, lucas = somebody(account), somebody(account, LUCAS)
    depot = people.filed(account, siren="", data={**factories.answers(), "personne_1": str(emma.pk)})
    Classement.objects.create(
        depot=depot, document=1, type="autre", person=str(lucas.pk), former_type="autre",
        former_person=str(emma.pk), agent=people.agent(), at=clock.now(),
    )  # fmt: skip
    with transaction.atomic():
        forget(account=account)
    assert kept() == ["Emma", "Lucas"]


def test_the_rest_goes_when_the_time_of_the_filing_is_over(account: Account) -> None:
    emma = somebody(account)
    depot = Somebody(account).asked(change(emma), prenom="Rose")
    close(account)
    with clock.travel(FIVE_YEARS - MOMENT):
        operations.execute()
        assert kept() == ["Emma"]
    with clock.travel(FIVE_YEARS + MOMENT):
        operations.execute()
        operations.execute()
    assert kept() == []
    depot = Depot.objects.get(pk=depot.pk)
    assert (depot.subject_name, depot.data["prenom"]) == ("effacé", "effacé")


def test_who_was_removed_goes_after_as_long_and_who_is_known_stays() -> None:
    account = an_account(last_sign_in_at=clock.now() + FIVE_YEARS)
    somebody(account)
    somebody(account, LUCAS, removed_at=clock.now())
    with clock.travel(FIVE_YEARS - MOMENT):
        operations.execute()
        assert kept() == ["Emma", "Lucas"]
    with clock.travel(FIVE_YEARS + MOMENT):
        operations.execute()
    assert kept() == ["Emma"]


def test_the_copy_of_ones_data_tells_of_them(account: Account) -> None:
    somebody(account)
    somebody(an_account(), LUCAS)
    told = personal.of_account(account)["foyer"]
    assert [(one["prenom"], one["ne_le"], one["lien"]) for one in told] == [
        (EMMA.first_name, EMMA.born_on, "enfant")
    ]
