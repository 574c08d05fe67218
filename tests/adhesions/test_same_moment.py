"""The company, the firm, an agent and the clock at the same moment: one outcome, told to all."""

import datetime as dt
from collections.abc import Callable

import pytest

from guichet.adhesions import operations
from guichet.adhesions.models import Demande
from guichet.adhesions.operations import AlreadySettled, LetterCodesLockedOut, NotInForce, TooLate
from guichet.adhesions.rules import LAPSES_AFTER, TRIES_PER_SIREN, CodeRefused, new_code
from guichet.adhesions.states import By
from guichet.adhesions.values import Answerer
from guichet.depots import operations as depots
from guichet.depots.rules import NoPlace
from guichet.depots.states import IllegalTransition, State
from guichet.journal.queries import history
from guichet.kernel import clock
from tests.adhesions import world
from tests.adhesions.firm import a_pair, an_abonne
from tests.at_once import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("lasting_register")]
LOST = (AlreadySettled, TooLate, IllegalTransition, NotInForce)
ENDS = ("depot.accepted", "depot.refused", "depot.lapsed")

OUTCOMES = {
    (State.ACCEPTE, By.CODE),
    (State.REFUSE, By.CODE),
    (State.ACCEPTE, By.ACCOUNT),
    (State.ACCEPTE, By.AGENT),
    (State.REFUSE, By.AGENT),
    (State.CADUC, By.FIRM),
}


@pytest.mark.parametrize("turn", range(3))
def test_everybody_at_once_and_one_outcome(turn: int) -> None:
    asker, company = an_abonne(), world.company_account()
    demande = world.asked(asker)
    code, account = world.by_code(demande), Answerer(account=company)
    acts: list[Callable[[], object]] = [
        lambda: operations.answer(demande_id=demande.pk, by=code, accept=True),
        lambda: operations.answer(demande_id=demande.pk, by=code, accept=False),
        lambda: operations.answer(demande_id=demande.pk, by=account, accept=True),
        lambda: operations.cancel(account=asker, demande_id=demande.pk),
        lambda: depots.accept(depot_id=demande.pk, actor="account:agent", reason="Vu."),
        lambda: depots.refuse(depot_id=demande.pk, actor="account:agent", reason="Non."),
    ]
    results = at_once(*acts[turn:], *acts[:turn])
    assert not [one for one in results if isinstance(one, Exception) and not isinstance(one, LOST)], results
    done = Demande.objects.select_related("depot").get(pk=demande.pk)
    assert (done.depot.state, done.answered_by) in OUTCOMES
    kinds = [event.kind for event in history(subject=demande.depot.evidence)]
    assert sum(kinds.count(kind) for kind in ENDS) == 1
    assert kinds.count("adhesion.company_told") == 1


def test_the_company_accepts_while_it_lapses() -> None:
    demande = world.asked(an_abonne())
    code = world.by_code(demande)
    with clock.travel(LAPSES_AFTER - (clock.now() - demande.asked_at) - dt.timedelta(milliseconds=20)):
        results = at_once(
            lambda: operations.answer(demande_id=demande.pk, by=code, accept=True),
            *[operations.lapse_overdue] * 3,
        )
    assert not [one for one in results if isinstance(one, Exception) and not isinstance(one, TooLate)]
    with clock.travel(LAPSES_AFTER):
        operations.lapse_overdue()
    done = Demande.objects.select_related("depot").get(pk=demande.pk)
    accepted = not isinstance(results[0], Exception)
    assert (done.depot.state, done.answered_by) == (
        (State.ACCEPTE, By.CODE) if accepted else (State.CADUC, By.SYSTEM)
    )


def test_jobs_that_run_twice_at_once_tell_once() -> None:
    account, demande = world.company_account(), world.asked(an_abonne())
    with clock.travel(LAPSES_AFTER - dt.timedelta(days=1)):
        assert sum(at_once(*[operations.remind] * 3)) == 1
    with clock.travel(LAPSES_AFTER):
        assert sum(at_once(*[operations.lapse_overdue] * 3)) == 1
    for template in ("adhesions/rappel", "adhesions/caduque"):
        told = [one.recipient for one in world.messages_about(demande, template)]
        assert told.count(account.email) == 1


def test_both_sides_end_it_at_once() -> None:
    asker, company = an_abonne(), world.company_account()
    demande = world.asked(asker)
    operations.answer(demande_id=demande.pk, by=world.by_code(demande), accept=True)
    results = at_once(
        lambda: operations.end(demande_id=demande.pk, by=Answerer(account=asker)),
        lambda: operations.end(demande_id=demande.pk, by=Answerer(account=company)),
    )
    assert not [one for one in results if isinstance(one, Exception)], results
    done = Demande.objects.select_related("depot").get(pk=demande.pk)
    assert (done.depot.state, done.ended_by in (By.FIRM, By.ACCOUNT)) == (State.TERMINE, True)
    kinds = [event.kind for event in history(subject=demande.depot.evidence)]
    assert kinds.count("depot.ended") == 1


def test_two_colleagues_ask_one_company_at_once() -> None:
    lila, omar = a_pair()
    results = at_once(*[lambda who=who: world.filed(who) for who in (lila, omar)])
    assert sorted(isinstance(one, NoPlace) for one in results) == [False, True], results
    assert Demande.objects.count() == 1


def test_many_wrong_codes_at_once_gain_nothing() -> None:
    world.asked(an_abonne())

    def attempt() -> object:
        return operations.open_by_code(siren=world.ALIVE, code=new_code(), client=world.HERE)

    results = [one for _ in range(4) for one in at_once(*[attempt] * 8)]
    assert sum(isinstance(one, CodeRefused) for one in results) == TRIES_PER_SIREN
    assert sum(isinstance(one, LetterCodesLockedOut) for one in results) == len(results) - TRIES_PER_SIREN
