"""Anybody may claim a SIREN: who is a colleague is said by those who are there, one by one."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import transaction

from guichet.accounts.models import Account
from guichet.adhesions.models import Collegue
from guichet.adhesions.operations import colleagues, handover
from guichet.adhesions.operations.colleagues import (
    NotRecognised,
    RecognisedByAnother,
    UnknownColleague,
)
from guichet.adhesions.operations.notices import ONCE_A
from guichet.adhesions.queries import colleagues as queries
from guichet.adhesions.states import Remittal
from guichet.courriers.models import Courrier
from guichet.journal.queries import history
from guichet.kernel import clock
from tests.adhesions.firm import FIRM, OTHER_FIRM, a_client, a_pair, an_abonne
from tests.at_once import at_once

LINKS = ("http", "www.", "://")


def newcomer(name: str = "Nora Nouvelle", **values: str) -> Account:
    account = an_abonne(name, **values)
    colleagues.present(account=account)
    return account


def letters_to(account: Account) -> list[Courrier]:
    return list(Courrier.objects.filter(about=account.subject).order_by("pk"))


@pytest.fixture
def first(db: None) -> Account:
    return newcomer("Lila Exemple")


def test_the_first_of_a_firm_is_recognised_by_itself(first: Account) -> None:
    row = Collegue.objects.get(account=first)
    assert row.recognised_at
    assert row.recognised_by is None
    assert [event.kind for event in history(subject=first.subject)] == ["colleague.recognised"]


def test_two_who_come_first_at_once_are_not_both_the_first(transactional_db: None) -> None:
    one, two = an_abonne(), an_abonne()
    at_once(lambda: colleagues.present(account=one), lambda: colleagues.present(account=two))
    assert Collegue.objects.filter(recognised_at__isnull=False).count() == 1
    assert Collegue.objects.count() == 2


def test_a_newcomer_sees_a_number_and_no_more(first: Account) -> None:
    other = newcomer()
    firm = queries.colleagues(account=other)
    assert not firm.recognised
    assert firm.number == 1
    assert (firm.colleagues, firm.waiting, firm.aside) == ([], [], [])
    assert "Lila" not in str(firm)


def test_whoever_is_there_sees_who_waits_but_not_the_whole_address(first: Account) -> None:
    other = newcomer(email="nora.nouvelle@ailleurs.example")
    [waits] = queries.colleagues(account=first).waiting
    assert (waits.id, waits.name, waits.mailbox) == (other.pk, "Nora Nouvelle", "n…@ailleurs.example")


def test_those_who_are_there_are_told_without_a_name_or_a_link(first: Account) -> None:
    newcomer()
    [told] = letters_to(first)
    assert told.recipient == first.email
    assert "Nora" not in told.body
    assert not [sign for sign in LINKS if sign in told.body]


def test_a_hundred_newcomers_do_not_fill_a_mailbox(first: Account) -> None:
    for number in range(5):
        newcomer(f"Nora {number}")
    assert len(letters_to(first)) == 1
    with clock.travel(ONCE_A):
        newcomer("Nora Demain")
    assert len(letters_to(first)) == 2


def test_who_is_recognised_sees_names_and_is_told(first: Account) -> None:
    other = newcomer()
    colleagues.recognise(account=first, colleague_id=other.pk)
    [seen] = queries.colleagues(account=other).colleagues
    assert (seen.name, seen.by_me) == ("Lila Exemple", False)
    [mine] = queries.colleagues(account=first).colleagues
    assert (mine.recognised_by, mine.by_me) == ("Lila Exemple", True)
    assert "Lila Exemple" in letters_to(other)[-1].body


def test_recognising_twice_is_as_once(first: Account) -> None:
    other = newcomer()
    for _ in range(2):
        colleagues.recognise(account=first, colleague_id=other.pk)
    assert len(letters_to(other)) == 1
    kinds = [event.kind for event in history(subject=other.subject)]
    assert kinds == ["colleague.joined", "colleague.recognised"]


def test_newcomers_do_not_recognise_one_another_nor_themselves(first: Account) -> None:
    one, two = newcomer("Un"), newcomer("Deux")
    for colleague_id in (two.pk, one.pk, first.pk):
        with pytest.raises(NotRecognised):
            colleagues.recognise(account=one, colleague_id=colleague_id)
        with pytest.raises(NotRecognised):
            colleagues.decline(account=one, colleague_id=colleague_id)
    assert not queries.is_recognised(two)


def test_another_firm_and_nobody_are_unknown(first: Account) -> None:
    stranger = newcomer("Autre Cabinet", siren=OTHER_FIRM)
    waiting = newcomer("Autre Stagiaire", siren=OTHER_FIRM)
    for colleague_id in (stranger.pk, waiting.pk, first.pk, uuid.uuid4()):
        for act in (colleagues.recognise, colleagues.decline):
            with pytest.raises(UnknownColleague):
                act(account=first, colleague_id=colleague_id)
    assert queries.colleagues(account=first).number == 0


def test_who_is_declined_is_told_and_can_be_recognised_later(first: Account) -> None:
    other = newcomer()
    for _ in range(2):
        colleagues.decline(account=first, colleague_id=other.pk)
    assert len(letters_to(other)) == 1
    assert "Lila" not in letters_to(other)[0].body
    assert queries.colleagues(account=other).declined
    assert [one.id for one in queries.colleagues(account=first).aside] == [other.pk]
    colleagues.present(account=other)  # coming back changes nothing
    assert not queries.is_recognised(other)
    colleagues.recognise(account=first, colleague_id=other.pk)
    assert queries.is_recognised(other)


def test_only_whoever_recognised_somebody_takes_it_back(first: Account) -> None:
    one, two = newcomer("Un"), newcomer("Deux")
    for other in (one, two):
        colleagues.recognise(account=first, colleague_id=other.pk)
    for other in (first, two):  # an impostor who was let in excludes nobody
        with pytest.raises(RecognisedByAnother):
            colleagues.decline(account=one, colleague_id=other.pk)
    colleagues.decline(account=first, colleague_id=one.pk)
    assert not queries.is_recognised(one)
    assert queries.is_recognised(two)


def test_taking_it_back_voids_what_was_proposed_either_way(db: None) -> None:
    first, second = a_pair()
    mine, theirs = a_client(first), a_client(second)
    sent = handover.propose(account=first, to=second.pk)
    received = handover.propose(account=second, to=first.pk)
    colleagues.decline(account=first, colleague_id=second.pk)
    for remise in (sent, received):
        remise.refresh_from_db()
        assert remise.state == Remittal.LAPSED
    for client in (mine, theirs):
        client.refresh_from_db()
        assert client.remise is None


def test_a_foreign_firm_has_no_colleagues(db: None) -> None:
    one, two = an_abonne(siren=""), an_abonne(siren="")
    for account in (one, two):
        assert colleagues.present(account=account) is None
    assert queries.colleagues(account=one) == queries.Firm("", recognised=False)
    assert not queries.is_recognised(one)
    with pytest.raises(NotRecognised):
        colleagues.recognise(account=one, colleague_id=two.pk)


def test_somebody_who_changes_firms_begins_anew(first: Account) -> None:
    other = newcomer()
    colleagues.recognise(account=first, colleague_id=other.pk)
    there = newcomer("Là-bas", siren=OTHER_FIRM)
    Account.objects.filter(pk=other.pk).update(siren=OTHER_FIRM)
    other.refresh_from_db()
    assert not queries.is_recognised(other)  # even before they come back
    assert queries.colleagues(account=first).colleagues == []
    colleagues.present(account=other)
    assert not queries.is_recognised(other)
    assert [one.id for one in queries.colleagues(account=there).waiting] == [other.pk]


def test_when_everybody_has_left_the_next_one_is_the_first_again(first: Account) -> None:
    other = newcomer()
    with transaction.atomic():
        colleagues.forget(first)
    colleagues.present(account=other)
    assert queries.is_recognised(other)


def test_nobody_becomes_the_first_while_a_suspended_one_holds_files(first: Account) -> None:
    a_client(first)
    Account.objects.filter(pk=first.pk).update(suspended_at=clock.now())
    other = newcomer()
    assert not queries.is_recognised(other)


def test_a_declined_one_does_not_become_the_first_when_everybody_leaves(first: Account) -> None:
    other = newcomer()
    colleagues.decline(account=first, colleague_id=other.pk)
    with transaction.atomic():
        colleagues.forget(first)
    colleagues.present(account=other)
    assert not queries.is_recognised(other)


def test_an_operator_undoes_an_impostor_who_came_first(first: Account) -> None:
    real = newcomer("Vraie Personne")
    colleagues.settle(account=real, recognised=True)
    for _ in range(2):
        colleagues.settle(account=first, recognised=False)
    assert queries.is_recognised(real)
    assert not queries.is_recognised(first)
    assert [event.actor for event in history(subject=first.subject)] == ["system", "operator"]
    with pytest.raises(UnknownColleague):
        colleagues.settle(account=an_abonne(siren=""), recognised=True)


def test_the_page_of_twenty_takes_as_many_queries_as_that_of_one(
    first: Account, assert_queries: Callable[[int], AbstractContextManager[None]]
) -> None:
    newcomer()
    with assert_queries(2):
        queries.colleagues(account=first)
    for number in range(20):
        Collegue.objects.create(account=an_abonne(f"Nora {number}"), siren=FIRM)
    with assert_queries(2):
        assert len(queries.colleagues(account=first).waiting) == 21
