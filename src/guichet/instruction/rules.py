"""What agents may do, and how they ask for filings. Pure Python.

The addresses of the queue keep the filters under French names (``PARAMETERS``); whatever does not hold in
an address is left out, so that an old or mistyped one still shows a queue.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from guichet.kernel.refusals import N_, Refusal

ESPACE = "agents"  # the door through which agents come in
HOLD = dt.timedelta(minutes=10)
PAGE_SIZE = 50
MOST_IN_BULK = 500
MAX_TEXT = 5000  # characters of a message, a note or a reason
MAX_LABEL = 120  # characters of a reason's name
ALL_STATES = "tous"
ME, NOBODY = "moi", "personne"
ASKED, ANSWERED = "posee", "repondue"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
# Ages of what waits, in days: the upper bound of each class, the last one without.
AGE_CLASSES = (1, 3, 7, 15, 30, None)


class Role(StrEnum):
    """Each role has the rights of those before it."""

    AGENT = "agent"
    SUPERVISEUR = "superviseur"
    GESTIONNAIRE = "gestionnaire"

    def includes(self, other: "Role") -> bool:
        """Whether this role has the rights of ``other``."""
        order = list(Role)
        return order.index(self) >= order.index(other)


class Action(StrEnum):
    """What can be done to many filings at once."""

    PUBLISH = "publier"
    ACCEPT = "accepter"
    REFUSE = "refuser"
    WITHDRAW = "retirer"
    ASSIGN = "attribuer"
    RELEASE = "liberer"


class MotifKind(StrEnum):
    """What a reason is for."""

    REFUS = "refus"
    RETRAIT = "retrait"


class Sort(StrEnum):
    """The order of the queue."""

    OLDEST = "anciens"
    NEWEST = "recents"
    NAME = "nom"

    @classmethod
    def parse(cls, text: str) -> "Sort":
        """The order that an address names; the oldest first where it names none."""
        return cls(text) if text in list(cls) else cls.OLDEST


class NotAllowed(Refusal):
    """The agent's role, or its suspension, does not permit it."""

    code = "not_allowed"
    message = N_(
        "Votre rôle ne permet pas cette action. Si vous en avez besoin, demandez-la à un gestionnaire des "
        "agents."
    )
    status = 403


class TextMissing(Refusal):
    """An empty message says nothing."""

    code = "text_missing"
    message = N_("Écrivez votre texte avant de l’envoyer.")
    field = "text"


class TextTooLong(Refusal):
    """Longer than a page should show."""

    code = "text_too_long"
    message = N_("Ce texte compte {length} caractères, {most} au plus sont possibles. Raccourcissez-le.")
    field = "text"


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a queue shows. ``state`` is a state of a filing, ``ALL_STATES``, or « confirme » by default.

    ``assigned``: ``ME``, ``NOBODY``, an agent's number, or everybody's. ``text``: a reference, a SIREN or a
    part of a name. ``question``: ``ASKED`` (the filer has not answered yet) or ``ANSWERED``. The two days,
    in Paris, are those of submission, both included.
    """

    teleprocedure: str = ""
    state: str = "confirme"
    assigned: str = ""
    text: str = ""
    late: bool = False
    question: str = ""
    submitted_from: dt.date | None = None
    submitted_to: dt.date | None = None

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> "Filters":
        """The filters that an address keeps."""
        text = {name: query.get(parameter, "").strip() for name, parameter in PARAMETERS.items()}
        return cls(
            teleprocedure=text["teleprocedure"][:64],
            state=text["state"] if text["state"] in STATES else "confirme",
            assigned=text["assigned"] if _is_assignee(text["assigned"]) else "",
            text=_printable(text["text"])[:100].strip(),
            late=text["late"] == "1",
            question=text["question"] if text["question"] in (ASKED, ANSWERED) else "",
            submitted_from=_day(text["submitted_from"]),
            submitted_to=_day(text["submitted_to"]),
        )

    def query(self) -> dict[str, str]:
        """The parameters of an address that ``parse`` reads back; those that choose nothing are left out."""
        said = {
            "teleprocedure": self.teleprocedure,
            "state": "" if self.state == "confirme" else self.state,
            "assigned": self.assigned,
            "text": self.text,
            "late": "1" if self.late else "",
            "question": self.question,
            "submitted_from": self.submitted_from.isoformat() if self.submitted_from else "",
            "submitted_to": self.submitted_to.isoformat() if self.submitted_to else "",
        }
        return {PARAMETERS[name]: value for name, value in said.items() if value}


PARAMETERS = {
    "teleprocedure": "demarche",
    "state": "etat",
    "assigned": "agent",
    "text": "texte",
    "late": "retard",
    "question": "question",
    "submitted_from": "du",
    "submitted_to": "au",
}
STATES = ("confirme", "publie", "accepte", "refuse", "retire", "caduc", "termine", "remplace", ALL_STATES)


def reason(motif_text: str, text: str) -> str:
    """What the filer reads: the text of the reason chosen from the list, then what the agent adds."""
    return "\n\n".join(part.strip() for part in (motif_text, text) if part.strip())


def clean_text(text: str) -> str:
    """``text`` without what no database keeps, its line ends folded.

    Raises ``TextMissing``, ``TextTooLong``.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(sign for sign in lines if sign in "\n\t" or sign.isprintable() or sign.isspace()).strip()
    if not kept:
        raise TextMissing
    if len(kept) > MAX_TEXT:
        raise TextTooLong(length=len(kept), most=MAX_TEXT)
    return kept


def age_class(days: int) -> int:
    """The place in ``AGE_CLASSES`` of what has been waiting for ``days`` whole days."""
    bounds = [bound for bound in AGE_CLASSES if bound is not None]
    return next((place for place, bound in enumerate(bounds) if days < bound), len(bounds))


def is_last_gestionnaire(agent_id: int, active: Iterable[int]) -> bool:
    """Whether nobody else among the ``active`` gestionnaires could bring ``agent_id`` back."""
    return set(active) == {agent_id}


def _is_assignee(text: str) -> bool:
    return text in (ME, NOBODY) or (text.isascii() and text.isdigit() and len(text) <= 9)


def _printable(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable())


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None
