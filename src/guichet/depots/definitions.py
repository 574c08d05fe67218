"""What a téléprocédure decides about its filings. One engine reads it, from draft to receipt."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext

from guichet.accounts.definitions import espaces
from guichet.accounts.models import Account
from guichet.depots.models import Depot
from guichet.kernel.refusals import N_
from guichet.kernel.service import Service

Data = Mapping[str, str]  # the answers as they are stored: field name → text (dates as YYYY-MM-DD)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """For whom one files: the unité légale's ``siren`` and ``name``, and in what ``capacity`` one does it."""

    siren: str
    name: str
    capacity: str


def no_extension(data: Data) -> Sequence[str]:  # noqa: ARG001 - others look at the answers
    """No file is kept as it came."""
    return ()


UNKNOWN = Subject(siren="", name="", capacity="")  # the subject of a draft that does not say it yet


@dataclass(frozen=True, kw_only=True)
class Unique:
    """What there may be one filing of: ``key`` names it, ``label`` tells it in words.

    Without a ``key`` there may be any number of them, each its own place.
    """

    key: str
    label: str
    rectifies: bool


@dataclass(frozen=True, kw_only=True)
class FileRules:
    """Sizes in bytes. ``max_pages`` counts the pages of the one PDF that the files make.

    ``as_is``: files of a format whose controls don't exist yet. They are kept as they came: no PDF is made of
    them, no page is shown, nothing is published; ``extensions(data)`` are those that the answers call for
    (small letters, without a point), ``media_types`` and ``max_pages`` count for nothing.
    """

    max_size: int = 20_000_000
    max_total: int = 50_000_000
    max_files: int = 20
    max_pages: int = 500
    media_types: tuple[str, ...] = ("application/pdf", "image/jpeg", "image/png")
    as_is: bool = False
    extensions: Callable[[Data], Sequence[str]] = no_extension


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Something to choose from a list: ``code`` is kept, ``label`` is read."""

    code: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Document:
    """What was said of one document of a filing, whose ``number`` counts from 1.

    ``name`` is what the filer called it; ``type`` and ``person`` are codes, with their words beside them.
    """

    number: int
    name: str
    type: str
    type_label: str
    person: str
    person_label: str
    comment: str


@dataclass(frozen=True, kw_only=True)
class DocumentRules:
    """Where a filing is made of documents, each of them photographed or joined page by page (001, step 6).

    One PDF is made of each. ``count(data)`` is how many are announced, 0 while nobody said; ``described``
    what was said of each. ``types(text)`` are the types that ``text`` may mean, the best first, for an agent
    who puts a document elsewhere; ``type_label(code)`` also knows those that are no more offered;
    ``persons(depot)`` whom a document may be about, ``person_labels(depot, codes)`` the words of those of
    ``codes`` that are known, also where they are no more offered, for all documents at once. Sizes in bytes:
    ``max_size`` of one document's PDF, after photographs were made smaller; ``max_upload`` of one file as it
    comes.
    """

    count: Callable[[Data], int]
    described: Callable[[Depot], Sequence[Document]]
    types: Callable[[str], Sequence[Choice]]
    type_label: Callable[[str], str]
    persons: Callable[[Depot], Sequence[Choice]]
    person_labels: Callable[[Depot, Collection[str]], Mapping[str, str]]
    max_documents: int = 10
    max_size: int = 3_000_000
    max_pages: int = 50
    max_upload: int = 20_000_000
    media_types: tuple[str, ...] = (
        "application/pdf",
        "image/jpeg",
        "image/png",
        "image/heic",
        "image/webp",
    )


@dataclass(frozen=True, kw_only=True)
class Confirmation:
    """The filing counts once it is confirmed by the link sent by e-mail (000, step 7)."""

    recall_after: dt.timedelta = dt.timedelta(days=2)
    expires_after: dt.timedelta = dt.timedelta(days=15)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One line of a recap: what was asked, what was answered, and the step where it can be changed."""

    label: str
    value: str
    step: str


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What was typed beside what the register says; an agent's page marks the lines that differ.

    ``register`` is empty where the register says nothing.
    """

    label: str
    typed: str
    register: str
    differs: bool


@dataclass(frozen=True, kw_only=True)
class Published:
    """What the public finds a filing by: its ``date`` (that of closing, for accounts), and its name."""

    date: dt.date
    label: str


def no_comparison(subject: Subject, data: Data, profile: Mapping[str, object]) -> Sequence[Comparison]:  # noqa: ARG001 - others look at them
    """Nothing to compare: there is no register of what is filed."""
    return ()


@dataclass(frozen=True, kw_only=True)
class Instruction:
    """What the agents' desk needs to know of a téléprocédure.

    ``compare`` looks the subject up in the register. ``reasons`` and ``withdrawals`` are the first reasons
    to refuse and to withdraw, as (label, text that the filer reads); the operator keeps them afterwards.
    ``due_after`` is how old a confirmed filing may become before it is late. ``accepting_needs_reason``:
    an agent who accepts says why, as somebody else should have answered. ``correctable``: a refusal may be
    answered by the same filing, corrected; else one makes another, if it makes sense at all.
    ``others_decide``: somebody else is asked, and agents only step in: such filings wait in nobody's queue,
    and are found by their téléprocédure, a reference, a SIREN or a name. ``accepting`` and ``accepted`` name
    the decision and the state that follows it; ``accepting_may_say``: an agent who accepts may write some
    words to the filer.
    """

    compare: Callable[[Subject, Data, Mapping[str, object]], Sequence[Comparison]] = no_comparison
    reasons: tuple[tuple[str, str], ...] = ()
    withdrawals: tuple[tuple[str, str], ...] = ()
    due_after: dt.timedelta = dt.timedelta(days=30)
    accepting_needs_reason: bool = False
    correctable: bool = True
    others_decide: bool = False
    accepting: str = N_("Accepter")
    accepted: str = N_("Accepté")
    accepting_may_say: bool = False

    @property
    def accepting_takes_words(self) -> bool:
        """Whether the filer reads anything of an agent's beside an acceptance."""
        return self.accepting_needs_reason or self.accepting_may_say


def other_words(instruction: Instruction) -> str:
    """What an accepted filing is called, in small letters, where it is not « accepté »; else nothing."""
    words = instruction.accepted
    return "" if words == Instruction.accepted else gettext(words).lower()


def account_email(account: Account, data: Data) -> str:  # noqa: ARG001 - other procedures look at the answers
    """The address of the account: where a filing's messages go unless its téléprocédure says otherwise."""
    return account.email


def no_notice(depot: Depot) -> Sequence[str]:  # noqa: ARG001 - other procedures look at its dates
    """Nothing more to say on the receipt."""
    return ()


def nothing_first(depot: Depot) -> None:
    """Nothing is held before the filing itself."""


def nothing_more(depot: Depot, event: str, actor: str) -> None:
    """Nothing else follows from what happens to a filing."""


@dataclass(frozen=True, kw_only=True)
class Noun:
    """What one filing is called, in the forms that sentences need, as French words agree with it.

    ``listed`` is the name of the list where its filer finds it again.
    """

    a: str
    this: str
    your: str
    of_the: str
    the: str
    listed: str

    def in_words(self) -> "Noun":
        """The same, translated."""
        return Noun(**{name: gettext(text) for name, text in asdict(self).items()})


DEPOT = Noun(
    a=N_("un dépôt"),
    this=N_("ce dépôt"),
    your=N_("votre dépôt"),
    of_the=N_("du dépôt"),
    the=N_("le dépôt"),
    listed=N_("Vos dépôts"),
)


@dataclass(frozen=True, kw_only=True)
class Way:
    """A card on the home of an espace: ``label`` and ``summary`` in words, ``url`` the name of its page."""

    label: str
    summary: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Teleprocedure:
    """Something that can be filed.

    ``subject(account, data)`` says for whom ``account`` files, ``UNKNOWN`` while a draft does not say it;
    ``clean(data, today)`` returns the answers that hold, or raises ``InvalidAnswers`` (see
    ``guichet.depots.rules``). ``unique(account, data)`` raises ``KeyError`` or ``ValueError`` while a draft
    does not say it. ``sample()`` gives answers that hold and files (name, bytes): the conformance test walks
    them from draft to receipt. Of documents, the k-th file is for document ((k - 1) % count) + 1.

    ``files``: ``None`` where nothing is joined, and the answers are all that is filed, or where ``documents``
    are, each made page by page; never both. ``confirmation``:
    ``None`` where submitting confirms, as the account's mailbox is proven already. ``legal_notice(depot)``:
    what the receipt says on decision, delays and remedies, in French, one text a paragraph; for a request,
    what silence means and from which day (art. R112-11-1 CRPA). ``hold(depot)``: what is held before the
    filing is, where its acceptance changes what others hold first. ``after(depot, event, actor)``: what else
    follows from an event of ``states.TRANSITIONS``, in its transaction, with the filing locked and changed.
    ``noun`` is what one filing is called. ``invitation`` and ``summary`` are the words of its card on the
    home of its espace; without an invitation, the card bears the label. ``ways``: the cards that follow it,
    the first of which tells what must not be forgotten; without any, there is one that leads to the filings.
    """

    code: str
    label: str
    espace: str
    revision: str
    service: Service
    start_url: str
    draft_url: str  # the name of the URL where a draft is taken up again; argument: the dépôt's id
    subject: Callable[[Account, Data], Subject]
    clean: Callable[[Data, dt.date], Data]
    unique: Callable[[Account, Data], Unique]
    answers: Callable[[Data], Sequence[Answer]]
    sample: Callable[[], tuple[Data, Iterable[tuple[str, bytes]]]]
    files: FileRules | None
    terms_version: str
    confirmation: Confirmation | None
    documents: DocumentRules | None = None
    noun: Noun = DEPOT
    email: Callable[[Account, Data], str] = account_email  # where the messages about one filing go
    invitation: str = ""
    summary: str = ""
    ways: tuple[Way, ...] = ()
    personal: frozenset[str] = frozenset()  # the answers that tell of people: erased when their time is over
    legal_notice: Callable[[Depot], Sequence[str]] = no_notice
    hold: Callable[[Depot], None] = nothing_first
    after: Callable[[Depot, str, str], None] = nothing_more
    instruction: Instruction = Instruction()
    publication: Callable[[Data], Published] | None = None  # None: filings are accepted, not published


@cache
def teleprocedures() -> Mapping[str, Teleprocedure]:
    """Every registered téléprocédure by its code. Raises ``ValueError`` on what can't work."""
    found: dict[str, Teleprocedure] = {}
    for dotted in settings.TELEPROCEDURES:
        definition: Teleprocedure = import_string(dotted)
        if definition.code in found or definition.espace not in espaces():
            raise ValueError(f"téléprocédure {definition.code!r}: duplicate code or unknown espace")
        if definition.confirmation and not espaces()[definition.espace].messages_hold_links:
            raise ValueError(f"téléprocédure {definition.code!r}: its espace sends no link that confirms")
        if definition.files and definition.documents:
            raise ValueError(f"téléprocédure {definition.code!r}: files or documents, not both")
        found[definition.code] = definition
    return found


def teleprocedure(code: str) -> Teleprocedure:
    """The téléprocédure whose code is ``code``. Raises ``KeyError``."""
    return teleprocedures()[code]
