"""Lists of SIRENs as people have them: a column of a spreadsheet, a CSV file, lines that were pasted.

Pure Python. Whatever is understood beyond the nine digits is told (``Note``), and nothing is guessed: zeros
that a spreadsheet took from the beginning of a number are not put back.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from guichet.adhesions.rules import Code
from guichet.kernel.identifiers import Siren, Siret, compact, is_siren, is_siret
from guichet.kernel.refusals import N_, Refusal

MAX_LINES = 5_000
MAX_SIGNS = 2_000_000  # of the whole list, other columns included
MAX_TYPED = 40  # signs of a line that are kept and shown
DELIMITERS = ("\t", ";", ",", "|")
SAMPLE = 200  # lines that tell which sign stands between columns, and which column holds the numbers
MOST_LINES_A_CELL = 20  # beyond, a quotation mark was never closed

_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
_AROUND = " \t;,|\"'=’“”«»\u00a0\u202f\ufeff"
_DECIMALS = re.compile(r"[.,]0+\Z")
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE | re.ASCII)
_TVA = re.compile(r"FR[0-9A-Z]{2}([0-9]{9})", re.IGNORECASE | re.ASCII)
_MANY_DIGITS = re.compile(r"\d{5}", re.ASCII)


class Note(StrEnum):
    """What was understood of a line beyond a plain SIREN."""

    SIRET = "siret"
    TVA = "tva"
    OTHERS = "others"  # there were other numbers on the line


NOTES = {
    Note.SIRET: N_("Vous avez saisi un numéro SIRET : ses 9 premiers chiffres sont le numéro SIREN."),
    Note.TVA: N_("Vous avez saisi un numéro de TVA : ses 9 derniers chiffres sont le numéro SIREN."),
    Note.OTHERS: N_("D’autres numéros de cette ligne n’ont pas été retenus : mettez-en un seul par ligne."),
}


class ListRefused(Refusal):
    """A list that can't be read at all; the subclasses say why."""

    code = "list"
    field = "text"


class EmptyList(ListRefused):
    """Nothing was pasted, nothing is in the file."""

    code = "list_empty"
    message = N_("La liste est vide. Collez les numéros SIREN, un par ligne, ou choisissez un fichier.")


class TooManyLines(ListRefused):
    """Params: ``most``."""

    code = "list_too_many_lines"
    message = N_("La liste compte plus de {most} lignes. Envoyez-la en plusieurs fois.")


class ListTooBig(ListRefused):
    """More text than so many numbers can be. Params: ``most`` (lines)."""

    code = "list_too_big"
    message = N_(
        "Cette liste est trop volumineuse. Ne gardez que la colonne des numéros SIREN, {most} lignes au plus."
    )


class NotText(ListRefused):
    """A spreadsheet's own format, a PDF, an image…"""

    code = "list_not_text"
    message = N_(
        "Ce fichier n’est pas du texte. Dans votre tableur, choisissez « Enregistrer sous », puis le format "
        "« CSV », et envoyez ce nouveau fichier ; ou collez la colonne des numéros."
    )


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line: its ``number`` in the list as the person has it, what was ``typed``, the SIREN read there.

    ``problem`` says why there is no SIREN to go on with; a double keeps its SIREN.
    """

    number: int
    typed: str
    siren: str = ""
    notes: tuple[Note, ...] = ()
    problem: Code | None = None


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """``header``: the first line was taken for the names of columns; ``skipped``: how many were empty."""

    lines: tuple[Line, ...]
    header: bool
    skipped: int


def decode(content: bytes) -> str:
    """The text of a file, in whichever of UTF-8, UTF-16 and Windows-1252 a spreadsheet wrote it.

    Raises ``ListTooBig``, ``NotText``.
    """
    if len(content) > 2 * MAX_SIGNS:
        raise ListTooBig(most=MAX_LINES)
    if content.startswith((b"PK\x03\x04", b"%PDF-", b"\xd0\xcf\x11\xe0")):
        raise NotText
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(text):
            return text
    raise NotText


def parse_list(text: str) -> Parsed:
    """The lines of a list: one SIREN a line, alone or in a column of a CSV file.

    Blanks, dots, quotation marks, a byte order mark and the decimals that a spreadsheet adds are forgiven; a
    SIRET or a VAT number gives its SIREN. Several numbers on one single line are as many lines. Raises
    ``EmptyList``, ``TooManyLines``, ``ListTooBig``, ``NotText``.
    """
    if len(text) > MAX_SIGNS:
        raise ListTooBig(most=MAX_LINES)
    if _CONTROL.search(text):
        raise NotText
    lines = _LINE_ENDS.sub("\n", text.lstrip("\ufeff"))
    if lines.count("\n") > 2 * MAX_LINES and _filled(lines) > MAX_LINES + 1:
        raise TooManyLines(most=MAX_LINES)
    return _parsed(*_rows(lines))


def _filled(text: str) -> int:
    return sum(1 for line in text.split("\n") if line.strip())


def _parsed(rows: list[tuple[int, list[str]]], skipped: int) -> Parsed:
    if len(rows) == 1:
        cells = [cell for cell in rows[0][1] if cell.strip(_AROUND)]
        if all(_has_digits(cell) for cell in cells):
            rows = [(number, [cell]) for number, cell in enumerate(cells, start=1)]
    header = len(rows) > 1 and not any(_MANY_DIGITS.search(compact(cell)) for cell in rows[0][1])
    column = _column(rows, header=header)
    kept = rows[1:] if header else rows
    if not kept:
        raise EmptyList
    if len(kept) > MAX_LINES:
        raise TooManyLines(most=MAX_LINES)
    lines = _without_doubles(_line(number, cells, column) for number, cells in kept)
    return Parsed(lines=tuple(lines), header=header, skipped=skipped)


def _encodings(content: bytes) -> Sequence[str]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    start = content[:200]
    if start[1::2].count(0) > len(start) // 4:
        return ("utf-16-le",)
    return ("utf-8-sig", "cp1252")


def _rows(text: str) -> tuple[list[tuple[int, list[str]]], int]:
    """The rows that say something, each with the number of its first line; and how many say nothing."""
    delimiter = _delimiter(text)
    try:
        found = list(_read(text, delimiter))
    except csv.Error:
        found = []
    if not found or any(cell.count("\n") > MOST_LINES_A_CELL for _, cells in found for cell in cells):
        plain = enumerate(text.rstrip("\n").split("\n"), start=1)
        found = [(number, line.split(delimiter)) for number, line in plain]
    rows = [(number, cells) for number, cells in found if any(cell.strip(_AROUND) for cell in cells)]
    return rows, len(found) - len(rows)


def _read(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader, number = csv.reader(io.StringIO(text), delimiter=delimiter), 1
    for cells in reader:
        yield number, cells
        number = reader.line_num + 1


def _delimiter(text: str) -> str:
    """The sign that stands between columns: on most lines, the earliest of ``DELIMITERS`` at a tie.

    One that stands on few of them is part of what was typed: a decimal comma, say.
    """
    lines = [line for line in text.split("\n", SAMPLE)[:SAMPLE] if line.strip()]
    found = {sign: sum(sign in line for line in lines) for sign in DELIMITERS}
    best = max(DELIMITERS, key=lambda sign: found[sign])
    return best if 2 * found[best] >= len(lines) else DELIMITERS[0]


def _column(rows: Sequence[tuple[int, list[str]]], *, header: bool) -> int:
    """The column of the numbers: the one that is called so, else the one that holds the most of them."""
    titles = [cell.casefold() for cell in rows[0][1]] if header and rows else []
    for wanted in ("siren", "siret"):
        named = [at for at, title in enumerate(titles) if wanted in title]
        if named:
            return named[0]
    sample = [cells for _, cells in rows[:SAMPLE]]
    width = max((len(cells) for cells in sample), default=1)

    def numbers(at: int) -> tuple[int, int]:
        cells = [cells[at] for cells in sample if at < len(cells)]
        return sum(bool(_siren(cell)[0]) for cell in cells), sum(_has_digits(cell) for cell in cells)

    return max(range(width), key=numbers)


def _line(number: int, cells: Sequence[str], column: int) -> Line:
    cell = cells[column] if column < len(cells) else ""
    typed = " ".join(cell.split())[:MAX_TYPED] or " ".join(" ".join(cells).split())[:MAX_TYPED]
    siren, notes = _siren(cell)
    if not siren:
        return Line(number=number, typed=typed, problem=_problem(cell))
    others = {found for each in cells if (found := _siren(each)[0])} - {siren}
    return Line(number=number, typed=typed, siren=siren, notes=(*notes, *([Note.OTHERS] if others else [])))


def _siren(cell: str) -> tuple[str, tuple[Note, ...]]:
    """The SIREN that a cell holds, « » for none, and what it was read from."""
    whole = compact(cell.strip(_AROUND))
    for number in (whole, compact(_DECIMALS.sub("", cell.strip(_AROUND)))):
        if is_siren(number):
            return str(Siren(number)), ()
        if is_siret(number):
            return str(Siret(number).siren), (Note.SIRET,)
    tva = _TVA.fullmatch(whole)
    if tva and is_siren(tva[1]):
        return tva[1], (Note.TVA,)
    return "", ()


def _problem(cell: str) -> Code:
    bare = cell.strip(_AROUND)
    if _ROUNDED.fullmatch(bare.replace(" ", "")):
        return Code.ROUNDED
    number = compact(_DECIMALS.sub("", bare))
    if not number.isdigit() or not number.isascii():
        return Code.UNREADABLE
    return Code.BAD_KEY if len(number) in (9, 14) else Code.SHORT


def _has_digits(cell: str) -> bool:
    return any(sign.isdigit() for sign in cell)


def _without_doubles(lines: Iterator[Line]) -> Iterator[Line]:
    seen: set[str] = set()
    for line in lines:
        yield replace(line, problem=Code.DOUBLE) if line.siren in seen else line
        if line.siren:
            seen.add(line.siren)
