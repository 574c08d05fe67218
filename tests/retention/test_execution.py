"""The daily job, at the exact edge of each duration."""

import datetime as dt
from typing import Any

import pytest

from guichet.accounts.models import Account
from guichet.courriers.models import Courrier, Pli
from guichet.depots.models import Depot
from guichet.depots.operations.leaving import ERASED, MARK
from guichet.espaces.agents.definition import AGENTS
from guichet.files.models import StoredFile
from guichet.instruction.models import Message
from guichet.journal import verification
from guichet.journal.models import Event
from guichet.kernel import clock
from guichet.retention import operations
from guichet.retention.models import Closure, Export, Notice
from guichet.retention.operations import execution
from guichet.web.filing.presentation import answers_of
from tests.depots import factories
from tests.retention.conftest import IDLE, MOMENT, NOTICE, TERM


def door(report: operations.Report) -> dict[str, int]:
    return report.espaces["association"]


def after(*lengths: dt.timedelta) -> operations.Report:
    """What the job does once that time has passed."""
    with clock.travel(sum(lengths, dt.timedelta())):
        return operations.execute()


def test_an_account_is_left_alone_until_its_time_is_over(account: Account) -> None:
    assert door(after(IDLE, -MOMENT * 60))["warned"] == 0
    assert door(after(IDLE, MOMENT))["warned"] == 1


def test_whoever_never_signed_in_is_idle_since_they_registered(account: Account) -> None:
    Account.objects.update(last_sign_in_at=None)
    assert door(after(IDLE, -MOMENT * 60))["warned"] == 0
    assert door(after(IDLE, MOMENT))["warned"] == 1


def test_the_warning_names_the_day_and_is_sent_once(account: Account) -> None:
    after(IDLE, MOMENT)
    after(IDLE, MOMENT * 2)
    [letter] = Courrier.objects.filter(template="retention/compte_inactif")
    assert letter.recipient == account.email
    assert "sera fermé le" in letter.subject
    assert "/association/connexion/" in letter.body


def test_the_account_is_closed_when_the_notice_is_over_and_not_a_moment_before(account: Account) -> None:
    after(IDLE, MOMENT)
    notice = Notice.objects.get()
    left = notice.closes_at - clock.now()
    assert door(after(left, -MOMENT))["closed"] == 0
    assert door(after(left, MOMENT))["closed"] == 1
    assert Closure.objects.get().reason == "idle"
    account.refresh_from_db()
    assert account.email == ""


def test_nothing_is_closed_without_a_warning_whatever_the_clock_says(account: Account) -> None:
    report = after(IDLE * 20)
    assert door(report) == {"warned": 1, "closed": 0, "filings": 0}


def test_signing_in_keeps_the_account(account: Account) -> None:
    after(IDLE, MOMENT)
    with clock.travel(IDLE + NOTICE / 2):
        Account.objects.update(last_sign_in_at=clock.now())
    assert door(after(IDLE, NOTICE, MOMENT * 60))["closed"] == 0
    assert not Notice.objects.exists()


def test_given_accounts_are_never_closed_by_the_job(account: Account) -> None:
    Account.objects.update(espace=AGENTS.code)
    assert after(IDLE * 3).espaces[AGENTS.code] == {"warned": 0, "closed": 0, "filings": 0}


def test_an_old_filing_loses_its_person_and_keeps_what_it_proves(account: Account) -> None:
    depot = factories.confirmed(account)
    Message.objects.create(depot=depot, text="Où est la page 3 ?", at=clock.now())
    assert door(after(TERM, -MOMENT * 60))["filings"] == 0
    assert door(after(TERM, MOMENT * 60))["filings"] == 1
    depot.refresh_from_db()
    assert (depot.data["adresse"], depot.data["courriel"]) == (ERASED, ERASED)
    assert (depot.data["date_cloture"], bool(depot.reference)) == ("2024-12-31", True)
    assert not depot.links.exists()
    assert Message.objects.get().text == ""


def test_what_stands_in_a_mailbox_about_an_old_filing_goes_with_its_person(account: Account) -> None:
    depot = factories.confirmed(account)
    for about in (depot.evidence, account.subject):
        Pli.objects.create(
            box=account.subject, about=about, template="essai", subject="S", body="B", created_at=clock.now()
        )
    Account.objects.update(last_sign_in_at=clock.now() + TERM)  # they come in still
    after(TERM, -MOMENT * 60)
    assert Pli.objects.count() == 2
    after(TERM, MOMENT * 60)
    assert [pli.about for pli in Pli.objects.all()] == [account.subject]


def test_its_page_can_still_be_shown(account: Account) -> None:
    depot = factories.confirmed(account)
    after(TERM, MOMENT * 60)
    depot.refresh_from_db()
    assert ERASED in str(answers_of(depot))


def test_the_second_run_changes_nothing(account: Account) -> None:
    factories.confirmed(account)
    after(TERM, MOMENT * 60)
    marked = Depot.objects.get().data[MARK]
    again = after(TERM, dt.timedelta(days=1))
    assert door(again)["filings"] == 0
    assert Depot.objects.get().data[MARK] == marked


def test_more_filings_than_a_batch(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution, "BATCH", 2)
    for year in range(2020, 2025):
        factories.confirmed(account, date=f"{year}-12-31")
    assert door(after(TERM, MOMENT * 60))["filings"] == 5


def test_each_run_is_journalled_with_numbers_alone(account: Account) -> None:
    after(IDLE, MOMENT)
    event = Event.objects.get(subject="espace:association", kind="retention.executed")
    assert event.data == {"warned": 1, "closed": 0, "filings": 0}
    assert verification.verify().ok


def test_one_account_that_fails_holds_up_no_other(
    account: Account, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    other = factories.account(siren=factories.SIRENS[1])
    real = execution._write

    def fails_for_one(who: Account, *rest: Any) -> None:
        if who.pk == account.pk:
            raise OSError("disk")
        real(who, *rest)

    monkeypatch.setattr(execution, "_write", fails_for_one)
    with pytest.raises(ExceptionGroup):
        after(IDLE, MOMENT * 60)
    assert list(Notice.objects.values_list("account", flat=True)) == [other.pk]
    assert account.email not in caplog.text


def test_a_copy_is_forgotten_after_a_week(account: Account) -> None:
    operations.ask_export(account=account)
    operations.build_export(account_id=str(account.pk))
    stored = Export.objects.get().stored_id
    assert after(dt.timedelta(days=7), -MOMENT * 60).copies == 0
    assert after(dt.timedelta(days=7), MOMENT).copies == 1
    assert not Export.objects.exists()
    assert not StoredFile.objects.filter(pk=stored).exists()
