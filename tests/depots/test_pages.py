"""The pages of a document: joined, put in order, turned, taken away, made into a PDF (001, steps 6 and 7)."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager

import pikepdf
import pytest

from guichet.accounts.models import Account
from guichet.depots import operations, queries
from guichet.depots.models import Depot, DepotFile, Page
from guichet.depots.operations import completion, pages
from guichet.depots.operations.drafts import AlreadySubmitted
from guichet.depots.operations.publication import scratch
from guichet.depots.operations.uploads import FileRefused, NothingToJoin
from guichet.depots.queries import DepotNotFound
from guichet.depots.rules import PAGE_WEIGHT, NoSuchDocument
from guichet.files import checks
from guichet.files import queries as files
from guichet.files.models import StoredFile
from guichet.kernel.refusals import Refusal
from tests.depots import documents as sent
from tests.depots import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]
OnCommit = Callable[..., AbstractContextManager[object]]


@pytest.fixture
def depot(firm: Account) -> Depot:
    """A draft of two documents."""
    return sent.begun(firm)


def heavy_pdf(size: int = 400_000) -> bytes:
    """A PDF of one blank page that weighs ``size`` bytes and more, which drawing it would spare."""
    document = pikepdf.new()
    document.add_blank_page(page_size=(595, 842))
    document.pages[0].Contents = document.make_stream(b"% " + os.urandom(size))
    return factories.saved(document)


def made(depot: Depot, document: int = 1) -> DepotFile | None:
    return DepotFile.objects.filter(depot=depot, position=document).first()


def contents() -> set[str]:
    return set(StoredFile.objects.values_list("pk", flat=True))


class TestJoining:
    def test_a_photograph_is_one_page_that_weighs_a_little_more_in_a_pdf(
        self, firm: Account, depot: Depot
    ) -> None:
        [page] = sent.add(firm, depot, name="C:\\photos\\carte.png", content=sent.photo("PNG"))
        assert (page.document, page.position, page.number, page.turn) == (1, 1, 0, 0)
        assert (page.name, page.stored.media_type) == ("carte.png", "image/jpeg")
        assert page.share == page.stored.size + PAGE_WEIGHT

    def test_a_pdf_gives_each_of_its_pages_which_share_its_size_to_the_byte(
        self, firm: Account, depot: Depot
    ) -> None:
        added = sent.add(firm, depot, content=factories.pdf(3), name="trois.pdf")
        assert [(page.position, page.number) for page in added] == [(1, 0), (2, 1), (3, 2)]
        assert sum(page.share for page in added) == added[0].stored.size
        assert max(page.share for page in added) - min(page.share for page in added) <= 1

    def test_each_document_has_its_own_pages_in_the_order_they_came(
        self, firm: Account, depot: Depot
    ) -> None:
        for document, name in [(1, "un.jpg"), (2, "deux.jpg"), (1, "trois.jpg")]:
            sent.add(firm, depot, document, name=name)
        assert sent.layout(depot) == {1: ["un.jpg", "trois.jpg"], 2: ["deux.jpg"]}
        assert [page.name for page in queries.pages(depot, document=2)] == ["deux.jpg"]

    def test_the_same_photograph_is_joined_once_to_a_document_and_may_be_in_another(
        self, firm: Account, depot: Depot
    ) -> None:
        content = sent.photo()
        sent.add(firm, depot, content=content)
        with pytest.raises(operations.AlreadyJoined, match="déjà dans ce document"):
            sent.add(firm, depot, content=content, name="autre-nom.jpg")
        sent.add(firm, depot, 2, content=content)
        assert [len(names) for names in sent.layout(depot).values()] == [1, 1]

    def test_what_is_refused_says_why_and_leaves_the_draft_as_it_was(
        self, firm: Account, depot: Depot
    ) -> None:
        with pytest.raises(FileRefused, match="vide") as refused:
            sent.add(firm, depot, content=b"")
        assert refused.value.reason == "empty"
        assert (sent.layout(depot), contents()) == ({}, set())

    def test_a_procedure_without_documents_takes_no_page(self, owner: Account) -> None:
        other = operations.start_draft(account=owner, teleprocedure=factories.CODE)
        with pytest.raises(NothingToJoin):
            sent.add(owner, other)

    def test_what_is_transmitted_meanwhile_takes_no_page(
        self, firm: Account, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        depot, normalise = sent.ready(firm), checks.normalise

        def overtaken(*arguments: object, **named: object) -> object:
            sent.submit(firm, depot)
            return normalise(*arguments, **named)  # type: ignore[arg-type]  # as they came

        monkeypatch.setattr(checks, "normalise", overtaken)
        before = contents()
        with pytest.raises(AlreadySubmitted):
            sent.add(firm, depot)
        assert (sent.layout(depot), contents()) == ({}, before)


class TestLimits:
    def test_a_photograph_fits_to_the_byte_as_small_as_it_can_be_made(
        self, firm: Account, depot: Depot
    ) -> None:
        content = sent.photo(size=(2600, 60))  # larger than the longest side that is kept
        [page] = sent.add(firm, depot, content=content)
        best = page.share
        pages.remove_document(account=firm, depot_id=depot.pk, document=1)
        sent.limited(max_size=best)
        [page] = sent.add(firm, depot, content=content)
        smallest = page.share
        assert smallest < best
        pages.remove_document(account=firm, depot_id=depot.pk, document=1)
        sent.limited(max_size=smallest - 1)
        with pytest.raises(FileRefused) as refused:
            sent.add(firm, depot, content=content)
        assert refused.value.reason == "no_room"
        sent.limited(max_size=smallest)
        [page] = sent.add(firm, depot, content=content)
        assert page.share == smallest
        assert sent.complete(firm, depot).size <= smallest

    def test_a_pdf_fits_to_the_byte_and_is_made_lighter_for_one_byte_less(
        self, firm: Account, depot: Depot
    ) -> None:
        content = heavy_pdf()
        [page] = sent.add(firm, depot, content=content)
        size = page.stored.size
        for limit, fits in [(size, True), (size - 1, False)]:
            pages.remove_document(account=firm, depot_id=depot.pk, document=1)
            sent.limited(max_size=limit)
            [page] = sent.add(firm, depot, content=content)
            assert (page.stored.size == size) is fits
            assert bool(page.changes) is not fits  # it is told that it was made lighter
            assert sent.complete(firm, depot).size <= limit

    def test_a_document_without_room_says_what_to_do(self, firm: Account, depot: Depot) -> None:
        [page] = sent.add(firm, depot, content=heavy_pdf())
        for limit in (page.share, page.share + 100):  # nothing left, then less than any photograph takes
            sent.limited(max_size=limit)
            with pytest.raises(pages.DocumentFull, match="Retirez une page, ou partagez-le"):
                sent.add(firm, depot)
        assert sent.layout(depot) == {1: ["photo.jpg"]}

    def test_what_is_too_big_alone_is_the_file_s_fault(self, firm: Account, depot: Depot) -> None:
        sent.limited(max_size=PAGE_WEIGHT + 300)
        with pytest.raises(FileRefused) as refused:
            sent.add(firm, depot)
        assert refused.value.reason == "no_room"

    def test_a_file_comes_to_the_last_byte_of_what_may_be_uploaded(self, firm: Account, depot: Depot) -> None:
        content = sent.photo()
        sent.limited(max_upload=len(content) - 1)
        with pytest.raises(FileRefused) as refused:
            sent.add(firm, depot, content=content)
        assert refused.value.reason == "too_big"
        sent.limited(max_upload=len(content))
        assert sent.add(firm, depot, content=content)

    def test_fifty_pages_and_not_one_more(self, firm: Account, depot: Depot) -> None:
        with pytest.raises(FileRefused) as refused:
            sent.add(firm, depot, content=factories.pdf(51))
        assert refused.value.reason == "too_many_pages"
        assert len(sent.add(firm, depot, content=factories.pdf(49))) == 49
        with pytest.raises(pages.TooManyPages, match="50 pages"):
            sent.add(firm, depot, content=factories.pdf(2))
        sent.add(firm, depot)
        with pytest.raises(pages.TooManyPages):
            sent.add(firm, depot)
        assert sent.complete(firm, depot).pages == 50

    @pytest.mark.parametrize(("announced", "document"), [(2, 0), (2, 3), (10, 11), (11, 11)])
    def test_a_document_that_was_not_announced_takes_no_page(
        self, firm: Account, announced: int, document: int
    ) -> None:
        depot = sent.begun(firm, announced)
        for act in (sent.add, sent.complete):
            with pytest.raises(NoSuchDocument):
                act(firm, depot, document)

    def test_the_tenth_document_does(self, firm: Account) -> None:
        depot = sent.begun(firm, 11)
        sent.add(firm, depot, 10)
        assert sent.complete(firm, depot, 10).position == 10


class TestOrder:
    @pytest.fixture
    def three(self, firm: Account, depot: Depot) -> list[Page]:
        """A document of three pages: two photographs, and a page of a PDF between them."""
        names = [("un.jpg", None), ("deux.pdf", factories.pdf()), ("trois.jpg", None)]
        return [sent.add(firm, depot, content=content, name=name)[0] for name, content in names]

    def test_a_page_changes_places_with_its_neighbour(
        self, firm: Account, depot: Depot, three: list[Page]
    ) -> None:
        pages.move(account=firm, depot_id=depot.pk, page_id=three[2].pk, direction="up")
        assert sent.layout(depot)[1] == ["un.jpg", "trois.jpg", "deux.pdf"]
        pages.move(account=firm, depot_id=depot.pk, page_id=three[0].pk, direction="down")
        assert sent.layout(depot)[1] == ["trois.jpg", "un.jpg", "deux.pdf"]

    def test_moving_past_an_end_changes_nothing(self, firm: Account, depot: Depot, three: list[Page]) -> None:
        pages.move(account=firm, depot_id=depot.pk, page_id=three[0].pk, direction="up")
        pages.move(account=firm, depot_id=depot.pk, page_id=three[2].pk, direction="down")
        assert sent.layout(depot)[1] == ["un.jpg", "deux.pdf", "trois.jpg"]

    def test_a_page_turns_by_quarters_and_comes_round(
        self, firm: Account, depot: Depot, three: list[Page]
    ) -> None:
        turned = []
        for _ in range(4):
            pages.turn(account=firm, depot_id=depot.pk, page_id=three[0].pk)
            turned.append(queries.pages(depot, document=1)[0].turn)
        assert turned == [90, 180, 270, 0]

    def test_the_pdf_shows_the_pages_as_they_were_put(
        self, firm: Account, depot: Depot, three: list[Page]
    ) -> None:
        pages.turn(account=firm, depot_id=depot.pk, page_id=three[0].pk)
        pages.move(account=firm, depot_id=depot.pk, page_id=three[1].pk, direction="up")
        file = sent.complete(firm, depot)
        with files.local_path(sha256=file.stored_id) as path, pikepdf.open(path) as document:
            sides = [[float(side) for side in page.mediabox[2:]] for page in document.pages]
            turns = [int(page.get("/Rotate", 0)) for page in document.pages]
        shapes = [
            (high > wide) != (turn % 180 == 90) for (wide, high), turn in zip(sides, turns, strict=True)
        ]
        assert shapes == [True, True, False]  # the PDF's page, the turned photograph, the other one

    def test_a_page_taken_away_leaves_no_gap_and_is_gone(
        self, firm: Account, depot: Depot, three: list[Page]
    ) -> None:
        pages.remove(account=firm, depot_id=depot.pk, page_id=three[1].pk)
        left = [(page.name, page.position) for page in queries.pages(depot, document=1)]
        assert left == [("un.jpg", 1), ("trois.jpg", 2)]
        for again in (pages.remove, pages.turn):
            with pytest.raises(pages.PageGone):
                again(account=firm, depot_id=depot.pk, page_id=three[1].pk)
        sent.add(firm, depot, name="quatre.jpg")
        assert sent.layout(depot)[1] == ["un.jpg", "trois.jpg", "quatre.jpg"]

    def test_a_document_taken_away_brings_those_after_it_down(self, firm: Account) -> None:
        depot = sent.ready(firm, 3)
        kept = [made(depot, number) for number in (1, 3)]
        pages.remove_document(
            account=firm, depot_id=depot.pk, document=2, answers={"nombre": "2", "nom_2": "Papier 3"}
        )
        left = list(DepotFile.objects.filter(depot=depot))
        assert [(file.position, file.stored_id) for file in left] == [
            (number, file.stored_id) for number, file in enumerate(kept, 1) if file
        ]
        assert {number: len(names) for number, names in sent.layout(depot).items()} == {1: 1, 2: 1}
        depot = sent.submit(firm, depot)
        assert [file.name for file in queries.documents(depot)] == ["Papier 1.pdf", "Papier 3.pdf"]

    @pytest.mark.parametrize("document", [0, 11])
    def test_a_number_that_no_document_has_is_none(self, firm: Account, depot: Depot, document: int) -> None:
        with pytest.raises(NoSuchDocument):
            pages.remove_document(account=firm, depot_id=depot.pk, document=document)


class TestCompleting:
    def test_it_is_named_as_its_person_calls_it(self, firm: Account, depot: Depot) -> None:
        operations.answer(account=firm, depot_id=depot.pk, data={"nom_1": "Facture 12/2025 : « gaz »"})
        sent.add(firm, depot)
        file = sent.complete(firm, depot)
        assert (file.name, file.kind, file.position) == ("Facture 12-2025 « gaz ».pdf", "published", 1)

    def test_a_second_time_gives_the_same_file(self, firm: Account, depot: Depot) -> None:
        sent.add(firm, depot)
        assert sent.complete(firm, depot) == sent.complete(firm, depot)

    def test_without_a_page_there_is_nothing_to_complete(self, firm: Account, depot: Depot) -> None:
        with pytest.raises(pages.NoPage):
            sent.complete(firm, depot)

    def test_a_pdf_that_was_not_touched_is_filed_itself(self, firm: Account, depot: Depot) -> None:
        added = sent.add(firm, depot, content=factories.pdf(3), name="trois.pdf")
        assert sent.complete(firm, depot).stored_id == added[0].stored_id

    @pytest.mark.parametrize("act", ["remove", "turn", "move"])
    def test_a_pdf_that_was_touched_is_made_anew(self, firm: Account, depot: Depot, act: str) -> None:
        added = sent.add(firm, depot, content=factories.pdf(3), name="trois.pdf")
        named = {"direction": "up"} if act == "move" else {}
        getattr(pages, act)(account=firm, depot_id=depot.pk, page_id=added[2].pk, **named)
        file = sent.complete(firm, depot)
        assert file.stored_id != added[0].stored_id
        assert file.pages == (2 if act == "remove" else 3)

    @pytest.mark.parametrize("act", ["add", "remove", "turn", "move"])
    def test_any_change_is_to_be_completed_again(self, firm: Account, depot: Depot, act: str) -> None:
        first, _ = sent.add(firm, depot)[0], sent.add(firm, depot)
        sent.add(firm, depot, 2)
        for document in (1, 2):
            sent.complete(firm, depot, document)
        if act == "add":
            sent.add(firm, depot)
        else:
            named = {"direction": "down"} if act == "move" else {}
            getattr(pages, act)(account=firm, depot_id=depot.pk, page_id=first.pk, **named)
        assert (made(depot), made(depot, 2) is not None) == (None, True)
        with pytest.raises(operations.NotComplete, match="document 1 n’est pas complet"):
            sent.submit(firm, depot)

    def test_a_page_that_comes_meanwhile_is_in_it(
        self, firm: Account, depot: Depot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sent.add(firm, depot)
        assemble = checks.assemble_pages

        def overtaken(*arguments: object, **named: object) -> object:
            monkeypatch.setattr(checks, "assemble_pages", assemble)
            sent.add(firm, depot, name="tard.jpg")
            return assemble(*arguments, **named)  # type: ignore[arg-type]  # as they came

        monkeypatch.setattr(checks, "assemble_pages", overtaken)
        assert sent.complete(firm, depot).pages == 2

    def test_a_page_that_leaves_meanwhile_is_not_in_it(
        self,
        firm: Account,
        depot: Depot,
        monkeypatch: pytest.MonkeyPatch,
        django_capture_on_commit_callbacks: OnCommit,
    ) -> None:
        """Its content is forgotten by the time that it would be read."""
        [gone], _ = sent.add(firm, depot), sent.add(firm, depot)
        open_path = files.local_path

        def overtaken(*, sha256: str) -> object:
            monkeypatch.setattr(files, "local_path", open_path)
            with django_capture_on_commit_callbacks(execute=True):
                pages.remove(account=firm, depot_id=depot.pk, page_id=gone.pk)
            return open_path(sha256=gone.stored_id)

        monkeypatch.setattr(files, "local_path", overtaken)
        assert sent.complete(firm, depot).pages == 1
        assert gone.stored_id not in contents()

    def test_a_page_that_leaves_before_it_is_looked_at_is_not_in_it(
        self,
        firm: Account,
        depot: Depot,
        monkeypatch: pytest.MonkeyPatch,
        django_capture_on_commit_callbacks: OnCommit,
    ) -> None:
        """The row of its content is gone, too."""
        [gone], _ = sent.add(firm, depot), sent.add(firm, depot)

        def overtaken() -> object:
            monkeypatch.setattr(completion, "scratch", scratch)
            with django_capture_on_commit_callbacks(execute=True):
                pages.remove(account=firm, depot_id=depot.pk, page_id=gone.pk)
            return scratch()

        monkeypatch.setattr(completion, "scratch", overtaken)
        assert sent.complete(firm, depot).pages == 1
        assert gone.stored_id not in contents()

    def test_what_weighs_more_together_than_was_foreseen_is_not_filed(
        self, firm: Account, depot: Depot
    ) -> None:
        """Of a PDF whose pages share a picture, one page alone weighs as much as all."""
        document, shared = pikepdf.new(), os.urandom(200_000)
        stream = document.make_stream(b"% " + shared)
        for _ in range(4):
            document.add_blank_page(page_size=(595, 842))
            document.pages[-1].Contents = stream
        added = sent.add(firm, depot, content=factories.saved(document), name="logo.pdf")
        for page in added[1:]:
            pages.remove(account=firm, depot_id=depot.pk, page_id=page.pk)
        sent.limited(max_size=100_000)
        with pytest.raises(pages.DocumentFull):
            sent.complete(firm, depot)
        assert made(depot) is None


class TestForgetting:
    def test_a_content_is_kept_as_long_as_a_page_shows_it(
        self, firm: Account, depot: Depot, django_capture_on_commit_callbacks: OnCommit
    ) -> None:
        content = sent.photo()
        with django_capture_on_commit_callbacks(execute=True):
            first, second = (sent.add(firm, depot, number, content=content)[0] for number in (1, 2))
            pages.remove(account=firm, depot_id=depot.pk, page_id=first.pk)
        assert contents() == {second.stored_id}
        with django_capture_on_commit_callbacks(execute=True):
            pages.remove_document(account=firm, depot_id=depot.pk, document=2)
        assert contents() == set()

    def test_the_pdf_goes_with_what_it_was_made_of(
        self, firm: Account, depot: Depot, django_capture_on_commit_callbacks: OnCommit
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            [page] = sent.add(firm, depot)
            file = sent.complete(firm, depot)
            assert {page.stored_id, file.stored_id} == contents()
            pages.turn(account=firm, depot_id=depot.pk, page_id=page.pk)
        assert contents() == {page.stored_id}


ACTS: dict[str, Callable[[Account, Depot, int], object]] = {
    "add": lambda who, depot, _: sent.add(who, depot),
    "complete": lambda who, depot, _: sent.complete(who, depot),
    "move": lambda who, depot, page: pages.move(account=who, depot_id=depot.pk, page_id=page, direction="up"),
    "turn": lambda who, depot, page: pages.turn(account=who, depot_id=depot.pk, page_id=page),
    "remove": lambda who, depot, page: pages.remove(account=who, depot_id=depot.pk, page_id=page),
    "remove_document": lambda who, depot, _: pages.remove_document(
        account=who, depot_id=depot.pk, document=1
    ),
}


class TestWhoAndWhen:
    @pytest.mark.parametrize("act", ACTS)
    @pytest.mark.parametrize("whose", ["another's", "submitted"])
    def test_nobody_else_changes_a_draft_and_nobody_what_was_transmitted(
        self, firm: Account, stranger: Account, act: str, whose: str
    ) -> None:
        depot = sent.ready(firm)
        page = queries.pages(depot, document=1)[0].pk
        if whose == "submitted":
            sent.submit(firm, depot)
        before = list(DepotFile.objects.values_list("pk", "stored_id")), sent.layout(depot)
        with pytest.raises(Refusal) as refused:
            ACTS[act](stranger if whose == "another's" else firm, depot, page)
        assert type(refused.value) is (DepotNotFound if whose == "another's" else AlreadySubmitted)
        assert (list(DepotFile.objects.values_list("pk", "stored_id")), sent.layout(depot)) == before

    @pytest.mark.parametrize("act", ["move", "turn", "remove"])
    def test_a_page_of_another_draft_is_none_of_this_one(
        self, firm: Account, stranger: Account, act: str
    ) -> None:
        stranger.espace = "abonne"
        stranger.save()
        other = sent.begun(stranger)
        [page] = sent.add(stranger, other)
        with pytest.raises(pages.PageGone):
            ACTS[act](firm, sent.begun(firm), page.pk)
        assert queries.pages(other, document=1)[0].turn == 0
