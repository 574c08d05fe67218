"""How many letters a firm may have sent in a day: the limit at its edge, and under several at once."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django.fixtures import Settings as SettingsWrapper

from guichet.accounts.models import Account
from guichet.adhesions import operations
from guichet.adhesions.models import Demande, Liste
from guichet.adhesions.operations.allowance import EnoughAtFirst, EnoughForToday
from guichet.adhesions.queries.allowance import allowance
from guichet.adhesions.queries.listes import liste
from guichet.adhesions.rules import NEW_FOR
from guichet.courriers.models import Courrier
from guichet.depots.models import Depot
from guichet.depots.states import State
from guichet.kernel import clock
from tests.adhesions import world
from tests.adhesions.firm import a_client, an_abonne
from tests.at_once import at_once
from tests.entreprises import files
from tests.teleprocedures.adhesion.cabinet import signed_in

SIRENS = [files.siren(rank) for rank in world.MANY]
NOON = dt.time(12)


@pytest.fixture(autouse=True)
def _noon(settings: SettingsWrapper) -> Iterator[None]:
    """The tests take no midnight by surprise; five a day, two of who is new."""
    settings.ADHESION_LETTERS_A_DAY, settings.ADHESION_LETTERS_AT_FIRST = 5, 2
    noon = dt.datetime.combine(clock.today(), NOON, tzinfo=clock.PARIS)
    with clock.travel(noon - clock.now()):
        yield


def an_old_one(**values: str) -> Account:
    """Somebody whose account is not new any more."""
    account = an_abonne(**values)
    account.created_at = clock.now() - NEW_FOR
    account.save(update_fields=["created_at"])
    return account


def a_list(account: Account, number: int) -> Liste:
    """So many lines, on their way."""
    made = operations.prepare_list(
        account=account, services=["tva"], qualite="expert_comptable", text="\n".join(SIRENS[:number])
    )
    return operations.send_list(account=account, liste_id=made.pk, accepted_terms=True)


@pytest.mark.usefixtures("register")
def test_the_last_of_the_day_goes_and_the_next_does_not() -> None:
    account = an_old_one()
    for siren in SIRENS[:5]:
        world.asked(account, siren)
    with pytest.raises(EnoughForToday) as refused:
        world.asked(account, SIRENS[5])
    assert not isinstance(refused.value, EnoughAtFirst)
    tomorrow = clock.today() + dt.timedelta(days=1)
    assert refused.value.again == dt.datetime.combine(tomorrow, dt.time(), tzinfo=clock.PARIS)
    assert refused.value.params["retry_after"] in range(12 * 3600 - 60, 12 * 3600 + 1)
    assert (Demande.objects.count(), Depot.objects.count()) == (5, 5)
    assert Courrier.objects.filter(kind=Courrier.Kind.LETTER).count() == 5


@pytest.mark.usefixtures("register")
def test_a_day_ends_at_midnight_in_paris() -> None:
    account = an_old_one()
    for siren in SIRENS[:5]:
        world.asked(account, siren)
    midnight = allowance(account=account).again
    with clock.travel(midnight - clock.now() - dt.timedelta(seconds=30)), pytest.raises(EnoughForToday):
        world.asked(account, SIRENS[5])
    with clock.travel(midnight - clock.now()):
        assert world.asked(account, SIRENS[5])


@pytest.mark.usefixtures("register")
def test_what_was_taken_back_was_sent_all_the_same() -> None:
    account = an_old_one()
    for _ in range(5):
        operations.cancel(account=account, demande_id=world.asked(account).pk)
    with pytest.raises(EnoughForToday):
        world.asked(account)


@pytest.mark.usefixtures("register")
def test_who_is_new_may_send_less_until_the_seventh_day() -> None:
    account = an_abonne()
    for siren in SIRENS[:2]:
        world.asked(account, siren)
    with pytest.raises(EnoughAtFirst, match="2 demandes au plus"):
        world.asked(account, SIRENS[2])
    account.created_at = clock.now() - NEW_FOR + dt.timedelta(minutes=1)
    assert allowance(account=account).left == 0
    account.created_at = clock.now() - NEW_FOR
    assert allowance(account=account).left == 3


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize(("state", "left"), [(State.ACCEPTE, 3), (State.TERMINE, 3), (State.REFUSE, 0)])
def test_who_was_accepted_once_is_trusted(state: State, left: int) -> None:
    account = an_abonne()
    a_client(account, state=state)
    world.filed(account, SIRENS[0])
    assert allowance(account=account).left == left


@pytest.mark.usefixtures("register")
def test_a_firm_is_counted_together_and_another_firm_apart() -> None:
    old, new = an_old_one(), an_abonne("Omar Exemple")
    for siren in SIRENS[:2]:
        world.asked(old, siren)
    with pytest.raises(EnoughAtFirst):
        world.asked(new, SIRENS[2])
    world.asked(old, SIRENS[2])
    world.asked(an_abonne("Zoé Ailleurs", siren="443061841"), SIRENS[3])


@pytest.mark.usefixtures("register")
def test_nought_is_no_limit(settings: SettingsWrapper) -> None:
    settings.ADHESION_LETTERS_A_DAY = settings.ADHESION_LETTERS_AT_FIRST = 0
    account = an_abonne()
    for siren in SIRENS[:7]:
        world.asked(account, siren)
    assert allowance(account=account).left is None


@pytest.mark.usefixtures("register")
def test_a_list_sends_what_fits_and_goes_on_the_next_day() -> None:
    account = an_old_one()
    made = a_list(account, 8)
    assert operations.send_batch(liste_id=made.pk) == 5
    page = liste(account=account, liste_id=made.pk)
    assert (page.sent, page.refused, page.finished_at) == (5, 0, None)
    again = allowance(account=account).again
    later = ProcrastinateJob.objects.filter(task_name="adhesions.send_list", scheduled_at=again)
    assert later.count() == 1
    assert operations.send_batch(liste_id=made.pk) == 0
    with clock.travel(again - clock.now()):
        assert operations.send_batch(liste_id=made.pk) == 3
    page = liste(account=account, liste_id=made.pk)
    assert (page.sent, page.refused, bool(page.finished_at)) == (8, 0, True)


@pytest.mark.usefixtures("register")
def test_the_page_of_a_list_says_what_waits_before_and_during() -> None:
    account = an_old_one()
    made = operations.prepare_list(
        account=account, services=["tva"], qualite="expert_comptable", text="\n".join(SIRENS[:6])
    )
    address, words = reverse("adhesion:list", args=[made.pk]), "Il peut encore en partir {} aujourd’hui"
    client = signed_in(account)
    assert words.format(5) in client.get(address).text
    operations.send_list(account=account, liste_id=made.pk, accepted_terms=True)
    operations.send_batch(liste_id=made.pk)
    assert words.format(0) in client.get(address).text
    with clock.travel(dt.timedelta(days=1)):
        operations.send_batch(liste_id=made.pk)
        assert "Il peut encore" not in client.get(address).text


@pytest.mark.usefixtures("register")
def test_a_list_stops_with_its_sender() -> None:
    account = an_old_one()
    made = a_list(account, 3)
    account.suspended_at = clock.now()
    account.save(update_fields=["suspended_at"])
    operations.send_batch(liste_id=made.pk)
    page = liste(account=account, liste_id=made.pk)
    assert (page.sent, page.refused, bool(page.finished_at)) == (0, 3, True)
    assert "suspendu" in page.lines[0].sentence
    assert not Demande.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("lasting_register")
def test_of_many_at_once_as_many_go_as_may() -> None:
    account = an_old_one()
    world.asked(account, SIRENS[0])
    results = at_once(*[lambda siren=siren: world.asked(account, siren) for siren in SIRENS[1:8]])
    refused = [one for one in results if isinstance(one, Exception)]
    assert len(refused) == 3
    assert all(isinstance(one, EnoughForToday) for one in refused), refused
    assert Demande.objects.count() == 5
