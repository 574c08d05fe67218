"""What a browser sends lies on disk, hashed, or nowhere at all."""

import contextlib
import errno
import gc
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from unittest import mock

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http import UnreadablePostError
from django.test import RequestFactory
from pytest_django.fixtures import Settings as SettingsWrapper

from guichet.files import operations, queries, stores, uploads

CONTENT = bytes(range(256)) * 2000  # 512,000 bytes: several chunks
BOUNDARY = "limite"


@pytest.fixture(autouse=True)
def folder(settings: SettingsWrapper, tmp_path: Path) -> Path:
    settings.FILES_DIR = tmp_path / "files"
    settings.UPLOAD_MAX_SIZE = 600_000
    return stores.incoming()


def part(name: str, content: bytes, filename: str = "") -> bytes:
    file = f'; filename="{filename}"' if filename else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
    return head.encode() + content + b"\r\n"


def posted(*parts: bytes, body: BinaryIO | None = None) -> WSGIRequest:
    whole = b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
    request = RequestFactory().generic(
        "POST", "/", whole, content_type=f"multipart/form-data; boundary={BOUNDARY}"
    )
    if body:
        request._stream = body  # what the server reads from
    return request


@pytest.fixture
def request_with() -> Iterator[list[WSGIRequest]]:
    """Requests made by a test, closed at its end as Django closes them."""
    made: list[WSGIRequest] = []
    yield made
    for request in made:
        request.close()


def test_an_upload_is_on_disk_and_hashed(folder: Path) -> None:
    request = posted(part("titre", b"Comptes"), part("fichier", CONTENT, "../comptes.pdf"))
    (upload,) = uploads.received(request, "fichier")
    assert (upload.name, upload.size) == ("comptes.pdf", len(CONTENT))
    assert upload.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert upload.path.parent == folder
    assert upload.path.read_bytes() == upload.read() == CONTENT
    assert request.POST["titre"] == "Comptes"
    request.close()
    assert not list(folder.iterdir())


def test_several_files_keep_their_order(request_with: list[WSGIRequest]) -> None:
    request = posted(*(part("fichier", b"x" * n, f"{n}.pdf") for n in (3, 1, 2)))
    request_with.append(request)
    assert [upload.size for upload in uploads.received(request, "fichier")] == [3, 1, 2]
    assert uploads.received(request, "autre") == []


@pytest.mark.django_db
def test_an_upload_that_was_kept_outlives_its_request(folder: Path) -> None:
    request = posted(part("fichier", CONTENT, "comptes.pdf"))
    (upload,) = uploads.received(request, "fichier")
    operations.keep(
        path=upload.path, sha256=upload.sha256, size=upload.size or 0, media_type="application/pdf"
    )
    request.close()
    assert queries.verify(sha256=upload.sha256) == "sound"
    assert not list(folder.iterdir())


@pytest.mark.parametrize(("size", "refused"), [(600_000, False), (600_001, True), (1_500_000, True)])
def test_a_file_over_the_ceiling_is_refused_and_what_was_typed_is_kept(
    size: int, refused: bool, folder: Path
) -> None:
    request = posted(
        part("titre", b"Comptes"), part("fichier", b"x" * size, "gros.pdf"), part("suite", b"oui")
    )
    assert (request.POST["titre"], request.POST["suite"]) == ("Comptes", "oui")
    assert len(list(folder.iterdir())) == (0 if refused else 1)
    if refused:
        with pytest.raises(uploads.UploadTooBig) as refusal:
            uploads.received(request, "fichier")
        assert refusal.value.status == 413
        assert "gros.pdf" in str(refusal.value)
    request.close()


def test_a_file_far_over_the_ceiling_is_not_read_to_its_end(folder: Path) -> None:
    whole = part("titre", b"Comptes") + part("fichier", b"x" * 10_000_000, "gros.pdf")
    body = io.BytesIO(whole)
    request = posted(whole, body=body)
    assert request.POST["titre"] == "Comptes"
    assert body.tell() < uploads.PATIENCE * 600_000 + 500_000
    with pytest.raises(uploads.UploadTooBig):
        uploads.received(request, "fichier")
    assert not list(folder.iterdir())


def test_an_upload_cut_short_leaves_nothing(folder: Path) -> None:
    class Cut(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() > 200_000:
                raise UnreadablePostError("the browser went away")
            return super().read(size)

    whole = part("fichier", CONTENT, "comptes.pdf")
    request = posted(whole, body=Cut(whole))
    with contextlib.suppress(UnreadablePostError):
        uploads.received(request, "fichier")
        pytest.fail("nothing was read")
    request.close()
    del request
    gc.collect()  # the error's own traceback held the upload
    assert not list(folder.iterdir())


def test_an_empty_file_is_an_upload_of_no_bytes(request_with: list[WSGIRequest]) -> None:
    request = posted(part("fichier", b"", "vide.pdf"))
    request_with.append(request)
    (upload,) = uploads.received(request, "fichier")
    assert (upload.size, upload.sha256) == (0, hashlib.sha256(b"").hexdigest())


@pytest.mark.parametrize("number", [2, 3, 4])
def test_the_files_of_one_request_are_bounded_together(number: int, folder: Path) -> None:
    files = [part("fichier", b"x" * 600_000, f"{rank}.pdf") for rank in range(1, number + 1)]
    request = posted(part("titre", b"Comptes"), *files)
    assert request.POST["titre"] == "Comptes"
    assert len(list(folder.iterdir())) == uploads.TOGETHER
    if number > uploads.TOGETHER:
        with pytest.raises(uploads.UploadsTooBigTogether, match=f"{number}.pdf"):
            uploads.received(request, "fichier")
    request.close()


def test_a_flood_of_files_is_not_read_to_its_end(folder: Path) -> None:
    whole = b"".join(part("fichier", b"x" * 500_000, f"{rank}.pdf") for rank in range(20))
    body = io.BytesIO(whole)
    request = posted(whole, body=body)
    assert not request.POST
    assert body.tell() < uploads.PATIENCE * 600_000 + 500_000
    request.close()
    assert not list(folder.iterdir())


@pytest.mark.parametrize("call", ["write", "open"])
def test_a_full_disk_is_said_and_costs_nobody_what_was_typed(folder: Path, call: str) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    target = "_write" if call == "write" else "new_file"
    request = posted(part("titre", b"Comptes"), part("fichier", CONTENT, "comptes.pdf"))
    if target == "_write":
        broken = mock.patch.object(uploads.HashingUploadHandler, "_write", side_effect=full)
    else:
        broken = mock.patch("tempfile.NamedTemporaryFile", side_effect=full)
    with broken:
        assert request.POST["titre"] == "Comptes"
    with pytest.raises(stores.StoreUnavailable) as refused:
        uploads.received(request, "fichier")
    assert (refused.value.status, refused.value.params) == (503, {"retry_after": stores.RETRY_AFTER})
    assert list(folder.iterdir()) == []


def test_another_error_of_the_disk_is_no_shortage_of_room(folder: Path) -> None:
    wrong = OSError(errno.EACCES, "Permission denied")
    with pytest.raises(PermissionError), stores.room():
        raise wrong
