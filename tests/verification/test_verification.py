"""The public verification page: what a receipt proves, and nothing more."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from guichet.depots import receipts
from guichet.depots.models import Depot
from guichet.files import queries as files
from guichet.files.models import StoredFile
from tests.teleprocedures.filer import Filer, a_browser, a_pdf
from tests.web.people import html_of as text


@pytest.fixture
def depot(filer: Filer) -> Depot:
    """A filing that counts."""
    return filer.confirmed()


@pytest.fixture
def receipt(depot: Depot) -> bytes:
    """Its receipt."""
    with files.open_stored(sha256=receipts.ensure(depot_id=depot.id).stored_id) as content:
        return content.read()


def held(address: str, content: bytes) -> Any:
    """What an unknown visitor is told of a file."""
    upload = SimpleUploadedFile("fichier.pdf", content, "application/pdf")
    return a_browser().post(address, {"upload": upload})


class TestWithoutUs:
    def test_a_receipt_holds_against_the_certificate_that_anybody_can_download(self, receipt: bytes) -> None:
        answer = a_browser().get("/verifier/cachet.pem")
        assert answer["Content-Disposition"].startswith("attachment")
        certificates = list(load_certs_from_pemder_data(answer.content))
        [signature] = PdfFileReader(io.BytesIO(receipt)).embedded_signatures
        status = validate_pdf_signature(signature, ValidationContext(trust_roots=certificates))
        assert status.bottom_line
        assert "cachet.pem" in text(a_browser().get("/verifier/"))


class TestByCode:
    def test_it_says_what_the_receipt_proves(self, depot: Depot) -> None:
        page = text(a_browser().get(f"/v/{depot.verification_code}"))
        received = depot.files.get(kind="received")
        assert str(depot.reference) in page
        assert received.stored_id in page
        assert "confirmé et en vigueur" in page
        assert "ne dit rien de leur contenu" in page

    def test_it_names_no_person_no_address_and_no_file(self, depot: Depot) -> None:
        page = text(a_browser().get(f"/v/{depot.verification_code}"))
        for private in ("lavoir.example", "Camille", "Tilleuls", "Lavoir", depot.siren, "comptes.pdf"):
            assert private not in page

    def test_a_replaced_version_is_told_to_be_so(self, filer: Filer, depot: Depot) -> None:
        filer.confirmed(nature="rectificatif")
        assert "remplacé par un rectificatif" in text(a_browser().get(f"/v/{depot.verification_code}"))

    def test_a_filing_that_is_not_confirmed_proves_nothing(self, filer: Filer) -> None:
        waiting = filer.filed()
        assert a_browser().get(f"/v/{waiting.verification_code}").status_code == 404

    def test_the_code_is_typed_or_pasted_with_its_address(self, depot: Depot) -> None:
        code = str(depot.verification_code)
        for typed in (code, f"  {code} ", f"https://guichet.example/v/{code}", f"http://x/v/{code}/"):
            assert a_browser().post("/verifier/", {"code": typed}).url == f"/v/{code}"

    @pytest.mark.django_db
    @pytest.mark.parametrize("code", ["inconnu", "é" * 500, "<script>alert(1)", "%00"])
    def test_a_wrong_code_is_explained_and_kept(self, code: str) -> None:
        for answer in (a_browser().get(f"/v/{code}"), a_browser().post("/verifier/", {"code": code})):
            assert answer.status_code in (404, 422)
            assert "<script>alert" not in text(answer)
            assert 'name="code"' in text(answer)

    @pytest.mark.django_db
    def test_no_code_at_all(self) -> None:
        answer = a_browser().post("/verifier/", {"code": " "})
        assert answer.status_code == 422
        assert "Saisissez le code" in text(answer)

    @pytest.mark.django_db
    def test_no_other_method(self) -> None:
        assert a_browser().delete("/verifier/").status_code == 405
        assert a_browser().put("/v/x").status_code == 405


class TestByFile:
    def test_a_genuine_receipt_with_its_reference(self, depot: Depot, receipt: bytes) -> None:
        for address in ("/verifier/", f"/v/{depot.verification_code}"):
            page = text(held(address, receipt))
            assert "Accusé authentique" in page
            assert str(depot.reference) in page

    def test_one_byte_changed(self, depot: Depot, receipt: bytes) -> None:
        at = receipt.index(b"reference=")
        altered = receipt[: at - 1] + bytes([receipt[at - 1] ^ 1]) + receipt[at:]
        for address in ("/verifier/", f"/v/{depot.verification_code}"):
            assert "Accusé altéré" in text(held(address, altered))

    @pytest.mark.parametrize("content", [b"", b"bonjour", b"%PDF-1.7\n%%EOF\n"])
    def test_something_else(self, depot: Depot, content: bytes) -> None:
        for address in ("/verifier/", f"/v/{depot.verification_code}"):
            assert "Fichier inconnu" in text(held(address, content))

    def test_a_file_that_was_filed(self, depot: Depot) -> None:
        with files.open_stored(sha256=depot.files.get(kind="received").stored_id) as stored:
            content = stored.read()
        address = f"/v/{depot.verification_code}"
        assert "exactement l’un de ceux de ce dépôt" in text(held(address, content))
        assert "Fichier inconnu" in text(held(address, content + b" "))
        # Without the code of the receipt, nobody learns whether somebody filed it.
        assert "Fichier inconnu" in text(held("/verifier/", content))

    def test_the_receipt_of_another_filing(self, filer: Filer, depot: Depot, receipt: bytes) -> None:
        other = filer.confirmed("30/06/2024")
        page = text(held(f"/v/{other.verification_code}", receipt))
        assert "concerne un autre dépôt" in page
        assert str(depot.reference) in page

    @pytest.mark.django_db
    def test_none_chosen(self) -> None:
        answer = a_browser().post("/verifier/", {})
        assert answer.status_code == 422
        assert "Choisissez le fichier à vérifier" in text(answer)

    @pytest.mark.django_db
    def test_nothing_of_it_is_kept(self, settings: Any) -> None:
        before = StoredFile.objects.count()
        held("/verifier/", a_pdf(3))
        assert StoredFile.objects.count() == before
        assert not [path for path in Path(settings.FILES_DIR, "incoming").iterdir() if path.is_file()]

    @pytest.mark.django_db
    def test_too_big_is_told(self, settings: Any) -> None:
        settings.UPLOAD_MAX_SIZE = 1000
        answer = held("/verifier/", b"x" * 2000)
        assert answer.status_code in (413, 422)
        assert "dépasse" in text(answer)
