"""Filings whose files are kept as they came: from the upload to the receipt, and back."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from guichet.accounts.models import Account
from guichet.courriers.models import Courrier
from guichet.depots import operations, queries
from guichet.depots.models import Depot, DepotFile
from guichet.depots.operations.filing import NoFile, NotExpected
from guichet.depots.operations.uploads import FileRefused, TooManyFiles
from guichet.depots.receipts.content import content
from guichet.depots.states import State
from guichet.files import operations as files
from guichet.files.models import StoredFile
from tests.depots import factories, small
from tests.depots.small import AS_IS
from tests.teleprocedures.filer import a_pdf
from tests.web.people import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]
DSN = b"S10.G00.00.001,'Essai'\r\n"
PAGE = b"<!doctype html><script>alert(document.domain)</script>"


@pytest.fixture(autouse=True)
def _screens(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.teleprocedures.small_urls"


def draft_of(firm: Account, objet: str = "TVA") -> Depot:
    depot = operations.start_draft(account=firm, teleprocedure=AS_IS.code)
    return operations.answer(account=firm, depot_id=depot.pk, data={"siren": small.CLIENT, "objet": objet})


def attach(firm: Account, depot: Depot, sent: bytes = DSN, name: str = "mars.dsn") -> DepotFile:
    known = queries.one(account=firm, depot_id=depot.pk)
    return operations.attach(account=firm, depot=known, upload=factories.upload(sent, name))


def submitted(firm: Account, sent: bytes = DSN) -> Depot:
    depot = draft_of(firm)
    attach(firm, depot, sent)
    return operations.submit(account=firm, depot_id=depot.pk, accepted_terms=True)


def downloaded(client: Client, address: str) -> Any:
    found: Any = client.get(address)
    return found, b"".join(found.streaming_content)


class TestWhatIsKept:
    def test_the_bytes_as_they_came_and_nothing_made_of_them(self, firm: Account) -> None:
        depot = submitted(firm)
        (file,) = depot.files.all()
        assert (file.kind, file.name, file.size, file.pages) == ("received", "mars.dsn", len(DSN), 0)
        assert file.stored.media_type == "application/octet-stream"
        assert depot.state == State.CONFIRME
        assert queries.published(queries.one(account=firm, depot_id=depot.pk)) is None

    def test_several_keep_their_order_and_one_may_go(self, firm: Account) -> None:
        depot = draft_of(firm)
        first, second = attach(firm, depot), attach(firm, depot, b"autre", "avril.txt")
        operations.move(account=firm, depot_id=depot.pk, file_id=second.pk, direction="up")
        assert [file.name for file in depot.files.all()] == ["avril.txt", "mars.dsn"]
        operations.detach(account=firm, depot_id=depot.pk, file_id=first.pk)
        assert [(file.name, file.kind) for file in depot.files.all()] == [("avril.txt", "received")]

    def test_a_pdf_is_not_opened_either(self, firm: Account, monkeypatch: pytest.MonkeyPatch) -> None:
        def opened(*_: Any, **__: Any) -> None:
            raise AssertionError("nothing is opened")

        for name in ("check", "receive", "assemble"):
            monkeypatch.setattr(f"guichet.files.checks.{name}", opened)
        depot = submitted(firm, a_pdf())
        assert depot.files.count() == 1

    @pytest.mark.parametrize(
        ("sent", "name", "reason"),
        [
            (b"", "mars.dsn", "empty"),
            (DSN, "mars.html", "extension"),
            (b"\x7fELF\x02", "mars.dsn", "program"),
            (b"x" * 4_000_001, "mars.dsn", "too_big"),
            (DSN, "mars.dsn\u202e.exe", "extension"),
        ],
    )
    def test_what_is_refused_leaves_the_draft_as_it_was(
        self, firm: Account, sent: bytes, name: str, reason: str
    ) -> None:
        depot = draft_of(firm)
        with pytest.raises(FileRefused) as refused:
            attach(firm, depot, sent, name)
        assert refused.value.reason == reason
        assert not depot.files.exists()

    def test_no_more_than_may_be_joined(self, firm: Account) -> None:
        depot = draft_of(firm)
        for number in range(3):
            attach(firm, depot, f"n° {number}".encode(), "mars.dsn")
        with pytest.raises(TooManyFiles):
            attach(firm, depot)

    def test_nothing_is_filed_without_a_file(self, firm: Account) -> None:
        with pytest.raises(NoFile):
            operations.submit(account=firm, depot_id=draft_of(firm).pk, accepted_terms=True)

    def test_answers_that_call_for_another_file_refuse_this_one(self, firm: Account) -> None:
        depot = draft_of(firm)
        attach(firm, depot)
        operations.answer(account=firm, depot_id=depot.pk, data={"siren": small.CLIENT, "objet": "Tableau"})
        with pytest.raises(NotExpected, match=r"mars\.dsn.*\.csv"):
            operations.submit(account=firm, depot_id=depot.pk, accepted_terms=True)
        depot.refresh_from_db()
        assert (depot.state, depot.files.count()) == (State.BROUILLON, 1)


class TestTheReceipt:
    def test_it_names_each_file_with_its_size_and_its_hash(self, firm: Account) -> None:
        depot = queries.one(account=firm, depot_id=submitted(firm).pk)
        said = content(depot)
        (told,) = [file for section in said["sections"] for file in section["files"]]
        assert told == {"name": "mars.dsn", "size": "24\u00a0octets", "sha256": depot.files.get().stored_id}
        words = str(said["sections"])
        assert "publication" not in words
        assert "confirmés" not in words

    def test_the_message_promises_no_page(self, firm: Account) -> None:
        letter = Courrier.objects.get(about=submitted(firm).evidence)
        assert "Référence" in letter.body


class TestTheFilersPages:
    def test_a_page_is_saved_and_never_shown_as_one_of_ours(self, firm: Account, client: Client) -> None:
        depot = submitted(firm, PAGE)
        client.force_login(firm)
        address = reverse("essai_tel_quel:original", args=[depot.pk, depot.files.get().pk])
        answer, body = downloaded(client, address)
        assert body == PAGE
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"

    def test_what_was_kept_as_a_pdf_before_is_saved_all_the_same(self, firm: Account, client: Client) -> None:
        sent = a_pdf()
        files.keep_bytes(content=sent, media_type="application/pdf")
        depot = submitted(firm, sent)
        assert StoredFile.objects.get(pk=depot.files.get().stored_id).media_type == "application/pdf"
        client.force_login(firm)
        address = reverse("essai_tel_quel:original", args=[depot.pk, depot.files.get().pk])
        answer, _ = downloaded(client, address)
        assert answer.headers["Content-Type"] == "application/octet-stream"

    def test_the_step_says_what_is_expected_and_shows_no_page(self, firm: Account, client: Client) -> None:
        depot = draft_of(firm)
        client.force_login(firm)
        step = reverse("essai_tel_quel:documents", args=[depot.pk])
        page = client.get(step)
        assert 'accept=".dsn,.txt"' in page.content.decode()
        assert "gardés tels que vous les envoyez" in text_of(page)
        sent = SimpleUploadedFile("mars.dsn", DSN)
        after = text_of(client.post(step, {"upload": sent}, follow=True))
        assert "1 fichier ajouté" in after
        assert "24 octets" in after
        for word in ("page ", "publié", "PDF"):
            assert word not in after.partition("Vos documents")[2].partition("Continuer")[0]

    def test_a_refused_file_is_named_with_what_to_do(self, firm: Account, client: Client) -> None:
        depot = draft_of(firm)
        client.force_login(firm)
        sent = SimpleUploadedFile("virus.exe", DSN)
        page = client.post(reverse("essai_tel_quel:documents", args=[depot.pk]), {"upload": sent})
        assert page.status_code == 422
        assert "virus.exe" in text_of(page)
        assert ".dsn, .txt" in text_of(page)

    def test_the_filing_lists_the_file_with_its_hash(self, firm: Account, client: Client) -> None:
        depot = submitted(firm)
        client.force_login(firm)
        said = text_of(client.get(reverse("essai_tel_quel:depot", args=[depot.pk])))
        assert depot.files.get().stored_id in said
        assert "0 page" not in said
        assert "publication" not in said
        assert client.get(reverse("essai_tel_quel:document", args=[depot.pk])).status_code == 404

    def test_nobody_else_gets_it(self, firm: Account, client: Client) -> None:
        depot = submitted(firm)
        client.force_login(small.firm(1))
        address = reverse("essai_tel_quel:original", args=[depot.pk, depot.files.get().pk])
        assert client.get(address).status_code == 404

    def test_everybody_may_hold_the_file_against_the_receipt(self, firm: Account, client: Client) -> None:
        depot = submitted(firm)
        address = f"/v/{depot.verification_code}"
        assert "24 octets" in text_of(client.get(address))
        held = client.post(address, {"upload": SimpleUploadedFile("copie.txt", DSN)})
        assert "pas un octet n’en a été changé" in text_of(held)
