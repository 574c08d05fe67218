"""INSEE's CSV files as a stream of bytes, plain, zipped or gzipped, in little memory."""

import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from guichet.kernel.refusals import N_, Refusal

CHUNK = 1 << 18
MAX_HEADER = 1 << 16
BOM = b"\xef\xbb\xbf"


class UnreadableFile(Refusal):
    """Params: ``file``."""

    code = "unreadable_file"
    message = N_(
        "{file} ne peut pas être lu : vérifiez le chemin et les droits d’accès. Rien n’a été changé."
    )


class EmptyFile(Refusal):
    """Params: ``file``."""

    code = "empty_file"
    message = N_("{file} est vide. Téléchargez-le de nouveau. Rien n’a été changé.")


class BrokenArchive(Refusal):
    """A zip or gzip file that is cut, damaged, or protected. Params: ``file``."""

    code = "broken_archive"
    message = N_(
        "{file} est une archive incomplète ou endommagée. Téléchargez-la de nouveau. Rien n’a été changé."
    )


class NotOneCsv(Refusal):
    """A zip file with no CSV file, or with several. Params: ``file``, ``count``."""

    code = "not_one_csv"
    message = N_("{file} devrait contenir un seul fichier CSV ; il en contient {count}. Rien n’a été changé.")


class WrongEncoding(Refusal):
    """Params: ``file``."""

    code = "wrong_encoding"
    message = N_(
        "{file} n’est pas un texte en UTF-8 : prenez le fichier CSV tel que l’Insee le diffuse, sans "
        "l’ouvrir ni l’enregistrer dans un tableur. Rien n’a été changé."
    )


class WrongDelimiter(Refusal):
    """Params: ``file``."""

    code = "wrong_delimiter"
    message = N_(
        "Les colonnes de {file} ne sont pas séparées par des virgules : prenez le fichier CSV tel que "
        "l’Insee le diffuse, sans l’ouvrir ni l’enregistrer dans un tableur. Rien n’a été changé."
    )


@dataclass
class Source:
    """An open file: the names of its ``columns``, then the rest of its bytes by ``chunks``."""

    name: str
    size: int  # in bytes, as stored: compressed where the file is
    columns: list[str]
    _raw: IO[bytes]
    _stream: IO[bytes]

    @property
    def position(self) -> int:
        """How many bytes of the file as stored have been read."""
        return self._raw.tell()

    def chunks(self) -> Iterator[bytes]:
        """The lines after the first. Raises ``BrokenArchive``."""
        with _archive_errors(self.name):
            while chunk := self._stream.read(CHUNK):
                yield chunk


@contextmanager
def open_source(path: Path) -> Iterator[Source]:
    """Open ``path`` and read its header.

    Raises ``UnreadableFile``, ``EmptyFile``, ``BrokenArchive``, ``NotOneCsv``, ``WrongEncoding``,
    ``WrongDelimiter``.
    """
    with ExitStack() as stack:
        try:
            raw = stack.enter_context(path.open("rb"))
        except OSError:
            raise UnreadableFile(file=path.name) from None
        with _archive_errors(path.name):
            stream = stack.enter_context(_decompressed(raw, path.name))
            header = stream.readline(MAX_HEADER)
        yield Source(path.name, path.stat().st_size, _columns(header, path.name), raw, stream)


def _decompressed(raw: IO[bytes], name: str) -> IO[bytes]:
    magic = raw.read(4)
    raw.seek(0)
    if magic.startswith(b"\x1f\x8b"):
        return io.BufferedReader(gzip.GzipFile(fileobj=raw), CHUNK)
    return _only_csv(zipfile.ZipFile(raw), name) if magic.startswith(b"PK") else raw


def _only_csv(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    members = [member for member in archive.infolist() if member.filename.lower().endswith(".csv")]
    if len(members) != 1:
        raise NotOneCsv(file=name, count=len(members))
    return archive.open(members[0])


@contextmanager
def _archive_errors(name: str) -> Iterator[None]:
    try:
        yield
    # RuntimeError: a zip file that is protected, or compressed in a way that zipfile does not know.
    except (zipfile.BadZipFile, gzip.BadGzipFile, EOFError, zlib.error, RuntimeError):
        raise BrokenArchive(file=name) from None


def _columns(header: bytes, name: str) -> list[str]:
    if not header.removeprefix(BOM).strip():
        raise EmptyFile(file=name)
    try:
        line = header.removeprefix(BOM).decode().strip("\r\n")
    except UnicodeDecodeError:
        raise WrongEncoding(file=name) from None
    if "\0" in line or (not line.isprintable() and "\t" not in line):
        raise WrongEncoding(file=name)
    if "," not in line and any(sign in line for sign in ";\t|"):
        raise WrongDelimiter(file=name)
    return [column.strip() for column in next(csv.reader([line]))]
