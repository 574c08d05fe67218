"""What is sent as pages of a document: too much of it, twice, from two tabs, at the same moment."""

import copy
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from guichet.courriers.models import Courrier, Pli
from guichet.depots import operations, queries
from guichet.depots.models import Depot, DepotFile, Page
from guichet.depots.operations.drafts import AlreadySubmitted
from guichet.depots.operations.filing import NotComplete
from guichet.depots.states import State
from guichet.files import queries as files
from guichet.files import stores
from guichet.files.operations import keep_bytes
from tests.at_once import at_once
from tests.depots import factories
from tests.teleprocedures.depot_spontane.sender import SAID, Sender, a_photograph
from tests.web.people import html_of, text_of

ROOM = 3_000_000  # bytes of a document


def a_noise(name: str = "bruit.jpg", side: int = 1600) -> SimpleUploadedFile:
    """A photograph that does not become small."""
    written = io.BytesIO()
    Image.effect_noise((side, side), 120).convert("RGB").save(written, "JPEG", quality=92)
    return SimpleUploadedFile(name, written.getvalue(), "image/jpeg")


@pytest.fixture(autouse=True)
def _uploads() -> Iterator[None]:
    """What was sent by no browser is gone afterwards."""
    yield
    while factories.sent:
        factories.sent.pop().unlink(missing_ok=True)


@pytest.fixture
def sender(db: None) -> Sender:
    return Sender()


@pytest.fixture
def draft(sender: Sender) -> Depot:
    draft = sender.begin(2)
    for document in (1, 2):
        sender.say(draft, document)
    return sender.again(draft)


class TestFiles:
    def test_one_over_the_ceiling_leaves_the_others(self, sender: Sender, draft: Depot) -> None:
        big = SimpleUploadedFile("énorme.jpg", b"\xff\xd8" + bytes(21_000_000), "image/jpeg")
        answer = sender.upload(draft, 1, a_photograph("bonne"), big)
        assert answer.status_code == 422
        assert re.search("« énorme.jpg » :.*20 Mo", text_of(answer))
        assert [page.name for page in Page.objects.all()] == ["bonne.jpg"]

    def test_an_empty_one_is_told(self, sender: Sender, draft: Depot) -> None:
        answer = sender.upload(draft, 1, SimpleUploadedFile("vide.jpg", b"", "image/jpeg"))
        assert answer.status_code == 422
        assert not Page.objects.exists()

    def test_thirty_at_once(self, sender: Sender, draft: Depot) -> None:
        sent = [a_photograph(f"p{n}", size=(60, 80)) for n in range(30)]
        assert sender.upload(draft, 1, *sent).status_code == 302
        pages = Page.objects.filter(depot=draft, document=1)
        assert [page.name for page in pages.order_by("position")] == [f"p{n}.jpg" for n in range(30)]

    @pytest.mark.parametrize(
        "name",
        ["../../../etc/passwd.jpg", "C:\\Users\\x.jpg", "n" * 300 + ".jpg", "a\r\nX-Evil: 1.jpg", "‮gpj.exe",
         "<script>alert(1)</script>.jpg", ".jpg"],
    )  # fmt: skip
    def test_a_name_is_a_name(self, sender: Sender, draft: Depot, name: str) -> None:
        photo = a_photograph("p", size=(60, 80))
        photo._name = name  # type: ignore[attr-defined]  # as a forged request has it, uncleaned
        answer = sender.upload(draft, 1, photo)
        assert answer.status_code == 302, text_of(answer)
        page = Page.objects.get()
        assert 0 < len(page.name) <= 200
        assert not set("/\\\r\n\0‮<>") & set(page.name.replace("<script>alert(1)<", ""))
        shown = html_of(sender.get(draft, "pages", 1))
        assert "<script>alert" not in shown
        assert "X-Evil" not in answer.headers

    def test_a_polyglot_hands_its_payload_to_nobody(self, sender: Sender, draft: Depot) -> None:
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as zipped:
            zipped.writestr("payload.html", "<script>alert('CHARGE')</script>")
        photo = a_photograph("p", size=(60, 80))
        both = SimpleUploadedFile("p.html.jpg", photo.read() + archive.getvalue(), "text/html")
        assert sender.upload(draft, 1, both).status_code == 302
        page = Page.objects.get()
        image = sender.get(draft, "page_image", 1, page.pk)
        assert image.headers["Content-Type"] == "image/png"
        assert image.headers["X-Content-Type-Options"] == "nosniff"
        with files.open_stored(sha256=page.stored_id) as kept:
            content = kept.read()
        for given in (image.content, content):
            assert b"CHARGE" not in given
            assert b"PK\3\4" not in given

    def test_a_page_more_than_fifty(self, sender: Sender, draft: Depot) -> None:
        many(draft, 1, 50)
        answer = sender.upload(draft, 1, a_photograph("une de plus"))
        assert answer.status_code == 422
        assert "50 pages au plus" in text_of(answer)
        assert Page.objects.filter(document=1).count() == 50

    def test_a_full_disk_says_when_to_try_again(
        self, sender: Sender, draft: Depot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object, **__: object) -> None:
            raise stores.StoreUnavailable(retry_after=60)

        monkeypatch.setattr("guichet.depots.operations.pages.files.keep", full)
        answer = sender.upload(draft, 1, a_photograph())
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert not Page.objects.exists()


def many(draft: Depot, document: int, number: int, *, name: str = "p.jpg") -> None:
    """Pages of a document without their work: all show the same photograph."""
    stored = keep_bytes(content=a_photograph().read(), media_type="image/jpeg")
    Page.objects.bulk_create(
        Page(
            depot=draft, document=document, position=rank, stored=stored, number=0, share=1, name=name,
            source=f"{document}-{rank}".ljust(64, "0"),
        )
        for rank in range(1, number + 1)
    )  # fmt: skip


def asked(sender: Sender, place: str) -> int:
    with CaptureQueriesContext(connection) as queries_:
        assert sender.client.get(place).status_code == 200
    return len(queries_)


def test_ten_documents_of_fifty_pages_cost_as_many_queries_as_two(sender: Sender, draft: Depot) -> None:
    places = [sender.at("documents", draft.pk), sender.at("pages", draft.pk, 1)]
    few = [asked(sender, place) for place in places]
    for _ in range(8):
        sender.post(draft, "add_document")
    for document in range(1, 11):
        many(draft, document, 50)
    assert [asked(sender, place) for place in places] == few


class TestTwice:
    """A button that is pressed twice, and pages that are older than what they show."""

    def test_a_document_is_taken_away_once(self, sender: Sender) -> None:
        draft = sender.ready(3)
        typed = hidden(sender.get(draft, "remove_document", 1))
        for _ in range(2):
            assert sender.post(draft, "remove_document", 1, **typed).status_code == 302
        assert sender.again(draft).data["nombre"] == "2"
        assert [page.name for page in Page.objects.order_by("document")] == ["page-2.jpg", "page-3.jpg"]

    def test_a_page_is_taken_away_once(self, sender: Sender, draft: Depot) -> None:
        sender.upload(draft, 1, a_photograph("un"), a_photograph("deux"))
        first = Page.objects.get(position=1)
        for _ in range(2):
            sender.post(draft, "page_remove", 1, first.pk)
        assert [page.name for page in Page.objects.all()] == ["deux.jpg"]

    def test_completed_transmitted_and_given_up_afterwards(self, sender: Sender) -> None:
        draft = sender.ready()
        for _ in range(2):
            assert "accusé" in text_of(sender.transmit(draft)).lower()
        sender.post(draft, "discard")
        for name in ("remove_document", "complete", "pages"):
            sender.post(draft, name, 1, upload=a_photograph("tard"))
        filed = sender.again(draft)
        assert filed.state == State.CONFIRME
        assert Depot.objects.count() == 1
        assert [file.position for file in queries.documents(filed)] == [1]


def hidden(answer: Any) -> dict[str, str]:
    """What a page's form sends beside what one types."""
    page = html_of(answer).partition("<main")[2]
    return dict(re.findall(r'<input type="hidden" name="(?!csrf)(\w+)" value="([^"]*)"', page))


def filled(sender: Sender, number: int) -> Depot:
    """A draft of complete documents, each named as its page is, without the work of making them."""
    draft = operations.start_draft(account=sender.account, teleprocedure="depot_spontane")
    said = {"nombre": str(number)}
    for document in range(1, number + 1):
        told = {**SAID, "nom": f"papier {document}"}
        said |= {f"{field}_{document}": text for field, text in told.items()}
    operations.answer(account=sender.account, depot_id=draft.pk, data=said)
    made = keep_bytes(content=factories.pdf(), media_type="application/pdf")
    for document in range(1, number + 1):
        many(draft, document, 1, name=f"papier {document}")
        draft.files.create(
            kind="published", position=document, name="p.pdf", stored=made, size=made.size, pages=1
        )
    return sender.again(draft)


def pressed(sender: Sender, name: str, draft: Depot, *args: object, **typed: str) -> Callable[[], object]:
    """A browser of its own that is about to send a form."""
    browser = Client()
    browser.cookies = copy.deepcopy(sender.client.cookies)
    return partial(browser.post, sender.at(name, draft.pk, *args), typed)


@pytest.mark.django_db(transaction=True)
class TestAtTheSameMoment:
    """Two tabs, or a finger that trembles."""

    def test_a_document_is_taken_away_once_and_pages_keep_their_names(self) -> None:
        sender = Sender()
        for _ in range(5):
            draft = filled(sender, 4)
            at_once(*[pressed(sender, "remove_document", draft, 1, sur="4") for _ in range(2)])
            left = sender.again(draft)
            assert left.data["nombre"] == "3"
            said = [left.data[f"nom_{number}"] for number in (1, 2, 3)]
            assert said == ["papier 2", "papier 3", "papier 4"]
            assert [page.name for page in queries.pages(left)] == said
            assert [file.position for file in queries.documents(left)] == [1, 2, 3]
            operations.discard(account=sender.account, depot_id=left.pk)

    def test_two_uploads_that_pass_the_limit_together_do_not(self) -> None:
        sender = Sender()
        draft = filled(sender, 1)
        Page.objects.update(share=ROOM - 700_000)
        add = partial(operations.pages.add, account=sender.account, depot=draft, document=1)
        sent = [factories.upload(a_noise(side=1000).read(), f"{n}.jpg") for n in range(2)]
        results = at_once(*[partial(add, upload=each) for each in sent])
        assert sum(isinstance(each, list) for each in results) >= 1
        assert all(isinstance(each, list | operations.pages.DocumentFull) for each in results)
        assert ROOM - 700_000 < sum(page.share for page in Page.objects.all()) <= ROOM

    def test_transmitted_twice_is_one_filing_with_one_acknowledgement(self) -> None:
        sender = Sender()
        draft = filled(sender, 2)
        answers = at_once(*[pressed(sender, "documents", draft, accepted_terms="on") for _ in range(3)])
        assert [answer.status_code for answer in answers] == [302] * 3
        assert sender.again(draft).state == State.CONFIRME
        assert Courrier.objects.filter(about=draft.evidence).count() == 1
        assert Pli.objects.filter(about=draft.evidence).count() == 1

    def test_a_page_that_comes_while_it_is_transmitted_is_seen_or_refused(self) -> None:
        sender = Sender()
        for _ in range(3):
            draft = filled(sender, 1)
            account = sender.account
            transmit = partial(operations.submit, account=account, depot_id=draft.pk, accepted_terms=True)
            sent = factories.upload(a_photograph("tard", size=(60, 80)).read(), "tard.jpg")
            late = partial(operations.pages.add, account=account, depot=draft, document=1, upload=sent)
            filed, added = at_once(transmit, late)
            if sender.again(draft).state == State.CONFIRME:
                assert isinstance(added, AlreadySubmitted)
                assert not Page.objects.exists()
            else:
                assert isinstance(filed, NotComplete)
                assert [page.name for page in added] == ["tard.jpg"]
                assert not DepotFile.objects.exists()
                operations.discard(account=account, depot_id=draft.pk)
