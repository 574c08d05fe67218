"""The documents of a filing where they are filed now, and what agents put elsewhere."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

from django.db.models import F, OuterRef, Subquery
from django.utils.translation import gettext

from guichet.depots.definitions import Document, DocumentRules, teleprocedure, teleprocedures
from guichet.depots.models import Depot, DepotFile
from guichet.instruction.models import Agent, Classement
from guichet.instruction.queries.rights import check_role, codes_of
from guichet.instruction.rules import Role
from guichet.instruction.values import FiledDocument, Reclassification
from guichet.kernel.clock import PARIS
from guichet.kernel.refusals import N_

GONE = N_("une personne qui n’est plus connue du dossier")
CSV_HEAD = (
    "demarche", "nom_saisi", "type_choisi", "libelle_choisi", "type_corrige", "libelle_corrige", "nombre",
)  # fmt: skip
_Case = tuple[str, str, str, str]  # téléprocédure, name, former type, type


def documents(depot: Depot) -> list[FiledDocument]:
    """The documents that ``depot`` is made of, by number; none where it is made of files or of answers alone.

    ``depot`` comes from a query that was asked with an account or an agent, best with its files.
    """
    rules = teleprocedure(depot.teleprocedure).documents
    if rules is None:
        return []
    files = {one.position: one for one in depot.files.all() if one.kind == DepotFile.Kind.PUBLISHED}
    said = {one.number: one for one in rules.described(depot)}
    moved = {one.document: one for one in depot.classements.order_by("pk")}  # the last one counts
    people = _people(depot, rules, said, moved)
    return [
        _filed(said.get(number) or _unsaid(number, files[number]), files.get(number), moved, people, rules)
        for number in sorted({*said, *files})
    ]


def reclassifications(*, agent: Agent, since: dt.date) -> list[Reclassification]:
    """What the nomenclature should learn from what ``agent`` sees: each name, type chosen and type corrected,
    since that day (in Paris), the most frequent first. Raises ``NotAllowed`` below supervisors.
    """
    check_role(agent, Role.SUPERVISEUR)
    return learned(codes=codes_of(agent), since=since)


def learned(*, codes: Collection[str] | None = None, since: dt.date) -> list[Reclassification]:
    """As ``reclassifications``, for the operator: of the téléprocédures ``codes``, or of all.

    Each document counts once, with what its filer chose and where it is now; not at all where only its
    person was corrected, or where it is back where it was.
    """
    told = Counter(_cases(codes, since))
    lines = [_line(case, number) for case, number in told.items() if case[0] in teleprocedures()]
    return sorted(lines, key=lambda one: (-one.number, one.type_label, one.typed.casefold(), one.former))


def reclassification_rows(lines: Iterable[Reclassification]) -> Iterator[list[str]]:
    """The rows of a CSV file, its head first."""
    yield list(CSV_HEAD)
    for one in lines:
        yield [
            one.teleprocedure, one.typed, one.former, one.former_label, one.type, one.type_label,
            str(one.number),
        ]  # fmt: skip


def type_in_words(rules: DocumentRules, code: str) -> str:
    """The words of a type; its code where an operator took it out of the nomenclature altogether."""
    try:
        return rules.type_label(code)
    except KeyError:
        return code


def _people(
    depot: Depot, rules: DocumentRules, said: Mapping[int, Document], moved: Mapping[int, Classement]
) -> Mapping[str, str]:
    """The words of those whom agents chose: what was said has its own."""
    own = {(number, one.person) for number, one in said.items()}
    chosen = {one.person for number, one in moved.items() if (number, one.person) not in own}
    return rules.person_labels(depot, chosen) if chosen else {}


def _filed(
    said: Document,
    file: DepotFile | None,
    moved: Mapping[int, Classement],
    people: Mapping[str, str],
    rules: DocumentRules,
) -> FiledDocument:
    last = moved.get(said.number)
    kind = last.type if last else said.type
    who = last.person if last else said.person
    return FiledDocument(
        described=said,
        file=file,
        type=kind,
        type_label=said.type_label if kind == said.type else type_in_words(rules, kind),
        person=who,
        person_label=said.person_label if who == said.person else people.get(who) or gettext(GONE),
        reclassified=(kind, who) != (said.type, said.person),
    )


def _unsaid(number: int, file: DepotFile) -> Document:
    """A document of which nothing is known any more but its file."""
    return Document(
        number=number, name=file.name, type="", type_label="", person="", person_label="", comment=""
    )


def _cases(codes: Collection[str] | None, since: dt.date) -> Iterable[_Case]:
    rows = Classement.objects.filter(at__gte=dt.datetime.combine(since, dt.time(), tzinfo=PARIS))
    if codes is not None:
        rows = rows.filter(depot__teleprocedure__in=codes)
    same = Classement.objects.filter(depot=OuterRef("depot"), document=OuterRef("document"))
    first = Subquery(same.order_by("pk").values("former_type")[:1])
    last = rows.filter(pk=Subquery(same.order_by("-pk").values("pk")[:1])).annotate(chosen=first)
    found = last.exclude(chosen=F("type")).order_by("pk")
    spelt: dict[str, str] = {}  # « RIB » and « rib » are one name, as it was written first
    for code, typed, former, kind in found.values_list("depot__teleprocedure", "typed", "chosen", "type"):
        yield code, spelt.setdefault(" ".join(typed.split()).casefold(), typed), former, kind


def _line(case: _Case, number: int) -> Reclassification:
    code, typed, former, kind = case
    rules = teleprocedure(code).documents
    return Reclassification(
        teleprocedure=code,
        typed=typed,
        former=former,
        former_label=type_in_words(rules, former) if rules else former,
        type=kind,
        type_label=type_in_words(rules, kind) if rules else kind,
        number=number,
    )
