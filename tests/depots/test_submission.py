"""Submission and confirmation: one filing for one key, whatever people do (000, steps 6 and 7)."""

import datetime as dt
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import IntegrityError, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from guichet.accounts.models import Account
from guichet.courriers.models import Courrier
from guichet.depots import operations, queries
from guichet.depots.definitions import Subject, Unique, teleprocedure
from guichet.depots.models import ConfirmationLink, Depot
from guichet.depots.operations import filing
from guichet.depots.operations.confirmation import TooSoon
from guichet.depots.queries import FilingDiscarded, LinkExpired, LinkUnknown
from guichet.depots.rules import AlreadyFiled, InvalidAnswers, NothingToRectify, StillToConfirm
from guichet.depots.states import IllegalTransition, State
from guichet.journal.queries import history
from guichet.kernel import clock
from guichet.kernel.reference import Reference
from guichet.kernel.refusals import Refusal
from guichet.kernel.tokens import token_hash
from tests.depots import factories

AssertQueries = Callable[[int], AbstractContextManager[None]]
DAY = dt.timedelta(days=1)
SUBJECT = Subject(siren=factories.SIRENS[2], name="Les Amis du Tilleul", capacity="Membre")


def submit(owner: Account, depot: Depot, *, accepted_terms: bool = True) -> Depot:
    return operations.submit(account=owner, depot_id=depot.pk, accepted_terms=accepted_terms)


@pytest.mark.django_db
class TestSubmission:
    def test_it_waits_for_its_confirmation(self, owner: Account) -> None:
        depot = factories.submitted(owner)
        depot.refresh_from_db()
        assert depot.state == State.A_CONFIRMER
        assert Reference.parse(depot.reference or "") == depot.reference
        assert (depot.unique_key, depot.version, depot.siren) == ("2024-12-31", 0, owner.identifier)
        assert depot.submitted_at is not None
        assert depot.expires_at == depot.submitted_at + 15 * DAY
        assert factories.subjects_of(depot) == ["validation de dépôt de dossier"]

    def test_the_token_is_stored_as_its_hash_alone(self, owner: Account) -> None:
        depot = factories.submitted(owner)
        token = factories.token_of(depot)
        assert [link.token_hash for link in ConfirmationLink.objects.all()] == [token_hash(token)]
        assert Courrier.objects.get(about=depot.evidence).secret

    def test_the_evidence_holds_hashes_and_no_name(self, owner: Account) -> None:
        depot = factories.submitted(owner)
        [event] = history(subject=depot.evidence)
        files = list(depot.files.all())
        assert event.actor == owner.subject
        assert event.data["files"] == [{"kind": f.kind, "sha256": f.stored_id, "size": f.size} for f in files]
        assert not [secret for secret in ("Tilleul", "@", "comptes.pdf") if secret in str(event.data)]

    def test_twice_is_as_once(self, owner: Account) -> None:
        depot = factories.submitted(owner)
        again = submit(owner, depot)
        assert (again.reference, again.state) == (depot.reference, State.A_CONFIRMER)
        assert len(factories.subjects_of(depot)) == 1

    def test_terms_are_to_be_accepted(self, owner: Account) -> None:
        depot = factories.draft(owner)
        with pytest.raises(filing.TermsNotAccepted):
            submit(owner, depot, accepted_terms=False)
        assert submit(owner, depot).terms_version == teleprocedure(factories.CODE).terms_version

    def test_answers_are_checked_again_and_kept(self, owner: Account) -> None:
        depot = factories.draft(owner, date="2099-12-31")
        with pytest.raises(InvalidAnswers) as refused:
            submit(owner, depot)
        assert set(refused.value.errors) == {"date_cloture"}
        kept = queries.one(account=owner, depot_id=depot.pk)
        assert (kept.state, kept.data["date_cloture"], len(kept.files.all())) == (
            State.BROUILLON,
            "2099-12-31",
            2,
        )

    def test_nothing_to_file(self, owner: Account) -> None:
        depot = operations.start_draft(account=owner, teleprocedure=factories.CODE)
        operations.answer(account=owner, depot_id=depot.pk, data=factories.answers())
        with pytest.raises(filing.NoFile):
            submit(owner, depot)

    def test_a_draft_given_up_is_not_filed(self, owner: Account) -> None:
        depot = factories.draft(owner)
        operations.discard(account=owner, depot_id=depot.pk)
        with pytest.raises(IllegalTransition):
            submit(owner, depot)

    def test_the_published_pdf_is_made_if_it_is_not_there(self, owner: Account) -> None:
        depot = factories.draft(owner)
        depot.files.filter(kind="published").delete()
        submit(owner, depot)
        assert queries.published(queries.one(account=owner, depot_id=depot.pk)) is not None

    def test_a_place_taken_between_look_and_write_is_explained(
        self, owner: Account, stranger: Account, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What a second browser meets: it sees a free place, and the database refuses its write."""
        monkeypatch.setitem(teleprocedure(factories.CODE).__dict__, "subject", lambda *_: SUBJECT)
        factories.submitted(stranger)
        depot, look, looks = factories.draft(owner), filing._version, []

        def blind_once(code: str, siren: str, unique: Unique) -> int:
            looks.append(unique.key)
            return look(code, siren, unique) if len(looks) > 1 else 0

        monkeypatch.setattr(filing, "_version", blind_once)
        with pytest.raises(StillToConfirm):
            submit(owner, depot)
        assert len(looks) == 2
        assert queries.one(account=owner, depot_id=depot.pk).state == State.BROUILLON

    def test_it_costs_few_queries(
        self, owner: Account, assert_queries: Callable[[int], AbstractContextManager[None]]
    ) -> None:
        depot = factories.draft(owner)
        with assert_queries(11):
            submit(owner, depot)


def awaiting_initial(owner: Account) -> None:
    factories.submitted(owner)


def confirmed_initial(owner: Account) -> None:
    factories.confirmed(owner)


def awaiting_rectification(owner: Account) -> None:
    factories.confirmed(owner)
    factories.submitted(owner, nature="rectificatif")


def rectified(owner: Account) -> None:
    factories.confirmed(owner)
    factories.confirmed(owner, nature="rectificatif")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("before", "nature", "outcome"),
    [
        (awaiting_initial, "initial", StillToConfirm),
        (awaiting_initial, "rectificatif", StillToConfirm),
        (confirmed_initial, "initial", AlreadyFiled),
        (confirmed_initial, "rectificatif", 1),
        (awaiting_rectification, "initial", StillToConfirm),
        (awaiting_rectification, "rectificatif", StillToConfirm),
        (rectified, "initial", AlreadyFiled),
        (rectified, "rectificatif", 2),
        (lambda _: None, "initial", 0),
        (lambda _: None, "rectificatif", NothingToRectify),
    ],
)
def test_initial_or_rectification(
    owner: Account, before: Callable[[Account], None], nature: str, outcome: type[Refusal] | int
) -> None:
    before(owner)
    depot = factories.draft(owner, nature=nature)
    if isinstance(outcome, int):
        assert submit(owner, depot).version == outcome
        return
    with pytest.raises(outcome) as refused:
        submit(owner, depot)
    assert type(refused.value) is outcome
    assert "31 décembre 2024" in str(refused.value)


@pytest.mark.django_db
def test_another_closing_date_or_another_association_has_its_own_place(owner: Account) -> None:
    factories.submitted(owner)
    factories.submitted(owner, date="2023-12-31")
    factories.submitted(factories.account(siren=factories.SIRENS[1]))
    assert Depot.objects.filter(state=State.A_CONFIRMER).count() == 3


@pytest.mark.django_db
class TestConfirmation:
    def test_it_counts_from_then_on(self, owner: Account) -> None:
        depot = factories.confirmed(owner)
        assert (depot.state, depot.confirmed_at is not None) == (State.CONFIRME, True)
        job = ProcrastinateJob.objects.get(task_name="depots.issue_receipt")
        assert job.args == {"depot_id": str(depot.pk)}

    def test_the_link_used_twice_gives_the_same_filing(self, owner: Account) -> None:
        depot = factories.confirmed(owner)
        token = factories.token_of(depot)
        with clock.travel(30 * DAY):
            again = operations.confirm(token=token)
        assert (again.pk, again.confirmed_at) == (depot.pk, depot.confirmed_at)
        assert ProcrastinateJob.objects.filter(task_name="depots.issue_receipt").count() == 1

    def test_the_link_of_a_replaced_filing_still_shows_it(self, owner: Account) -> None:
        depot = factories.confirmed(owner)
        factories.confirmed(owner, nature="rectificatif")
        assert operations.confirm(token=factories.token_of(depot)).state == State.REMPLACE

    @pytest.mark.parametrize("cut", ["", "x", "é\0", "a" * 1000])
    def test_a_link_that_is_no_link(self, cut: str) -> None:
        with pytest.raises(LinkUnknown):
            operations.confirm(token=cut)

    def test_a_link_cut_by_a_mail_program(self, owner: Account) -> None:
        token = factories.token_of(factories.submitted(owner))
        with pytest.raises(LinkUnknown):
            operations.confirm(token=token[:12])
        assert operations.confirm(token=f" {token}\n").state == State.CONFIRME

    def test_the_last_moment_and_the_one_after(self, owner: Account) -> None:
        depot = factories.submitted(owner)
        token = factories.token_of(depot)
        with clock.travel(15 * DAY), pytest.raises(LinkExpired):
            operations.confirm(token=token)
        with clock.travel(15 * DAY - dt.timedelta(minutes=1)):
            assert operations.confirm(token=token).state == State.CONFIRME

    def test_a_filing_given_up(self, owner: Account) -> None:
        depot = factories.submitted(owner)
        operations.discard(account=owner, depot_id=depot.pk)
        with pytest.raises(FilingDiscarded):
            operations.confirm(token=factories.token_of(depot))
        assert factories.submitted(owner).version == 0

    def test_a_rectification_replaces_and_erases_nothing(self, owner: Account) -> None:
        initial = factories.confirmed(owner)
        rectification = factories.submitted(owner, nature="rectificatif")
        initial.refresh_from_db()
        assert initial.state == State.CONFIRME  # until the rectification is confirmed
        operations.confirm(token=factories.token_of(rectification))
        initial.refresh_from_db()
        assert (initial.state, initial.superseded_by_id) == (State.REMPLACE, rectification.pk)
        assert initial.files.count() == 2
        assert [event.kind for event in history(subject=initial.evidence)][-1] == "depot.superseded"

    def test_a_new_message_leaves_the_first_link_valid(self, owner: Account) -> None:
        depot = factories.submitted(owner)
        first = factories.token_of(depot)
        with pytest.raises(TooSoon):
            operations.resend_confirmation(account=owner, depot_id=depot.pk)
        with clock.travel(dt.timedelta(minutes=2)):
            operations.resend_confirmation(account=owner, depot_id=depot.pk)
        assert factories.token_of(depot) != first
        assert operations.confirm(token=first).state == State.CONFIRME
        with pytest.raises(IllegalTransition):
            operations.resend_confirmation(account=owner, depot_id=depot.pk)


@pytest.mark.django_db
def test_the_public_page_knows_only_what_was_filed(owner: Account) -> None:
    waiting = factories.submitted(owner)
    assert queries.by_verification_code(code=waiting.verification_code or "") is None
    filed = operations.confirm(token=factories.token_of(waiting))
    assert queries.by_verification_code(code=filed.verification_code or "") == filed
    factories.confirmed(owner, nature="rectificatif")
    replaced = queries.by_verification_code(code=filed.verification_code or "")
    assert replaced is not None
    assert replaced.superseded_by is not None
    assert queries.by_verification_code(code="") is None


@pytest.mark.django_db
@pytest.mark.parametrize("state", [State.A_CONFIRMER, State.CONFIRME, State.REMPLACE])
def test_the_database_holds_one_live_filing(owner: Account, state: State) -> None:
    depot = factories.confirmed(owner)
    depot.reference, depot.verification_code, depot.state = "other", "other", state
    depot.pk, depot._state.adding = uuid.uuid4(), True
    with pytest.raises(IntegrityError), transaction.atomic():
        depot.save()
