"""Lists: prepared with their verdicts, sent line by line, each line once whatever happens."""

import datetime as dt
import uuid
from typing import Any

import pytest

from guichet.accounts.models import Account
from guichet.adhesions import operations
from guichet.adhesions.lists import ListRefused
from guichet.adhesions.models import Demande, Ligne, Liste
from guichet.adhesions.operations import (
    NoCapacity,
    NoServiceChosen,
    NothingToSend,
    colleagues,
    sending,
)
from guichet.adhesions.queries.listes import ListNotFound, liste, listes
from guichet.adhesions.rules import (
    BATCH,
    LIST_SENT,
    LIST_UNSENT,
    MOST_FAILURES,
    PAGE_SIZE,
    Code,
)
from guichet.adhesions.states import Outcome
from guichet.adhesions.values import WITHHELD, ListPage
from guichet.courriers.models import Courrier
from guichet.depots.models import Depot
from guichet.depots.operations.filing import TermsNotAccepted
from guichet.journal.queries import history
from guichet.kernel import clock
from tests.adhesions import world
from tests.adhesions.firm import FIRM, a_pair, an_abonne, jobs
from tests.at_once import at_once
from tests.entreprises import files

MIXED = "\n".join(
    [
        "SIREN;Client",
        f"{world.ALIVE};Boulangerie",
        f"{world.CLOSED};Usine",
        f"{world.NOBODYS};?",
        f"{world.HOMELESS};?",
        f"{FIRM};nous",
        f"{world.ALIVE};encore",
        "123456789;faux",
        f"{world.OTHER};Garage",
        f"{world.DISCREET};?",
    ]
)
MANY = "\n".join(files.siren(rank) for rank in world.MANY)


def prepared(account: Account, text: str = MIXED, **changes: Any) -> Liste:
    values = {"services": ["is", "tva"], "qualite": "expert_comptable", "text": text, **changes}
    return operations.prepare_list(account=account, **values)


def sent(account: Account, text: str = MIXED) -> Liste:
    made = prepared(account, text)
    return operations.send_list(account=account, liste_id=made.pk, accepted_terms=True)


def page_of(account: Account, made: Liste, **query: Any) -> ListPage:
    return liste(account=account, liste_id=made.pk, **query)


# Before anything is sent


@pytest.mark.usefixtures("register")
def test_each_line_has_its_verdict_and_nothing_is_sent(asker: Account) -> None:
    page = page_of(asker, prepared(asker))
    assert [(line.number, line.verdict) for line in page.lines] == [
        (2, Code.OK),
        (3, Code.CLOSED),
        (4, Code.UNKNOWN),
        (5, Code.NO_ADDRESS),
        (6, Code.OWN_FIRM),
        (7, Code.DOUBLE),
        (8, Code.BAD_KEY),
        (9, Code.OK),
        (10, Code.OK),
    ]
    assert (page.header, page.total, page.good, page.verdicts[Code.OK]) == (True, 9, 3, 3)
    assert page.services == ("Taxe sur la valeur ajoutée (TVA)", "Impôt sur les sociétés (IS)")
    assert (page.lines[0].name, page.lines[8].name) == ("BOULANGERIE DU PONT", WITHHELD)
    assert all(line.sentence for line in page.lines)
    assert not Depot.objects.exists()
    assert not Courrier.objects.exists()
    assert jobs("adhesions.send_list") == 0


@pytest.mark.usefixtures("register")
def test_an_uploaded_file_is_read_like_a_pasted_text(asker: Account) -> None:
    made = prepared(asker, "", content=MIXED.encode("utf-16"))
    assert page_of(asker, made).good == 3


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"services": []}, NoServiceChosen),
        ({"services": ["tva", "inconnu"]}, NoServiceChosen),
        ({"qualite": ""}, NoCapacity),
        ({"qualite": "roi"}, NoCapacity),
        ({"text": "\n"}, ListRefused),
        ({"content": b"%PDF-1.7"}, ListRefused),
    ],
)
def test_what_can_be_no_list_leaves_nothing(
    asker: Account, changes: dict[str, Any], refused: type[Exception]
) -> None:
    with pytest.raises(refused):
        prepared(asker, **changes)
    assert not Liste.objects.exists()


@pytest.mark.usefixtures("register")
def test_a_list_is_its_account_s_alone(asker: Account) -> None:
    made, stranger = prepared(asker), an_abonne("Zoé Ailleurs")
    for who, liste_id in ((stranger, made.pk), (asker, uuid.uuid4())):
        with pytest.raises(ListNotFound):
            liste(account=who, liste_id=liste_id)
        with pytest.raises(ListNotFound):
            operations.send_list(account=who, liste_id=liste_id, accepted_terms=True)
        with pytest.raises(ListNotFound):
            operations.discard_list(account=who, liste_id=liste_id)
    assert listes(account=stranger) == []


@pytest.mark.usefixtures("register")
def test_a_colleague_is_named_on_the_page_and_nowhere_else() -> None:
    lila, omar = a_pair()
    world.asked(omar)
    made = prepared(lila)
    line = page_of(lila, made).lines[0]
    assert line.verdict == Code.ASKED_BY_COLLEAGUE
    assert "Omar Exemple" in line.sentence
    assert "Omar" not in str(list(Ligne.objects.filter(liste=made).values()))
    colleagues.decline(account=lila, colleague_id=omar.pk)
    assert "Omar" not in page_of(lila, made).lines[0].sentence


@pytest.mark.usefixtures("register")
def test_pages_and_choices_of_lines(asker: Account) -> None:
    made = prepared(asker, f"{MANY}\n123456789")
    first, last = page_of(asker, made), page_of(asker, made, page=99)
    assert (len(first.lines), first.pages, last.page, len(last.lines)) == (PAGE_SIZE, 2, 2, 11)
    assert [line.typed for line in page_of(asker, made, only="ecartees").lines] == ["123456789"]
    assert page_of(asker, made, only="bonnes").lines[0].ok
    assert page_of(asker, made, only="envoyees").lines == []
    assert page_of(asker, made, only="n’importe quoi").total == 61


# The sending


@pytest.mark.usefixtures("register")
def test_good_lines_are_sent_and_every_one_is_a_filing(asker: Account) -> None:
    made = sent(asker)
    assert jobs("adhesions.send_list") == 1
    assert operations.send_batch(liste_id=made.pk) == 3
    page = page_of(asker, made)
    assert (page.sent, page.refused, page.good) == (3, 0, 3)
    assert page.finished_at
    demandes = Demande.objects.select_related("depot")
    assert {one.siren for one in demandes} == {world.ALIVE, world.OTHER, world.DISCREET}
    assert all(one.services == ["tva", "is"] and one.letter_id for one in demandes)
    assert {line.depot_id for line in page.lines if line.depot_id} == {one.pk for one in demandes}
    for one in demandes:
        kinds = [event.kind for event in history(subject=one.depot.evidence)]
        assert kinds[:3] == ["depot.submitted", "depot.confirmed", "adhesion.asked"]


@pytest.mark.usefixtures("register")
def test_whoever_sends_is_told_once_and_in_numbers(asker: Account) -> None:
    made = sent(asker)
    world.filed(asker, world.OTHER)  # meanwhile
    operations.send_batch(liste_id=made.pk)
    operations.send_batch(liste_id=made.pk)
    told = Courrier.objects.filter(recipient=asker.email, template__startswith="adhesions/liste_envoyee")
    assert [one.body for one in told if "envoyées : 2" in one.body and "entre-temps : 1" in one.body]
    assert told.count() == 1
    kinds = [event.kind for event in history(subject=made.evidence)]
    assert kinds == ["list.prepared", "list.sent", "list.finished"]


@pytest.mark.usefixtures("register")
def test_verdicts_are_taken_again_at_the_sending() -> None:
    lila, omar = a_pair()
    made = sent(lila)
    world.filed(omar, world.ALIVE)
    world.filed(lila, world.OTHER)
    operations.send_batch(liste_id=made.pk)
    lines = {line.siren: line for line in page_of(lila, made).lines if line.ok}
    assert [lines[each].outcome for each in (world.ALIVE, world.OTHER, world.DISCREET)] == [
        Outcome.REFUSED,
        Outcome.REFUSED,
        Outcome.SENT,
    ]
    assert "a déjà une demande en attente" in lines[world.ALIVE].sentence
    assert "Omar" not in lines[world.ALIVE].sentence
    assert "Vous avez déjà une demande" in lines[world.OTHER].sentence


@pytest.mark.usefixtures("register")
def test_sending_twice_is_as_once(asker: Account) -> None:
    made = sent(asker)
    operations.send_list(account=asker, liste_id=made.pk, accepted_terms=True)
    assert jobs("adhesions.send_list") == 1
    operations.send_batch(liste_id=made.pk)
    assert operations.send_batch(liste_id=made.pk) == 0
    assert Demande.objects.count() == 3


@pytest.mark.usefixtures("register")
def test_nothing_is_sent_before_it_is_asked_for(asker: Account) -> None:
    made = prepared(asker)
    with pytest.raises(TermsNotAccepted):
        operations.send_list(account=asker, liste_id=made.pk, accepted_terms=False)
    assert operations.send_batch(liste_id=made.pk) == 0
    assert not Demande.objects.exists()


@pytest.mark.usefixtures("register")
def test_a_list_without_a_good_line_is_not_sent(asker: Account) -> None:
    made = prepared(asker, world.CLOSED)
    with pytest.raises(NothingToSend):
        operations.send_list(account=asker, liste_id=made.pk, accepted_terms=True)


@pytest.mark.usefixtures("register")
def test_the_job_does_a_batch_and_calls_the_next(asker: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "BATCH", 25)
    made = sent(asker, MANY)
    done = [operations.send_batch(liste_id=made.pk) for _ in range(4)]
    assert done == [25, 25, 10, 0]
    assert jobs("adhesions.send_list") == 3  # the first, and the two that a batch has called
    assert page_of(asker, made).finished_at
    assert BATCH > 25


@pytest.mark.usefixtures("register")
def test_killed_in_the_midst_nothing_is_sent_twice(asker: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        """As a signal would: nothing catches it."""

    made, real, seen = sent(asker, MANY), sending._conclude, []

    def killed(line: Ligne, outcome: Outcome, **more: Any) -> None:
        seen.append(line)
        if len(seen) == 8:
            raise Killed  # after the filing and the letter, before their transaction ends
        real(line, outcome, **more)

    monkeypatch.setattr(sending, "_conclude", killed)
    with pytest.raises(Killed):
        operations.send_batch(liste_id=made.pk)
    assert (page_of(asker, made).sent, Demande.objects.count()) == (7, 7)
    monkeypatch.undo()
    assert operations.send_batch(liste_id=made.pk) == 53
    assert Demande.objects.count() == 60
    letters = Courrier.objects.filter(template="adhesions/demande", kind=Courrier.Kind.LETTER)
    assert letters.count() == letters.values("recipient").distinct().count() == 60


@pytest.mark.usefixtures("register")
def test_a_line_that_keeps_failing_is_given_up_and_holds_up_nobody(
    asker: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, real = sent(asker), sending._file

    def broken(which: Liste, siren: str) -> Depot:
        if siren == world.OTHER:
            raise RuntimeError("broken")
        return real(which, siren)

    monkeypatch.setattr(sending, "_file", broken)
    for _ in range(MOST_FAILURES):
        assert not page_of(asker, made).finished_at
        with pytest.raises(ExceptionGroup):
            operations.send_batch(liste_id=made.pk)
    page = page_of(asker, made)
    assert (page.sent, page.refused, bool(page.finished_at)) == (2, 1, True)
    assert [line.siren for line in page.lines if line.outcome == Outcome.REFUSED] == [world.OTHER]
    assert jobs("adhesions.send_list") == 1  # the failed one is tried again by itself


@pytest.mark.usefixtures("lasting_register")
def test_two_workers_at_once_send_each_line_once() -> None:
    account = an_abonne()
    made = sent(account, MANY)
    results = at_once(
        *[lambda: operations.send_batch(liste_id=made.pk)] * 3,
    )
    assert not [one for one in results if isinstance(one, Exception)], results
    operations.send_batch(liste_id=made.pk)  # lines that another worker held were left to it
    page = page_of(account, made)
    assert (page.sent, page.refused, bool(page.finished_at)) == (60, 0, True)
    assert Demande.objects.count() == sum(results) == 60


@pytest.mark.usefixtures("lasting_register")
def test_two_colleagues_at_once_get_one_place_for_each_company() -> None:
    lila, omar = a_pair()
    lists = [sent(lila, MANY), sent(omar, MANY)]
    results = at_once(*[lambda made=made: operations.send_batch(liste_id=made.pk) for made in lists])
    assert results == [60, 60]
    assert Demande.objects.count() == Demande.objects.values("siren").distinct().count() == 60
    pages = [page_of(account, made) for account, made in zip((lila, omar), lists, strict=True)]
    assert sum(page.sent for page in pages) == 60
    assert all(page.sent + page.refused == 60 and page.finished_at for page in pages)


# How long they are kept


@pytest.mark.usefixtures("register")
def test_lists_are_erased_when_their_time_is_over_and_requests_are_not(asker: Account) -> None:
    unsent, made = prepared(asker), sent(asker)
    operations.send_batch(liste_id=made.pk)
    with clock.travel(LIST_UNSENT - dt.timedelta(minutes=1)):
        assert operations.purge_lists() == 0
    with clock.travel(LIST_UNSENT):
        assert operations.purge_lists() == 1
    assert [one.pk for one in Liste.objects.all()] == [made.pk] != [unsent.pk]
    with clock.travel(LIST_SENT):
        assert operations.purge_lists() == 1
    assert (Ligne.objects.count(), Demande.objects.count()) == (0, 3)


@pytest.mark.usefixtures("register")
def test_a_list_that_is_not_sent_may_be_discarded(asker: Account) -> None:
    unsent, made = prepared(asker), sent(asker)
    operations.discard_list(account=asker, liste_id=unsent.pk)
    with pytest.raises(ListNotFound):
        operations.discard_list(account=asker, liste_id=made.pk)
    assert [one.id for one in listes(account=asker)] == [made.pk]


@pytest.mark.usefixtures("register")
def test_every_list_goes_with_its_account(asker: Account) -> None:
    prepared(asker)
    kept = prepared(an_abonne("Zoé Ailleurs"))
    assert operations.forget_lists(account=asker) == 1
    assert [one.pk for one in Liste.objects.all()] == [kept.pk]
