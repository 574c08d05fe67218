"""From the bytes of a file to lines of text, whichever program wrote them.

No library guesses the encoding: see docs/adr/0029. The file is read twice: once to know how it is encoded,
once line by line.
"""

import codecs
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

from guichet.kernel.tables.values import (
    CompressedTable,
    EmptyTable,
    LineTooLong,
    NotATable,
    PdfTable,
    Remarks,
    SpreadsheetTable,
    TableTooBig,
)

CHUNK = 1 << 18
SAMPLE = 1 << 16
ENOUGH = 100_000  # bytes over 127, to know a legacy encoding by
LONGEST_LINE = 1 << 20  # bytes
_BOM = "\ufeff"
_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_REFUSED = (
    (b"PK\x03\x04", CompressedTable),
    (b"PK\x05\x06", CompressedTable),
    (b"\x1f\x8b", CompressedTable),
    (b"7z\xbc\xaf\x27\x1c", CompressedTable),
    (b"Rar!\x1a\x07", CompressedTable),
    (b"BZh9", CompressedTable),
    (b"\xfd7zXZ\x00", CompressedTable),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", SpreadsheetTable),
    (b"%PDF-", PdfTable),
    (b"{\\rtf", NotATable),
    (b"\xff\xd8\xff", NotATable),
    (b"\x89PNG\r\n", NotATable),
    (b"GIF8", NotATable),
    (b"MZ\x90\x00", NotATable),
    (b"\x7fELF", NotATable),
)
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,100}<(?:!doctype|html|\?xml|table|svg)", re.IGNORECASE)
_BINARY = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a\x1b")) + b"\x7f"
_ASCII = bytes(range(128))
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+")
_LINE_ENDS = re.compile(rb"[\r\n]+")

# Bytes over 127 that French text has, in the legacy encodings that spreadsheets write: Windows-1252 (and
# ISO-8859-1, which is a part of it), ISO-8859-15, Mac OS Roman, and MS-DOS's, which Excel still offers.
LEGACY = {"cp1252": "Windows-1252", "iso8859-15": "ISO-8859-15", "mac_roman": "Mac Roman", "cp850": "MS-DOS"}
_FREQUENT = "éèêàçôîùûëïâ"
_USUAL = "œŒÉÈÊÀÇÔÎÙÛËÏÂæÆÿŸüöäñáíóúÜÖÄÑ’‘“”«»–—…°€\xa0"
_OF_CP1252 = {
    bytes([each]).decode("cp1252"): each
    for each in range(0x80, 0xA0)
    if each not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}  # that it leaves open
}
_TWICE = re.compile("[ÃÂÅÆâ][\x80-\xbf" + "".join(_OF_CP1252) + "]")


def check_size(file: BinaryIO, most: int) -> None:
    """Raises ``EmptyTable``, ``TableTooBig``. Leaves ``file`` at its beginning."""
    size = file.seek(0, 2)
    file.seek(0)
    if size == 0:
        raise EmptyTable
    if size > most:
        raise TableTooBig(size=most)


def encoding_of(file: BinaryIO) -> str:
    """How ``file`` is encoded: ``utf-8``, one of ``LEGACY``, ``utf-16-le`` and the like.

    Where it is one of ``LEGACY``, a line that is UTF-8 is read as such. Leaves ``file`` at its beginning.
    Raises ``TableRefused`` where it is no text.
    """
    start = file.read(SAMPLE)
    wide = _wide(start)
    if not wide:
        _check_text(start)
    file.seek(0)
    found = wide or ("utf-8" if _is_utf8(file) else _legacy(file))
    file.seek(0)
    return found


def lines(file: BinaryIO, encoding: str, remarks: Remarks) -> Iterator[str]:
    """The lines of ``file``, without their ends, from its beginning. Raises ``LineTooLong``."""
    file.seek(0)
    legacy = encoding if encoding in LEGACY else "cp1252"
    utf8 = others = False
    first = True
    for raw in _raw_lines(_as_bytes(file, encoding)):
        text = raw.decode("latin-1")
        if not raw.isascii():
            try:
                text = raw.decode()
                utf8 = True
            except UnicodeDecodeError:
                text = _decoded(raw, legacy, remarks)
                others = True
            if utf8 and others:
                remarks.add_once("mixed")
            text = _whole(text, remarks)
        yield _cleaned(text, remarks, first=first)
        first = False


def _wide(start: bytes) -> str:
    """Which encoding of two or four bytes a sign, « » for none: by its mark, or by the zeros of ASCII."""
    for mark, name in _WIDE:
        if start.startswith(mark):
            return name
    sample = start[:2000]
    half = max(1, len(sample) // 2)
    for zeros, others, name in ((1, 0, "utf-16-le"), (0, 1, "utf-16-be")):
        if 2 * sample[zeros::2].count(0) > half and 10 * sample[others::2].count(0) < half:
            return name
    return ""


def _check_text(start: bytes) -> None:
    for magic, refusal in _REFUSED:
        if start.startswith(magic):
            raise refusal
    strange = len(start) - len(start.translate(None, _BINARY))
    if _MARKUP.match(start) or 20 * strange > len(start) + 100:
        raise NotATable


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _legacy(file: BinaryIO) -> str:
    """The likeliest of ``LEGACY``, by the signs of the lines that are not UTF-8."""
    file.seek(0)
    found: Counter[int] = Counter()
    old_mac = True
    while chunk := file.read(CHUNK):
        old_mac = old_mac and b"\n" not in chunk
        for line in _LINE_ENDS.split(chunk):
            if not line.isascii() and not _decodes(line):
                found.update(line.translate(None, _ASCII))
        if found.total() > ENOUGH:
            break
    scores = {name: _score(found, name) for name in LEGACY}
    scores["mac_roman"] += old_mac
    return max(LEGACY, key=lambda name: scores[name])


def _decodes(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _score(found: Counter[int], name: str) -> int:
    total = 0
    for byte, count in found.items():
        sign = bytes([byte]).decode(name, "replace")
        total += count * (3 if sign in _FREQUENT else 1 if sign in _USUAL else -2 if sign.isalpha() else -3)
    return total


def _as_bytes(file: BinaryIO, encoding: str) -> Iterator[bytes]:
    """Chunks in which a line end is one byte or two: what is wide becomes UTF-8."""
    if not encoding.startswith("utf-") or encoding == "utf-8":
        while chunk := file.read(CHUNK):
            yield chunk
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    while chunk := file.read(CHUNK):
        yield decoder.decode(chunk).encode()
    yield decoder.decode(b"", final=True).encode()


def _raw_lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Lines that end with LF, CR or both, cut where they end. Raises ``LineTooLong``."""
    rest, number = b"", 0
    for chunk in chunks:
        pieces = (rest + chunk).splitlines(keepends=True)
        # The last one goes on in the next chunk, or may: a CR at the very end may be followed by its LF.
        rest = pieces.pop() if pieces and not pieces[-1].endswith(b"\n") else b""
        for piece in pieces:
            yield piece.rstrip(b"\r\n")
        number += len(pieces)
        if len(rest) > LONGEST_LINE:
            raise LineTooLong(line=number + 1)
    if rest:
        yield rest.rstrip(b"\r\n")


def _decoded(raw: bytes, legacy: str, remarks: Remarks) -> str:
    remarks.add_once("encoding", about=LEGACY[legacy])
    text = raw.decode(legacy, "replace")
    if "\ufffd" in text:
        remarks.add("undecodable")
    return text


def _whole(text: str, remarks: Remarks) -> str:
    """Accents that were read wrongly once, and written so, or that stand apart from their letter."""
    if _TWICE.search(text) and (repaired := _once(text)):
        remarks.add("double")
        text = repaired
    if not unicodedata.is_normalized("NFC", text):
        remarks.add_once("accents")
        text = unicodedata.normalize("NFC", text)
    return text


def _once(text: str) -> str:
    """``text`` as it was before it was taken for Windows-1252; « » where that would be no text.

    No guess: that every sign over 127 of a line happens to form UTF-8 does not occur in what people write.
    """
    try:
        raw = bytes(_OF_CP1252.get(sign, ord(sign)) for sign in text)
        return raw.decode()
    except ValueError:  # a sign that Windows-1252 has not, or bytes that are not UTF-8
        return ""


def _cleaned(text: str, remarks: Remarks, *, first: bool) -> str:
    if first:
        text = text.lstrip(_BOM).removeprefix("ï»¿")
    if not _CONTROL.search(text):
        return text
    if text.strip("\x1a"):  # MS-DOS ends a file with it
        remarks.add("control")
    return _CONTROL.sub("", text)
