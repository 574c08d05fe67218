"""Keeping, scanning and forgetting files."""

import contextlib
import datetime as dt
import hashlib
import itertools
import logging
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, ForeignObjectRel, OuterRef, ProtectedError, RestrictedError
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from guichet.files import antivirus, stores
from guichet.files.models import StoredFile
from guichet.files.rules import MEDIA_TYPE_LENGTH
from guichet.kernel import clock

# An upload that lasts longer than this has been abandoned.
INCOMING_LIFETIME = dt.timedelta(hours=24)
FEW_ORPHANS, MOST_ORPHANS = 100, 0.05  # how many, or which share of all contents, may be erased at once

MOST_SCANS = 1000  # how many may be enqueued at once: other jobs wait behind them

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Content:
    """A file at ``path`` to be kept; ``sha256`` and ``size`` (bytes) were computed while it was written."""

    path: Path
    sha256: str
    size: int
    media_type: str


def keep(*, path: Path, sha256: str, size: int, media_type: str) -> StoredFile:
    """``keep_all`` for one file."""
    return keep_all(contents=[Content(path=path, sha256=sha256, size=size, media_type=media_type)])[0]


@transaction.atomic(savepoint=False)
def keep_all(*, contents: Sequence[Content]) -> list[StoredFile]:
    """Take over files (they move) and return their rows, as they were written, once the bytes are durable.

    The same content twice is one file and one row, the first one. With an antivirus on, the scan is
    enqueued in the same transaction.
    """
    _lock(*(content.sha256 for content in contents))
    for content in contents:
        stores.store().place(content.path, content.sha256)
    files = [_row(content) for content in contents]
    StoredFile.objects.bulk_create(files, ignore_conflicts=True)
    if settings.CLAMD:
        unsure = StoredFile.objects.filter(pk__in=[file.pk for file in files])
        for sha256 in unsure.exclude(scan=StoredFile.Scan.CLEAN).values_list("pk", flat=True):
            app.configure_task("files.scan").defer(sha256=sha256)
    return files


def _row(content: Content) -> StoredFile:
    return StoredFile(
        sha256=content.sha256,
        size=content.size,
        media_type=content.media_type[:MEDIA_TYPE_LENGTH],
        stored_at=clock.now(),
        scan=StoredFile.Scan.PENDING if settings.CLAMD else StoredFile.Scan.OFF,
    )


def keep_bytes(*, content: bytes, media_type: str) -> StoredFile:
    """Keep ``content``, as ``keep`` does."""
    with stores.room(), tempfile.NamedTemporaryFile(dir=stores.incoming(), delete=False) as written:
        path = Path(written.name)
    try:
        with stores.room():
            path.write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        return keep(path=path, sha256=digest, size=len(content), media_type=media_type)
    finally:
        path.unlink(missing_ok=True)


def forget(*, sha256: str) -> bool:
    """Erase a content that nothing refers to any more; ``False`` where something does, or it is unknown.

    What refers to a stored file does so by a foreign key with ``on_delete=PROTECT``.
    """
    with transaction.atomic():
        _lock(sha256)
        try:
            erased, _ = StoredFile.objects.filter(pk=sha256).delete()
        except (ProtectedError, RestrictedError):
            return False
        transaction.on_commit(lambda: _erase_unless_kept_again(sha256))
    return bool(erased)


def forget_unreferenced() -> int:
    """Erase contents over a day old that nothing refers to; how many (daily job ``forget_unreferenced``).

    Who lets go of a content forgets it at once; a process that is killed in between leaves it to this job.
    """
    left = StoredFile.objects.filter(stored_at__lt=clock.now() - INCOMING_LIFETIME)
    for relation in StoredFile._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel):
            held = relation.related_model._base_manager.filter(**{relation.field.attname: OuterRef("pk")})
            left = left.filter(~Exists(held))
    return sum(forget(sha256=sha256) for sha256 in left.values_list("pk", flat=True))


def scan(*, sha256: str) -> str:
    """Let the antivirus read a stored content and keep its verdict (job ``files.scan``); idempotent.

    Raises ``antivirus.Unavailable`` where it gives no answer, so that the job is tried again.
    """
    with stores.store().local(sha256) as path:
        verdict = antivirus.scan(path)
    moment = None if verdict == "off" else clock.now()
    StoredFile.objects.filter(pk=sha256).update(scan=verdict, scanned_at=moment)
    return verdict


def scan_waiting() -> int:
    """Enqueue the scan of contents without a verdict whose job is gone; how many. Hourly job.

    They were kept before there was an antivirus, or it gave no answer for as long as it was asked.
    """
    if not settings.CLAMD:
        return 0
    jobs = ProcrastinateJob.objects.filter(task_name="files.scan", status__in=["todo", "doing"])
    waiting = StoredFile.objects.filter(scan__in=[StoredFile.Scan.PENDING, StoredFile.Scan.OFF])
    lost = waiting.exclude(pk__in=list(jobs.values_list("args__sha256", flat=True)))
    for sha256 in (found := list(lost.order_by("stored_at").values_list("pk", flat=True)[:MOST_SCANS])):
        app.configure_task("files.scan").defer(sha256=sha256)
    return len(found)


def sweep_incoming() -> int:
    """Remove uploads that a killed process left behind (periodic job ``files.sweep_incoming``); how many."""
    before = (clock.now() - INCOMING_LIFETIME).timestamp()
    swept = 0
    for path in stores.incoming().iterdir():
        with contextlib.suppress(FileNotFoundError):  # its upload has ended meanwhile
            if path.stat().st_mtime < before:
                path.unlink()
                swept += 1
    return swept


def sweep_orphans() -> int:
    """Erase contents of the store that no row knows (daily job ``files.sweep_orphans``); how many.

    What is rolled back leaves one, as bytes are durable before their row. Younger ones than
    ``INCOMING_LIFETIME`` are left alone: their row may be on its way. Where they are many, the store is
    another portal's or the database an older one's: then the log says so, and nothing is erased.
    """
    contents = 0
    orphans: list[str] = []
    for old in _by_thousand(stores.store().older_than(clock.now() - INCOMING_LIFETIME)):
        contents += len(old)
        orphans += set(old) - set(StoredFile.objects.filter(pk__in=old).values_list("pk", flat=True))
    if len(orphans) > max(FEW_ORPHANS, contents * MOST_ORPHANS):
        logger.error("%d of %d contents of the store are unknown: none was erased", len(orphans), contents)
        return 0
    return sum(_erase_unless_kept_again(sha256) for sha256 in orphans)


def _by_thousand(hashes: Iterator[str]) -> Iterator[list[str]]:
    while some := list(itertools.islice(hashes, 1000)):
        yield some


@transaction.atomic
def _erase_unless_kept_again(sha256: str) -> bool:
    _lock(sha256)
    if StoredFile.objects.filter(pk=sha256).exists():
        return False
    stores.store().remove(sha256)
    return True


def _lock(*hashes: str) -> None:
    """Hold everybody else who keeps or forgets the same contents until the transaction ends."""
    numbers = [int.from_bytes(bytes.fromhex(sha256)[:8], "big", signed=True) for sha256 in hashes]
    with connection.cursor() as cursor:  # in one order, so that nobody waits for each other
        cursor.execute("SELECT pg_advisory_xact_lock(n) FROM unnest(%s::bigint[]) n", [sorted(numbers)])
