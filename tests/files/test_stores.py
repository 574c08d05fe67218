"""Bytes are kept once, under their hash, and are durable before anybody hears of it."""

import datetime as dt
import errno
import hashlib
import socket
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import ClientError
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django.fixtures import Settings as SettingsWrapper

from guichet.depots import receipts
from guichet.files import antivirus, operations, queries, stores
from guichet.files.models import StoredFile
from guichet.kernel import clock
from tests.depots import factories
from tests.object_store import object_store

CONTENT = b"Comptes annuels fictifs"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(scope="module")
def s3() -> Iterator[dict[str, str]]:
    with object_store() as settings:
        yield settings


@pytest.fixture(params=["local", "s3"])
def store(request: pytest.FixtureRequest, settings: SettingsWrapper, tmp_path: Path) -> stores.Store:
    settings.FILES_DIR = tmp_path / "files"
    if request.param == "s3":
        for name, value in request.getfixturevalue("s3").items():
            setattr(settings, name, value)
    found = stores.store()
    if isinstance(found, stores.S3Store):  # all tests share its server
        found.storage.bucket.objects.all().delete()
    return found


@pytest.fixture
def local(settings: SettingsWrapper, tmp_path: Path) -> Path:
    settings.FILES_DIR = tmp_path / "files"
    return tmp_path / "files"


def keep(content: bytes = CONTENT) -> StoredFile:
    return operations.keep_bytes(content=content, media_type="application/pdf")


@pytest.mark.django_db
def test_what_is_kept_can_be_read_again(store: stores.Store) -> None:
    file = keep()
    assert (file.pk, file.size, file.media_type) == (SHA256, len(CONTENT), "application/pdf")
    with queries.open_stored(sha256=SHA256) as stored:
        assert stored.read() == CONTENT
    with queries.local_path(sha256=SHA256) as path:
        assert path.read_bytes() == CONTENT
    assert queries.verify(sha256=SHA256) == "sound"
    assert queries.stored(sha256=SHA256) == file
    assert not list(stores.incoming().iterdir())


@pytest.mark.django_db
def test_the_same_content_twice_is_one_file(store: stores.Store) -> None:
    assert keep() == keep()
    assert StoredFile.objects.count() == 1


@pytest.mark.django_db
def test_what_is_missing_is_said_to_be(store: stores.Store) -> None:
    keep()
    store.remove(SHA256)
    store.remove(SHA256)
    assert queries.verify(sha256=SHA256) == "missing"
    with pytest.raises(stores.Missing):
        queries.open_stored(sha256=SHA256)
    with pytest.raises(stores.Missing), queries.local_path(sha256=SHA256):
        pass


@pytest.mark.django_db
def test_an_altered_content_is_found_and_mended_by_keeping_it_again(local: Path) -> None:
    keep()
    (local / SHA256[:2] / SHA256[2:4] / SHA256).write_bytes(b"autre chose")
    assert queries.verify(sha256=SHA256) == "altered"
    keep()
    assert queries.verify(sha256=SHA256) == "sound"


@pytest.mark.django_db
def test_bytes_are_synced_then_renamed_then_the_folder_is_synced(local: Path) -> None:
    keep(b"un premier, qui fait les dossiers")
    done: list[str] = []
    sync, replace = stores._sync, Path.replace

    def watched_sync(path: Path) -> None:
        done.append(f"sync {'folder' if path.is_dir() else 'file'}")
        sync(path)

    def watched_replace(self: Path, target: Path) -> Path:
        done.append("rename")
        return replace(self, target)

    with (
        mock.patch.object(stores, "_sync", watched_sync),
        mock.patch.object(Path, "replace", watched_replace),
    ):
        keep()
    assert [step for step in done if step != "sync folder"] == ["sync file", "rename"]
    assert done[-2:] == ["rename", "sync folder"]


@pytest.mark.django_db(transaction=True)
def test_ten_people_keep_the_same_content_at_once(local: Path) -> None:
    barrier = threading.Barrier(10)

    def one(_: int) -> str:
        try:
            barrier.wait()
            return keep().pk
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(one, range(10))) == {SHA256}
    assert StoredFile.objects.count() == 1
    assert queries.verify(sha256=SHA256) == "sound"


@pytest.mark.django_db(transaction=True)
def test_what_is_forgotten_is_erased(local: Path) -> None:
    keep()
    assert operations.forget(sha256=SHA256)
    assert queries.verify(sha256=SHA256) == "missing"
    assert not operations.forget(sha256=SHA256)


@pytest.mark.django_db(transaction=True)
def test_a_content_kept_again_while_it_is_forgotten_stays(local: Path) -> None:
    keep()
    with transaction.atomic():
        operations.forget(sha256=SHA256)
        keep()
    assert queries.verify(sha256=SHA256) == "sound"
    with transaction.atomic():
        operations.forget(sha256=SHA256)
        transaction.set_rollback(True)
    assert queries.verify(sha256=SHA256) == "sound"


@pytest.mark.django_db
def test_old_uploads_are_swept_and_recent_ones_stay(local: Path) -> None:
    left = stores.incoming() / "upload-laissé"
    left.write_bytes(b"x")
    assert operations.sweep_incoming() == 0
    with clock.travel(operations.INCOMING_LIFETIME + dt.timedelta(minutes=1)):
        assert operations.sweep_incoming() == 1
    assert not left.exists()


@pytest.mark.django_db
def test_an_upload_that_ends_during_the_sweep_does_not_stop_it(local: Path) -> None:
    paths = [stores.incoming() / name for name in ("parti", "laissé")]
    for path in paths:
        path.write_bytes(b"x")
    with (
        clock.travel(operations.INCOMING_LIFETIME + dt.timedelta(minutes=1)),
        mock.patch.object(Path, "iterdir", return_value=iter(paths)),
    ):
        paths[0].unlink()
        assert operations.sweep_incoming() == 1


@pytest.mark.django_db
def test_a_store_that_is_away_is_no_failure_of_ours(settings: SettingsWrapper, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "files"
    settings.STORE_ACCESS_KEY = settings.STORE_SECRET_KEY = "fictif"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings.STORE_URL = f"s3://depots?endpoint=http://127.0.0.1:{port}&region=eu-west-3"
    for act in (
        keep,
        lambda: queries.open_stored(sha256=SHA256),
        lambda: stores.store().remove(SHA256),
        lambda: list(stores.store().older_than(clock.now())),
    ):
        with pytest.raises(stores.StoreUnavailable) as away, transaction.atomic():
            act()
        assert (away.value.status, away.value.params["retry_after"]) == (503, stores.RETRY_AFTER)
    assert not StoredFile.objects.exists()
    assert not list(stores.incoming().iterdir())


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "raised"), [(503, stores.StoreUnavailable), (403, ClientError)])
def test_a_service_that_is_unwell_is_away_and_one_that_refuses_us_is_set_wrongly(
    status: int, raised: type[Exception]
) -> None:
    answer: Any = {"ResponseMetadata": {"HTTPStatusCode": status}}
    with pytest.raises(raised), stores._answering():
        raise ClientError(answer, "PutObject")


@pytest.mark.parametrize("url", ["http://depots", "s3://", "depots"])
def test_a_store_that_is_no_bucket_is_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        stores.s3_storage(url)


@pytest.mark.django_db
def test_without_an_antivirus_a_file_is_showable(local: Path) -> None:
    assert keep().scan == "off"
    assert queries.is_showable(sha256=SHA256)
    assert not queries.is_showable(sha256="0" * 64)


@pytest.mark.django_db
@pytest.mark.parametrize(("said", "showable"), [("clean", True), ("infected", False)])
def test_with_an_antivirus_a_file_is_shown_after_its_verdict(
    said: str, showable: bool, local: Path, settings: SettingsWrapper
) -> None:
    keep(b"avant")
    settings.CLAMD = "127.0.0.1:1"
    with mock.patch("guichet.files.operations.app.configure_task") as enqueued:
        assert keep().scan == "pending"
    enqueued.assert_called_once_with("files.scan")
    enqueued.return_value.defer.assert_called_once_with(sha256=SHA256)
    assert not queries.is_showable(sha256=SHA256)
    assert not queries.is_showable(sha256=hashlib.sha256(b"avant").hexdigest())
    with pytest.raises(antivirus.Unavailable):
        operations.scan(sha256=SHA256)
    with mock.patch("guichet.files.antivirus.scan", return_value=said):
        assert operations.scan(sha256=SHA256) == operations.scan(sha256=SHA256) == said
    assert queries.is_showable(sha256=SHA256) is showable
    file = queries.stored(sha256=SHA256)
    assert file
    assert file.scanned_at


SCANS = {"task_name": "files.scan", "status": "todo"}


@pytest.mark.django_db
def test_contents_without_a_verdict_and_without_a_job_are_scanned(
    local: Path, settings: SettingsWrapper
) -> None:
    keep(b"avant l'antivirus")
    assert operations.scan_waiting() == 0, "there is no antivirus"
    settings.CLAMD = "127.0.0.1:1"
    keep(b"depuis")
    clean = keep(b"sain")
    StoredFile.objects.filter(pk=clean.pk).update(scan="clean", scanned_at=clock.now())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE task_name = 'files.scan'")
    assert (operations.scan_waiting(), operations.scan_waiting()) == (2, 0)
    asked = {job.args["sha256"] for job in ProcrastinateJob.objects.filter(**SCANS)}
    assert asked == {hashlib.sha256(content).hexdigest() for content in (b"avant l'antivirus", b"depuis")}


@pytest.mark.django_db
def test_scans_that_are_many_do_not_come_all_at_once(
    local: Path, settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "MOST_SCANS", 2)
    for content in (b"un", b"deux", b"trois"):
        keep(content)
    settings.CLAMD = "127.0.0.1:1"
    assert [operations.scan_waiting() for _ in range(3)] == [2, 1, 0]


@pytest.mark.django_db
def test_contents_that_no_row_knows_are_swept_after_a_day(store: stores.Store) -> None:
    known = keep(b"connu")
    with transaction.atomic():
        keep()
        transaction.set_rollback(True)
    assert queries.verify(sha256=SHA256) == "sound"
    assert operations.sweep_orphans() == 0
    with clock.travel(operations.INCOMING_LIFETIME + dt.timedelta(minutes=1)):
        assert operations.sweep_orphans() == 1
        assert operations.sweep_orphans() == 0
    assert queries.verify(sha256=SHA256) == "missing"
    assert queries.verify(sha256=known.pk) == "sound"


@pytest.mark.django_db
def test_what_nothing_refers_to_is_forgotten_after_a_day(local: Path) -> None:
    keep()
    filed = factories.confirmed(factories.account())
    held = {file.stored_id for file in filed.files.all()} | {receipts.ensure(depot_id=filed.pk).stored_id}
    assert operations.forget_unreferenced() == 0
    with clock.travel(operations.INCOMING_LIFETIME + dt.timedelta(minutes=1)):
        assert operations.forget_unreferenced() == 1
        assert operations.forget_unreferenced() == 0
    assert set(StoredFile.objects.values_list("pk", flat=True)) == held


@pytest.mark.django_db
def test_the_store_of_another_portal_is_left_alone(
    local: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(operations, "FEW_ORPHANS", 1)
    for content in (b"un", b"deux"):
        keep(content)
    StoredFile.objects.all().delete()
    with clock.travel(operations.INCOMING_LIFETIME + dt.timedelta(minutes=1)):
        assert operations.sweep_orphans() == 0
    assert "2 of 2 contents" in caplog.text
    assert queries.verify(sha256=hashlib.sha256(b"un").hexdigest()) == "sound"


@pytest.mark.django_db
def test_other_files_in_the_store_are_not_taken_for_contents(store: stores.Store, local: Path) -> None:
    keep()
    (local / "lisez-moi").write_text("x")
    (stores.incoming() / "upload-en-cours").write_text("x")
    assert list(stores.store().older_than(clock.now() + dt.timedelta(minutes=1))) == [SHA256]
    (stores.incoming() / "upload-en-cours").unlink()


@pytest.mark.django_db
@pytest.mark.parametrize("store", ["s3"], indirect=True)
def test_a_full_disk_on_the_way_from_the_service_is_no_error_of_the_content(store: stores.Store) -> None:
    keep()
    real = tempfile.TemporaryFile

    def full(*args: Any, **options: Any) -> Any:
        made = real(*args, **options)
        return mock.Mock(wraps=made, flush=mock.Mock(side_effect=OSError(errno.ENOSPC, "full")))

    with mock.patch.object(tempfile, "TemporaryFile", full), pytest.raises(stores.StoreUnavailable):
        store.open(SHA256)
