"""Where contents lie: a local folder or an S3-compatible store, addressed by SHA-256, durable on return."""

import contextlib
import datetime as dt
import errno
import hashlib
import logging
import os
import re
import tempfile
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import BinaryIO, ClassVar, Protocol
from urllib.parse import parse_qs, urlsplit

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files import File
from storages.backends.s3 import S3Storage

from guichet.kernel.refusals import N_, Refusal

RETRY_AFTER = 60  # seconds
# Nobody is kept waiting for minutes, with a thread and perhaps a row held, by a service that is away.
CONNECT_TIMEOUT, ANSWER_TIMEOUT, ATTEMPTS = 3, 20, 2  # seconds
CHUNK = 1 << 20
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}
logger = logging.getLogger(__name__)
_SHA256 = re.compile("[0-9a-f]{64}")


class Missing(LookupError):  # noqa: N818 - says what is the case
    """The content that a row promises is not in the store."""


class StoreUnavailable(Refusal):
    """The store gives no answer at the moment; nothing is said about the content."""

    code: ClassVar[str] = "store_unavailable"
    status: ClassVar[int] = 503
    message: ClassVar[str] = N_(
        "Le guichet ne peut ni lire ni conserver de fichier en ce moment. Réessayez dans quelques minutes ; "
        "rien de ce que vous avez déjà saisi n’est perdu."
    )


class Store(Protocol):
    """Contents by their hash. All may raise ``StoreUnavailable``: the service is away, or the disk full."""

    def place(self, path: Path, sha256: str) -> None:
        """Take over the file at ``path``, whose hash is ``sha256``; return once it is durable."""

    def open(self, sha256: str) -> BinaryIO:
        """The content, for reading. Raises ``Missing``."""

    def local(self, sha256: str) -> contextlib.AbstractContextManager[Path]:
        """A path to the content, for reading, as long as the block lasts. Raises ``Missing``."""

    def remove(self, sha256: str) -> None:
        """Erase the content; nothing happens where there is none."""

    def older_than(self, moment: dt.datetime) -> Iterator[str]:
        """The hashes of the contents that were placed before ``moment``, whether a row knows them or not."""


def incoming() -> Path:
    """The folder where uploads are written; on the local store's own disk, so that keeping one is a rename.

    Raises ``StoreUnavailable`` where the disk is full.
    """
    folder = Path(settings.FILES_DIR) / "incoming"
    with room():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


@contextlib.contextmanager
def room() -> Iterator[None]:
    """Raise ``StoreUnavailable`` where the disk is full, or takes nothing any more, within the block."""
    try:
        yield
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        logger.exception("the disk of FILES_DIR takes nothing")
        raise StoreUnavailable(retry_after=RETRY_AFTER) from error


def key(sha256: str) -> str:
    """Where a content lies below the store's root: ``ab/cd/abcd…``."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


class LocalStore:
    """A folder. The same content twice is one file: whoever comes second replaces it with equal bytes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._durable: set[Path] = set()
        self._lock = threading.Lock()

    def place(self, path: Path, sha256: str) -> None:
        """See ``Store``. The file is synced, renamed, then its folder synced."""
        target = self.root / key(sha256)
        with room():
            _sync(path)
            self._make_folder(target.parent)
            path.replace(target)
            _sync(target.parent)

    def open(self, sha256: str) -> BinaryIO:
        """See ``Store``."""
        try:
            return (self.root / key(sha256)).open("rb")
        except FileNotFoundError:
            raise Missing(sha256) from None

    @contextlib.contextmanager
    def local(self, sha256: str) -> Iterator[Path]:
        """See ``Store``."""
        path = self.root / key(sha256)
        if not path.exists():
            raise Missing(sha256)
        yield path

    def remove(self, sha256: str) -> None:
        """See ``Store``."""
        (self.root / key(sha256)).unlink(missing_ok=True)

    def older_than(self, moment: dt.datetime) -> Iterator[str]:
        """See ``Store``."""
        before = moment.timestamp()
        for path in self.root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
            with contextlib.suppress(FileNotFoundError):  # erased meanwhile
                if _SHA256.fullmatch(path.name) and path.stat().st_mtime < before:
                    yield path.name

    def _make_folder(self, folder: Path) -> None:
        # A folder made by another process may not be durable yet: each process syncs the way once.
        with self._lock:
            if folder in self._durable and folder.exists():
                return
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for parent in (folder.parent, self.root, self.root.parent):
                _sync(parent)
            self._durable.add(folder)


class S3Store:
    """A bucket of an S3-compatible service, which answers a PUT once the object is durable."""

    def __init__(self, storage: S3Storage) -> None:
        self.storage = storage

    def place(self, path: Path, sha256: str) -> None:
        """See ``Store``."""
        with path.open("rb") as content, _answering():
            self.storage.save(key(sha256), File(content))
        path.unlink()

    def open(self, sha256: str) -> BinaryIO:
        """See ``Store``. The object is brought to a temporary file first, which vanishes when it is
        closed."""
        with room():
            content = tempfile.TemporaryFile(dir=incoming())  # noqa: SIM115 - the caller closes it
        try:
            with room(), _answering(), self.storage.open(key(sha256)) as stored:
                for chunk in stored.chunks(CHUNK):
                    content.write(chunk)
                content.flush()  # a full disk says so here
        except FileNotFoundError:
            content.close()
            raise Missing(sha256) from None
        except StoreUnavailable:
            content.close()
            raise
        content.seek(0)
        return content

    @contextlib.contextmanager
    def local(self, sha256: str) -> Iterator[Path]:
        """See ``Store``."""
        with self.open(sha256) as content:
            yield Path(f"/proc/self/fd/{content.fileno()}")

    def remove(self, sha256: str) -> None:
        """See ``Store``."""
        with _answering():
            self.storage.delete(key(sha256))

    def older_than(self, moment: dt.datetime) -> Iterator[str]:
        """See ``Store``. Other objects of the bucket are left alone."""
        location = self.storage.location
        prefix = f"{location}/" if location else ""
        with _answering():
            for item in self.storage.bucket.objects.filter(Prefix=prefix):
                sha256 = item.key.rpartition("/")[2]
                is_content = _SHA256.fullmatch(sha256) and item.key == prefix + key(sha256)
                if is_content and item.last_modified < moment:
                    yield sha256


def store() -> Store:
    """The store that ``STORE_URL`` names, or the folder ``FILES_DIR``."""
    return _store(settings.STORE_URL, Path(settings.FILES_DIR))


def hash_of(content: BinaryIO) -> str:
    """The SHA-256 of everything left to read, in hexadecimal."""
    return hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type] # typeshed wants readinto


@cache
def _store(url: str, folder: Path) -> Store:
    return S3Store(s3_storage(url)) if url else LocalStore(folder)


def s3_storage(url: str) -> S3Storage:
    """django-storages for ``s3://bucket?endpoint=https://…&region=…``. Raises ``ImproperlyConfigured``."""
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.hostname:
        raise ImproperlyConfigured("GUICHET_STORE_URL: s3://bucket?endpoint=https://…&region=… is expected")
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return S3Storage(
        bucket_name=parts.hostname,
        location=parts.path.strip("/"),
        endpoint_url=query.get("endpoint"),
        region_name=query.get("region"),
        access_key=settings.STORE_ACCESS_KEY or None,
        secret_key=settings.STORE_SECRET_KEY or None,
        default_acl=None,
        client_config=Config(
            s3={"addressing_style": "path"} if "endpoint" in query else None,
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=ANSWER_TIMEOUT,
            retries={"total_max_attempts": ATTEMPTS},
        ),
        file_overwrite=True,
        querystring_auth=True,
    )


@contextlib.contextmanager
def _answering() -> Iterator[None]:
    """Raise ``StoreUnavailable`` where the service can't be reached, or says itself that it is unwell."""
    try:
        yield
    except (BotoCoreError, Boto3Error) as error:
        raise StoreUnavailable(retry_after=RETRY_AFTER) from error
    except ClientError as error:
        if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500) < 500:
            raise  # refused: our own settings are wrong
        raise StoreUnavailable(retry_after=RETRY_AFTER) from error


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
