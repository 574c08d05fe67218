"""A backup is restored for real, into a portal that has nothing, and everything in it is proved again."""

import hashlib
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction

from guichet.cli import backup, postgres
from guichet.config import env
from guichet.files import operations as files
from guichet.journal import operations as journal
from tests.cli.test_run import environment, guichet

CONTENT = b"%PDF-1.7 the accounts of a fictitious association"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def archive(transactional_db: None, tmp_path: Path) -> Path:
    files.keep_bytes(content=CONTENT, media_type="application/pdf")
    with transaction.atomic():
        journal.record(subject="sirene", kind="test.kept", actor="operator", data={"sha256": SHA256})
    assert journal.seal()
    report = backup.backup(tmp_path / "portal.tar")
    assert (report.files, report.size, report.certificates, report.missing) == (1, len(CONTENT), 1, 0)
    return tmp_path / "portal.tar"


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Path]:
    var = tmp_path / "fresh"
    yield var
    shutil.rmtree(env.socket_dir(var), ignore_errors=True)


def run(var: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        guichet(*arguments), env=environment(var, 0), capture_output=True, text=True, check=False
    )


def test_everything_is_back_and_proves_itself(archive: Path, fresh: Path) -> None:
    restored = run(fresh, "restore", str(archive))
    assert (restored.returncode, restored.stderr) == (0, "")
    assert "1 fichiers" in restored.stdout

    verified = run(fresh, "journal", "verify")
    assert verified.returncode == 0, verified.stderr
    assert "1 événements et 1 scellements" in verified.stdout

    [kept] = [path for path in (fresh / "files").rglob("*") if path.name == SHA256]
    assert kept.read_bytes() == CONTENT


READS_THE_REGISTER = """
from guichet.cli.portal import portal
with portal():
    from django.db import connection
    from guichet.entreprises import queries
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        print(cursor.fetchone()[0], queries.is_empty())
"""


def test_the_portals_role_reads_the_register_of_a_restored_portal(archive: Path, fresh: Path) -> None:
    assert run(fresh, "restore", str(archive)).returncode == 0

    read = subprocess.run(
        [sys.executable, "-c", READS_THE_REGISTER],
        env=environment(fresh, 0),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (read.stdout, read.returncode) == ("guichet True\n", 0), read.stderr


def test_a_portal_that_has_data_is_not_poured_over(archive: Path, fresh: Path) -> None:
    assert run(fresh, "migrate").returncode == 0
    refused = run(fresh, "restore", str(archive))
    assert refused.returncode == 1
    assert "une base vide" in refused.stderr


def test_an_altered_content_is_noticed(archive: Path, fresh: Path) -> None:
    archive.write_bytes(archive.read_bytes().replace(b"fictitious", b"factitious"))
    refused = run(fresh, "restore", str(archive))
    assert refused.returncode == 1
    assert SHA256 in refused.stderr


def test_an_archive_cut_in_half_is_noticed(archive: Path, fresh: Path) -> None:
    archive.write_bytes(archive.read_bytes()[:5000])
    refused = run(fresh, "restore", str(archive))
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr


def test_the_seals_private_key_stays_at_home(archive: Path) -> None:
    with tarfile.open(archive) as content:
        names = content.getnames()
    assert all(name.endswith((".crt", ".dump", SHA256)) for name in names)
    assert b"PRIVATE KEY" not in archive.read_bytes()


def test_only_its_owner_reads_the_archive(archive: Path) -> None:
    assert archive.stat().st_mode & 0o077 == 0


def test_a_content_that_is_gone_is_told(transactional_db: None, tmp_path: Path, fresh: Path) -> None:
    files.keep_bytes(content=b"%PDF-1.7 gone", media_type="application/pdf")
    from guichet.files.stores import store

    store().remove(hashlib.sha256(b"%PDF-1.7 gone").hexdigest())
    assert backup.backup(tmp_path / "portal.tar").missing == 1

    # Whoever runs them every night looks at the status alone.
    for command, file in (("restore", "portal.tar"), ("backup", "again.tar")):
        done = run(fresh, command, str(tmp_path / file))
        assert (done.returncode, done.stdout) == (1, "")
        assert "1 contenus manquants" in done.stderr
        assert (tmp_path / file).exists()


def test_a_content_younger_than_the_dump_hides_no_other_that_is_missing(
    transactional_db: None, tmp_path: Path, fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The portal works on while it is saved: a file may arrive after the database was read."""
    from guichet.files.stores import store

    files.keep_bytes(content=b"%PDF-1.7 gone", media_type="application/pdf")
    store().remove(hashlib.sha256(b"%PDF-1.7 gone").hexdigest())
    real_pg = backup._pg

    def a_file_arrives(*arguments: str) -> None:
        real_pg(*arguments)
        files.keep_bytes(content=CONTENT, media_type="application/pdf")

    monkeypatch.setattr(backup, "_pg", a_file_arrives)
    assert backup.backup(tmp_path / "portal.tar").missing == 1
    restored = run(fresh, "restore", str(tmp_path / "portal.tar"))
    assert restored.returncode == 1
    assert "1 fichiers" in restored.stderr
    assert "1 contenus manquants" in restored.stderr


def test_a_backup_that_fails_leaves_nothing(
    transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "_binaries", lambda: postgres.Binaries(tmp_path, 18))
    (tmp_path / "pg_dump").symlink_to("/bin/false")
    with pytest.raises(backup.DumpFailed):
        backup.backup(tmp_path / "portal.tar")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pg_dump"]
