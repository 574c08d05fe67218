"""What the room's queries give: plain values for the screens."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from guichet.depots.definitions import Comparison, Document
from guichet.depots.models import Depot, DepotFile
from guichet.depots.states import State
from guichet.instruction.models import Agent, Lot, MessageFile
from guichet.instruction.rules import Role


@dataclass(frozen=True, kw_only=True)
class Person:
    """An agent as colleagues are told of them; ``id`` is that of ``Agent``."""

    id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class Hold:
    """Who has a filing open, and until when unless they go on; ``mine``: the agent that asks."""

    holder: Person
    until: dt.datetime
    mine: bool


@dataclass(frozen=True, kw_only=True)
class QueueLine:
    """One filing in a queue. ``label`` is what it is about, ``age`` how long it waited (for its decision).

    ``question``: ``rules.ASKED``, ``rules.ANSWERED`` or nothing. ``held_by``: who else has it open now.
    ``version``: ``None`` where there may be any number of its kind.
    """

    depot_id: uuid.UUID
    teleprocedure: str
    reference: str
    siren: str
    name: str
    label: str
    version: int | None
    state: State
    submitted_at: dt.datetime
    confirmed_at: dt.datetime
    decided_at: dt.datetime | None
    age: dt.timedelta
    is_late: bool
    assigned_to: Person | None
    held_by: Person | None
    question: str
    corrects: uuid.UUID | None


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many filings there are by state, and among those that wait: mine, nobody's, late, asked, answered.

    They obey ``teleprocedure``, ``text`` and the two days of the filters, and nothing else of them.
    """

    states: Mapping[State, int]
    waiting: int
    mine: int
    nobody: int
    late: int
    asked: int
    answered: int


@dataclass(frozen=True, kw_only=True)
class Queue:
    """One page of a queue, from 1 on, of ``pages`` (one at least)."""

    lines: Sequence[QueueLine]
    total: int
    counts: Counts
    page: int
    pages: int


@dataclass(frozen=True, kw_only=True)
class HistoryLine:
    """An event of the journal about a filing. ``who``: an agent's name; empty for the filer and the portal.

    ``by``: ``agent``, ``filer`` (whoever had the filing then), ``account`` (of somebody else), ``system``,
    ``operator`` or ``anonymous``. ``data`` is as the journal keeps it.
    """

    at: dt.datetime
    kind: str
    by: str
    who: str
    data: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class NoteLine:
    """A note between agents."""

    author: str
    at: dt.datetime
    text: str


@dataclass(frozen=True, kw_only=True)
class MessageLine:
    """A question, or an answer (``from_filer``). ``author`` is the agent's name: the filer is not told it.

    ``file`` is the PDF that goes with it; ``id`` is the message's, by which its file is asked for.
    """

    id: int
    from_filer: bool
    author: str
    at: dt.datetime
    text: str
    file: MessageFile | None = None


@dataclass(frozen=True, kw_only=True)
class FiledDocument:
    """One document of a filing: what its filer said of it, and where it is filed now.

    ``type`` and ``person`` are where an agent put it, or what the filer said (``reclassified`` tells which);
    ``file`` is its PDF, absent once it was erased.
    """

    described: Document
    file: DepotFile | None
    type: str
    type_label: str
    person: str
    person_label: str
    reclassified: bool


@dataclass(frozen=True, kw_only=True)
class Reclassification:
    """What people called a document, the type that they chose, and the one that agents put it under instead.

    ``former`` and ``type`` are codes of ``teleprocedure``'s types, with their words beside them; ``number``
    is how many documents. ``typed`` is empty where its time is over.
    """

    teleprocedure: str
    typed: str
    former: str
    former_label: str
    type: str
    type_label: str
    number: int


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """All that an agent sees of a filing. ``depot`` comes complete: account, files, receipt.

    ``documents`` are those that it is made of, if it is. ``versions`` are the other filings for the same key,
    the latest first; ``next_id`` is the next one that waits under the filters, and that nobody else has.
    """

    depot: Depot
    documents: Sequence[FiledDocument]
    comparisons: Sequence[Comparison]
    history: Sequence[HistoryLine]
    notes: Sequence[NoteLine]
    messages: Sequence[MessageLine]
    assigned_to: Person | None
    holder: Hold | None
    question: str
    age: dt.timedelta
    is_late: bool
    versions: Sequence[Depot]
    next_id: uuid.UUID | None


@dataclass(frozen=True, kw_only=True)
class AgentLine:
    """An agent in the list of agents. ``signed_in_at`` is empty until the invitation was followed."""

    id: int
    name: str
    email: str
    role: Role
    teleprocedures: Sequence[str]
    active: bool
    signed_in_at: dt.datetime | None
    is_last_gestionnaire: bool


@dataclass(frozen=True, kw_only=True)
class LotResult:
    """One line of a lot: ``LotLine.Outcome`` and why. ``depot`` is absent where the agent may not see it."""

    depot: Depot | None
    outcome: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class LotReport:
    """How far a lot has come."""

    lot: Lot
    total: int
    done: int
    refused: int
    waiting: int
    lines: Sequence[LotResult]


@dataclass(frozen=True, kw_only=True)
class DayFigures:
    """One day in Paris: how many filings were received (confirmed), decided how, and what lapsed or ended."""

    day: dt.date
    received: int
    published: int
    accepted: int
    refused: int
    withdrawn: int
    lapsed: int
    ended: int


@dataclass(frozen=True, kw_only=True)
class AgeClass:
    """How many wait since ``at_least`` days, and less than ``below`` (none for the oldest)."""

    at_least: int
    below: int | None
    count: int


@dataclass(frozen=True, kw_only=True)
class Figures:
    """``days`` has every day of the period, the latest last. ``states`` count all filings of today.

    ``median`` and ``p90`` are from confirmation to decision, for what was decided in the period; absent
    where nothing was.
    """

    days: Sequence[DayFigures]
    states: Mapping[State, int]
    ages: Sequence[AgeClass]
    late: int
    decided: int
    median: dt.timedelta | None
    p90: dt.timedelta | None


@dataclass(frozen=True, kw_only=True)
class Load:
    """What one agent has in hand among what waits; ``agent`` is absent for what nobody has."""

    agent: Person | None
    assigned: int
    late: int
    oldest: dt.datetime | None
    decided: int  # in the last seven days


def person(agent: Agent | None) -> Person | None:
    """An agent as colleagues are told of them."""
    return Person(id=agent.pk, name=agent.name) if agent else None
