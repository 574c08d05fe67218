"""An account that follows client files: closed when they are handed over or ended, and none is orphaned."""

import datetime as dt

import pytest

from guichet.accounts import operations as accounts
from guichet.accounts.models import Account
from guichet.accounts.operations.closing import is_closed
from guichet.adhesions import operations as adhesions
from guichet.adhesions.models import Collegue, Demande
from guichet.adhesions.operations import handover
from guichet.adhesions.operations.leaving import ClientsLeft, OneClientLeft, leave
from guichet.adhesions.queries.colleagues import is_recognised
from guichet.adhesions.states import By, Remittal
from guichet.adhesions.values import Answerer
from guichet.courriers.models import Courrier
from guichet.depots.models import Depot
from guichet.depots.states import State
from guichet.kernel import clock
from guichet.retention import operations as retention
from tests.adhesions.firm import PASSWORD, a_client, a_pair, an_abonne, handed
from tests.adhesions.world import ALIVE, OTHER, asked, company_account
from tests.at_once import at_once

Pair = tuple[Account, Account]
IDLE, NOTICE, SECOND = dt.timedelta(days=3 * 365), dt.timedelta(days=60), dt.timedelta(seconds=1)


@pytest.fixture
def pair(db: None) -> Pair:
    return a_pair()


def close(account: Account) -> None:
    retention.close(account=account, password=PASSWORD)


@pytest.mark.parametrize("state", [State.ACCEPTE, State.CONFIRME])
def test_a_file_in_force_or_waiting_keeps_the_account_open(pair: Pair, state: State) -> None:
    lila, _ = pair
    a_client(lila, state=state)
    with pytest.raises(OneClientLeft) as refused:
        close(lila)
    assert "remettez-le à un collègue" in str(refused.value)
    a_client(lila)
    with pytest.raises(ClientsLeft, match="2 dossiers"):
        close(lila)
    lila.refresh_from_db()
    assert lila.email


def test_a_wrong_password_says_nothing_of_files(pair: Pair) -> None:
    a_client(pair[0])
    with pytest.raises(accounts.WrongPassword):
        retention.close(account=pair[0], password="un autre")


def test_what_is_proposed_but_not_accepted_still_keeps_it_open(pair: Pair) -> None:
    lila, omar = pair
    a_client(lila)
    remise = handover.propose(account=lila, to=omar.pk)
    with pytest.raises(ClientsLeft):
        close(lila)
    handover.accept(account=omar, remise_id=remise.pk)
    with pytest.raises(ClientsLeft):  # accepted by both, and on its way
        close(lila)
    with pytest.raises(ClientsLeft):
        close(omar)
    handed(remise)
    close(lila)
    with pytest.raises(ClientsLeft):
        close(omar)
    assert Depot.objects.get().account == omar


def test_who_leaves_is_nobodys_colleague_and_proposals_to_them_are_void(pair: Pair) -> None:
    lila, omar = pair
    client = a_client(lila)
    remise = handover.propose(account=lila, to=omar.pk)
    close(omar)
    remise.refresh_from_db()
    client.refresh_from_db()
    assert (remise.state, client.remise) == (Remittal.LAPSED, None)
    assert not Collegue.objects.filter(account=omar).exists()
    assert is_recognised(lila)


def test_closing_while_a_colleague_accepts(transactional_db: None) -> None:
    lila, omar = a_pair()
    client = a_client(lila)
    remise = handover.propose(account=lila, to=omar.pk)
    at_once(lambda: close(omar), lambda: handover.accept(account=omar, remise_id=remise.pk))
    handed(remise)
    owner = Depot.objects.get(pk=client.pk).account
    assert not is_closed(owner)
    assert not Demande.objects.filter(remise__isnull=False).exists()


def test_closing_while_files_are_on_their_way(transactional_db: None) -> None:
    lila, omar = a_pair()
    a_client(lila)
    remise = handover.accept(account=omar, remise_id=handover.propose(account=lila, to=omar.pk).pk)
    at_once(lambda: close(lila), lambda: handover.run_handover(remise_id=remise.pk), lambda: close(omar))
    assert Depot.objects.get().account == omar
    omar.refresh_from_db()
    assert not is_closed(omar)


@pytest.mark.usefixtures("register")
def test_an_idle_account_ends_its_files_and_the_companies_are_told(pair: Pair) -> None:
    lila, _ = pair
    address, company = lila.email, company_account(ALIVE)
    in_force, waiting = asked(lila, ALIVE), asked(lila, OTHER)
    adhesions.answer(demande_id=in_force.pk, by=Answerer(account=company), accept=True)
    with clock.travel(IDLE + SECOND):
        retention.execute()
        assert Depot.objects.get(pk=in_force.pk).state == State.ACCEPTE  # warned first
    with clock.travel(IDLE + NOTICE + 2 * SECOND):
        retention.execute()
    lila.refresh_from_db()
    assert is_closed(lila)
    states = dict(Depot.objects.values_list("pk", "state"))
    assert states == {in_force.pk: State.TERMINE, waiting.pk: State.CADUC}
    in_force.refresh_from_db()
    assert in_force.ended_by == By.SYSTEM
    told = Courrier.objects.filter(about=f"demande:{in_force.pk}", template="adhesions/terminee")
    assert told.exists()  # by e-mail or, where its mailbox is gone as here, by letter
    to_her = Courrier.objects.filter(recipient=address).values_list("template", flat=True)
    assert list(to_her) == ["retention/compte_ferme"]


def test_files_end_in_the_transaction_that_closes_the_account(transactional_db: None) -> None:
    with pytest.raises(RuntimeError):
        leave(account=an_abonne(), actor="system")
