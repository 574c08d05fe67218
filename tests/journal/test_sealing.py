"""The portal's key, and seals that skip no event."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.db import connection, transaction
from pytest_django.fixtures import Settings

from guichet.journal import operations, sealing
from guichet.journal.models import Event, Seal
from tests.journal.test_record import record


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    settings.SEAL_DIR = str(tmp_path / "seal")
    yield tmp_path / "seal"
    sealing._load.cache_clear()


def test_the_key_is_made_once_and_for_its_owner_alone(folder: Path) -> None:
    made = sealing.signer()
    sealing._load.cache_clear()
    assert sealing.signer().fingerprint == made.fingerprint
    assert (folder / "seal.key").stat().st_mode & 0o777 == 0o600
    assert sealing.is_signed(made.certificate, made.sign(b"content"), b"content")
    assert not sealing.is_signed(made.certificate, made.sign(b"content"), b"other")


def test_a_real_portal_never_makes_its_key(folder: Path, settings: Settings) -> None:
    settings.DEMO = settings.TESTING = False
    with pytest.raises(sealing.SealKeyError, match=r"seal\.crt"):
        sealing.signer()
    assert not folder.exists()


def test_processes_that_start_together_make_one_key(folder: Path) -> None:
    code = (
        "import django; django.setup(); from django.conf import settings;"
        f"settings.SEAL_DIR = {str(folder)!r};"
        "from guichet.journal import sealing; print(sealing.signer().fingerprint)"
    )
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "guichet.config.settings"}
    started = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=env)
        for _ in range(3)
    ]
    said = {process.communicate(timeout=60)[0].strip() for process in started}
    assert said == {sealing.signer().fingerprint}


def test_certificates_of_former_keys_stay_known(folder: Path) -> None:
    former = sealing.signer()
    (folder / "former").mkdir()
    (folder / "seal.crt").rename(folder / "former" / "2026.crt")
    (folder / "seal.key").unlink()
    sealing._load.cache_clear()
    assert set(sealing.certificates()) == {former.fingerprint, sealing.signer().fingerprint}
    assert former.fingerprint != sealing.signer().fingerprint


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (ec.generate_private_key(ec.SECP256R1()), "belong together"),
        (ec.generate_private_key(ec.SECP384R1()), "P-256"),
        (rsa.generate_private_key(65537, 2048), "P-256"),
        (None, "seal.key"),
    ],
)
def test_a_wrong_key_is_refused(folder: Path, key: ec.EllipticCurvePrivateKey | None, said: str) -> None:
    sealing.signer()
    pem = b"not a key"
    if key:
        form = serialization.PrivateFormat.PKCS8
        pem = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    (folder / "seal.key").write_bytes(pem)
    sealing._load.cache_clear()
    with pytest.raises(sealing.SealKeyError, match=said):
        sealing.signer()


@pytest.mark.django_db
def test_each_seal_covers_what_is_new_and_holds_the_one_before() -> None:
    first_events = [record(n=number) for number in range(3)]
    first = operations.seal()
    assert operations.seal() is None
    record()
    second = operations.seal()
    assert first is not None
    assert second is not None
    assert (first.seq, first.count, first.last_id) == (1, 3, first_events[-1].pk)
    assert (second.seq, second.count, second.first_id) == (2, 1, first.last_id + 1)
    assert second.previous_hash == first.hash


@pytest.mark.django_db
def test_nothing_to_seal() -> None:
    assert operations.seal() is None


@pytest.mark.django_db(transaction=True)
def test_an_event_that_commits_late_is_never_skipped() -> None:
    """A transaction draws an id, another one with a higher id commits, and a seal is asked for meanwhile."""
    written, finish = threading.Event(), threading.Event()

    def slow_writer() -> None:
        with transaction.atomic():
            record("depot:slow")
            written.set()
            finish.wait(30)
        connection.close()

    thread = threading.Thread(target=slow_writer)
    thread.start()
    written.wait(30)
    with transaction.atomic():
        record("depot:quick")
    assert operations.seal() is None  # the lower id is not decided yet
    finish.set()
    thread.join()
    seal = operations.seal()
    assert seal is not None
    assert seal.count == 2


@pytest.mark.django_db(transaction=True)
def test_sealing_while_others_write_covers_every_event_once() -> None:
    stop = threading.Event()

    def write(subject: str) -> None:
        for number in range(40):
            with transaction.atomic():
                record(f"{subject}:{number % 3}")
        connection.close()

    def keep_sealing() -> None:
        while not stop.is_set():
            operations.seal()
        connection.close()

    writers = [threading.Thread(target=write, args=(name,)) for name in ("a", "b")]
    sealers = [threading.Thread(target=keep_sealing) for _ in range(2)]
    for thread in writers + sealers:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in sealers:
        thread.join()
    operations.seal()
    assert sum(Seal.objects.values_list("count", flat=True)) == Event.objects.count() == 80
    from guichet.journal.verification import verify

    report = verify()
    assert report.ok, report
    assert report.unsealed == 0


@pytest.mark.django_db
def test_a_role_that_may_only_add_can_seal() -> None:
    """The portal's role may not change the journal, so it may not lock it either: the owner does that."""
    record()
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE guichet_only_adds")
        cursor.execute("GRANT USAGE ON SCHEMA public TO guichet_only_adds")
        cursor.execute("GRANT SELECT, INSERT ON journal_event, journal_seal TO guichet_only_adds")
        cursor.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO guichet_only_adds")
        cursor.execute("SET LOCAL ROLE guichet_only_adds")
    record(n=2)
    seal = operations.seal()
    assert seal is not None
    assert seal.count == 2
