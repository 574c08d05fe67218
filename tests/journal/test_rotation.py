"""A new seal while everything works: what was signed still verifies, and nothing has to be started again."""

import datetime as dt
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings
from typer.testing import CliRunner

from guichet.cli import seal as command
from guichet.journal import operations, pairs, rotation, sealing, verification
from guichet.journal.models import Event, Seal
from tests.journal.test_record import record

YEAR = dt.timedelta(days=365)


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    settings.SEAL_DIR = str(tmp_path / "seal")
    sealing.signer()
    yield tmp_path / "seal"
    sealing._load.cache_clear()


@pytest.mark.django_db
def test_seals_made_before_and_after_a_rotation_verify(folder: Path) -> None:
    record()
    before = operations.seal()
    record()
    new = rotation.rotate(validity=YEAR)
    record()
    after = operations.seal()
    assert before
    assert after
    assert before.certificate != after.certificate == new.fingerprint
    report = verification.verify()
    assert (report.ok, report.seals, report.unsealed) == (True, 3, 0), report.reason


@pytest.mark.django_db
def test_what_stood_in_the_journal_is_sealed_with_the_former_key(folder: Path) -> None:
    former = sealing.signer().fingerprint
    event = record()
    rotation.rotate(validity=YEAR)
    [seal] = Seal.objects.all()
    assert (seal.last_id, seal.certificate) == (event.pk, former)


@pytest.mark.django_db
def test_a_rotation_is_journalled_with_both_fingerprints(folder: Path) -> None:
    former = sealing.signer().fingerprint
    new = rotation.rotate(validity=YEAR)
    event = Event.objects.get(subject="seal")
    assert (event.kind, event.actor) == ("seal.rotated", "operator")
    assert event.data == {"former": former, "current": new.fingerprint}


@pytest.mark.django_db
def test_a_new_pair_bears_the_name_of_the_former_and_is_for_its_owner_alone(folder: Path) -> None:
    former = sealing.signer().certificate
    new = rotation.rotate(validity=YEAR)
    assert new.certificate.subject == former.subject
    assert new.certificate.not_valid_after_utc - dt.datetime.now(dt.UTC) > dt.timedelta(days=364)
    assert {path.stat().st_mode & 0o077 for path in folder.rglob("*.key")} == {0}
    assert sorted(path.name for path in folder.iterdir()) == [".lock", "former", "seal.crt", "seal.key"]


@pytest.mark.django_db
def test_every_former_certificate_stays_known(folder: Path) -> None:
    seen = [sealing.signer().fingerprint]
    seen += [rotation.rotate(validity=YEAR).fingerprint for _ in range(3)]
    assert set(sealing.certificates()) == set(seen)
    assert len(sealing.former()) == 3


@pytest.mark.django_db
def test_a_pair_issued_by_an_authority_is_taken_as_it_is(folder: Path, tmp_path: Path) -> None:
    given = pairs.new_pair(sealing.DEMO_NAME, YEAR)
    rotation.rotate(pair=given, validity=YEAR)
    assert sealing.signer().fingerprint == given.fingerprint
    with pytest.raises(rotation.SameSeal):
        rotation.rotate(pair=given, validity=YEAR)


@pytest.mark.django_db
def test_an_expired_certificate_changes_nothing(folder: Path) -> None:
    before = sealing.signer().fingerprint
    expired = pairs.new_pair(sealing.DEMO_NAME, -dt.timedelta(hours=1))
    with pytest.raises(rotation.NotValidNow):
        rotation.rotate(pair=expired, validity=YEAR)
    assert sealing.signer().fingerprint == before
    assert not Event.objects.filter(subject="seal").exists()


SIGNS_TWICE = """
import sys, django; django.setup()
from django.conf import settings
settings.SEAL_DIR = sys.argv[1]
from guichet.journal import sealing
print(sealing.signer().fingerprint, flush=True)
sys.stdin.readline()
print(sealing.signer().fingerprint, flush=True)
"""


@pytest.mark.django_db
def test_a_running_process_takes_the_new_key_without_a_restart(folder: Path) -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "guichet.config.settings"}
    with subprocess.Popen(
        [sys.executable, "-c", SIGNS_TWICE, str(folder)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
    ) as running:  # fmt: skip
        assert running.stdout
        first = running.stdout.readline().strip()
        new = rotation.rotate(validity=YEAR)
        second, _ = running.communicate("\n", timeout=60)
    assert first != second.strip() == new.fingerprint


@pytest.mark.django_db
@pytest.mark.parametrize("done", ["former", "next.key", "next.crt", "seal.key"])
def test_a_rotation_that_is_cut_off_leaves_a_seal_that_works(
    folder: Path, done: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The power fails after each step in turn: there is always a pair, and both certificates verify."""
    before, new = sealing.signer(), pairs.new_pair(sealing.DEMO_NAME, YEAR)
    shutil.copytree(folder, folder.with_name("whole"))
    rotation._replace(folder.with_name("whole"), before, new)
    whole = folder.with_name("whole")
    steps: dict[str, Callable[[], object]] = {
        "former": lambda: shutil.copytree(whole / "former", folder / "former"),
        "next.key": lambda: pairs.write_key(folder / "next.key", new),
        "next.crt": lambda: pairs.write_certificate(folder / "next.crt", new.certificate),
        "seal.key": lambda: (folder / "next.key").rename(folder / "seal.key"),
    }
    for name, step in steps.items():
        step()
        if name == done:
            break
    expected = new if done == "seal.key" else before
    assert sealing.signer().fingerprint == expected.fingerprint
    assert before.fingerprint in sealing.certificates()
    again = rotation.rotate(validity=YEAR)
    assert {before.fingerprint, expected.fingerprint, again.fingerprint} <= set(sealing.certificates())


@pytest.mark.django_db
def test_signing_while_the_seal_is_replaced_never_fails(folder: Path) -> None:
    stop, failures, signed = threading.Event(), [], 0

    def sign() -> None:
        nonlocal signed
        while not stop.is_set():
            try:
                key = sealing.signer()
                assert sealing.is_signed(key.certificate, key.sign(b"content"), b"content")
                signed += 1
            except Exception as failure:
                failures.append(failure)

    thread = threading.Thread(target=sign)
    thread.start()
    for _ in range(30):
        rotation._replace(folder, sealing.signer(), pairs.new_pair(sealing.DEMO_NAME, YEAR))
    stop.set()
    thread.join()
    assert not failures
    assert signed


@pytest.mark.django_db
def test_the_command_show_tells_the_present_and_the_former_ones(folder: Path) -> None:
    former = sealing.signer().fingerprint
    new = rotation.rotate(validity=YEAR).fingerprint
    told = CliRunner().invoke(command.app, ["show"])
    assert told.exit_code == 0
    assert told.output.index(new) < told.output.index(former)
    assert "valable du" in told.output


@pytest.mark.django_db
def test_the_command_rotate_tells_the_new_fingerprint(folder: Path) -> None:
    told = CliRunner().invoke(command.app, ["rotate", "--days", "30"])
    assert told.exit_code == 0, told.output
    assert sealing.signer().fingerprint in told.output


@pytest.mark.django_db
def test_the_command_rotate_takes_a_pair(folder: Path, tmp_path: Path) -> None:
    given = pairs.new_pair(sealing.DEMO_NAME, YEAR)
    pairs.write_key(tmp_path / "n.key", given)
    pairs.write_certificate(tmp_path / "n.crt", given.certificate)
    options = ["--key", str(tmp_path / "n.key"), "--certificate", str(tmp_path / "n.crt")]
    told = CliRunner().invoke(command.app, ["rotate", *options])
    assert told.exit_code == 0, told.output
    assert sealing.signer().fingerprint == given.fingerprint


@pytest.mark.django_db
def test_a_key_without_its_certificate_is_refused(folder: Path, tmp_path: Path) -> None:
    pairs.write_key(tmp_path / "n.key", pairs.new_pair(sealing.DEMO_NAME, YEAR))
    told = CliRunner().invoke(command.app, ["rotate", "--key", str(tmp_path / "n.key")])
    assert told.exit_code == 2
