"""Reads of stored files. Whether someone may read one is decided above: a file has no owner, a filing has."""

import contextlib
from pathlib import Path
from typing import BinaryIO, Literal

from django.conf import settings

from guichet.files import stores
from guichet.files.models import StoredFile
from guichet.kernel.refusals import N_, Refusal


class BeingScanned(Refusal):
    """The antivirus has not said yet. Params: ``retry_after`` (seconds)."""

    code = "being_scanned"
    title = N_("Fichier en cours d’analyse")
    message = N_("L’antivirus analyse encore ce fichier. Réessayez dans une minute pour le télécharger.")
    status = 409  # not 503: nothing is wrong with the portal, and the log stays silent


class Infected(Refusal):
    """The antivirus found a virus in it: it is shown to nobody."""

    code = "infected"
    title = N_("Fichier retenu")
    message = N_("L’antivirus a trouvé un virus dans ce fichier : il n’est montré à personne.")
    status = 410


def stored(*, sha256: str) -> StoredFile | None:
    """What is known of the content whose hash is ``sha256``."""
    return StoredFile.objects.filter(pk=sha256).first()


def open_stored(*, sha256: str) -> BinaryIO:
    """The content, for reading. Raises ``stores.Missing`` where it is not in the store."""
    return stores.store().open(sha256)


def local_path(*, sha256: str) -> contextlib.AbstractContextManager[Path]:
    """A path to the content while the block lasts, for reading only. Raises ``stores.Missing``."""
    return stores.store().local(sha256)


def verify(*, sha256: str) -> Literal["sound", "missing", "altered"]:
    """Whether the store holds exactly the bytes that ``sha256`` promises; reads and hashes all of them."""
    try:
        with stores.store().open(sha256) as content:
            return "sound" if stores.hash_of(content) == sha256 else "altered"
    except stores.Missing:
        return "missing"


def is_showable(*, sha256: str) -> bool:
    """Whether the content may be shown or published: with an antivirus on, only once it said « clean »."""
    scans = StoredFile.objects.filter(pk=sha256).values_list("scan", flat=True)
    return scans.first() in _showable()


def shows(row: StoredFile) -> bool:
    """As ``is_showable``, of a row that was read already: many of them cost no query."""
    return row.scan in _showable()


def _showable() -> set[str]:
    return {StoredFile.Scan.CLEAN} if settings.CLAMD else {StoredFile.Scan.CLEAN, StoredFile.Scan.OFF}


def check_showable(*, sha256: str) -> None:
    """Raise ``BeingScanned`` (409) or ``Infected`` (410) unless the content ``is_showable``."""
    if is_showable(sha256=sha256):
        return
    if StoredFile.objects.filter(pk=sha256, scan=StoredFile.Scan.INFECTED).exists():
        raise Infected
    raise BeingScanned(retry_after=60)
