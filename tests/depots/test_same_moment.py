"""Real concurrency: threads that meet at a barrier, round after round, against the database's constraints."""

import threading
from functools import partial

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from guichet.accounts.models import Account
from guichet.depots import operations, queries
from guichet.depots.definitions import Subject, teleprocedure
from guichet.depots.models import Depot
from guichet.depots.operations.drafts import AlreadySubmitted
from guichet.depots.operations.publication import publish
from guichet.depots.rules import AlreadyFiled, StillToConfirm
from guichet.depots.states import IllegalTransition, State
from guichet.files import queries as files
from guichet.files.operations import keep_bytes
from guichet.journal.queries import history
from guichet.kernel.refusals import Refusal
from tests.at_once import at_once
from tests.depots import documents, factories
from tests.depots import small as essai

SUBJECT = Subject(siren=factories.SIRENS[2], name="Les Amis du Tilleul", capacity="Membre")


def submit(owner: Account, depot: Depot) -> Depot:
    return operations.submit(account=owner, depot_id=depot.pk, accepted_terms=True)


def wait_until_somebody_waits() -> None:
    """Until another connection wants a row or a lock that is taken."""
    with connection.cursor() as cursor:
        for _ in range(1000):
            cursor.execute("SELECT pg_sleep(0.01), count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[1]:
                return
    raise AssertionError("nobody waits")


@pytest.mark.django_db(transaction=True)
class TestAtTheSameMoment:
    def test_two_drafts_for_one_key_make_one_filing(self, owner: Account) -> None:
        """Two accounts for one association: each has its draft, both submit."""
        other = factories.account(siren=factories.SIRENS[1])
        for year in range(2015, 2023):
            drafts = [factories.draft(who, date=f"{year}-12-31") for who in (owner, other)]
            with pytest.MonkeyPatch.context() as patch:
                patch.setitem(teleprocedure(factories.CODE).__dict__, "subject", lambda *_: SUBJECT)
                results = at_once(partial(submit, owner, drafts[0]), partial(submit, other, drafts[1]))
            assert [type(each) for each in results if isinstance(each, Refusal)] == [StillToConfirm]
            live = Depot.objects.filter(unique_key=f"{year}-12-31", state=State.A_CONFIRMER)
            assert live.count() == 1
            for who in (owner, other):
                if (left := queries.of_account(account=who)[0]).state == State.BROUILLON:
                    assert len(left.files.all()) == 2  # nothing is lost
                    operations.discard(account=who, depot_id=left.pk)

    def test_one_draft_in_two_browsers_is_one_filing(self, owner: Account) -> None:
        for year in range(2015, 2020):
            depot = factories.draft(owner, date=f"{year}-12-31")
            results = at_once(*[partial(submit, owner, depot)] * 2)
            assert {result.reference for result in results} == {Depot.objects.get(pk=depot.pk).reference}
            assert len(factories.subjects_of(depot)) == 1

    def test_two_tabs_begin_one_draft(self, owner: Account) -> None:
        begin = partial(operations.start_draft, account=owner, teleprocedure=factories.CODE)
        results = at_once(*[begin] * 4)
        assert len({result.pk for result in results}) == 1

    def test_a_link_opened_twice_confirms_once(self, owner: Account) -> None:
        token = factories.token_of(factories.submitted(owner))
        results = at_once(*[lambda: operations.confirm(token=token)] * 4)
        assert {result.state for result in results} == {State.CONFIRME}
        assert ProcrastinateJob.objects.filter(task_name="depots.issue_receipt").count() == 1

    def test_giving_up_while_confirming_does_one_of_both(self, owner: Account) -> None:
        for year in range(2015, 2020):
            depot = factories.submitted(owner, date=f"{year}-12-31")
            token = factories.token_of(depot)
            results = at_once(
                partial(operations.confirm, token=token),
                partial(operations.discard, account=owner, depot_id=depot.pk),
            )
            depot.refresh_from_db()
            assert depot.state in {State.CONFIRME, State.ABANDONNE}
            assert len([result for result in results if isinstance(result, Refusal)]) == 1

    def test_the_very_copy_that_is_being_made_may_be_uploaded(self, owner: Account) -> None:
        """Both take their locks in the same order: the filing, then the content."""
        depot = factories.draft(owner)
        operations.attach(account=owner, depot=depot, upload=factories.upload())
        copy = depot.files.get(kind="published")
        with files.open_stored(sha256=copy.stored_id) as stored:
            content = stored.read()
        copy.delete()
        making: list[object] = []
        maker = threading.Thread(target=lambda: making.extend(at_once(partial(publish, depot_id=depot.pk))))
        with transaction.atomic():
            Depot.objects.select_for_update().get(pk=depot.pk)
            maker.start()
            wait_until_somebody_waits()
            keep_bytes(content=content, media_type="application/pdf")
        maker.join(30)
        assert making == [None]
        assert depot.files.get(kind="published").stored_id == copy.stored_id

    def test_files_joined_in_two_tabs_are_all_there(self, owner: Account) -> None:
        depot = operations.start_draft(account=owner, teleprocedure=factories.CODE)
        sent = [factories.upload(name=f"{number}.pdf") for number in range(3)]
        at_once(*[partial(operations.attach, account=owner, depot=depot, upload=each) for each in sent])
        shown = queries.one(account=owner, depot_id=depot.pk)
        assert [file.position for file in queries.received(shown)] == [1, 2, 3]
        published = queries.published(shown)
        assert published is not None
        assert published.pages == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("small")
class TestAListAtTheSameMoment:
    def test_a_line_that_is_sent_twice_is_filed_once(self, firm: Account) -> None:
        """Two workers have the same line, or two colleagues the same client."""
        for _ in range(6):
            results = at_once(*[partial(essai.filed, firm)] * 3)
            assert [type(each) for each in results if isinstance(each, Exception)] == [AlreadyFiled] * 2
            (filed,) = (each for each in results if isinstance(each, Depot))
            assert ProcrastinateJob.objects.filter(args__depot_id=str(filed.pk)).count() == 1
            operations.lapse(depot_id=filed.pk, actor="system")

    def test_a_draft_sent_twice_at_once_is_one_filing(self, firm: Account) -> None:
        draft = operations.start_draft(account=firm, teleprocedure="essai")
        operations.answer(account=firm, depot_id=draft.pk, data={"siren": essai.CLIENT, "objet": "TVA"})
        results = at_once(*[partial(submit, firm, draft)] * 4)
        assert {result.state for result in results} == {State.CONFIRME}
        assert len(factories.subjects_of(draft)) == 1

    def test_accepted_or_lapsed_but_not_both(self, firm: Account) -> None:
        for _ in range(5):
            depot = essai.filed(firm)
            results = at_once(
                partial(operations.accept, depot_id=depot.pk, actor="anonymous"),
                partial(operations.lapse, depot_id=depot.pk, actor="system"),
            )
            assert [type(each) for each in results if isinstance(each, Exception)] == [IllegalTransition]
            depot.refresh_from_db()
            if depot.state == State.ACCEPTE:
                operations.end(depot_id=depot.pk, actor="system")

    def test_given_to_two_it_has_one_account_and_both_are_told_of(self, firm: Account) -> None:
        depot, others = essai.filed(firm), [essai.firm(1), essai.firm(2)]
        at_once(
            *[
                partial(operations.hand_over, depot_id=depot.pk, to=other, actor=firm.subject)
                for other in others
            ]
        )
        told = [event.data for event in history(subject=depot.evidence) if event.kind == "depot.handed_over"]
        depot.refresh_from_db()
        assert told[0]["from"] == firm.subject
        assert told[0]["to"] == told[1]["from"]
        assert told[1]["to"] == depot.account.subject


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("small")
class TestDocumentsAtTheSameMoment:
    def test_pages_joined_in_two_tabs_are_all_there(self, firm: Account) -> None:
        depot = documents.begun(firm)
        at_once(*[partial(documents.add, firm, depot, name=f"{number}.jpg") for number in range(3)])
        pages = queries.pages(depot, document=1)
        assert [page.position for page in pages] == [1, 2, 3]
        assert {page.name for page in pages} == {"0.jpg", "1.jpg", "2.jpg"}

    def test_one_upload_that_arrives_twice_at_once_is_joined_once(self, firm: Account) -> None:
        depot, content = documents.begun(firm), documents.photo()
        results = at_once(*[partial(documents.add, firm, depot, content=content)] * 3)
        refused = [type(each) for each in results if isinstance(each, Exception)]
        assert refused == [operations.pages.AlreadyInDocument] * 2
        assert len(queries.pages(depot)) == 1

    def test_two_that_fit_alone_are_not_over_the_limit_together(self, firm: Account) -> None:
        """Each saw the whole room; who comes second is made ready again for what is left: too little."""
        depot, contents = documents.begun(firm), [documents.photo(size=(2300, 60)) for _ in range(2)]
        shares = []
        for content in contents:
            documents.limited(max_size=60_000)  # they are made as small as they can be
            [page] = documents.add(firm, depot, content=content)
            operations.pages.remove(account=firm, depot_id=depot.pk, page_id=page.pk)
            shares.append(page.share)
        documents.limited(max_size=sum(shares) - 1)
        results = at_once(*[partial(documents.add, firm, depot, content=each) for each in contents])
        refused = [type(each) for each in results if isinstance(each, Exception)]
        assert refused == [operations.pages.DocumentFull]
        assert len(queries.pages(depot)) == 1
        assert documents.complete(firm, depot).size < sum(shares)

    def test_the_last_page_is_taken_by_one(self, firm: Account) -> None:
        depot = documents.begun(firm)
        documents.limited(max_pages=2)
        documents.add(firm, depot)
        results = at_once(*[partial(documents.add, firm, depot)] * 3)
        refused = [type(each) for each in results if isinstance(each, Exception)]
        assert refused == [operations.pages.TooManyPages] * 2
        assert len(queries.pages(depot)) == 2

    def test_completed_twice_at_once_it_has_one_pdf(self, firm: Account) -> None:
        depot = documents.begun(firm)
        documents.add(firm, depot)
        results = at_once(*[partial(documents.complete, firm, depot)] * 3)
        assert len({each.pk for each in results}) == 1

    def test_a_page_that_comes_while_it_is_completed_is_in_the_pdf_or_takes_it_away(
        self, firm: Account
    ) -> None:
        for _ in range(3):
            depot = documents.begun(firm, 1)
            documents.add(firm, depot)
            at_once(partial(documents.complete, firm, depot), partial(documents.add, firm, depot))
            made = queries.documents(documents.seen(firm, depot))
            assert [file.pages for file in made] in ([2], [])
            operations.discard(account=firm, depot_id=depot.pk)

    def test_a_page_that_comes_while_it_is_submitted_is_in_it_or_refused(self, firm: Account) -> None:
        """What is filed is the PDF that was seen: whoever comes first makes the other one start again."""
        for _ in range(3):
            depot = documents.ready(firm, 1)
            file = queries.documents(depot)[0].stored_id
            results = at_once(partial(documents.add, firm, depot), partial(submit, firm, depot))
            assert [type(each) for each in results if isinstance(each, Exception)] in (
                [AlreadySubmitted],  # too late
                [operations.NotComplete],  # the document has changed
            )
            depot = documents.seen(firm, depot)
            if depot.state == State.BROUILLON:
                operations.discard(account=firm, depot_id=depot.pk)
                continue
            assert [one.stored_id for one in queries.documents(depot)] == [file]
            assert not depot.pages.exists()

    def test_a_draft_of_documents_sent_twice_at_once_is_one_filing(self, firm: Account) -> None:
        depot = documents.ready(firm, 1)
        results = at_once(*[partial(submit, firm, depot)] * 3)
        assert len({result.reference for result in results}) == 1
        assert len(factories.subjects_of(depot)) == 1
