"""What the queries of this room give."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from guichet.accounts.models import Account
from guichet.adhesions.rules import GOOD, SENTENCES, SOMEBODY, Code
from guichet.adhesions.states import By, Outcome
from guichet.depots.states import State
from guichet.entreprises.rules import NON_DIFFUSIBLE, UniteLegale
from guichet.kernel.refusals import N_

WITHHELD = N_("Entreprise qui a demandé à ne pas être affichée")


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether a request to ``siren`` may be sent. ``unite``: what of the register its sender may see.

    ``who``: the colleague who has one already, by name where both are recognised colleagues.
    """

    code: Code
    siren: str
    unite: UniteLegale | None = None
    who: str = ""

    @property
    def ok(self) -> bool:
        """Whether it may be sent."""
        return self.code in GOOD

    @property
    def sentence(self) -> str:
        """The verdict in words."""
        return sentence(self.code, self.who)

    @property
    def name(self) -> str:
        """The company's name, as its sender may see it; « » where the register has none."""
        return shown_name(self.unite.name) if self.unite else ""


def shown_name(name: str) -> str:
    """``name`` of a masked unité légale, in words where it is withheld: the same on screens and in files."""
    return WITHHELD if name == NON_DIFFUSIBLE else name


def sentence(code: Code, who: str = "") -> str:
    """A verdict in words; ``who`` is the colleague that it names, where one is recognised."""
    return gettext(SENTENCES[code]).format(who=who or gettext(SOMEBODY))


@dataclass(frozen=True, kw_only=True)
class Answerer:
    """Who answers for a company, or ends what it accepted: a code that was just given
    (``operations.open_by_code``), or an account. ``code_hash`` is what a session keeps of the former."""

    code_hash: str = ""
    account: Account | None = None

    @property
    def actor(self) -> str:
        """What the journal calls it."""
        return self.account.subject if self.account else "anonymous"


@dataclass(frozen=True, kw_only=True)
class Adhesion:
    """A request, and what became of it. ``person`` and ``firm`` ask; ``firm_siren`` is « » for a foreign one.

    ``services`` and ``capacity`` in words. ``ended_at`` is when it ceased to be in force. ``reason``: what
    the firm was told. ``handing_over``: it is in a proposal that a colleague has not answered yet.
    """

    depot_id: uuid.UUID
    reference: str
    siren: str
    name: str
    state: State
    services: Sequence[str]
    capacity: str
    person: str
    firm: str
    firm_siren: str
    asked_at: dt.datetime
    lapses_at: dt.datetime
    settled_at: dt.datetime | None
    ended_at: dt.datetime | None
    answered_by: By | None
    ended_by: By | None
    reason: str
    is_open: bool  # whether the company may answer now
    is_in_force: bool
    handing_over: bool


@dataclass(frozen=True, kw_only=True)
class Dossiers:
    """A page of « Mes dossiers »: ``counts`` by state, whatever state is chosen."""

    lines: Sequence[Adhesion]
    total: int
    counts: Mapping[State, int]
    page: int
    pages: int


@dataclass(frozen=True, kw_only=True)
class ListLine:
    """A line of a list: what was typed, what was understood of it (in words), the verdict, the outcome."""

    number: int
    typed: str
    siren: str
    name: str
    notes: Sequence[str]
    verdict: Code
    ok: bool
    sentence: str
    outcome: Outcome
    depot_id: uuid.UUID | None
    reference: str  # of the request that it made


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """A list and a page of its lines. ``verdicts``: how many lines have which; ``good``: how many are sent.

    ``sent`` and ``refused`` count the outcomes so far: together they reach ``good`` when it is finished.
    """

    id: uuid.UUID
    services: Sequence[str]
    capacity: str
    header: bool
    skipped: int
    created_at: dt.datetime
    sent_at: dt.datetime | None
    finished_at: dt.datetime | None
    total: int
    good: int
    sent: int
    refused: int
    verdicts: Mapping[Code, int]
    lines: Sequence[ListLine]
    page: int
    pages: int


@dataclass(frozen=True, kw_only=True)
class ListSummary:
    """A list among those of an account."""

    id: uuid.UUID
    created_at: dt.datetime
    sent_at: dt.datetime | None
    finished_at: dt.datetime | None
    total: int
    good: int
    sent: int
    refused: int
