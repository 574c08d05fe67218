"""What reading a table gives, what is told beside it, and why it can't be."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import ClassVar, NamedTuple

from guichet.kernel.refusals import N_, Refusal
from guichet.kernel.sizes import size_in_words

MOST_BYTES = 50 << 20
MOST_LINES = 100_000
MOST_ROWS_OF_A_SHEET = 1_048_576  # blank ones included: what spreadsheets themselves hold
MOST_COLUMNS = 200
MOST_SIGNS = 1_000  # of a cell


@dataclass(frozen=True, kw_only=True)
class Limits:
    """``lines`` that say something, the head not counted; ``signs`` of a cell, the rest of which is cut off;
    ``size`` in bytes."""

    lines: int = MOST_LINES
    columns: int = MOST_COLUMNS
    signs: int = MOST_SIGNS
    size: int = MOST_BYTES


USUAL = Limits()


class Row(NamedTuple):
    """``number``: the line, as spreadsheets number them (a cell of several lines is one line there; blank
    lines count, and the head is line 1 where it comes first)."""

    number: int
    cells: list[str]


@dataclass(frozen=True, kw_only=True)
class Remark:
    """Something that was guessed or repaired: ``code`` of ``REMARKS``, on which line first, on how many.

    ``line`` is 0 for what concerns the whole file. Shown like a ``Refusal``: ``template`` and ``params``.
    """

    code: str
    line: int = 0
    count: int = 1
    about: str = ""

    @property
    def template(self) -> str:
        """The untranslated sentence, with its ``{places}``."""
        return REMARKS[self.code]

    @property
    def params(self) -> dict[str, object]:
        """What its places are filled with."""
        return {"line": self.line, "count": self.count, "about": self.about}

    def __str__(self) -> str:
        return self.template.format(**self.params)


REMARKS = {
    "encoding": N_(
        "Le fichier n’est pas en UTF-8 : ses accents ont été lus comme du {about}. Vérifiez-les ci-dessous."
    ),
    "mixed": N_(
        "Le fichier mélange deux façons d’écrire les accents : chaque ligne a été lue pour elle-même. "
        "Vérifiez les noms qui ont un accent."
    ),
    "undecodable": N_(
        "Ligne {line} : un signe n’a pas pu être lu ; il est remplacé par « \N{REPLACEMENT CHARACTER} »."
    ),
    "double": N_(
        "Les accents étaient abîmés (« Ã© » pour « é ») : ils ont été rétablis. Première ligne : {line}."
    ),
    "accents": N_("Les accents étaient écrits à part de leur lettre : ils ont été réunis."),
    "control": N_("Des signes invisibles ont été retirés. Première ligne : {line}."),
    "quote": N_(
        "Ligne {line} : un guillemet n’est pas fermé, ou est mal placé. La ligne a été lue jusqu’à sa fin ; "
        "vérifiez ses cellules."
    ),
    "text_formula": N_('Des cellules étaient écrites « ="…" » : seul leur texte a été retenu.'),
    "cut": N_("Ligne {line} : une cellule trop longue a été coupée. Vérifiez qu’elle est bien à sa place."),
    "extra": N_(
        "Ligne {line} : il y a plus de cellules que de colonnes. Vérifiez qu’il n’y manque pas de guillemets."
    ),
    "short": N_("Ligne {line} : il manque des cellules à la fin ; elles ont été prises pour vides."),
    "blank": N_("Des lignes vides ont été laissées de côté."),
    "sheets": N_("Seule la feuille « {about} » a été lue : le classeur en compte d’autres."),
    "spreadsheet": N_("Le fichier est un classeur, bien que son nom se termine par « .csv » : il a été lu."),
}


@dataclass
class Remarks:
    """Those of one table, told once each, in the order in which they were met; ``line`` is being read."""

    line: int = 0
    found: dict[str, Remark] = field(default_factory=dict)

    def add(self, code: str) -> None:
        """One more of ``code``, on this line."""
        former = self.found.get(code)
        if former:
            self.found[code] = replace(former, count=former.count + 1)
        else:
            self.found[code] = Remark(code=code, line=self.line)

    def count(self, code: str) -> int:
        """On how many lines ``code`` was met."""
        return self.found[code].count if code in self.found else 0

    def add_once(self, code: str, about: str = "") -> None:
        """``code`` of the whole file."""
        self.found.setdefault(code, Remark(code=code, about=about))


@dataclass(frozen=True)
class Table:
    """A head, and rows that are read from the file while they are asked for, once.

    Each row is as wide as ``head``, or wider: then cells stand beyond the last column (a separator in a cell
    without quotation marks), and nobody knows which column each one belongs to. ``rows`` raises
    ``TooManyLines``, ``TooManyColumns``, ``LineTooLong``. ``encoding``: Python's name of it (``xlsx``,
    ``ods``… of a spreadsheet).
    """

    head: list[str]
    rows: Iterator[Row]
    encoding: str
    separator: str
    _remarks: Remarks

    def remark(self, code: str, about: str = "") -> None:
        """Add what concerns the whole file, and whoever read it knows."""
        self._remarks.add_once(code, about)

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What was guessed or repaired; whole when the last row was read."""
        return tuple(self._remarks.found.values())


class TableRefused(Refusal):
    """A file that is no table, or none that is read; the subclasses say why."""

    code = "table"
    message = N_("Ce fichier ne peut pas être lu comme un tableau.")
    field: ClassVar[str | None] = "file"


class EmptyTable(TableRefused):
    """Nothing in it, or blanks alone."""

    code = "table_empty"
    message = N_("Ce fichier est vide. Ouvrez-le pour vérifier, enregistrez-le à nouveau, puis renvoyez-le.")


class TableTooBig(TableRefused):
    """Params: ``most`` (in words)."""

    code = "table_too_big"
    message = N_(
        "Ce fichier dépasse {most}. Retirez les colonnes inutiles, "
        "ou envoyez les lignes en plusieurs fichiers."
    )

    def __init__(self, *, size: int) -> None:
        super().__init__(most=size_in_words(size))


class TooManyLines(TableRefused):
    """Params: ``most``."""

    code = "table_too_many_lines"
    message = N_("Ce fichier compte plus de {most} lignes. Envoyez-les en plusieurs fichiers.")


class TooManyColumns(TableRefused):
    """Params: ``line``, ``most``."""

    code = "table_too_many_columns"
    message = N_(
        "La ligne {line} compte plus de {most} colonnes. Vérifiez que c’est le bon fichier, "
        "et ne gardez que les colonnes du modèle."
    )


class LineTooLong(TableRefused):
    """More signs than any line of a table has. Params: ``line``."""

    code = "table_line_too_long"
    message = N_(
        "La ligne {line} est trop longue pour être celle d’un tableau. Vérifiez que c’est le bon fichier ; "
        "si oui, enregistrez-le à nouveau au format CSV avec votre tableur."
    )


class CompressedTable(TableRefused):
    """A ZIP or another archive."""

    code = "table_archive"
    message = N_(
        "Ce fichier est une archive compressée (ZIP), quel que soit son nom. Décompressez-la, "
        "puis envoyez le fichier CSV qu’elle contient."
    )


class SpreadsheetTable(TableRefused):
    """A spreadsheet's own format, where text alone is read (``files.tables`` reads both)."""

    code = "table_spreadsheet"
    message = N_(
        "Ce fichier est un classeur de tableur. Dans votre tableur, choisissez « Enregistrer sous », "
        "puis le format « CSV », et envoyez ce nouveau fichier."
    )


class NotATable(TableRefused):
    """A PDF, an image, a web page, a program… Params: ``what``."""

    code = "table_not_text"
    message = N_(
        "Ce fichier n’est pas un tableau. Envoyez un fichier CSV, XLSX ou ODS, "
        "tel que votre tableur l’enregistre."
    )


class PdfTable(NotATable):
    """A PDF."""

    message = N_(
        "Ce fichier est un PDF, quel que soit son nom. Envoyez le tableau lui-même, "
        "au format CSV, XLSX ou ODS, tel que votre tableur l’enregistre."
    )
