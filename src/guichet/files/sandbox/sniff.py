"""What a content is, from its bytes alone."""

import io
import re
import zipfile

HEADER_REACH = 1024  # where a PDF's header may stand, for every reader (ISO 32000-1, annex H)
_OFFICE_MEMBERS = ("[Content_Types].xml", "word/", "xl/", "ppt/", "content.xml")
_MAGIC = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"PK\x07\x08", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"),
    (b"{\\rtf", "office"),
    (b"7z\xbc\xaf\x27\x1c", "zip"),
    (b"Rar!\x1a\x07", "zip"),
    (b"\x1f\x8b", "zip"),
    (b"BZh", "zip"),
    (b"\xfd7zXZ\x00", "zip"),
)
# Brands of ISO base media files (ISO 14496-12, 4.3; those of HEIF: ISO 23008-12, annex B and 10.2).
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_ANY_CODEC_BRANDS = {b"mif1", b"msf1"}
_AVIF_BRANDS = {b"avif", b"avis"}
_MAX_BRANDS = 64  # bytes of the box that are looked at
# What comes before its root is never read in another way (``*+``): there are 2ⁿ ways to cut n comments.
_SVG = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*"
    rb"(?:<\?xml[^>]*>\s*|<!--.*?-->\s*|<!DOCTYPE svg[^>\[]*(?:\[.*?\]\s*)?>\s*)*+"
    rb"<svg[\s/>]",
    re.DOTALL,
)
_OTHER = re.compile(
    rb"\s*(?:<!doctype html|<html|<\?xml|%!PS|GIF8|II\*\x00|MM\x00\*|From |MIME-Version)", re.IGNORECASE
)


def kind(content: bytes) -> str:
    """``empty``, ``pdf``, ``jpeg``, ``png``, ``heic``, ``webp``, ``avif``, ``svg``, ``zip``, ``office``,
    ``other``; ``unknown`` may yet be a PDF to repair."""
    if not content:
        return "empty"
    for magic, name in _MAGIC:
        if content.startswith(magic):
            return _archive(content) if name == "zip" else name
    if photograph := _photograph(content):
        return photograph
    if content[257:262] == b"ustar":
        return "zip"
    if _SVG.match(content[:HEADER_REACH]):
        return "svg"
    if b"%PDF-" in content[:HEADER_REACH]:
        return "pdf"
    return "other" if is_other(content) else "unknown"


def is_other(content: bytes) -> bool:
    """Whether the first bytes are those of a web page, a message, an image… rather than of a document."""
    return bool(_OTHER.match(content))


def hides_archive(content: bytes) -> bool:
    """Whether an archive follows the document: the file would open as a PDF here and as a ZIP elsewhere.

    No honest program writes that, and what it carries would be kept unseen. Bytes that merely look like the
    end of an archive don't count: its directory must lead to a member.
    """
    if b"PK\x05\x06" not in content[-(22 + 65_535) :]:
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            return bool(members) and any(content.startswith(b"PK\x03\x04", m.header_offset) for m in members)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError):
        return False


def _photograph(content: bytes) -> str:
    """``webp``, ``heic``, ``avif``, or nothing. A file says by its brands how it may be read."""
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "webp"
    if content[4:8] != b"ftyp":
        return ""
    end = min(int.from_bytes(content[:4]), _MAX_BRANDS)
    brands = {content[8:12], *(content[at : at + 4] for at in range(16, end, 4))}
    if brands & _HEIC_BRANDS:
        return "heic"
    if brands & _AVIF_BRANDS:
        return "avif"
    return "heic" if brands & _ANY_CODEC_BRANDS else ""


def _archive(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError):
        return "zip"
    return "office" if any(name.startswith(_OFFICE_MEMBERS) for name in names) else "zip"
