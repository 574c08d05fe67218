"""What a change would do, line by line, before it is done."""

from collections.abc import Collection
from typing import Any

from django.db import connection

from guichet.habilitations.queries.access import check_administrateur
from guichet.habilitations.queries.judging import Source, judged, lines
from guichet.habilitations.queries.naming import label_of, people_of, place_of
from guichet.habilitations.queries.sentences import TO_AN_ADMINISTRATEUR, sentence
from guichet.habilitations.rules import Reason, Wanted, fold, settled
from guichet.habilitations.values import Plan, Planned
from guichet.inscriptions.models import Acteur
from guichet.inscriptions.queries import etablissements

_SEEN = "SELECT acteur_id, siret, declaration, given, right_id IS NOT NULL, reason FROM judged"


def plan(*, acteur: Acteur, wanted: Collection[Wanted]) -> Plan:
    """What ``operations.apply`` would do now of what is ``wanted``, by person, place and declaration.

    Each impossible line says why. Raises ``NotAdministrateur``, ``rules.Contradiction``.
    """
    check_administrateur(acteur)
    found = judged_lines(acteur, lines(settled(wanted)))
    return Plan(
        additions=[line for line, given, held in found if not line.reason and given and not held],
        removals=[line for line, given, held in found if not line.reason and held and not given],
        already=[line for line, given, held in found if not line.reason and given == held],
        impossible=[line for line, _given, _held in found if line.reason],
    )


def judged_lines(acteur: Acteur, source: Source) -> list[tuple[Planned, bool, bool]]:
    """The lines of ``source``, whether each is to be given, and whether it is held; three queries."""
    with connection.cursor() as cursor:
        cursor.execute(judged(source, _SEEN), {**source.params, "inscription": acteur.inscription_id})
        rows = cursor.fetchall()
    say = Sayer(acteur)
    found = [(say.line(*row[:3], reason=row[5]), row[3], row[4]) for row in rows]
    return sorted(
        found, key=lambda each: (fold(each[0].name), each[0].acteur_id, each[0].siret, each[0].declaration)
    )


class Sayer:
    """Puts lines of one company into words; people and places are read once."""

    def __init__(self, acteur: Acteur) -> None:
        self.people = people_of(acteur)
        self.places = {one.siret: one.name for one in etablissements(inscription=acteur.inscription)}

    def line(self, acteur_id: int, siret: str, declaration: str, *, reason: str = "") -> Planned:
        """One line; whoever is of another company has no name here."""
        known: dict[str, Any] = {
            "name": self.people.get(acteur_id, ""),
            "label": label_of(declaration),
            "siret": place_of(siret),
        }
        return Planned(
            acteur_id=acteur_id,
            name=known["name"],
            siret=siret,
            place=self.places.get(siret, ""),
            declaration=declaration,
            label=known["label"],
            reason=reason,
            sentence=sentence(TO_AN_ADMINISTRATEUR, Reason(reason), **known) if reason else "",
        )
