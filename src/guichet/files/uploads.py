"""Uploads go straight to disk while they are hashed: never in memory, never twice.

The form's fields come before its files in the body, so a file over the ceiling costs nobody what was typed:
the view still gets the fields, and ``received`` raises ``UploadTooBig``.
"""

import contextlib
import hashlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

from guichet.files import stores
from guichet.kernel.refusals import N_, Refusal
from guichet.kernel.sizes import size_in_words

# A file over the ceiling is read (and thrown away) up to this many ceilings, so that the browser gets to show
# the answer; beyond, the connection is closed.
PATIENCE = 4
TOGETHER = 2  # ceilings that all files of one request may take on the disk: anybody may send them


class UploadTooBig(Refusal):
    """A file is over the portal's ceiling; what was read of it is gone."""

    code: ClassVar[str] = "too_big"
    status: ClassVar[int] = 413
    message: ClassVar[str] = N_(
        "Le fichier « {name} » dépasse {limit}, la taille la plus grande que le guichet reçoit. "
        "Réduisez-le (par exemple en numérisant en 150 points par pouce, en gris) ou partagez-le en "
        "plusieurs fichiers."
    )


class UploadsTooBigTogether(UploadTooBig):
    """The files of one request are too big together; those that came before are there."""

    code: ClassVar[str] = "too_big_at_once"
    message: ClassVar[str] = N_(
        "Les fichiers envoyés en même temps dépassent {limit} ensemble : « {name} » n’a pas été reçu. "
        "Envoyez-les en plusieurs fois."
    )


class HashedUpload(UploadedFile):  # type: ignore[type-arg] # generic in the stubs alone
    """An upload on disk. ``path`` lasts until ``close()`` (the end of the request), unless it was kept.

    ``size`` in bytes, ``sha256`` in hexadecimal; ``content_type`` is what the browser claimed.
    """

    def __init__(self, name: str, content_type: str, content: Any, *, size: int, sha256: str) -> None:
        super().__init__(file=content, name=name, content_type=content_type, size=size)
        self.sha256 = sha256
        self.path = Path(content.name)

    def close(self) -> None:
        """Remove the file, unless it was kept."""
        with contextlib.suppress(FileNotFoundError):
            super().close()


class HashingUploadHandler(FileUploadHandler):
    """Django's upload handler for every upload of the portal (``FILE_UPLOAD_HANDLERS``)."""

    chunk_size = 1 << 18

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self._close()
        self._hash = hashlib.sha256()
        self._size = 0
        with self._room():
            self._content = tempfile.NamedTemporaryFile(  # noqa: SIM115 - closed by the upload that it becomes
                dir=stores.incoming(), prefix="upload-", buffering=0
            )

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002 - Django's signature
        """Write and hash; over the ceiling, stop writing, then stop reading."""
        ceiling = settings.UPLOAD_MAX_SIZE
        self._size += len(raw_data)
        self._total += len(raw_data)
        if self._total > ceiling * PATIENCE:
            raise StopUpload(connection_reset=True)
        if self._size > ceiling:
            self._too_big(UploadTooBig, ceiling)
        elif self._total > ceiling * TOGETHER:
            self._too_big(UploadsTooBigTogether, ceiling * TOGETHER)
        elif self._content is not None:
            with self._room():
                self._write(raw_data)
            self._hash.update(raw_data)

    def file_complete(self, file_size: int) -> HashedUpload | None:
        """The upload, or nothing where it was refused."""
        if self._content is None:
            return None
        self._content.seek(0)
        content, self._content = self._content, None
        return HashedUpload(
            self.file_name or "",
            self.content_type or "",
            content,
            size=file_size,
            sha256=self._hash.hexdigest(),
        )

    def upload_interrupted(self) -> None:
        """The sender went away: nothing is left behind."""
        self._close()

    _content: Any = None
    _total = 0  # bytes of all files of the request

    def _write(self, raw_data: bytes) -> None:
        left = memoryview(raw_data)
        while left:  # a disk that becomes full takes a part first, then says so
            left = left[self._content.write(left) :]

    @contextlib.contextmanager
    def _room(self) -> Iterator[None]:
        """On a full disk, go on reading: what was typed beside the file is not lost."""
        try:
            with stores.room():
                yield
        except stores.StoreUnavailable as refusal:
            self._refuse(refusal)

    def _too_big(self, refusal: type[UploadTooBig], limit: int) -> None:
        self._refuse(refusal(name=self.file_name, limit=size_in_words(limit)))

    def _refuse(self, refusal: Refusal) -> None:
        self._close()
        if self.request is not None:
            self.request.__dict__.setdefault("_refused_uploads", {})[self.field_name] = refusal

    def _close(self) -> None:
        if self._content is not None:
            self._content.close()
            self._content = None


def received(request: HttpRequest, field: str) -> list[HashedUpload]:
    """The files sent in ``field``, in their order.

    Raises ``UploadTooBig`` where one was over the ceiling, ``StoreUnavailable`` where the disk is full.
    """
    uploads = request.FILES.getlist(field)
    refused: dict[str, Refusal] = request.__dict__.get("_refused_uploads", {})
    if field in refused:
        raise refused[field]
    return [upload for upload in uploads if isinstance(upload, HashedUpload)]
