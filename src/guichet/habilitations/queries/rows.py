"""The rows of the grid: people × places, each in their order, never made but for those that are looked at.

Places are the company's own that are ticked, by SIRET, then its clients', by name and SIRET. A firm has tens
of thousands of them: the database counts and pages them, and a row is its number in the product.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from guichet.habilitations.queries.clients import words_of
from guichet.habilitations.rules import GridFilters, finds, fold
from guichet.inscriptions.models import Acteur, EtablissementInscrit
from guichet.inscriptions.queries import etablissements
from guichet.inscriptions.queries.people import acting

_PLACES = """
WITH place AS MATERIALIZED (
    SELECT siret, '' AS key FROM unnest(%(own)s::text[]) AS own(siret)
    UNION ALL
    SELECT p.siret, c.sort_key
    FROM portefeuilles_cliente c
    JOIN portefeuilles_etablissementclient p ON p.cliente_id = c.id AND p.closed_at IS NULL
    WHERE c.inscription_id = %(inscription)s AND c.closed_at IS NULL
        AND (%(portefeuille)s::uuid IS NULL OR c.portefeuille_id = %(portefeuille)s::uuid)
        AND (%(cliente)s::bigint IS NULL OR c.id = %(cliente)s::bigint)
        AND (%(words)s::text[] = '{}' OR NOT EXISTS (
            SELECT FROM unnest(%(words)s::text[]) AS word
            WHERE strpos(p.siret, word) = 0 AND strpos(c.sort_key, word) = 0
        ))
)
"""
_COUNT = "SELECT count(*) FROM place"
_COUNT_HELD = """
SELECT acteur_id, count(*) FROM (
    SELECT DISTINCT acteur_id, siret FROM habilitations_habilitation
    WHERE acteur_id = ANY(%(acteurs)s::bigint[]) AND declaration = ANY(%(codes)s::text[])
        AND closed_at IS NULL
) held JOIN place USING (siret) GROUP BY acteur_id
"""
_SHOWN = """
SELECT who.number, shown.siret
FROM unnest(%(acteurs)s::bigint[], %(starts)s::bigint[], %(counts)s::bigint[])
    WITH ORDINALITY AS who(acteur_id, start, many, number)
CROSS JOIN LATERAL (
    SELECT siret, key FROM place
    WHERE %(held)s::boolean IS NULL OR %(held)s::boolean = EXISTS (
        SELECT FROM habilitations_habilitation h
        WHERE h.acteur_id = who.acteur_id AND h.siret = place.siret AND h.closed_at IS NULL
            AND h.declaration = ANY(%(codes)s::text[])
    )
    ORDER BY key, siret OFFSET who.start LIMIT who.many
) shown
ORDER BY who.number, shown.key, shown.siret
"""


@dataclass(frozen=True)
class Person:
    """Somebody of the grid."""

    pk: int
    declarant: bool
    name: str


@dataclass(frozen=True)
class Rows:
    """What the filters leave of a company, in its order: ``counts`` places of each of ``people``."""

    people: Sequence[Person]
    known: Mapping[str, Any]
    counts: Sequence[int] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many rows there are."""
        return sum(self.counts)

    def between(self, start: int, stop: int) -> Iterator[tuple[Person, str]]:
        """The rows from number ``start`` (0 is the first) to before ``stop``: who, and a SIRET."""
        slices = list(self._slices(start, stop))
        asked = {
            "acteurs": [who.pk for who, _start, _many in slices],
            "starts": [start for _who, start, _many in slices],
            "counts": [many for _who, _start, many in slices],
        }
        for number, siret in _asked(_SHOWN, {**self.known, **asked}) if slices else ():
            yield slices[number - 1][0], siret

    def _slices(self, start: int, stop: int) -> Iterator[tuple[Person, int, int]]:
        before = 0
        for who, count in zip(self.people, self.counts, strict=True):
            first, last = max(start - before, 0), min(stop - before, count)
            if first < last:
                yield who, first, last - first
            before += count


def rows(acteur: Acteur, filters: GridFilters, codes: Sequence[str]) -> Rows:
    """What ``filters`` leave of ``acteur``'s company; ``codes``: the declarations of its columns."""
    people = _people(acteur, filters)
    known: dict[str, Any] = {
        "inscription": acteur.inscription_id,
        "own": [] if filters.of_clients else _own(acteur, filters),
        "portefeuille": filters.portefeuille,
        "cliente": filters.cliente,
        "words": words_of(filters.etablissement),
        "acteurs": [one.pk for one in people],
        "codes": list(codes),
        "held": {"avec": True, "sans": False}.get(filters.droits),
    }
    return Rows(people, known, _counts(people, known))


def _counts(people: Sequence[Person], known: Mapping[str, Any]) -> list[int]:
    number: int = 0
    if known["held"] is not True:
        [(number,)] = _asked(_COUNT, known)
    if known["held"] is None:
        return [number] * len(people)
    held = dict(_asked(_COUNT_HELD, known))
    return [held.get(one.pk, 0) if known["held"] else number - held.get(one.pk, 0) for one in people]


def _people(acteur: Acteur, filters: GridFilters) -> list[Person]:
    found = acting(acteur.inscription_id)
    found = found.filter(pk__in=filters.personnes) if filters.personnes else found.filter(declarant=True)
    names = found.values_list("pk", "declarant", "account__profile__name")
    people = [Person(pk, declarant, str(name or "")) for pk, declarant, name in names]
    return sorted(people, key=lambda one: (fold(one.name), one.pk))


def _own(acteur: Acteur, filters: GridFilters) -> list[str]:
    if filters.etablissement:
        text, places = filters.etablissement, etablissements(inscription=acteur.inscription)
        return [one.siret for one in places if one.ticked and finds(text, one.siret, one.name, one.address)]
    ticked = EtablissementInscrit.objects.filter(inscription=acteur.inscription_id, ticked_at__isnull=False)
    return list(ticked.values_list("siret", flat=True))


def _asked(sql: str, known: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_PLACES + sql, known)
        return list(cursor.fetchall())
