"""What a téléprocédure says about its screens: its steps and a few texts. ``filing_urls`` does the rest."""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, TypeVar, cast

from django.core.exceptions import ValidationError

from guichet.accounts.models import Account
from guichet.depots.definitions import Data, Teleprocedure, Unique
from guichet.depots.models import Depot
from guichet.depots.rules import AlreadyFiled, NoPlace, place
from guichet.kernel.refusals import N_
from guichet.web.forms import PortalForm
from guichet.web.messages import sentence

DOCUMENTS = "documents"
CHECK = "verification"
PAGES = (
    "discard",
    "move",
    "remove",
    "page",
    "depots",
    "depot",
    "document",
    "original",
    "resend",
    "cancel",
    "rectify",
    "correct",
    "answer",
    "message_file",
)
T = TypeVar("T")
MAX_TYPED = 1000  # characters kept of one answer that does not hold yet


@dataclass(frozen=True, kw_only=True)
class Filed:
    """A filing that stands already: for whom, what it is about and since when."""

    depot_id: uuid.UUID
    siren: str
    unique: Unique
    version: int
    is_final: bool  # confirmed: a filing that waits for its confirmation may still vanish
    in_force: bool  # it counts: neither replaced nor withdrawn
    submitted_on: dt.date


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a step may ask besides what was typed. ``filed`` is read at the first need: there may be many.

    ``answers`` are those that the draft keeps, of this step and of the others; ``asked`` what the address of
    the page asks (its query): a step whose choices are many looks for them.
    """

    account: Account
    today: dt.date
    answers: Data = field(default_factory=dict)
    asked: Mapping[str, str] = field(default_factory=dict)
    find: Callable[[], Sequence[Filed]] = tuple

    @cached_property
    def filed(self) -> Sequence[Filed]:
        """The filings of the account that stand, the newest first."""
        return self.find()

    def once(self, key: tuple[str, ...], look: Callable[[], T]) -> T:
        """What ``look`` finds, looked for once under that ``key``: a page makes its forms several times."""
        if key not in self._looked:
            self._looked[key] = look()
        return cast("T", self._looked[key])

    @cached_property
    def _looked(self) -> dict[tuple[str, ...], object]:
        return {}


class StepForm(PortalForm):
    """The form of one step. ``step_template`` draws it; ``answers`` is what the draft keeps of it."""

    step_template: ClassVar[str] = "web/filing/step.html"

    offers_rectification = False  # what is asked for is filed already: to rectify it is the way out
    to_confirm: Filed | None = None  # what is to be confirmed, or cancelled, first

    def __init__(self, data: Mapping[str, Any] | None = None, *, context: Context, **options: Any) -> None:
        self.context = context
        super().__init__(data, **options)

    def ask_place(self, unique: Unique, *, siren: str, field: str) -> None:
        """Refuse at ``field``, in ``clean``, what could not be submitted beside what is filed already."""
        if not unique.key:  # there may be any number of them
            return
        place_of = (siren, unique.key)
        same = [filed for filed in self.context.filed if (filed.siren, filed.unique.key) == place_of]
        self.to_confirm = next((filed for filed in same if not filed.is_final), None)
        try:
            place(
                [filed.version for filed in same],
                awaiting=self.to_confirm is not None,
                rectifies=unique.rectifies,
                label=unique.label,
                in_force=any(filed.in_force for filed in same),
            )
        except NoPlace as refusal:
            self.offers_rectification = isinstance(refusal, AlreadyFiled)
            self.add_error(field, ValidationError(sentence(refusal), code=refusal.code))

    def answers(self) -> dict[str, str]:
        """The answers that hold, as text (call it on a valid form)."""
        return {
            name: value.isoformat() if isinstance(value, dt.date) else str(value)
            for name, value in self.cleaned_data.items()
        }

    def typed(self) -> dict[str, str]:
        """What was typed, whether it holds or not, so that the draft keeps it."""
        return {name: str(self.data.get(name, ""))[:MAX_TYPED] for name in self.fields}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One question or one decision, on a page of its own. ``told`` announces it at the start."""

    slug: str
    title: str
    told: str
    form: type[StepForm]


def nothing_more(account: Account, depot: Depot) -> Mapping[str, object]:  # noqa: ARG001 - others do
    """The page of a filing says what is shared, and nothing more."""
    return {}


def no_caution(account: Account, depot: Depot) -> str:  # noqa: ARG001 - others look at what was filed
    """Nothing more to know before transmitting."""
    return ""


@dataclass(frozen=True, kw_only=True)
class Filing:
    """The screens of one téléprocédure. ``namespace`` is its ``app_name``.

    ``transmit`` names the effect of the last button, ``{label}`` being that of ``Unique`` and ``{name}`` the
    subject's; ``begin`` that of the first one. ``rectification`` gives the first answers of a rectification
    of what ``Data`` says, where there is such a thing. ``reminder_template`` is shown beside the documents,
    where there are any. ``listed_at`` names the address of the list of filings where the téléprocédure has
    its own. ``decision_template`` tells on the page of a filing where it stands, in other words than the
    shared ones, with what ``more`` gives of it. ``caution``: what its filer should know before transmitting
    a draft, a sentence; empty where there is nothing.
    """

    definition: Teleprocedure
    namespace: str
    steps: Sequence[Step]
    intro_template: str
    reminder_template: str = ""
    listed_at: str = ""
    begin: str = N_("Commencer le dépôt")
    decision_template: str = "web/filing/decision.html"
    more: Callable[[Account, Depot], Mapping[str, object]] = nothing_more
    caution: Callable[[Account, Depot], str] = no_caution
    transmit: str = N_("Transmettre : {label}")
    rectification: Callable[[Data], Data] | None = None

    @property
    def list_label(self) -> str:
        """What the list of filings is called."""
        return self.definition.noun.listed

    @property
    def at(self) -> dict[str, str]:
        """The names of its addresses, for the templates: ``{% url at.depots %}``."""
        names = {name: f"{self.namespace}:{name}" for name in PAGES}
        return names | ({"depots": self.listed_at} if self.listed_at else {})

    def titles(self) -> dict[str, str]:
        """Every step's slug and title in order, those that all filings share included."""
        own = {step.slug: step.title for step in self.steps}
        documents = {DOCUMENTS: N_("Documents")} if self.definition.files else {}
        return {**own, **documents, CHECK: N_("Vérifiez vos réponses")}

    def step(self, slug: str) -> Step | None:
        """The step of its own that has this slug."""
        return next((step for step in self.steps if step.slug == slug), None)
