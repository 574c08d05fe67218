"""Client files go to a colleague who accepts; until then, and whatever happens, they stay where they are."""

import datetime as dt
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import transaction

from guichet.accounts import operations as accounts
from guichet.accounts.models import Account
from guichet.adhesions.models import Demande, Remise
from guichet.adhesions.operations import colleagues, handover
from guichet.adhesions.operations.colleagues import NotRecognised, UnknownColleague
from guichet.adhesions.operations.handover import (
    NothingToHandOver,
    NotSuspended,
    RemiseAccepted,
    RemiseOver,
    RemiseVoid,
)
from guichet.adhesions.queries import handover as queries
from guichet.adhesions.queries.handover import RemiseNotFound
from guichet.adhesions.rules import LAPSES_AFTER
from guichet.adhesions.states import Remittal
from guichet.adhesions.values import WITHHELD
from guichet.courriers.models import Courrier
from guichet.depots import operations as depots
from guichet.depots.models import Depot
from guichet.depots.states import State
from guichet.journal.queries import history
from guichet.kernel import clock
from tests.adhesions import world
from tests.adhesions.firm import (
    OTHER_FIRM,
    a_client,
    a_pair,
    an_abonne,
    client_files,
    handed,
    jobs,
)
from tests.at_once import at_once

SECOND = dt.timedelta(seconds=1)
Pair = tuple[Account, Account]


@pytest.fixture
def pair(db: None) -> Pair:
    return a_pair()


def of(account: Account) -> set[uuid.UUID]:
    """The filings that are ``account``'s."""
    return set(Depot.objects.filter(account=account).values_list("pk", flat=True))


def subjects(account: Account) -> list[str]:
    told = Courrier.objects.filter(about=account.subject).order_by("pk")
    return list(told.values_list("subject", flat=True))


def test_nothing_moves_before_it_is_accepted(pair: Pair) -> None:
    lila, omar = pair
    client = a_client(lila)
    remise = handover.propose(account=lila, to=omar.pk)
    assert (remise.state, remise.number) == (Remittal.PROPOSED, 1)
    assert of(lila) == {client.pk}
    handed(remise)  # a job that somebody enqueued too early
    assert of(lila) == {client.pk}
    assert jobs("adhesions.run_handover") == 0


def test_all_files_go_at_once_to_who_accepts(pair: Pair) -> None:
    lila, omar = pair
    there = a_client(omar)
    gone = {a_client(lila).pk, a_client(lila, state=State.CONFIRME).pk}
    remise = handover.accept(account=omar, remise_id=handover.propose(account=lila, to=omar.pk).pk)
    assert jobs("adhesions.run_handover") == 1
    remise = handed(remise)
    assert (remise.handed, bool(remise.finished_at)) == (2, True)
    assert of(lila) == set()
    assert of(omar) == {there.pk, *gone}
    assert not Demande.objects.filter(remise__isnull=False).exists()


def test_what_ended_before_is_not_proposed_and_stays(pair: Pair) -> None:
    lila, omar = pair
    over = a_client(lila, state=State.TERMINE)
    with pytest.raises(NothingToHandOver):
        handover.propose(account=lila, to=omar.pk)
    a_client(lila)
    assert handover.propose(account=lila, to=omar.pk).number == 1
    handed(handover.accept(account=omar, remise_id=Remise.objects.get().pk))
    assert of(lila) == {over.pk}


def test_some_files_alone(pair: Pair) -> None:
    lila, omar = pair
    wanted, kept = a_client(lila), a_client(lila)
    strangers = a_client(omar)
    chosen = [wanted.pk, strangers.pk, uuid.uuid4()]
    remise = handover.propose(account=lila, to=omar.pk, depot_ids=chosen)
    assert remise.number == 1
    handed(handover.accept(account=omar, remise_id=remise.pk))
    assert of(lila) == {kept.pk}
    assert of(omar) == {wanted.pk, strangers.pk}


def test_an_empty_choice_is_not_all_of_them(pair: Pair) -> None:
    a_client(pair[0])
    with pytest.raises(NothingToHandOver):
        handover.propose(account=pair[0], to=pair[1].pk, depot_ids=[])
    assert not Remise.objects.exists()


def test_a_file_is_proposed_to_one_colleague_at_a_time(pair: Pair) -> None:
    lila, omar = pair
    third = an_abonne("Nora Exemple")
    colleagues.present(account=third)
    colleagues.recognise(account=lila, colleague_id=third.pk)
    a_client(lila)
    first = handover.propose(account=lila, to=omar.pk)
    with pytest.raises(NothingToHandOver):
        handover.propose(account=lila, to=third.pk)
    a_client(lila)
    assert handover.propose(account=lila, to=third.pk).number == 1
    handover.cancel(account=lila, remise_id=first.pk)
    assert handover.propose(account=lila, to=third.pk).number == 1


def test_two_proposals_of_the_same_file_at_once(transactional_db: None) -> None:
    lila, omar = a_pair()
    third = an_abonne("Nora Exemple")
    colleagues.present(account=third)
    colleagues.recognise(account=lila, colleague_id=third.pk)
    a_client(lila)
    results = at_once(
        lambda: handover.propose(account=lila, to=omar.pk),
        lambda: handover.propose(account=lila, to=third.pk),
        lambda: handover.propose(account=lila, to=omar.pk),
    )
    assert sum(isinstance(one, NothingToHandOver) for one in results) == 2
    assert Remise.objects.count() == 1


def test_the_recipient_is_told_who_and_how_many(pair: Pair) -> None:
    lila, omar = pair
    client_files(lila, [31_001, 31_002])
    handover.propose(account=lila, to=omar.pk)
    told = Courrier.objects.filter(about=omar.subject).latest("pk")
    assert "Lila Exemple vous propose 2 dossiers" in told.subject
    assert "http" not in told.body


def test_only_the_two_sides_see_a_proposal_and_act_on_it(pair: Pair) -> None:
    lila, omar = pair
    third, stranger = an_abonne("Nora Exemple"), an_abonne("Autre", siren=OTHER_FIRM)
    colleagues.present(account=third)
    colleagues.recognise(account=lila, colleague_id=third.pk)
    a_client(lila)
    remise = handover.propose(account=lila, to=omar.pk)
    for nobody in (third, stranger):
        for act in (handover.accept, handover.decline, handover.cancel):
            with pytest.raises(RemiseNotFound):
                act(account=nobody, remise_id=remise.pk)
        with pytest.raises(RemiseNotFound):
            queries.remise(account=nobody, remise_id=remise.pk)
        assert queries.remises(account=nobody) == []
    for wrong in (handover.accept, handover.decline):  # nobody answers for the other side
        with pytest.raises(RemiseNotFound):
            wrong(account=lila, remise_id=remise.pk)
    with pytest.raises(RemiseNotFound):
        handover.cancel(account=omar, remise_id=remise.pk)
    remise.refresh_from_db()
    assert remise.state == Remittal.PROPOSED


@pytest.mark.parametrize("siren", ["", OTHER_FIRM, "732829320"])
def test_nobody_offers_a_file_to_who_is_not_recognised(pair: Pair, siren: str) -> None:
    lila, _ = pair
    a_client(lila)
    other = an_abonne("Nora Nouvelle", siren=siren)
    colleagues.present(account=other)
    for to in (other.pk, lila.pk, uuid.uuid4()):
        with pytest.raises(UnknownColleague):
            handover.propose(account=lila, to=to)
    assert not Remise.objects.exists()


def test_who_is_not_recognised_proposes_and_takes_over_nothing(pair: Pair) -> None:
    lila, omar = pair
    accounts.suspend(account=omar, actor="operator")
    a_client(omar)
    other = an_abonne("Nora Nouvelle")
    colleagues.present(account=other)
    a_client(other)
    with pytest.raises(NotRecognised):
        handover.propose(account=other, to=lila.pk)
    with pytest.raises(NotRecognised):
        handover.take_over(account=other, colleague_id=omar.pk)


def test_a_proposal_is_not_accepted_once_its_recipient_is_not_recognised(pair: Pair) -> None:
    lila, omar = pair
    client = a_client(lila)
    remise = handover.propose(account=lila, to=omar.pk)
    omar.collegue.recognised_at = None
    omar.collegue.save()  # as a change of firm would leave it
    with pytest.raises(NotRecognised):
        handover.accept(account=omar, remise_id=remise.pk)
    assert of(lila) == {client.pk}


ANSWERS: dict[str, tuple[Callable[..., Any], int, Remittal]] = {
    "accept": (handover.accept, 1, Remittal.ACCEPTED),
    "decline": (handover.decline, 1, Remittal.DECLINED),
    "cancel": (handover.cancel, 0, Remittal.CANCELLED),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_answering_twice_is_as_once(pair: Pair, name: str) -> None:
    act, side, state = ANSWERS[name]
    a_client(pair[0])
    remise = handover.propose(account=pair[0], to=pair[1].pk)
    told = Courrier.objects.count()
    for _ in range(2):
        act(account=pair[side], remise_id=remise.pk)
    remise.refresh_from_db()
    assert remise.state == state
    kinds = [event.kind for event in history(subject=remise.evidence)]
    assert kinds == ["handover.proposed", f"handover.{state}"]
    assert Courrier.objects.count() - told <= 1
    assert jobs("adhesions.run_handover") == (name == "accept")


@pytest.mark.parametrize("first", ANSWERS)
@pytest.mark.parametrize("second", ANSWERS)
def test_the_first_answer_stands(pair: Pair, first: str, second: str) -> None:
    if first == second:
        return
    a_client(pair[0])
    remise = handover.propose(account=pair[0], to=pair[1].pk)
    act, side, state = ANSWERS[first]
    act(account=pair[side], remise_id=remise.pk)
    act, side, _ = ANSWERS[second]
    with pytest.raises(RemiseAccepted if first == "accept" else RemiseVoid):
        act(account=pair[side], remise_id=remise.pk)
    remise.refresh_from_db()
    assert remise.state == state


def test_who_accepts_while_it_is_cancelled(transactional_db: None) -> None:
    lila, omar = a_pair()
    client = a_client(lila)
    remise = handover.propose(account=lila, to=omar.pk)
    results = at_once(
        lambda: handover.accept(account=omar, remise_id=remise.pk),
        lambda: handover.cancel(account=lila, remise_id=remise.pk),
    )
    assert sum(isinstance(one, RemiseOver) for one in results) == 1
    remise = handed(remise)
    owner = omar if remise.state == Remittal.ACCEPTED else lila
    assert of(owner) == {client.pk}


def test_what_ends_meanwhile_is_left_alone_and_told(pair: Pair) -> None:
    lila, omar = pair
    over, open_one = a_client(lila), a_client(lila)
    remise = handover.propose(account=lila, to=omar.pk)
    depots.end(depot_id=over.pk, actor="system")
    handover.accept(account=omar, remise_id=remise.pk)
    remise = handed(remise)
    assert (of(lila), of(omar)) == ({over.pk}, {open_one.pk})
    assert (remise.number, remise.handed) == (2, 1)
    assert queries.remise(account=lila, remise_id=remise.pk).left == 1
    assert "nombre de dossiers : 1" in Courrier.objects.filter(about=lila.subject).latest("pk").body


def test_a_file_that_a_malfunction_holds_up_stays_with_its_sender(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    lila, omar = pair
    broken, sound = a_client(lila), a_client(lila)
    real = depots.hand_over

    def failing(*, depot_id: uuid.UUID, **values: Any) -> object:
        if depot_id == broken.pk:
            raise RuntimeError("out of order")
        return real(depot_id=depot_id, **values)

    monkeypatch.setattr(depots, "hand_over", failing)
    remise = handover.propose(account=lila, to=omar.pk)
    handover.accept(account=omar, remise_id=remise.pk)
    with pytest.raises(ExceptionGroup):
        handed(remise)
    assert (of(lila), of(omar)) == ({broken.pk}, {sound.pk})
    assert queries.remise(account=lila, remise_id=remise.pk).running
    with clock.travel(handover.GIVEN_UP_AFTER - SECOND):
        handover.lapse_handovers()
        assert queries.remise(account=lila, remise_id=remise.pk).running
    with clock.travel(handover.GIVEN_UP_AFTER + SECOND):
        handover.lapse_handovers()
        assert queries.remise(account=lila, remise_id=remise.pk).left == 1
    monkeypatch.undo()
    again = handover.propose(account=lila, to=omar.pk)
    handed(handover.accept(account=omar, remise_id=again.pk))
    assert of(omar) == {broken.pk, sound.pk}


def test_the_job_goes_on_where_it_was_killed(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    lila, omar = pair
    monkeypatch.setattr(handover, "BATCH", 2)
    client_files(lila, list(range(32_000, 32_005)))
    remise = handover.propose(account=lila, to=omar.pk)
    handover.accept(account=omar, remise_id=remise.pk)
    assert handover._run_batch(remise.pk, {}) == 2  # and then its worker was gone
    seen = queries.remise(account=omar, remise_id=remise.pk)
    assert (seen.running, seen.done, seen.waiting) == (True, 2, 3)
    remise = handed(remise)
    assert (remise.handed, len(of(omar))) == (5, 5)
    handed(remise)
    assert len([one for one in subjects(omar) if "terminée" in one]) == 1


def test_two_workers_at_once_hand_everything_over_once(transactional_db: None) -> None:
    lila, omar = a_pair()
    clients = client_files(lila, list(range(33_000, 33_006)))
    remise = handover.propose(account=lila, to=omar.pk)
    handover.accept(account=omar, remise_id=remise.pk)
    results = at_once(*[lambda: handover.run_handover(remise_id=remise.pk)] * 2)
    assert sum(results) == 6
    remise.refresh_from_db()
    assert remise.handed == 6
    moved = [event.kind for one in clients for event in history(subject=f"depot:{one.pk}")]
    assert moved.count("depot.handed_over") == 6


def test_a_recipient_who_leaves_before_accepting(pair: Pair) -> None:
    lila, omar = pair
    client = a_client(lila)
    remise = handover.propose(account=lila, to=omar.pk)
    with transaction.atomic():
        colleagues.forget(omar)
    remise.refresh_from_db()
    assert remise.state == Remittal.LAPSED
    assert of(lila) == {client.pk}
    assert "n’a plus cours" in subjects(lila)[-1]
    assert queries.files(account=lila).free == 1


def test_a_recipient_who_is_suspended(pair: Pair) -> None:
    lila, omar = pair
    a_client(lila)
    remise = handover.propose(account=lila, to=omar.pk)
    assert handover.lapse_handovers() == 0
    accounts.suspend(account=omar, actor="operator")
    assert handover.lapse_handovers() == 1
    remise.refresh_from_db()
    assert remise.state == Remittal.LAPSED
    with pytest.raises(UnknownColleague):
        handover.propose(account=lila, to=omar.pk)


def test_nobody_answers_for_21_days(pair: Pair) -> None:
    lila, omar = pair
    a_client(lila)
    remise = handover.propose(account=lila, to=omar.pk)
    with clock.travel(LAPSES_AFTER - SECOND):
        assert handover.lapse_handovers() == 0
    with clock.travel(LAPSES_AFTER + SECOND):
        assert handover.lapse_handovers() == 1
        assert handover.lapse_handovers() == 0
        with pytest.raises(RemiseVoid):
            handover.accept(account=omar, remise_id=remise.pk)


def test_the_files_of_who_is_suspended_are_taken_over(pair: Pair) -> None:
    lila, omar = pair
    client = a_client(omar)
    waiting = handover.propose(account=omar, to=lila.pk)
    with pytest.raises(NotSuspended):
        handover.take_over(account=lila, colleague_id=omar.pk)
    accounts.suspend(account=omar, actor="operator")
    remise = handed(handover.take_over(account=lila, colleague_id=omar.pk))
    waiting.refresh_from_db()
    assert (waiting.state, remise.state, remise.handed) == (Remittal.LAPSED, Remittal.ACCEPTED, 1)
    assert of(lila) == {client.pk}
    with pytest.raises(NothingToHandOver):
        handover.take_over(account=lila, colleague_id=omar.pk)


def test_two_colleagues_take_over_at_once(transactional_db: None) -> None:
    lila, omar = a_pair()
    third = an_abonne("Nora Exemple")
    colleagues.present(account=third)
    colleagues.recognise(account=lila, colleague_id=third.pk)
    a_client(omar)
    accounts.suspend(account=omar, actor="operator")
    results = at_once(
        lambda: handover.take_over(account=lila, colleague_id=omar.pk),
        lambda: handover.take_over(account=third, colleague_id=omar.pk),
    )
    assert sum(isinstance(one, NothingToHandOver) for one in results) == 1


def test_files_are_found_by_name_without_accents_and_by_siren(pair: Pair) -> None:
    lila, omar = pair
    wanted = a_client(lila, name="Boulangerie Étoile")
    a_client(lila, name="GARAGE DU PONT")
    a_client(omar, name="Boulangerie Étoile")
    for text in ("etoile", "BOULANGERIE  étoile", wanted.siren, wanted.siren[:6] + " " + wanted.siren[6:]):
        assert queries.ids(account=lila, text=text) == [wanted.pk], text
    for text in ("%", "_", "\0", "étoile filante", "000000000000"):
        found = queries.files(account=lila, text=text)
        assert (found.total, found.free) == (2 if text == "\0" else 0, 2), text


@pytest.mark.parametrize(("number", "pages"), [(0, 1), (50, 1), (51, 2)])
def test_pages_of_files(pair: Pair, number: int, pages: int) -> None:
    client_files(pair[0], list(range(34_000, 34_000 + number)))
    for asked, page in ((1, 1), (99, pages), (-1, 1)):
        found = queries.files(account=pair[0], page=asked)
        assert (found.total, found.pages, found.page) == (number, pages, page)
    assert len(queries.files(account=pair[0], page=1).lines) == min(number, 50)


def test_three_thousand_files_are_proposed_and_accepted_in_as_many_queries_as_one(
    pair: Pair, assert_queries: Callable[[int], AbstractContextManager[None]]
) -> None:
    lila, omar = pair
    client_files(lila, list(range(40_000, 43_000)))
    with assert_queries(30):
        remise = handover.propose(account=lila, to=omar.pk)
        handover.accept(account=omar, remise_id=remise.pk)
    assert remise.number == 3_000
    assert handover._run_batch(remise.pk, {}) == handover.BATCH
    with assert_queries(4):
        seen = queries.remise(account=omar, remise_id=remise.pk)
    assert (seen.done, len(seen.lines), seen.others) == (50, 50, 2_900)


@pytest.mark.usefixtures("register")
def test_who_refuses_diffusion_today_is_masked_for_colleagues_too() -> None:
    sender, recipient = a_pair()
    demande = world.asked(sender, world.DISCREET)
    Depot.objects.filter(pk=demande.pk).update(subject_name="DISCRETE")
    assert [one.name for one in queries.files(account=sender).lines] == [WITHHELD]
    assert [one.name for one in queries.chosen(account=sender, depot_ids=[demande.pk])] == [WITHHELD]
    made = handover.propose(account=sender, to=recipient.pk)
    assert [one.name for one in queries.remise(account=recipient, remise_id=made.pk).lines] == [WITHHELD]
