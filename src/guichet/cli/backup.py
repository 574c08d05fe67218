"""A whole portal in one tar archive, and back: database, filed contents, certificates of the seal.

The seal's private key is not in it: it is kept apart, and what it signed verifies with the certificates.
"""

import contextlib
import hashlib
import io
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from guichet.cli import postgres
from guichet.kernel.refusals import N_, Refusal
from guichet.kernel.sizes import size_in_words

DUMP, FILES, CERTIFICATES = "database.dump", "files/", "certificates/"


class NotEmpty(Refusal):
    """A backup is never poured over a portal that has data."""

    code = "not_empty"
    message = N_(
        "Cette base contient déjà {tables} tables : une sauvegarde se restaure dans une base vide. "
        "Donnez un autre dossier (GUICHET_VAR) ou une autre base (GUICHET_DATABASE_URL)."
    )


class NotABackup(Refusal):
    """The archive is not one of ours, or it was damaged."""

    code = "not_a_backup"
    message = N_("{file} n’est pas une sauvegarde entière : {why}.")


class DumpFailed(Refusal):
    """PostgreSQL's own tool gave up."""

    code = "dump_failed"
    message = N_("{tool} a échoué : {why}")


class ContentsMissing(Refusal):
    """Done, but for contents that were gone already: whoever runs it every night must notice."""

    code = "contents_missing"
    message = N_(
        "{file} : {report}. Tout le reste y est, mais ces fichiers déposés ont disparu du stockage : "
        "cherchez-les dans une sauvegarde plus ancienne."
    )


class NoFolder(Refusal):
    """There is nowhere to put the archive."""

    code = "no_folder"
    message = N_("Le dossier {folder} n’existe pas : créez-le, ou donnez un autre chemin à l’archive.")


@dataclass(frozen=True)
class Report:
    """What an archive holds. ``missing``: contents that rows promise and that the archive does not hold."""

    files: int
    size: int
    certificates: int
    missing: int = 0

    def __str__(self) -> str:
        text = f"base de données, {self.files} fichiers ({size_in_words(self.size)}), "
        text += f"{self.certificates} certificats"
        return text + (f" ; {self.missing} contenus manquants" if self.missing else "")


def backup(file: Path) -> Report:
    """Write the archive ``file``; it appears under its name once it is whole and on disk.

    The portal may go on working meanwhile. Raises ``DumpFailed``, ``NoFolder``.
    """
    if not file.parent.is_dir():
        raise NoFolder(folder=file.parent)
    with (
        tempfile.TemporaryDirectory(dir=file.parent) as folder,
        _written_whole(file) as raw,
        tarfile.open(fileobj=raw, mode="w|") as archive,
    ):
        dump = Path(folder) / DUMP
        _pg("pg_dump", "--format=custom", f"--file={dump}")
        archive.add(dump, DUMP)
        sizes, missing = _add_files(archive)
        certificates = _add_certificates(archive)
    return Report(len(sizes), sum(sizes), certificates, missing)


def restore(file: Path) -> Report:
    """Pour the archive ``file`` into an empty database, the store and the seal's folder; check every hash.

    Raises ``NotEmpty``, ``NotABackup`` and ``DumpFailed``.
    """
    from guichet.cli import prepare

    _refuse_data()
    with _opened(file) as archive, tempfile.TemporaryDirectory() as folder:
        _restore_dump(file, archive, Path(folder) / DUMP)
        sizes, certificates = _restore_contents(file, archive)
    prepare.migrate()
    missing = set(_promised()) - sizes.keys()  # an archive may hold contents younger than its dump
    return Report(len(sizes), sum(sizes.values()), certificates, len(missing))


@contextlib.contextmanager
def _written_whole(file: Path) -> Iterator[IO[bytes]]:
    """For its owner's eyes only; nothing is left of it where writing fails."""
    part = file.with_name(f"{file.name}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as raw:
            yield raw
            raw.flush()
            os.fsync(raw.fileno())
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)


def _promised() -> list[str]:
    from guichet.files.models import StoredFile

    return list(StoredFile.objects.order_by("sha256").values_list("sha256", flat=True))


def _add_files(archive: tarfile.TarFile) -> tuple[list[int], int]:
    from guichet.files.stores import Missing, store

    sizes, missing = [], 0
    for sha256 in _promised():
        try:
            with store().local(sha256) as path:
                sizes.append(_add(archive, f"{FILES}{sha256}", path))
        except Missing:
            missing += 1
    return sizes, missing


def _add(archive: tarfile.TarFile, name: str, path: Path) -> int:
    with path.open("rb") as content:
        member = tarfile.TarInfo(name)
        member.size = os.fstat(content.fileno()).st_size
        archive.addfile(member, content)
    return member.size


def _add_certificates(archive: tarfile.TarFile) -> int:
    from django.conf import settings

    folder = Path(settings.SEAL_DIR)
    found = [*folder.glob("*.crt"), *sorted((folder / "former").glob("*.crt"))]
    for path in found:
        content = path.read_bytes()
        member = tarfile.TarInfo(f"{CERTIFICATES}{hashlib.sha256(content).hexdigest()[:16]}.crt")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return len(found)


def _refuse_data() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        if tables := connection.introspection.table_names(cursor):
            raise NotEmpty(tables=len(tables))


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(file, mode="r|") as archive:
            yield archive
    except tarfile.TarError as error:
        raise NotABackup(file=file, why=error) from error


def _restore_dump(file: Path, archive: tarfile.TarFile, dump: Path) -> None:
    first = archive.next()
    if first is None or first.name != DUMP:
        raise NotABackup(file=file, why="la base de données n’y est pas")
    with _content(archive, first) as content, dump.open("wb") as target:
        shutil.copyfileobj(content, target)
    _pg("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", str(dump))


def _restore_contents(file: Path, archive: tarfile.TarFile) -> tuple[dict[str, int], int]:
    """Bytes by hash, and the number of certificates."""
    sizes, certificates = {}, 0
    for member in archive:
        with _content(archive, member) as content:
            if member.name.startswith(FILES):
                sha256 = member.name.removeprefix(FILES)
                _restore_file(file, sha256, content)
                sizes[sha256] = member.size
            elif member.name.startswith(CERTIFICATES):
                _restore_certificate(Path(member.name).name, content)
                certificates += 1
    return sizes, certificates


def _restore_file(file: Path, sha256: str, content: IO[bytes]) -> None:
    from guichet.files.stores import incoming, store

    digest = hashlib.sha256()
    with tempfile.NamedTemporaryFile(dir=incoming(), delete=False) as target:
        for chunk in iter(lambda: content.read(1 << 20), b""):
            digest.update(chunk)
            target.write(chunk)
    if digest.hexdigest() != sha256:
        Path(target.name).unlink()
        raise NotABackup(file=file, why=f"le contenu {sha256} a été altéré")
    store().place(Path(target.name), sha256)


def _restore_certificate(name: str, content: IO[bytes]) -> None:
    """Among the former ones: they verify what was signed, whatever key the portal is given now."""
    from django.conf import settings

    folder = Path(settings.SEAL_DIR) / "former"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / name).write_bytes(content.read())


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    content = archive.extractfile(member)
    if content is None:
        raise NotABackup(file=archive.name, why=f"{member.name} n’est pas un fichier")
    return content


def _pg(tool: str, *options: str) -> None:
    """Run one of PostgreSQL's tools on the portal's database."""
    from django.db import connection
    from psycopg.conninfo import make_conninfo

    names = {"host", "port", "user", "dbname", "sslmode", "sslrootcert", "sslcert", "sslkey"}
    parameters = connection.get_connection_params()
    target = make_conninfo("", **{key: value for key, value in parameters.items() if key in names})
    environment = {**os.environ, "PGPASSWORD": str(parameters.get("password") or "")}
    command = [_binaries().path(tool), f"--dbname={target}", *options]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise DumpFailed(tool=tool, why=done.stderr.strip())


def _binaries() -> postgres.Binaries:
    """The tools of the server's own version where they are there, else the newest."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
        row = cursor.fetchone()
    try:
        return postgres.find_binaries(row[0] if row else None)
    except postgres.PostgresError:
        return postgres.find_binaries()
