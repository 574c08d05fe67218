"""Filings as plain data for the templates: state in words, dates, files, and the next thing to do."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guichet.depots.definitions import Teleprocedure, teleprocedure
from guichet.depots.models import Depot, DepotFile
from guichet.depots.queries import documents, is_correctable, is_past, published, received
from guichet.depots.receipts.content import version_in_words
from guichet.depots.states import FILED, State
from guichet.files.models import StoredFile
from guichet.instruction.models import MessageFile
from guichet.instruction.values import MessageLine
from guichet.kernel.clock import PARIS
from guichet.web.filing.flow import Draft

NO_DEPOT = uuid.UUID(int=0)
# State → its words, and the class of its badge.
STATES = {
    State.BROUILLON: (_("Brouillon, pas encore transmis"), "new"),
    State.A_CONFIRMER: (_("À confirmer"), "warning"),
    State.CONFIRME: (_("Confirmé"), "success"),
    State.PUBLIE: (_("Publié"), "success"),
    State.ACCEPTE: (_("Accepté"), "success"),
    State.REFUSE: (_("Refusé"), "error"),
    State.RETIRE: (_("Retiré de la publication"), "warning"),
    State.CADUC: (_("Caduc, sans réponse"), "warning"),
    State.TERMINE: (_("Terminé"), "info"),
    State.REMPLACE: (_("Remplacé par un rectificatif"), "info"),
    State.EXPIRE: (_("Expiré : rien n’a été déposé"), "error"),
    State.ABANDONNE: (_("Annulé : rien n’a été déposé"), "error"),
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a recap; ``url`` is where it can be changed, or empty."""

    label: str
    value: str
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Document:
    """One file; ``id`` is its own, ``size`` in bytes."""

    id: str
    name: str
    size: int
    sha256: str
    pages: int
    changes: Sequence[str]
    is_infected: bool
    is_first: bool
    is_last: bool


@dataclass(frozen=True, kw_only=True)
class Filed:
    """One document of a filing made of documents; ``size`` in bytes, that of its PDF."""

    number: int
    name: str
    type: str
    person: str
    comment: str
    pages: int
    size: int
    sha256: str
    is_infected: bool


@dataclass(frozen=True, kw_only=True)
class SaidFile:
    """The PDF that goes with a question or an answer; ``id`` is the message's, ``size`` in bytes."""

    id: str
    name: str
    size: int
    pages: int
    is_infected: bool


@dataclass(frozen=True, kw_only=True)
class Said:
    """A question of the service, or an answer."""

    of_service: bool
    at: dt.datetime
    text: str
    file: SaidFile | None


@dataclass(frozen=True, kw_only=True)
class Card:
    """A filing in a list, and on its own page."""

    id: str
    procedure: str
    title: str
    version: str
    state: str
    state_words: str
    badge: str
    reference: str
    created_at: dt.datetime
    submitted_at: dt.datetime | None
    confirmed_at: dt.datetime | None
    expires_at: dt.datetime | None
    submitted_on: dt.date | None
    expires_on: dt.date | None
    decided_on: dt.date | None
    withdrawn_on: dt.date | None
    reason: str  # of a refusal or a withdrawal
    correctable: bool
    url: str
    receipt_url: str
    discard_url: str  # of a draft


def card_of(depot: Depot) -> Card:
    """What a page says of a filing, from its row alone."""
    definition = teleprocedure(depot.teleprocedure)
    namespace = definition.start_url.partition(":")[0]
    state = _state(depot)
    words, badge = _words(state, definition), STATES[state][1]
    name = "draft" if state == State.BROUILLON else "depot"
    return Card(
        id=str(depot.id),
        procedure=gettext(definition.label),
        title=title_of(definition, depot),
        version=version_of(depot),
        state=state,
        state_words=words,
        badge=badge,
        reference=depot.reference or "",
        created_at=depot.created_at,
        submitted_at=depot.submitted_at,
        confirmed_at=depot.confirmed_at,
        expires_at=depot.expires_at,
        submitted_on=_day(depot.submitted_at),
        expires_on=_day(depot.expires_at),
        decided_on=_day(depot.decided_at),
        withdrawn_on=_day(depot.withdrawn_at),
        reason=depot.decision_text,
        correctable=is_correctable(depot),
        url=_address(f"{namespace}:{name}", depot),
        receipt_url=_address(f"{namespace}:receipt", depot) if has_receipt(depot) else "",
        discard_url=_address(f"{namespace}:discard", depot) if state == State.BROUILLON else "",
    )


def _words(state: State, definition: Teleprocedure) -> str:
    """The state in words; what is accepted may be called otherwise where it was not asked for."""
    if state == State.CONFIRME and definition.confirmation is None:
        return gettext("Transmis")  # its filer had nothing to confirm
    return gettext(definition.instruction.accepted) if state == State.ACCEPTE else str(STATES[state][0])


def title_of(definition: Teleprocedure, depot: Depot) -> str:
    """What the filing is about: « Comptes clos le 31 décembre 2025 »; a draft may not know yet."""
    try:
        label = definition.unique(depot.account, depot.data).label
    except (KeyError, ValueError):
        return gettext(definition.label)
    return label[:1].upper() + label[1:]


def version_of(depot: Depot) -> str:
    """« Initial », « Rectificatif n° 1 »…; nothing for a draft, nor where there may be any number."""
    return version_in_words(depot.version) if depot.submitted_at and not depot.stands_alone else ""


def has_receipt(depot: Depot) -> bool:
    """Whether the filing counts, and so has a receipt (made on the spot where the worker is late)."""
    return depot.state in FILED


def recap_of(draft: Draft) -> list[Line]:
    """Each answer of a draft, with the address where it can be changed."""
    answers = draft.filing.definition.answers(draft.depot.data)
    return [
        Line(label=gettext(answer.label), value=gettext(answer.value), url=draft.url(answer.step))
        for answer in answers
    ]


def answers_of(depot: Depot) -> list[Line]:
    """Each answer of a filing, as it was given."""
    answers = teleprocedure(depot.teleprocedure).answers(depot.data)
    return [Line(label=gettext(answer.label), value=gettext(answer.value)) for answer in answers]


def thread_of(messages: Sequence[MessageLine]) -> list[Said]:
    """Questions and answers, the first one first."""
    return [
        Said(of_service=not one.from_filer, at=one.at, text=one.text, file=_said_file(one))
        for one in messages
    ]


def _said_file(message: MessageLine) -> SaidFile | None:
    file = message.file
    if file is None:
        return None
    return SaidFile(
        id=str(message.id), name=file.name, size=file.size, pages=file.pages, is_infected=is_infected(file)
    )


def documents_of(files: Sequence[DepotFile]) -> list[Document]:
    """The files in their order."""
    last = len(files) - 1
    return [
        Document(
            id=str(file.pk),  # as a number it would be written « 1 079 »
            name=file.name,
            size=file.size,
            sha256=file.stored_id,
            pages=file.pages,
            changes=[gettext(change) for change in file.changes],
            is_infected=is_infected(file),
            is_first=at == 0,
            is_last=at == last,
        )
        for at, file in enumerate(files)
    ]


def changes_of_the_whole(depot: Depot) -> list[str]:
    """What was changed in the PDF to be published that no file tells of by itself: what joining them did."""
    whole = published(depot)
    told = {change for file in received(depot) for change in file.changes}
    return [gettext(change) for change in whole.changes if change not in told] if whole else []


def is_infected(file: DepotFile | MessageFile) -> bool:
    """Whether the antivirus found something in it, perhaps late: nobody is shown it then."""
    return bool(file.stored.scan == StoredFile.Scan.INFECTED)


def received_documents(depot: Depot) -> list[Document]:
    """The files of a filing as they came."""
    return documents_of(received(depot))


def filed_documents(depot: Depot) -> list[Filed]:
    """The documents of a filing made of documents, each with what was said of it; else none."""
    rules = teleprocedure(depot.teleprocedure).documents
    said = {each.number: each for each in rules.described(depot)} if rules else {}
    return [
        Filed(
            number=file.position,
            name=said[file.position].name,
            type=gettext(said[file.position].type_label),
            person=said[file.position].person_label,
            comment=said[file.position].comment,
            pages=file.pages,
            size=file.size,
            sha256=file.stored_id,
            is_infected=is_infected(file),
        )
        for file in (documents(depot) if rules else ())
        if file.position in said
    ]


def _state(depot: Depot) -> State:
    """The state to show: what is past its time is expired, even before the hourly job says so."""
    state = State(depot.state)
    return State.EXPIRE if state == State.A_CONFIRMER and is_past(depot) else state


def _day(moment: dt.datetime | None) -> dt.date | None:
    return moment.astimezone(PARIS).date() if moment else None


def _address(name: str, depot: Depot) -> str:
    return _pattern(name).replace(str(NO_DEPOT), str(depot.id))


@cache
def _pattern(name: str) -> str:
    """The address of a page of no filing: looking it up for each line of a list would cost a millisecond."""
    return reverse(name, args=[NO_DEPOT])
