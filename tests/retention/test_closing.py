"""« Fermer votre compte »: the person is gone, what was filed stays, and nobody inherits it."""

from typing import Any

import pytest
from django.apps import apps
from django.db import transaction

from guichet.accounts import operations as accounts
from guichet.accounts.models import Account, Session, Token
from guichet.accounts.rules import Client
from guichet.courriers import operations as courriers
from guichet.courriers.models import Courrier, Pli
from guichet.depots import operations as depots
from guichet.depots import queries as depot_queries
from guichet.depots import receipts
from guichet.depots.models import Depot
from guichet.depots.rules import AlreadyFiled
from guichet.depots.states import State
from guichet.espaces.agents.definition import AGENTS
from guichet.files import queries as files
from guichet.files.models import StoredFile
from guichet.journal import verification
from guichet.journal.queries import history
from guichet.kernel import clock
from guichet.retention import operations, queries
from guichet.retention.models import Closure
from guichet.retention.operations.closing import end
from tests.depots import factories
from tests.retention.conftest import PASSWORD

VISIT = Client(address="192.0.2.7", agent="")
PERSONAL = ("tresorier-732829320@exemple.fr", "12 rue des Tilleuls", "Les Amis du Tilleul")


def close(account: Account) -> Account:
    operations.close(account=account, password=PASSWORD)
    return Account.objects.get(pk=account.pk)


def test_a_wrong_password_closes_nothing(account: Account) -> None:
    with pytest.raises(accounts.WrongPassword):
        operations.close(account=account, password="un autre")
    account.refresh_from_db()
    assert account.email
    assert not Closure.objects.exists()


def test_nothing_of_the_person_is_left_in_the_account(account: Account) -> None:
    accounts.ask_recovery(espace="association", identifier=account.identifier, client=VISIT)
    accounts.ask_email_change(account=account, email="neuve@exemple.fr", password=PASSWORD)
    closed = close(account)
    assert (closed.email, closed.profile) == ("", {})
    assert not closed.has_usable_password()
    assert not Session.objects.filter(account=account).exists()
    assert not Token.objects.filter(account=account).exists()


def test_nobody_signs_in_any_more(account: Account) -> None:
    close(account)
    for identifier in (account.identifier, f"ferme:{account.pk}"):
        with pytest.raises(accounts.SignInRefused):
            accounts.sign_in(espace="association", identifier=identifier, password=PASSWORD, client=VISIT)


def test_no_table_holds_the_address_once_the_farewell_is_sent(account: Account) -> None:
    """Every text of every table is searched, so that a table that is added later is searched too."""
    factories.draft(account)
    close(account)
    for courrier in Courrier.objects.filter(status="pending"):
        courriers.deliver(courrier_id=courrier.pk)
    operations.execute()
    assert [found for found in everywhere() if any(word in found[1] for word in PERSONAL)] == []


def everywhere() -> list[tuple[str, str]]:
    """Each row of each of our tables, as text."""
    rows: list[tuple[str, str]] = []
    for model in apps.get_models():
        if model.__module__.startswith("guichet."):
            rows += [(model.__name__, str(list(row))) for row in model._default_manager.values_list()]
    return rows


def test_drafts_are_erased_with_their_files(account: Account) -> None:
    depot = factories.draft(account)
    contents = [
        file.stored_id
        for file in depot_queries.received(depot_queries.one(account=account, depot_id=depot.pk))
    ]
    close(account)
    assert not Depot.objects.exists()
    assert not StoredFile.objects.filter(pk__in=contents).exists()


def test_what_waits_for_confirmation_is_cancelled_and_its_link_says_so(account: Account) -> None:
    depot = factories.submitted(account)
    token = factories.token_of(depot)
    close(account)
    depot.refresh_from_db()
    assert depot.state == State.ABANDONNE
    with pytest.raises(depot_queries.FilingDiscarded):
        depots.confirm(token=token)


def test_what_was_filed_stays_with_its_proof(account: Account) -> None:
    depot = factories.confirmed(account)
    close(account)
    depot.refresh_from_db()
    assert (depot.state, depot.subject_name) == (State.CONFIRME, "Les Amis du Tilleul")
    proof = receipts.ensure(depot_id=depot.pk)
    with files.open_stored(sha256=proof.stored_id) as content:
        assert receipts.verify(content.read()).ok


def test_the_receipt_names_the_siren_even_if_it_had_not_been_made_yet(account: Account) -> None:
    depot = factories.confirmed(account)
    assert not hasattr(depot, "receipt")
    close(account)
    assert Depot.objects.get(pk=depot.pk).receipt


def test_the_decision_on_what_was_filed_can_still_be_taken(account: Account) -> None:
    depot = factories.confirmed(account)
    close(account)
    depots.refuse(depot_id=depot.pk, actor="system", reason="Une page manque.")
    depot.refresh_from_db()
    assert depot.state == State.REFUSE
    assert not Courrier.objects.filter(about=depot.evidence).exclude(recipient="").exists()


def test_messages_that_wait_are_given_up_and_those_that_left_forgotten(account: Account) -> None:
    depot = factories.submitted(account)
    close(account)
    told = Courrier.objects.filter(about=depot.evidence)
    assert set(told.values_list("status", "recipient", "body")) == {("abandoned", "", "")}


def test_the_mailbox_inside_the_portal_is_emptied(account: Account) -> None:
    for box in (account.subject, "account:another"):
        Pli.objects.create(
            box=box, about="depot:1", template="essai", subject="S", body="B", created_at=clock.now()
        )
    close(account)
    assert list(Pli.objects.values_list("box", flat=True)) == ["account:another"]


def test_the_last_message_says_what_became_of_it(account: Account) -> None:
    factories.confirmed(account)
    close(account)
    farewell = Courrier.objects.get(template="retention/compte_ferme")
    assert farewell.recipient == account.email
    assert "1 dépôt reste enregistré" in farewell.body


def test_the_journal_tells_it_without_a_name_and_verifies(account: Account) -> None:
    factories.confirmed(account)
    close(account)
    event = history(subject=account.subject)[-1]
    assert (event.kind, event.actor) == ("account.closed", account.subject)
    assert event.data == {"reason": "person", "filings": 1}
    assert verification.verify().ok


def test_closing_twice_is_as_once(account: Account) -> None:
    close(account)
    with transaction.atomic():
        assert not end(account, reason=Closure.Reason.IDLE, actor="system")
    kinds = [event.kind for event in history(subject=account.subject)]
    assert kinds.count("account.closed") == 1


def registers_again(account: Account) -> Account:
    details: dict[str, Any] = {"espace": "association", "identifier": account.identifier, "client": VISIT}
    accounts.register(**details, email="nouvelle@exemple.fr", profile=account.profile)
    letter = Courrier.objects.filter(body__contains="/a/").latest("pk")
    return accounts.activate(token=letter.body.split("/a/")[1].split()[0])


def test_the_siren_is_free_and_the_new_account_sees_nothing_of_the_old(account: Account) -> None:
    depot = factories.confirmed(account)
    close(account)
    new = registers_again(account)
    assert new.pk != account.pk
    assert depot_queries.of_account(account=new) == []
    with pytest.raises(depot_queries.DepotNotFound):
        depot_queries.one(account=new, depot_id=depot.pk)


def test_the_new_account_files_a_rectification_of_what_the_old_one_filed(account: Account) -> None:
    former = factories.confirmed(account)
    close(account)
    new = registers_again(account)
    with pytest.raises(AlreadyFiled):
        factories.submitted(new)
    Depot.objects.filter(account=new).delete()
    later = factories.confirmed(new, nature="rectificatif")
    former.refresh_from_db()
    assert (later.version, former.state) == (1, State.REMPLACE)


def test_a_given_account_is_not_closed_by_its_person(account: Account) -> None:
    account.espace = AGENTS.code
    account.save()
    with pytest.raises(operations.ClosedByOthers):
        operations.close(account=account, password=PASSWORD)


def test_what_is_at_stake_is_told_in_numbers(account: Account) -> None:
    factories.confirmed(account)
    factories.submitted(account, date="2023-12-31")
    factories.draft(account, date="2022-12-31")
    assert queries.at_stake(account=account) == queries.Stake(drafts=1, unconfirmed=1, undecided=1, filed=1)
