"""What the columns of a file mean, by their head. Pure Python (003, chapter 4).

Case, accents, blanks and punctuation of a head count for nothing: « N° SIRET » is « nsiret ».
"""

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from guichet.kernel.refusals import N_, Refusal

MOST_LINES = 100_000
MOST_RIGHTS = 2_000_000  # that one request opens and closes
LONGEST_CELL = 100  # signs of a cell that are kept, to be shown again
MOST_CELLS = 60  # of a line
_NOT_SPELT = re.compile(r"[^0-9a-z]+")
_NUMBER = re.compile(r"[0-9][0-9\s.,'’]{7,}|[0-9][.,][0-9]+[eE]\+?[0-9]+")


class Kind(StrEnum):
    """What a request changes."""

    ETABLISSEMENTS = "etablissements"  # (a) two columns: SIRET, 1 or 0
    DECLARATION = "declaration"  # (b) one declaration for a whole portfolio: no file
    HABILITATIONS = "habilitations"  # (c) one line a déclarant × établissement, one column a declaration
    ANNULATION = "annulation"  # takes another request back: no file


class Column(StrEnum):
    """What a column is, where  values are no codes of declarations."""

    SIRET = "siret"
    NOM = "nom"
    PRENOM = "prenom"
    CONNEXION = "connexion"
    ACTION = "action"


HEADS: Mapping[Column, str] = {  # as the template writes them
    Column.SIRET: "SIRET",
    Column.NOM: "Nom",
    Column.PRENOM: "Prénom",
    Column.CONNEXION: "SIRET de connexion",
    Column.ACTION: "1/0",
}
VERDICT, MOTIF, REMEDY = "Verdict", "Motif", "Que faire"
REPORT_HEADS = (VERDICT, MOTIF, REMEDY)

_SPELLINGS: Mapping[Column, str] = {
    Column.SIRET: "siret nsiret nosiret numsiret numerosiret numerodesiret siretclient siretduclient"
    " siretetablissement siretdeletablissement siretentreprise siretdelentreprise",
    Column.NOM: "nom nomdefamille nomdudeclarant nomdeclarant nomdusage",
    Column.PRENOM: "prenom prenoms prenomdudeclarant prenomdeclarant",
    Column.CONNEXION: "siretdeconnexion siretconnexion siretdudeclarant siretdeclarant connexion",
    Column.ACTION: "10 01 1ou0 0ou1 action actif active ajout ajouter ajoutsuppression ajoutousuppression"
    " ajoutersupprimer ajouterousupprimer 1ajout0suppression 1ajouter0supprimer inscrit inscrire",
}
# What each kind reads, beside columns of declarations.
_READ: Mapping[Kind, tuple[Column, ...]] = {
    Kind.ETABLISSEMENTS: (Column.SIRET, Column.ACTION),
    Kind.HABILITATIONS: (Column.NOM, Column.PRENOM, Column.CONNEXION, Column.SIRET),
}
_NEEDED: Mapping[Kind, tuple[Column, ...]] = {
    Kind.ETABLISSEMENTS: (Column.SIRET, Column.ACTION),
    Kind.HABILITATIONS: (Column.NOM, Column.PRENOM, Column.SIRET),
}
_BINARY = frozenset({"", "0", "1"})


class HeadProblem(Refusal):
    """The head does not say what the file's columns are; the subclasses say why."""

    code = "head"
    message = N_("Les colonnes de ce fichier ne sont pas celles du modèle.")


class ColumnsMissing(HeadProblem):
    """Params: ``missing``, ``template``: columns as they stand in the template."""

    code = "columns_missing"
    message = N_(
        "La première ligne de ce fichier ne nomme pas : {missing}. Elle doit nommer les colonnes comme "
        "dans le modèle : {template}. Téléchargez le modèle, ou corrigez la première ligne."
    )


class NoDeclaration(HeadProblem):
    """Params: ``template``."""

    code = "no_declaration"
    message = N_(
        "Aucune colonne de ce fichier n’est une déclaration. Ajoutez-en une par déclaration, nommée par son "
        "code ou son libellé, comme dans le modèle : {template}."
    )


class ColumnTwice(HeadProblem):
    """Params: ``first``, ``second``: heads as they stand in the file, with their letters."""

    code = "column_twice"
    message = N_(
        "Deux colonnes de ce fichier disent la même chose : {first} et {second}. Gardez-en une seule."
    )


class ColumnUnknown(HeadProblem):
    """A column of 1 and 0 that we don't know: a declaration misspelt. Params: ``column``, ``known``."""

    code = "column_unknown"
    message = N_(
        "La colonne « {column} » contient des 1 et des 0, mais son nom n’est pas celui d’une déclaration : "
        "rien n’en serait lu. Vouliez-vous écrire « {known} » ? Corrigez son nom, ou retirez la colonne."
    )


class NoLines(HeadProblem):
    """A head, and nothing below it."""

    code = "no_lines"
    message = N_(
        "Ce fichier ne contient aucune ligne sous ses titres de colonnes : ajoutez-en, puis redéposez-le."
    )


class TooManyRights(Refusal):
    """Params: ``number``, ``most``, ``people``."""

    code = "too_many_rights"
    message = N_(
        "Cette demande changerait {number} droits, pour {people} personnes ; {most} au plus sont acceptés en "
        "une fois. Envoyez ces lignes en plusieurs fichiers, ou choisissez moins de bénéficiaires."
    )


@dataclass(frozen=True)
class Head:
    """What the columns are: ``names`` as they stand in the file, ``columns`` what each is (a ``Column``, a
    code, or empty: not read). ``is_data``: there is no head, and the first line is one of the others."""

    names: tuple[str, ...]
    columns: tuple[str, ...]
    is_data: bool = False

    @property
    def unknown(self) -> tuple[int, ...]:
        """Where columns stand that we don't know, those of a report left out."""
        return tuple(
            place
            for place, (name, column) in enumerate(zip(self.names, self.columns, strict=True))
            if not column and spelt(name) not in _REPORTED
        )

    def places(self, *columns: Column) -> tuple[int, ...]:
        """Where ``columns`` stand; -1 where one is missing."""
        return tuple(self.columns.index(one) if one in self.columns else -1 for one in columns)

    @property
    def codes(self) -> tuple[tuple[int, str], ...]:
        """The columns of declarations: where, and which."""
        return tuple((place, one) for place, one in enumerate(self.columns) if one and one not in _COLUMNS)


_COLUMNS = frozenset(str(one) for one in Column)


def spelt(text: str) -> str:
    """``text`` as heads are compared: its unaccented letters and digits, in lower case."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE"))
    return _NOT_SPELT.sub("", "".join(sign for sign in plain.lower() if not unicodedata.combining(sign)))


_REPORTED = frozenset({*map(spelt, REPORT_HEADS), ""})


def head_of(cells: Sequence[str], *, kind: Kind, declarations: Mapping[str, str]) -> Head:
    """What the first line says of the columns. ``declarations``: code → label, those that may be named.

    A file of établissements may have no head: a SIRET, then 1 or 0. Raises ``ColumnsMissing``,
    ``NoDeclaration``, ``ColumnTwice``.
    """
    known = spellings(kind, declarations)
    columns = tuple(known.get(spelt(cell), "") for cell in cells)
    if not any(columns) and kind is Kind.ETABLISSEMENTS and _is_data(cells):
        return Head(tuple("" for _ in cells), _without_head(cells), is_data=True)
    head = Head(tuple(" ".join(cell.split())[:LONGEST_CELL] for cell in cells), columns)
    _check(head, kind, declarations)
    return head


def spellings(kind: Kind, declarations: Mapping[str, str]) -> Mapping[str, str]:
    """How each column that ``kind`` reads may be spelt. A spelling that two declarations share names none."""
    known = {spelling: str(column) for column in _READ[kind] for spelling in _SPELLINGS[column].split()}
    if kind is not Kind.HABILITATIONS:
        return known
    named = [(name, code) for code, label in declarations.items() for name in _names(code, label)]
    counts = Counter(name for name, _code in named)
    codes = {spelt(code): code for code in declarations}
    return {**{name: code for name, code in named if counts[name] == 1}, **codes, **known}


def template_heads(kind: Kind, declarations: Mapping[str, str]) -> list[str]:
    """The first line of the template: ``declarations`` by their labels."""
    heads = [HEADS[column] for column in _READ[kind]]
    return [*heads, *declarations.values()] if kind is Kind.HABILITATIONS else heads


def closest(name: str, *, kind: Kind, declarations: Mapping[str, str]) -> str:
    """The column that ``name`` comes nearest to, as the template writes it; a declaration at least."""
    known = spellings(kind, declarations)
    words = {**{str(column): head for column, head in HEADS.items()}, **declarations}
    near = difflib.get_close_matches(spelt(name), known, n=1, cutoff=0)
    return words[known[near[0]]]


def may_be_wish(text: str) -> bool:
    """Whether a cell of a column that we don't know might stand in one of declarations."""
    return text.strip() in _BINARY


def letter(place: int) -> str:
    """A column as spreadsheets call it, counted from 0: « A », « AB »."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _names(code: str, label: str) -> set[str]:
    """A code, a label, a label without what stands in brackets, and that alone."""
    outside, _, rest = label.partition("(")
    return {spelt(one) for one in (code, label, outside, rest.partition(")")[0])} - {""}


def _is_data(cells: Sequence[str]) -> bool:
    """Whether a line holds a number such as a SIRET, in any of the ways in which one is written."""
    return any(_NUMBER.fullmatch(cell.strip("\t =\"'\u00a0\u202f")) for cell in cells)


def _without_head(cells: Sequence[str]) -> tuple[str, ...]:
    """The first two columns that hold anything: the number, then the wish."""
    filled = [place for place, cell in enumerate(cells) if cell.strip()]
    found = dict(zip(filled, (Column.SIRET, Column.ACTION), strict=False))
    return tuple(str(found.get(place, "")) for place in range(len(cells)))


def _check(head: Head, kind: Kind, declarations: Mapping[str, str]) -> None:
    template = ", ".join(template_heads(kind, declarations))
    missing = [HEADS[column] for column in _NEEDED[kind] if column not in head.columns]
    doubled = [column for column, count in Counter(head.columns).items() if column and count > 1]
    if doubled:
        first, second = [place for place, one in enumerate(head.columns) if one == doubled[0]][:2]
        raise ColumnTwice(first=_told(head, first), second=_told(head, second))
    if missing:
        raise ColumnsMissing(missing=", ".join(missing), template=template)
    if kind is Kind.HABILITATIONS and not head.codes:
        raise NoDeclaration(template=template)


def _told(head: Head, place: int) -> str:
    return f"« {head.names[place]} » ({letter(place)})"
