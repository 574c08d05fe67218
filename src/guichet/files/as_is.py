"""Files of a format whose controls don't exist here: kept as they came, never opened, never shown.

What is refused is what nobody declares with: nothing at all, a program, an archive under another name, a file
whose extension is not one of those that are expected, and what the antivirus knows.
"""

import contextlib
from collections.abc import Collection, Mapping
from pathlib import Path

from django.utils.translation import gettext

from guichet.files import antivirus
from guichet.files.checks import SCAN_PATIENCE
from guichet.files.rules import REASONS, Verdict
from guichet.kernel.refusals import N_
from guichet.kernel.sizes import size_in_words

OPAQUE = "application/octet-stream"  # whatever such a file says of itself, a browser saves it
HEAD = 64  # bytes that tell a program from a text
LEAST_SIGN = 9  # a tabulation: no text has signs below
# ELF, then Mach-O of either order, of 32 and 64 bits, and of several processors (a Java class as well), then
# a Windows shortcut, and what a system hands to an interpreter, after a byte order mark too.
_PROGRAMS = (
    b"\x7fELF",
    *(b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe"),
    *(b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf", b"\xbe\xba\xfe\xca"),
    b"L\0\0\0\x01\x14\x02\0",
    *(b"#!", b"\xef\xbb\xbf#!"),
)
_ARCHIVES: Mapping[bytes, frozenset[str]] = {
    b"PK\x03\x04": frozenset({"zip", "docx", "xlsx", "odt", "ods"}),
    b"PK\x05\x06": frozenset({"zip"}),
    b"\x1f\x8b": frozenset({"gz"}),
    b"7z\xbc\xaf": frozenset({"7z"}),
    b"Rar!": frozenset({"rar"}),
    b"BZh": frozenset({"bz2"}),
    b"\xfd7zXZ": frozenset({"xz"}),
}
AS_IS_REASONS: dict[str, tuple[str, str]] = {
    "empty": REASONS["empty"],
    "too_big": (
        N_("Ce fichier pèse plus de {max_size}, la taille la plus grande acceptée ici."),
        N_("Partagez-le en plusieurs fichiers depuis votre logiciel, puis ajoutez chacun d’eux."),
    ),
    "extension": (
        N_("Le nom de ce fichier ne finit pas comme celui d’un fichier attendu ({accepted})."),
        N_("Choisissez le fichier que votre logiciel a préparé pour cette déclaration."),
    ),
    "program": (
        N_("Ce fichier est un programme, quel que soit son nom ; il n’a pas été gardé."),
        N_("Choisissez le fichier de données que votre logiciel a préparé pour cette déclaration."),
    ),
    "archive": (
        N_("Ce fichier est une archive compressée, quel que soit son nom."),
        N_("Sortez les fichiers de l’archive, puis ajoutez chacun d’eux."),
    ),
    "infected": REASONS["infected"],
}


def check(path: Path, *, name: str, extensions: Collection[str], max_size: int) -> Verdict:
    """Whether the file at ``path``, called ``name``, may be kept as it came, and why not.

    ``extensions``: small letters, without a point; ``max_size`` in bytes. Where the antivirus gives no answer
    the file may be kept all the same: nobody gets it before the job ``files.scan`` has one.
    """
    reason = _reason(path, name, extensions, max_size)
    if not reason:
        return Verdict(verdict="accepted", media_type=OPAQUE)
    message = " ".join(gettext(sentence) for sentence in AS_IS_REASONS[reason])
    message = message.format(accepted=in_words(extensions), max_size=size_in_words(max_size))
    return Verdict(verdict="refused", reason=reason, message=message, media_type=OPAQUE)


def extension_of(name: str) -> str:
    """« dsn » of « Mars.DSN »; nothing of a name without a point."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def in_words(extensions: Collection[str]) -> str:
    """« .dsn, .edi »."""
    return ", ".join(f".{one}" for one in extensions)


def _reason(path: Path, name: str, extensions: Collection[str], max_size: int) -> str:
    size = path.stat().st_size
    if size == 0:
        return "empty"
    if size > max_size:
        return "too_big"
    if extension_of(name) not in extensions:
        return "extension"
    with path.open("rb") as content:
        if reason := _of_head(content.read(HEAD), extension_of(name)):
            return reason
    with contextlib.suppress(antivirus.Unavailable):
        if antivirus.scan(path, patience=SCAN_PATIENCE) == "infected":
            return "infected"
    return ""


def _of_head(head: bytes, extension: str) -> str:
    if head.startswith(_PROGRAMS) or _is_dos(head):
        return "program"
    opens = next((known for sign, known in _ARCHIVES.items() if head.startswith(sign)), None)
    return "archive" if opens is not None and extension not in opens else ""


def _is_dos(head: bytes) -> bool:
    """A program of MS-DOS or Windows: its header holds small numbers, a text that begins so none."""
    return head.startswith((b"MZ", b"ZM")) and any(byte < LEAST_SIGN for byte in head)
