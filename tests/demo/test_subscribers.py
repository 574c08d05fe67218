"""The firm of the demo: clients in every state, lists, and a letter in the mailbox."""

from collections import Counter

import pytest
from django.conf import LazySettings

from guichet.accounts.models import Account
from guichet.adhesions import operations as adhesions
from guichet.adhesions.models import Demande, Liste
from guichet.adhesions.queries.adhesions import of_company
from guichet.demo import operations, register
from guichet.demo.subscribers import ASKED, TAKEN_BACK, fill
from guichet.depots.states import State


@pytest.fixture(autouse=True)
def _addresses(settings: LazySettings) -> None:
    settings.ROOT_URLCONF = "tests.demo.urls"


@pytest.mark.django_db
def test_there_are_clients_in_every_state_and_once_only() -> None:
    operations.load()
    assert fill() == Demande.objects.count() > 0
    states = Counter(Demande.objects.values_list("depot__state", flat=True))
    assert set(states) == {State.CONFIRME, State.ACCEPTE, State.REFUSE, State.CADUC, State.TERMINE}
    assert fill() == 0
    assert Counter(Demande.objects.values_list("depot__state", flat=True)) == states


@pytest.mark.django_db
def test_what_was_stopped_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(**_: object) -> None:
        raise RuntimeError("stopped")

    operations.load()
    monkeypatch.setattr(adhesions, "cancel", stopped)
    with pytest.raises(RuntimeError):
        fill()
    before = set(Demande.objects.values_list("pk", flat=True))
    assert before  # each that was done stays,
    assert not Demande.objects.filter(siren=register.siren(TAKEN_BACK)).exists()  # and none is half done
    monkeypatch.undo()
    assert fill() == Demande.objects.count() - len(before) > 0
    assert before < set(Demande.objects.values_list("pk", flat=True))
    assert Liste.objects.count() == 2
    assert fill() == 0
    assert Liste.objects.count() == 2


@pytest.mark.django_db
def test_an_association_of_the_demo_is_asked_by_letter_and_in_its_espace() -> None:
    operations.load()
    fill()
    association = Account.objects.get(espace="association", identifier=register.siren(ASKED))
    asked = of_company(account=association)
    assert [one.is_open for one in asked] == [True]
    letter = Demande.objects.get(pk=asked[0].depot_id).letter
    assert letter
    assert "Votre code" in letter.body


@pytest.mark.django_db
def test_one_list_is_on_its_way_and_one_waits() -> None:
    operations.load()
    fill()
    sent = Liste.objects.exclude(sent_at=None).get()
    assert sent.lignes.filter(ok=False).count() >= 3
    assert Liste.objects.filter(sent_at=None).get().lignes.filter(ok=True).exists()


@pytest.mark.django_db
def test_a_register_of_somebody_s_own_gets_no_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    operations.load()
    monkeypatch.setattr(register, "FIRM", 99_999)
    assert fill() == 0
    assert not Demande.objects.exists()
