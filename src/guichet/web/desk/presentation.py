"""Filings, their history and their exchanges as plain data for the desk's templates."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from guichet.depots.definitions import Teleprocedure, teleprocedure
from guichet.depots.models import Depot
from guichet.depots.receipts.content import version_in_words
from guichet.depots.states import State
from guichet.files import queries as files
from guichet.files.models import StoredFile
from guichet.instruction.rules import ANSWERED, ASKED, Role
from guichet.instruction.values import Dossier, Load, MessageLine, NoteLine, QueueLine
from guichet.kernel import clock
from guichet.web.desk import words
from guichet.web.desk.pages import Place
from guichet.web.filing.presentation import title_of

# State → its words for an agent, and the class of its badge.
STATES = {
    State.CONFIRME: (_("À instruire"), "new"),
    State.PUBLIE: (_("Publié"), "success"),
    State.ACCEPTE: (_("Accepté"), "success"),
    State.REFUSE: (_("Refusé"), "error"),
    State.RETIRE: (_("Retiré"), "warning"),
    State.CADUC: (_("Caduc"), "warning"),
    State.TERMINE: (_("Terminé"), "info"),
    State.REMPLACE: (_("Remplacé"), "info"),
}
QUESTIONS = {ASKED: _("Question posée, réponse attendue"), ANSWERED: _("Réponse reçue")}
ROLES = {
    Role.AGENT: _("Agent"),
    Role.SUPERVISEUR: _("Superviseur"),
    Role.GESTIONNAIRE: _("Gestionnaire des agents"),
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """A filing in the queue."""

    id: str
    url: str
    name: str
    siren: str
    title: str
    version: str
    reference: str
    procedure: str
    received_on: dt.date
    waiting: str
    late: bool
    state_words: str
    badge: str
    question: str
    assigned: str
    held_by: str
    answers_refusal: bool


@dataclass(frozen=True, kw_only=True)
class Card:
    """A filing at the head of its own pages. ``waiting`` is empty once it is decided."""

    url: str
    name: str
    siren: str
    title: str
    version: str
    reference: str
    procedure: str
    state: State
    state_words: str
    badge: str
    received_at: dt.datetime | None
    waiting: str
    late: bool
    assigned: str
    assigned_id: int
    question: str
    reason: str
    reason_title: str


@dataclass(frozen=True, kw_only=True)
class Said:
    """A message, a note or an event: who, when, what."""

    who: str
    at: dt.datetime
    text: str
    of_service: bool = False
    file: "Joined | None" = None


@dataclass(frozen=True, kw_only=True)
class Joined:
    """The PDF that goes with a message; ``url`` is empty where nobody may read it."""

    name: str
    pages: int
    size: int
    url: str
    infected: bool


def line_of(line: QueueLine, place: Place) -> Line:
    """What the queue shows of a filing."""
    definition = teleprocedure(line.teleprocedure)
    return Line(
        id=str(line.depot_id),
        url=place.at("dossier", line.depot_id),
        name=line.name,
        siren=line.siren,
        title=line.label[:1].upper() + line.label[1:],
        version="" if line.version is None else version_in_words(line.version),
        reference=line.reference,
        procedure=gettext(definition.label),
        received_on=line.confirmed_at.astimezone(clock.PARIS).date(),
        waiting=in_days(line.age),
        late=line.is_late,
        state_words=state_in_words(line.state, [definition]),
        badge=STATES[line.state][1],
        question=str(QUESTIONS.get(line.question, "")),
        assigned=line.assigned_to.name if line.assigned_to else gettext("personne"),
        held_by=line.held_by.name if line.held_by else "",
        answers_refusal=line.corrects is not None,
    )


def card_of(dossier: Dossier, place: Place) -> Card:
    """What the pages of a filing show at their head."""
    depot = dossier.depot
    definition, state = teleprocedure(depot.teleprocedure), State(depot.state)
    return Card(
        url=place.at("dossier", depot.pk),
        name=depot.subject_name,
        siren=depot.siren,
        title=title_of(definition, depot),
        version="" if depot.stands_alone else version_in_words(depot.version),
        reference=depot.reference or "",
        procedure=gettext(definition.label),
        state=state,
        state_words=state_in_words(state, [definition]),
        badge=STATES[state][1],
        received_at=depot.confirmed_at,
        waiting=in_days(dossier.age) if state == State.CONFIRME else "",
        late=dossier.is_late,
        assigned=dossier.assigned_to.name if dossier.assigned_to else "",
        assigned_id=dossier.assigned_to.id if dossier.assigned_to else 0,
        question=str(QUESTIONS.get(dossier.question, "")),
        reason=depot.decision_text,
        reason_title=_reason_title(definition, state),
    )


def state_in_words(state: State, procedures: Sequence[Teleprocedure]) -> str:
    """What an agent calls ``state`` of filings of ``procedures``, one or several."""
    return words.accepted(procedures) if state == State.ACCEPTE else str(STATES[state][0])


def _reason_title(definition: Teleprocedure, state: State) -> str:
    if state == State.ACCEPTE and definition.instruction.accepting_may_say:
        return gettext("Ce que le déposant a lu")
    return gettext("Motif que le déposant a lu")


def depot_in_words(depot: Depot) -> str:
    """A filing in a list of names: « Les Amis du Lavoir, comptes clos le 31 décembre 2025 »."""
    return f"{depot.subject_name}, {title_of(teleprocedure(depot.teleprocedure), depot)}"


def thread_of(messages: Sequence[MessageLine], depot: Depot) -> list[Said]:
    """Questions and answers about ``depot``, the first one first."""
    filer = gettext("Le déposant")
    return [
        Said(
            who=filer if one.from_filer else one.author,
            at=one.at,
            text=one.text,
            of_service=not one.from_filer,
            file=_joined(one, depot),
        )
        for one in messages
    ]


def _joined(message: MessageLine, depot: Depot) -> Joined | None:
    file = message.file
    if file is None:
        return None
    url = reverse("desk:message_file", args=[depot.pk, message.id]) if files.shows(file.stored) else ""
    infected = file.stored.scan == StoredFile.Scan.INFECTED
    return Joined(name=file.name, pages=file.pages, size=file.size, url=url, infected=infected)


def notes_of(notes: Sequence[NoteLine]) -> list[Said]:
    """What agents noted."""
    return [Said(who=note.author, at=note.at, text=note.text) for note in notes]


def in_days(age: dt.timedelta) -> str:
    """« aujourd’hui », « 1 jour », « 12 jours »."""
    if age.days < 1:
        return gettext("moins d’un jour")
    return ngettext("{n} jour", "{n} jours", age.days).format(n=age.days)


def since(moment: dt.datetime | None) -> str:
    """How long ago, in days; nothing where there is no moment."""
    return in_days(clock.now() - moment) if moment else ""


def load_line(load: Load, place: Place) -> dict[str, object]:
    """One agent's load, with the address of what they have in hand."""
    assigned = str(load.agent.id) if load.agent else "personne"
    return {
        "name": load.agent.name if load.agent else gettext("Personne : à attribuer"),
        "url": place.but(assigned=assigned).at("queue"),
        "number": load.assigned,
        "late": load.late,
        "oldest": since(load.oldest) or gettext("aucun"),
        "decided": load.decided,
    }
