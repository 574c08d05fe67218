"""What happened to a filing, in words: the events of its journal, the latest first."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guichet.depots.definitions import Teleprocedure
from guichet.instruction.queries.classification import type_in_words
from guichet.instruction.values import HistoryLine
from guichet.web.desk.presentation import Said

EVENTS = {
    "depot.submitted": _("Dépôt transmis"),
    "depot.confirmed": _("Dépôt confirmé"),
    "depot.reminded": _("Rappel envoyé au déposant"),
    "depot.superseded": _("Remplacé par une version plus récente"),
    "depot.published": _("Publié"),
    "depot.accepted": _("Accepté"),
    "depot.refused": _("Refusé, le motif est parti au déposant"),
    "depot.withdrawn": _("Retiré de la publication"),
    "depot.lapsed": _("Caduc : resté sans réponse"),
    "depot.ended": _("Terminé : ce qui avait été accepté n’a plus d’effet"),
    "adhesion.asked": _("Lettre écrite à l’entreprise"),
    "adhesion.reminded": _("Rappel envoyé au demandeur et à l’entreprise"),
    "adhesion.answered": _("Réponse donnée"),
    "adhesion.company_told": _("L’entreprise est prévenue"),
    "depot.handed_over": _("Confié à un autre compte"),
    "depot.infected": _("Un virus a été trouvé dans un fichier"),
    "depot.filer_not_told": _("Le message au déposant n’a pas pu partir : son adresse n’est plus utilisable"),
    "depot.receipt_issued": _("Accusé de réception établi"),
    "depot.files_forgotten": _("Fichiers effacés"),
    "courrier.sent": _("Message parti au déposant"),
    "courrier.pending": _("Message au déposant pas encore parti : il sera réessayé"),
    "courrier.abandoned": _("Message au déposant abandonné : son adresse ne répond pas"),
    "instruction.assigned": _("Attribué"),
    "instruction.released": _("Rendu à la file"),
    "instruction.taken_over": _("Pris en main à la place d’un collègue"),
    "instruction.asked": _("Question posée au déposant"),
    "instruction.answered": _("Réponse du déposant"),
    "instruction.noted": _("Note ajoutée"),
    "instruction.reclassified": _("Document reclassé"),
}
TOLD_ELSEWHERE = {"instruction.decided"}  # who decided stands beside what was decided
BY = {
    "filer": _("le déposant"),
    "account": _("un autre compte"),
    "anonymous": _("une personne sans compte"),
    "operator": _("l’exploitant"),
    "system": _("le portail"),
    "agent": _("un agent"),
}


def history_of(events: Sequence[HistoryLine], definition: Teleprocedure) -> list[Said]:
    """The events of the journal in words, the latest first."""
    return [
        Said(who=event.who or str(BY.get(event.by, "")), at=event.at, text=event_in_words(event, definition))
        for event in reversed(events)
        if event.kind not in TOLD_ELSEWHERE
    ]


def event_in_words(event: HistoryLine, definition: Teleprocedure) -> str:
    """What happened; an event that has no words of its own is told by its kind, and never left out."""
    if event.kind == "instruction.reclassified":
        return _reclassified(event.data, definition)
    if event.kind == "depot.accepted":
        return gettext(definition.instruction.accepted)
    known = EVENTS.get(event.kind)
    return str(known) if known else gettext("Événement {kind}").format(kind=event.kind)


def _reclassified(data: Mapping[str, object], definition: Teleprocedure) -> str:
    """« Document 2 reclassé : « Acte de naissance » devient « Avis d’imposition », personne changée »."""
    codes = [str(data["former_type"]), str(data["type"])]
    rules, told = definition.documents, []
    if codes[0] != codes[1]:
        former, now = [type_in_words(rules, code) if rules else code for code in codes]
        told.append(gettext("« {former} » devient « {now} »").format(former=former, now=now))
    if data["person_changed"]:
        told.append(gettext("personne concernée changée"))
    said = gettext("Document {number} reclassé : {told}")
    return said.format(number=data["document"], told=", ".join(told))
