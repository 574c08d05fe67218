"""What the people of the demo have sent, their household and their messages."""

from collections import Counter

import pytest
from django.conf import LazySettings

from guichet.accounts.models import Account
from guichet.courriers import queries as courriers
from guichet.demo import operations, people, sendings
from guichet.depots import queries as depots
from guichet.depots.models import Depot
from guichet.depots.states import State
from guichet.espaces.prive.person import file_number
from guichet.foyers import queries as foyers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _addresses(settings: LazySettings) -> None:
    settings.ROOT_URLCONF = "tests.demo.urls"


def somebody(rank: int) -> Account:
    return Account.objects.get(espace="prive", identifier=people.PEOPLE[rank].email)


def test_each_has_sent_something_and_once_only() -> None:
    operations.load()
    assert sendings.fill() == len(sendings.SENDINGS)
    sent = Counter(Depot.objects.values_list("account__identifier", flat=True))
    assert set(sent) == {one.email for one in people.PEOPLE}
    assert Counter(Depot.objects.values_list("state", flat=True)) == {State.CONFIRME: 3, State.ACCEPTE: 1}
    assert sendings.fill() == 0
    assert Depot.objects.count() == len(sendings.SENDINGS)


def test_the_first_has_a_household_messages_and_a_number() -> None:
    operations.load()
    sendings.fill()
    account = somebody(0)
    names = {one.first_name for one in foyers.foyer(account=account)}
    assert names == {"Malo", "Emma", "Oscar"}
    told = [line.subject for line in courriers.plis(box=account.subject).lines]
    assert courriers.unread(box=account.subject) == len(told) >= 4  # two receipts, a question, a decision
    assert file_number(account)
    assert foyers.foyer(account=somebody(2)) == []


def test_each_document_is_a_pdf_of_its_sheets() -> None:
    operations.load()
    sendings.fill()
    pages = sorted(file.pages for depot in Depot.objects.all() for file in depots.documents(depot))
    assert pages == sorted(one.sheets for sending in sendings.SENDINGS for one in sending.documents)


def test_what_was_stopped_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(**_: object) -> None:
        raise RuntimeError("stopped")

    operations.load()
    monkeypatch.setattr("guichet.depots.operations.pages.complete", stopped)
    with pytest.raises(RuntimeError):
        sendings.fill()
    monkeypatch.undo()
    assert sendings.fill() == len(sendings.SENDINGS)
    assert not Depot.objects.filter(state=State.BROUILLON).exists()
