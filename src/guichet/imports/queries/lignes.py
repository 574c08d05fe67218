"""The lines of a request: a page of them, and all of them as the file that they came from."""

import uuid
from collections.abc import Iterator, Mapping, Sequence

from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.utils.translation import gettext

from guichet.entreprises import queries as entreprises
from guichet.habilitations.queries.naming import label_of, people_of
from guichet.habilitations.rules import pages_of
from guichet.habilitations.values import Page
from guichet.imports.models import Demande, Ligne
from guichet.imports.queries.access import request_of
from guichet.imports.reasons import DONE, Said, said
from guichet.imports.rules import HEADS, REPORT_HEADS, Column, spelt
from guichet.imports.states import Kind, Verdict
from guichet.imports.values import Line, LineFilters
from guichet.inscriptions.models import Acteur
from guichet.kernel.refusals import N_
from guichet.kernel.tables import NOTES, Note

PAGE_SIZE = 50
CHUNK = 2_000  # lines that a download reads at a time
DIGITS = 14

VERDICTS: Mapping[str, str] = {
    Verdict.AJOUT: N_("Ajout"),
    Verdict.SUPPRESSION: N_("Suppression"),
    Verdict.MIXTE: N_("Plusieurs effets"),
    Verdict.DEJA: N_("Déjà ainsi"),
    Verdict.IMPOSSIBLE: N_("Impossible"),
}

# What the lines of a request without a file are about.
_HEADS: Mapping[Kind, Sequence[str]] = {
    Kind.ETABLISSEMENTS: (N_("SIRET"),),
    Kind.DECLARATION: (N_("SIREN"), N_("Entreprise")),
    Kind.HABILITATIONS: (N_("SIRET"), N_("Déclarant")),
}


def lignes(*, acteur: Acteur, demande_id: uuid.UUID | str, filters: LineFilters, page: int = 1) -> Page[Line]:
    """A page of the lines of a request, in the order of the file.

    Raises ``NotAdministrateur``, ``DemandeNotFound`` (404).
    """
    demande = request_of(acteur, demande_id)
    people = people_of(acteur)
    rows = _filtered(Ligne.objects.filter(demande=demande), filters, people)
    total = rows.count()
    page, pages = pages_of(total, page, PAGE_SIZE)
    shown = list(rows.order_by("numero")[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    units = entreprises.unites(sirens=sorted({row.siret[:9] for row in shown if row.siret}))
    places = {siren: unit.name for siren, unit in units.items()}
    lines = [line_of(row, people, places.get(row.siret[:9], "")) for row in shown]
    return Page(lines=lines, total=total, page=page, pages=pages)


def report_rows(*, acteur: Acteur, demande_id: uuid.UUID | str) -> Iterator[list[str]]:
    """The file as it was deposited, its SIRETs repaired (14 digits), and for each line its verdict, why, and
    what to do; read in portions, so that 100,000 lines take no memory.

    What is no column of the file comes as in the template. Raises ``NotAdministrateur``, ``DemandeNotFound``.
    """
    demande = request_of(acteur, demande_id)
    return _report(demande, people_of(acteur))


def _report(demande: Demande, people: Mapping[int, str]) -> Iterator[list[str]]:
    shape = _Shape(demande, people)
    yield [*shape.head, *(gettext(head) for head in REPORT_HEADS)]
    for row in every(demande):
        words = _said(row, people)
        verdict = VERDICTS.get(row.verdict, "")
        yield [
            *shape.cells(row),
            gettext(verdict) if verdict else "",
            " ".join(one.sentence for one in words),
            " ".join(dict.fromkeys(one.remedy for one in words if one.remedy)),
        ]


def every(demande: Demande) -> Iterator[Ligne]:
    """All lines of a request, in the order of the file, by a cursor of the server."""
    rows = Ligne.objects.filter(demande=demande).order_by("numero")
    yield from rows.iterator(chunk_size=CHUNK)


class _Shape:
    """How a line is written again: the columns of the file, but for those of an earlier report; of a request
    without a file, what its lines are about."""

    def __init__(self, demande: Demande, people: Mapping[int, str]) -> None:
        self._people = people
        self._by_file = bool(demande.columns)
        self._names = [*demande.head, *[""] * (len(demande.columns) - len(demande.head))]
        reported = {spelt(head) for head in REPORT_HEADS}
        self._places = [place for place, name in enumerate(self._names) if spelt(name) not in reported]
        self._siret = demande.columns.index(Column.SIRET) if Column.SIRET in demande.columns else -1
        self._about = _root(demande)
        self.head = self._head(demande) if self._by_file else [gettext(head) for head in _HEADS[self._about]]

    def _head(self, demande: Demande) -> list[str]:
        if any(demande.head):
            return [self._names[place] for place in self._places]
        return [_known_head(demande.columns[place]) for place in self._places]  # there was none

    def cells(self, row: Ligne) -> list[str]:
        """The cells of one line, its SIRET as it was read."""
        if not self._by_file:
            return self._subject(row)
        typed = dict(enumerate(row.typed))
        if row.siret and self._siret >= 0:
            typed[self._siret] = row.siret
        return [typed.get(place, "") for place in self._places]

    def _subject(self, row: Ligne) -> list[str]:
        if self._about is Kind.DECLARATION:
            return [*row.typed, "", ""][:2]
        if self._about is Kind.HABILITATIONS:
            return [row.siret, self._people.get(row.acteur_id or 0, "")]
        return [row.siret]


def _known_head(column: str) -> str:
    return HEADS[Column(column)] if column in set(Column) else ""


def _root(demande: Demande) -> Kind:
    """What a request is about in the end: that of the one that it takes back."""
    while demande.undoes is not None:
        demande = demande.undoes
    return Kind(demande.kind)


def _filtered(rows: "QuerySet[Ligne]", filters: LineFilters, people: Mapping[int, str]) -> "QuerySet[Ligne]":
    if filters.verdict:
        rows = rows.filter(verdict=filters.verdict)
    if not filters.search:
        return rows
    wanted = filters.search.casefold()
    found = [pk for pk, name in people.items() if wanted in name.casefold()]
    text = Func(F("typed"), Value(" "), function="array_to_string", output_field=TextField())
    either = Q(acteur_id__in=found) | Q(text__icontains=filters.search)
    digits = "".join(filters.search.split())
    if digits.isdigit() and len(digits) <= DIGITS:
        either |= Q(siret__startswith=digits)
    return rows.annotate(text=text).filter(either)


def line_of(row: Ligne, people: Mapping[int, str], place: str = "") -> Line:
    """A line in words. ``people``: id → name; ``place``: the company's name."""
    return Line(
        numero=row.numero,
        typed=row.typed,
        person=people.get(row.acteur_id or 0, ""),
        siret=row.siret,
        place=place,
        cells=[_wish(code, wanted) for code, wanted in zip(row.codes, row.given, strict=False)],
        verdict=row.verdict,
        reasons=[f"{one.sentence} {one.remedy}".strip() for one in _said(row, people)],
        notes=[gettext(NOTES[Note(note)]) for note in row.notes],
    )


def _wish(code: str, wanted: object) -> str:
    """« DSN : donner », which reads well before and after; what can't be read is named alone."""
    label = label_of(code)
    if wanted is None:
        return label
    return (gettext("{label} : donner") if wanted else gettext("{label} : retirer")).format(label=label)


def _said(row: Ligne, people: Mapping[int, str]) -> list[Said]:
    """Why something of a line is not done, each reason once."""
    person = people.get(row.acteur_id or 0, "")
    found: dict[tuple[str, str], Said] = {}
    for place, reason in enumerate(row.reasons):
        if not reason or (reason in DONE and row.verdict not in (Verdict.DEJA, Verdict.MIXTE)):
            continue
        label = label_of(row.codes[place]) if place < len(row.codes) else ""
        one = said(reason, label=label, name=person)
        found.setdefault((one.sentence, one.remedy), one)
    return list(found.values())
