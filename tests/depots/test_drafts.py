"""Drafts: nothing typed or uploaded is lost, and nobody else's can be seen."""

import datetime as dt
import io
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pikepdf
import pytest

from guichet.accounts.models import Account
from guichet.depots import operations, queries
from guichet.depots.definitions import FileRules, teleprocedure
from guichet.depots.models import Depot, DepotFile
from guichet.depots.operations import uploads
from guichet.depots.operations.drafts import AlreadySubmitted, NotForThisEspace
from guichet.depots.operations.uploads import FileGone, FileRefused, TooBigTogether, TooManyFiles
from guichet.depots.queries import DepotNotFound
from guichet.depots.states import IllegalTransition, State
from guichet.files import checks
from guichet.files import queries as stored_files
from guichet.files.models import StoredFile
from guichet.kernel import clock
from tests.depots import factories

pytestmark = pytest.mark.django_db
Queries = Callable[[int], AbstractContextManager[None]]
OnCommit = Callable[..., AbstractContextManager[object]]


@pytest.fixture
def depot(owner: Account) -> Depot:
    return operations.start_draft(account=owner, teleprocedure=factories.CODE)


def names(depot: Depot, kind: DepotFile.Kind = DepotFile.Kind.RECEIVED) -> list[str]:
    return list(
        DepotFile.objects.filter(depot=depot, kind=kind).order_by("position").values_list("name", flat=True)
    )


def attach(
    owner: Account, depot: Depot, name: str = "comptes.pdf", content: bytes | None = None
) -> DepotFile:
    return operations.attach(account=owner, depot=depot, upload=factories.upload(content, name))


def limit(monkeypatch: pytest.MonkeyPatch, rules: FileRules) -> None:
    monkeypatch.setitem(teleprocedure(factories.CODE).__dict__, "files", rules)


def test_a_draft_that_was_begun_is_taken_up_again(owner: Account, depot: Depot) -> None:
    assert operations.start_draft(account=owner, teleprocedure=factories.CODE) == depot
    assert (depot.siren, depot.subject_name) == (owner.identifier, "Les Amis du Tilleul")


def test_a_procedure_of_another_door_can_not_be_begun(owner: Account) -> None:
    owner.espace = "prive"
    with pytest.raises(NotForThisEspace):
        operations.start_draft(account=owner, teleprocedure=factories.CODE)


def test_answers_are_kept_even_when_they_do_not_hold(owner: Account, depot: Depot) -> None:
    operations.answer(account=owner, depot_id=depot.pk, data={"date_cloture": "31/02/2026"})
    operations.answer(account=owner, depot_id=depot.pk, data={"nature": "a\0b\ud800", "long": "x" * 20_000})
    data = queries.one(account=owner, depot_id=depot.pk).data
    assert data["date_cloture"] == "31/02/2026"
    assert (data["nature"], len(data["long"])) == ("ab", 10_000)


@pytest.mark.parametrize("wrong", [uuid.uuid4(), "nonsense", ""])
def test_an_unknown_filing_is_not_found(owner: Account, wrong: object) -> None:
    with pytest.raises(DepotNotFound):
        queries.one(account=owner, depot_id=str(wrong))


def test_a_strangers_filing_looks_as_if_it_did_not_exist(
    owner: Account, stranger: Account, depot: Depot
) -> None:
    file = attach(owner, depot)
    asked: dict[str, Any] = {"account": stranger, "depot_id": depot.pk}
    attempts: list[Callable[[], object]] = [
        lambda: queries.one(**asked),
        lambda: operations.answer(**asked, data={}),
        lambda: operations.attach(account=stranger, depot=depot, upload=factories.upload()),
        lambda: operations.detach(**asked, file_id=file.pk),
        lambda: operations.move(**asked, file_id=file.pk, direction="up"),
        lambda: operations.submit(**asked, accepted_terms=True),
        lambda: operations.discard(**asked),
        lambda: operations.resend_confirmation(**asked),
    ]
    for attempt in attempts:
        with pytest.raises(DepotNotFound):
            attempt()
    assert queries.of_account(account=stranger) == []


def test_one_sound_pdf_is_published_as_it_came(owner: Account, depot: Depot) -> None:
    file = attach(owner, depot)
    published = queries.published(queries.one(account=owner, depot_id=depot.pk))
    assert published is not None
    assert (published.stored_id, published.name, published.changes) == (file.stored_id, file.name, [])


def with_author() -> bytes:
    """A PDF in which something is to be changed before it is published."""
    with pikepdf.open(io.BytesIO(factories.pdf())) as document:
        document.docinfo["/Author"] = "Camille Fictive"
        written = io.BytesIO()
        document.save(written)
    return written.getvalue()


def test_the_first_file_is_checked_and_copied_at_once(
    owner: Account, depot: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = with_author()
    with monkeypatch.context() as patch:
        patch.delattr(checks, "assemble")
        attach(owner, depot, "comptes.PDF", content)
    published = queries.published(queries.one(account=owner, depot_id=depot.pk))
    assert published is not None
    assert (published.name, published.pages, len(published.changes)) == ("comptes.pdf", 1, 1)
    with stored_files.open_stored(sha256=published.stored_id) as copy:
        assert b"Camille" not in copy.read()
    assert stored_files.verify(sha256=published.stored_id) == "sound"


def test_a_copy_that_was_not_made_at_once_is_made_with_more_patience(
    owner: Account, depot: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = with_author()
    monkeypatch.setattr(checks, "RECEIVE", checks.CHECK)  # which may write nothing
    attach(owner, depot, "un.pdf", content)
    assert names(depot, DepotFile.Kind.PUBLISHED) == ["un.pdf"]


def test_a_file_that_comes_meanwhile_is_joined_too(
    owner: Account, depot: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two tabs: each sees a draft without files, and makes the copy of its own file alone."""
    receive = checks.receive

    def overtaken(*arguments: Any, **named: Any) -> Any:
        monkeypatch.setattr(checks, "receive", receive)
        attach(owner, depot, "premier.pdf", with_author())
        return receive(*arguments, **named)

    monkeypatch.setattr(checks, "receive", overtaken)
    attach(owner, depot, "second.pdf", with_author())
    published = queries.published(queries.one(account=owner, depot_id=depot.pk))
    assert published is not None
    assert (names(depot), published.pages) == (["premier.pdf", "second.pdf"], 2)


def test_one_upload_that_arrives_twice_at_once_is_joined_once(owner: Account, depot: Depot) -> None:
    seen = queries.one(account=owner, depot_id=depot.pk)  # by both, before either has joined its file
    content = factories.pdf()
    once, again = factories.upload(content, "comptes.pdf"), factories.upload(content, "comptes.pdf")
    operations.attach(account=owner, depot=seen, upload=once)
    with pytest.raises(operations.AlreadyJoined):
        operations.attach(account=owner, depot=seen, upload=again)
    again.path.unlink()
    assert names(depot) == ["comptes.pdf"]
    assert names(depot, DepotFile.Kind.PUBLISHED) == ["comptes.pdf"]


@pytest.mark.parametrize("content", [factories.pdf, with_author])
def test_attaching_the_first_file_costs_few_queries(
    owner: Account, depot: Depot, content: Callable[[], bytes], assert_queries: Queries
) -> None:
    seen, upload = queries.one(account=owner, depot_id=depot.pk), factories.upload(content())
    with assert_queries(8):  # of which a savepoint, which is a transaction outside of tests
        operations.attach(account=owner, depot=seen, upload=upload)


def test_several_files_make_one_pdf_in_their_order(owner: Account, depot: Depot) -> None:
    one, two = attach(owner, depot, "un.pdf"), attach(owner, depot, "deux.pdf", factories.pdf(2))
    first = queries.published(queries.one(account=owner, depot_id=depot.pk))
    operations.move(account=owner, depot_id=depot.pk, file_id=two.pk, direction="up")
    second = queries.published(queries.one(account=owner, depot_id=depot.pk))
    assert names(depot) == ["deux.pdf", "un.pdf"]
    assert first is not None
    assert second is not None
    assert first.pages == second.pages == 3
    assert first.stored_id != second.stored_id
    operations.detach(account=owner, depot_id=depot.pk, file_id=two.pk)
    assert names(depot) == ["un.pdf"]
    alone = queries.published(queries.one(account=owner, depot_id=depot.pk))
    assert alone is not None
    assert alone.stored_id == one.stored_id
    operations.detach(account=owner, depot_id=depot.pk, file_id=one.pk)
    assert names(depot, DepotFile.Kind.PUBLISHED) == []


def test_contents_that_nothing_holds_any_more_are_forgotten(
    owner: Account, depot: Depot, django_capture_on_commit_callbacks: OnCommit
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        kept, dropped = attach(owner, depot, "un.pdf"), attach(owner, depot, "deux.pdf")
        merged = queries.published(queries.one(account=owner, depot_id=depot.pk))
        operations.detach(account=owner, depot_id=depot.pk, file_id=dropped.pk)
    assert merged is not None
    left = set(StoredFile.objects.values_list("pk", flat=True))
    assert kept.stored_id in left
    assert not {dropped.stored_id, merged.stored_id} & left


def test_moving_past_an_end_changes_nothing(owner: Account, depot: Depot) -> None:
    one, two = attach(owner, depot, "un.pdf"), attach(owner, depot, "deux.pdf")
    operations.move(account=owner, depot_id=depot.pk, file_id=one.pk, direction="up")
    operations.move(account=owner, depot_id=depot.pk, file_id=two.pk, direction="down")
    assert names(depot) == ["un.pdf", "deux.pdf"]


def test_a_file_taken_away_twice_is_gone(owner: Account, depot: Depot) -> None:
    file = attach(owner, depot)
    operations.detach(account=owner, depot_id=depot.pk, file_id=file.pk)
    with pytest.raises(FileGone):
        operations.detach(account=owner, depot_id=depot.pk, file_id=file.pk)


def test_a_refused_file_says_why_and_leaves_the_others(owner: Account, depot: Depot) -> None:
    attach(owner, depot, "bon.pdf")
    with pytest.raises(FileRefused) as refused:
        attach(owner, depot, "vide.pdf", b"")
    assert refused.value.reason == "empty"
    assert "vide" in str(refused.value)
    assert names(depot) == ["bon.pdf"]


def test_files_that_can_not_be_joined_leave_the_draft_as_it_was(
    owner: Account, depot: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    attach(owner, depot, "bon.pdf")

    def refuse(*_: object, **__: object) -> None:
        raise checks.CannotAssemble

    monkeypatch.setattr(checks, "assemble", refuse)
    with pytest.raises(checks.CannotAssemble):
        attach(owner, depot, "autre.pdf")
    assert names(depot) == names(depot, DepotFile.Kind.PUBLISHED) == ["bon.pdf"]


def test_limits_hold_to_the_last_file_and_byte(
    owner: Account, depot: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = factories.pdf()
    limit(monkeypatch, FileRules(max_files=2, max_total=2 * len(content)))
    attach(owner, depot, content=content)
    with pytest.raises(TooBigTogether):
        attach(owner, depot, content=content + b"\n")
    attach(owner, depot, content=content)
    with pytest.raises(TooManyFiles):
        attach(owner, depot, content=content)


def test_pages_are_counted_together(owner: Account, depot: Depot, monkeypatch: pytest.MonkeyPatch) -> None:
    limit(monkeypatch, FileRules(max_pages=3))
    attach(owner, depot, content=factories.pdf(2))
    with pytest.raises(uploads.TooManyPagesTogether):
        attach(owner, depot, content=factories.pdf(2))
    assert len(names(depot)) == 1


def test_a_filing_that_was_transmitted_can_not_be_changed(owner: Account) -> None:
    depot = factories.submitted(owner)
    with pytest.raises(AlreadySubmitted):
        operations.answer(account=owner, depot_id=depot.pk, data={"nature": "rectificatif"})
    with pytest.raises(AlreadySubmitted):
        attach(owner, depot)
    assert len(names(depot)) == 1


def test_a_draft_given_up_leaves_room_for_another(owner: Account, depot: Depot) -> None:
    operations.discard(account=owner, depot_id=depot.pk)
    operations.discard(account=owner, depot_id=depot.pk)
    assert operations.start_draft(account=owner, teleprocedure=factories.CODE) != depot
    assert [each.state for each in queries.of_account(account=owner)] == [State.BROUILLON]


def test_a_confirmed_filing_can_not_be_given_up(owner: Account) -> None:
    depot = factories.confirmed(owner)
    with pytest.raises(IllegalTransition):
        operations.discard(account=owner, depot_id=depot.pk)


def test_a_list_of_twenty_costs_no_more_queries_than_one(owner: Account, assert_queries: Queries) -> None:
    for year in range(2000, 2005):
        factories.submitted(owner, date=f"{year}-12-31")
    with assert_queries(1):
        assert len(queries.of_account(account=owner)) == 5


def test_old_drafts_are_erased_with_their_files(owner: Account, stranger: Account) -> None:
    shared = factories.pdf()
    kept = factories.submitted(stranger)
    old = factories.draft(owner)
    attach(stranger, operations.start_draft(account=stranger, teleprocedure=factories.CODE), content=shared)
    attach(owner, old, content=shared)
    contents = set(StoredFile.objects.values_list("pk", flat=True))
    with clock.travel(dt.timedelta(days=23)):
        assert operations.remind_drafts() == 2
    with clock.travel(dt.timedelta(days=29)):
        operations.answer(
            account=stranger, depot_id=Depot.objects.get(account=stranger, state="brouillon").pk, data={}
        )
        assert operations.purge_drafts() == 0
    with clock.travel(dt.timedelta(days=30)):
        assert operations.purge_drafts() == 1
    left = set(StoredFile.objects.values_list("pk", flat=True))
    assert len(contents - left) == 2  # what only the old draft held: its first file, and the two made one
    assert set(DepotFile.objects.values_list("stored_id", flat=True)) == left
    assert not Depot.objects.filter(pk=old.pk).exists()
    assert Depot.objects.filter(pk=kept.pk).exists()
