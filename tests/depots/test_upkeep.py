"""What happens when nobody comes back: recalled, expired, erased, each filing for itself."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from guichet.accounts.models import Account
from guichet.courriers.models import Courrier
from guichet.depots import operations
from guichet.depots.definitions import teleprocedure
from guichet.depots.models import Depot
from guichet.depots.operations import upkeep
from guichet.depots.queries import LinkExpired
from guichet.depots.states import State
from guichet.files.models import StoredFile
from guichet.journal.queries import history
from guichet.kernel import clock
from guichet.kernel.dates import moment_in_words
from tests.depots import documents, factories

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


class TestNobodyComesBack:
    def test_a_filing_is_recalled_once_after_two_days(self, owner: Account) -> None:
        depot = factories.submitted(owner)
        with clock.travel(2 * DAY - dt.timedelta(minutes=1)):
            assert operations.remind_unconfirmed() == 0
        with clock.travel(2 * DAY):
            assert operations.remind_unconfirmed() == 1
            assert operations.remind_unconfirmed() == 0
        assert factories.subjects_of(depot)[1:] == ["rappel : votre dépôt attend d’être confirmé"]
        assert operations.confirm(token=factories.token_of(depot)).state == State.CONFIRME

    def test_a_confirmed_filing_is_not_recalled(self, owner: Account) -> None:
        factories.confirmed(owner)
        with clock.travel(3 * DAY):
            assert operations.remind_unconfirmed() == 0

    def test_a_filing_expires_and_says_that_nothing_was_filed(self, owner: Account) -> None:
        depot = factories.submitted(owner)
        with clock.travel(15 * DAY - dt.timedelta(minutes=1)):
            assert operations.expire_unconfirmed() == 0
        with clock.travel(15 * DAY):
            assert (operations.expire_unconfirmed(), operations.expire_unconfirmed()) == (1, 0)
            depot.refresh_from_db()
            assert depot.state == State.EXPIRE
            assert factories.subjects_of(depot)[-1] == "votre dépôt a expiré, rien n’a été déposé"
            with pytest.raises(LinkExpired):
                operations.confirm(token=factories.token_of(depot))

    def test_its_place_is_free_even_before_the_hourly_job(self, owner: Account) -> None:
        first = factories.submitted(owner)
        with clock.travel(15 * DAY):
            second = factories.submitted(owner)
        first.refresh_from_db()
        assert (first.state, second.state, second.version) == (State.EXPIRE, State.A_CONFIRMER, 0)

    def test_an_expired_rectification_gives_its_number_back(self, owner: Account) -> None:
        factories.confirmed(owner)
        factories.submitted(owner, nature="rectificatif")
        with clock.travel(15 * DAY):
            operations.expire_unconfirmed()
            assert factories.submitted(owner, nature="rectificatif").version == 1


class TestDraftsAreRecalled:
    """A week before they are erased, once for each time that they are left alone."""

    SECOND = dt.timedelta(seconds=1)

    def begun(self, owner: Account) -> Depot:
        depot = operations.start_draft(account=owner, teleprocedure=factories.CODE)
        return operations.answer(account=owner, depot_id=depot.pk, data=factories.answers())

    def test_after_23_days_to_the_second_and_once(self, owner: Account) -> None:
        depot = self.begun(owner)
        with clock.travel(23 * DAY - self.SECOND):
            assert operations.remind_drafts() == 0
        with clock.travel(23 * DAY):
            assert (operations.remind_drafts(), operations.remind_drafts()) == (1, 0)
        with clock.travel(29 * DAY):
            assert operations.remind_drafts() == 0
        [letter] = Courrier.objects.filter(about=depot.evidence)
        assert letter.subject == "rappel : vous n’avez pas terminé votre dépôt, rien n’est transmis"
        body = letter.body.replace("\n", " ")
        assert "RIEN N’EST TRANSMIS" in body
        assert "comptes clos le 31 décembre 2024" in body
        assert moment_in_words(depot.updated_at + 30 * DAY) in body
        assert [event.kind for event in history(subject=depot.evidence)] == ["depot.draft_reminded"]

    def test_it_is_erased_when_the_message_said(self, owner: Account) -> None:
        self.begun(owner)
        with clock.travel(23 * DAY):
            operations.remind_drafts()  # which is no change
        with clock.travel(30 * DAY - self.SECOND):
            assert operations.purge_drafts() == 0
        with clock.travel(30 * DAY):
            assert operations.remind_drafts() == 0
            assert operations.purge_drafts() == 1

    def test_a_draft_that_was_changed_begins_again(self, owner: Account) -> None:
        depot = self.begun(owner)
        with clock.travel(23 * DAY):
            operations.remind_drafts()
        with clock.travel(24 * DAY):
            operations.answer(account=owner, depot_id=depot.pk, data={"nature": "initial"})
            assert operations.remind_drafts() == 0
        with clock.travel(47 * DAY - self.SECOND):
            assert operations.remind_drafts() == 0
        with clock.travel(47 * DAY):
            assert operations.remind_drafts() == 1
        assert Courrier.objects.filter(about=depot.evidence).count() == 2

    def test_a_page_added_is_a_change(self, firm: Account) -> None:
        depot = documents.begun(firm)
        with clock.travel(22 * DAY):
            documents.add(firm, depot)
        with clock.travel(44 * DAY):
            assert operations.remind_drafts() == 0
        with clock.travel(45 * DAY):
            assert operations.remind_drafts() == 1

    def test_jobs_that_were_down_leave_five_days_to_come_back(self, owner: Account) -> None:
        depot = self.begun(owner)
        with clock.travel(40 * DAY):
            assert operations.purge_drafts() == 0
            assert (operations.remind_drafts(), operations.remind_drafts()) == (1, 0)
            depot.refresh_from_db()
            assert depot.reminded_at
            until = depot.reminded_at + 5 * DAY
            [letter] = Courrier.objects.filter(about=depot.evidence)
            assert moment_in_words(until) in letter.body.replace("\n", " ")
            [told] = history(subject=depot.evidence)
            assert told.data == {"until": until.isoformat()}
        with clock.travel(45 * DAY - self.SECOND):
            assert operations.purge_drafts() == 0
        with clock.travel(45 * DAY + self.SECOND):  # the recall took its moment
            assert operations.purge_drafts() == 1

    @pytest.mark.parametrize(("recalled", "kept"), [(23, 30), (25, 30), (26, 31), (30, 35)])
    def test_the_message_names_the_moment_it_is_erased(
        self, owner: Account, recalled: int, kept: int
    ) -> None:
        depot = self.begun(owner)
        Depot.objects.filter(pk=depot.pk).update(updated_at=(start := clock.now()))
        with clock.travel(recalled * DAY):
            assert operations.remind_drafts() == 1
        Depot.objects.filter(pk=depot.pk).update(reminded_at=start + recalled * DAY)
        body = Courrier.objects.get(about=depot.evidence).body.replace("\n", " ")
        assert moment_in_words(start + kept * DAY).partition(" à ")[0] in body
        with clock.travel(kept * DAY - self.SECOND):
            assert operations.purge_drafts() == 0
        with clock.travel(kept * DAY):
            assert operations.purge_drafts() == 1

    def test_an_old_recall_is_none_for_what_was_changed_since(self, owner: Account) -> None:
        depot = self.begun(owner)
        with clock.travel(23 * DAY):
            operations.remind_drafts()
        with clock.travel(24 * DAY):
            operations.answer(account=owner, depot_id=depot.pk, data={"nature": "initial"})
        with clock.travel(60 * DAY):
            assert operations.purge_drafts() == 0
            assert operations.remind_drafts() == 1

    def test_an_empty_one_goes_without_a_word(self, owner: Account) -> None:
        depot = operations.start_draft(account=owner, teleprocedure=factories.CODE)
        operations.answer(account=owner, depot_id=depot.pk, data={"nature": ""})
        with clock.travel(30 * DAY - self.SECOND):
            assert (operations.remind_drafts(), operations.purge_drafts()) == (0, 0)
        with clock.travel(30 * DAY):
            assert (operations.remind_drafts(), operations.purge_drafts()) == (0, 1)
        assert not Courrier.objects.filter(about=depot.evidence).exists()

    def test_a_page_alone_is_worth_a_word(self, firm: Account) -> None:
        depot = documents.begun(firm)
        documents.add(firm, depot)
        Depot.objects.filter(pk=depot.pk).update(data={})
        with clock.travel(30 * DAY):
            assert (operations.purge_drafts(), operations.remind_drafts()) == (0, 1)

    @pytest.mark.parametrize("address", ["", "deux@exemple.fr, adresses@exemple.fr"])
    def test_nobody_to_write_to_keeps_none_for_ever(self, owner: Account, address: str) -> None:
        depot = self.begun(owner)
        Account.objects.filter(pk=owner.pk).update(email=address)
        with clock.travel(30 * DAY - self.SECOND):
            assert (operations.remind_drafts(), operations.purge_drafts()) == (0, 0)
        with clock.travel(30 * DAY):
            assert operations.purge_drafts() == 1
        assert not Courrier.objects.filter(about=depot.evidence).exists()
        assert history(subject=depot.evidence) == []

    def test_one_of_a_procedure_that_is_offered_no_more_goes_in_its_time(self, owner: Account) -> None:
        Depot.objects.filter(pk=self.begun(owner).pk).update(teleprocedure="disparue")
        with clock.travel(30 * DAY):
            assert (operations.remind_drafts(), operations.purge_drafts()) == (0, 1)

    def test_one_that_says_nothing_yet_is_named_by_its_procedure(self, owner: Account) -> None:
        depot = operations.start_draft(account=owner, teleprocedure=factories.CODE)
        operations.attach(account=owner, depot=depot, upload=factories.upload())
        with clock.travel(23 * DAY):
            operations.remind_drafts()
        body = Courrier.objects.get(about=depot.evidence).body.replace("\n", " ")
        assert teleprocedure(factories.CODE).label in body

    def test_what_was_submitted_or_given_up_is_no_draft(self, owner: Account, stranger: Account) -> None:
        factories.submitted(owner)
        operations.discard(account=stranger, depot_id=self.begun(stranger).pk)
        with clock.travel(23 * DAY):
            assert operations.remind_drafts() == 0

    def test_its_confirmation_is_recalled_all_the_same(self, owner: Account) -> None:
        depot = factories.draft(owner)
        with clock.travel(23 * DAY):
            assert operations.remind_drafts() == 1
            operations.submit(account=owner, depot_id=depot.pk, accepted_terms=True)
        with clock.travel(25 * DAY):
            assert operations.remind_unconfirmed() == 1

    def test_pages_are_erased_with_their_draft(self, firm: Account) -> None:
        depot = documents.ready(firm)
        assert StoredFile.objects.count() == 4
        with clock.travel(23 * DAY):
            assert operations.remind_drafts() == 1
        with clock.travel(30 * DAY):
            assert operations.purge_drafts() == 1
        assert not Depot.objects.filter(pk=depot.pk).exists()
        assert StoredFile.objects.count() == 0


def found_by_the_antivirus(depot: Depot) -> None:
    """As job ``files.scan`` does, some time after the filing was submitted."""
    contents = depot.files.values_list("stored_id", flat=True)
    StoredFile.objects.filter(pk__in=contents).update(scan="infected", scanned_at=clock.now())


class TestAVirusFoundLate:
    """The antivirus was away when the file came, or learnt something since."""

    def test_the_filer_the_journal_and_the_log_are_told_once(
        self, owner: Account, caplog: pytest.LogCaptureFixture
    ) -> None:
        depot = factories.confirmed(owner)
        factories.confirmed(owner, date="2023-12-31")
        assert operations.report_infections() == 0
        found_by_the_antivirus(depot)
        assert (operations.report_infections(), operations.report_infections()) == (1, 0)
        assert factories.subjects_of(depot)[-1] == "un virus a été trouvé dans un fichier de votre dépôt"
        events = [event for event in history(subject=depot.evidence) if event.kind == "depot.infected"]
        assert [event.data for event in events] == [{"sha256": depot.files.earliest("pk").stored_id}]
        assert str(depot.reference) in caplog.text
        depot.refresh_from_db()
        assert depot.state == State.CONFIRME

    def test_one_found_before_the_filing_was_submitted_is_told_afterwards(self, owner: Account) -> None:
        depot = factories.draft(owner)
        found_by_the_antivirus(depot)
        assert operations.report_infections() == 0
        operations.submit(account=owner, depot_id=depot.pk, accepted_terms=True)
        assert operations.report_infections() == 1

    def test_nobody_is_told_of_what_was_given_up(self, owner: Account) -> None:
        depot = factories.submitted(owner)
        operations.discard(account=owner, depot_id=depot.pk)
        found_by_the_antivirus(depot)
        assert operations.report_infections() == 0


class TestWhatCameToNothing:
    """An expired or cancelled filing keeps its trace for good, and its files for ``VOID_FILES_LIFETIME``."""

    def test_files_are_forgotten_after_their_time_and_the_trace_stays(self, owner: Account) -> None:
        cancelled, expired = factories.submitted(owner), factories.submitted(owner, date="2023-12-31")
        hashes = {depot.pk: {file.stored_id for file in depot.files.all()} for depot in (cancelled, expired)}
        operations.discard(account=owner, depot_id=cancelled.pk)
        with clock.travel(15 * DAY):
            operations.expire_unconfirmed()
        with clock.travel(upkeep.VOID_FILES_LIFETIME - DAY):
            assert operations.forget_void_files() == 0
        with clock.travel(upkeep.VOID_FILES_LIFETIME):
            assert operations.forget_void_files() == 1
        with clock.travel(upkeep.VOID_FILES_LIFETIME + 15 * DAY):
            assert (operations.forget_void_files(), operations.forget_void_files()) == (1, 0)
        for depot in (cancelled, expired):
            depot.refresh_from_db()
            assert not depot.files.exists()
            last = history(subject=depot.evidence)[-1]
            assert (last.kind, set(last.data["files"])) == ("depot.files_forgotten", hashes[depot.pk])
            assert not StoredFile.objects.filter(pk__in=hashes[depot.pk]).exists()

    def test_what_counts_or_may_still_count_keeps_its_files(self, owner: Account) -> None:
        kept = [factories.confirmed(owner), factories.submitted(owner, date="2023-12-31")]
        with clock.travel(10 * upkeep.VOID_FILES_LIFETIME):
            assert operations.forget_void_files() == 0
        assert all(depot.files.exists() for depot in kept)

    def test_a_content_that_another_filing_holds_stays(self, owner: Account) -> None:
        content = factories.pdf()
        for date in ("2024-12-31", "2023-12-31"):
            depot = operations.start_draft(account=owner, teleprocedure=factories.CODE)
            operations.answer(account=owner, depot_id=depot.pk, data=factories.answers(date))
            operations.attach(account=owner, depot=depot, upload=factories.upload(content))
            operations.submit(account=owner, depot_id=depot.pk, accepted_terms=True)
        operations.discard(account=owner, depot_id=depot.pk)
        with clock.travel(upkeep.VOID_FILES_LIFETIME):
            assert operations.forget_void_files() == 1
        assert StoredFile.objects.filter(pk=hashlib.sha256(content).hexdigest()).exists()


class TestOneThatFails:
    """A filing that can't be dealt with does not hold up the others, and does not go unnoticed."""

    @pytest.mark.parametrize(
        ("job", "step", "when", "state"),
        [
            (operations.remind_unconfirmed, "_remind", 2 * DAY, State.A_CONFIRMER),
            (operations.expire_unconfirmed, "_expire", 15 * DAY, State.EXPIRE),
        ],
    )
    def test_the_others_are_dealt_with(
        self,
        job: Callable[[], int],
        step: str,
        when: dt.timedelta,
        state: State,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        filings = [factories.submitted(factories.account(siren=siren)) for siren in factories.SIRENS]
        bad = filings[1]
        _break(monkeypatch, step, bad.pk)
        with clock.travel(when):
            with pytest.raises(ExceptionGroup, match="1 filings failed, 2 changed") as failed:
                job()
            assert str(failed.value.exceptions[0]) == "broken"
            assert str(bad.pk) in caplog.text
            monkeypatch.undo()
            assert job() == 1  # an hour later
        assert set(Depot.objects.values_list("state", flat=True)) == {state}

    def test_the_database_that_refuses_one_goes_on_with_the_next(
        self, owner: Account, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bad = factories.submitted(owner)
        good = factories.submitted(factories.account(siren=factories.SIRENS[1]))
        expire = upkeep._expire

        def broken(depot_id: uuid.UUID) -> bool:
            with transaction.atomic(), connection.cursor() as cursor:
                if depot_id == bad.pk:
                    cursor.execute("UPDATE depots_depot SET subject_name = NULL WHERE id = %s", [depot_id])
                return expire(depot_id)

        monkeypatch.setattr(upkeep, "_expire", broken)
        with clock.travel(15 * DAY), pytest.raises(ExceptionGroup) as failed:
            operations.expire_unconfirmed()
        assert isinstance(failed.value.exceptions[0], IntegrityError)
        good.refresh_from_db()
        assert good.state == State.EXPIRE

    def test_drafts_are_erased_all_the_same(self, owner: Account, monkeypatch: pytest.MonkeyPatch) -> None:
        bad = factories.draft(owner)
        factories.draft(factories.account(siren=factories.SIRENS[1]))
        with clock.travel(upkeep.DRAFT_RECALL):
            operations.remind_drafts()
        _break(monkeypatch, "_erase", bad.pk)
        with clock.travel(upkeep.DRAFT_LIFETIME), pytest.raises(ExceptionGroup):
            operations.purge_drafts()
        assert list(Depot.objects.all()) == [bad]


def _break(monkeypatch: pytest.MonkeyPatch, step: str, depot_id: uuid.UUID) -> None:
    works = getattr(upkeep, step)

    def breaks(which: uuid.UUID) -> bool:
        if which == depot_id:
            raise RuntimeError("broken")
        done: bool = works(which)
        return done

    breaks.__name__ = step
    monkeypatch.setattr(upkeep, step, breaks)
