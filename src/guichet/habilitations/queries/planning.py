"""What a change would do, line by line, before it is done."""

from collections.abc import Collection

from django.db import connection

from guichet.habilitations.queries.access import check_administrateur
from guichet.habilitations.queries.clients import Steps, names_of_clients
from guichet.habilitations.queries.judging import judged, lines
from guichet.habilitations.queries.naming import label_of, people_of, place_of
from guichet.habilitations.queries.sentences import TO_AN_ADMINISTRATEUR, sentence
from guichet.habilitations.rules import Reason, Wanted, fold, settled
from guichet.habilitations.values import Plan, Planned
from guichet.inscriptions.models import Acteur
from guichet.inscriptions.queries import etablissements
from guichet.kernel.source import Source

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
    say = Sayer(acteur, {siret for _who, siret, *_rest in rows})
    ranks = {pk: fold(name) for pk, name in say.people.items()}
    rows.sort(key=lambda row: (ranks.get(row[0], ""), *row[:3]))
    return [(say.line(*row[:3], reason=row[5]), row[3], row[4]) for row in rows]


class Sayer:
    """Puts lines of one company into words; people, places and declarations are read once."""

    def __init__(self, acteur: Acteur, sirets: Collection[str]) -> None:
        """``sirets``: of the lines that it will say."""
        self.people = people_of(acteur)
        self.places = {
            **{one.siret: one.name for one in etablissements(inscription=acteur.inscription)},
            **names_of_clients(acteur.inscription_id, sirets),
        }
        self.steps = Steps(acteur.inscription_id)
        self.labels: dict[str, str] = {}

    def line(self, acteur_id: int, siret: str, declaration: str, *, reason: str = "") -> Planned:
        """One line; whoever is of another company has no name here."""
        name, label = self.people.get(acteur_id, ""), self._label(declaration)
        said = ""
        if reason:
            known = {"name": name, "label": label, "siret": place_of(siret)}
            if reason == Reason.DECLARATION_NOT_OF_CLIENT:
                known["step"] = self.steps.missing(siret, declaration)
            said = sentence(TO_AN_ADMINISTRATEUR, Reason(reason), **known)
        return Planned(
            acteur_id=acteur_id,
            name=name,
            siret=siret,
            place=self.places.get(siret, ""),
            declaration=declaration,
            label=label,
            reason=reason,
            sentence=said,
        )

    def _label(self, declaration: str) -> str:
        if declaration not in self.labels:
            self.labels[declaration] = label_of(declaration)
        return self.labels[declaration]
