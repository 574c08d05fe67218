"""What somebody typed while registering: it waits in the session, so that going back loses nothing.

Each registration has a number within its session, which stands in the addresses: two tabs with two people
do not mix. The password and the answer to the question of trust are sealed (``accounts.vault``) rather than
hashed: the password is weighed against the person's own data, which come a step later, and the answer is
shown once more before it counts. A copy of the table of sessions opens neither, and both are dropped as soon
as the registration is sent. A session that is not signed in lasts two days at most.
"""

import base64
import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from django.http import HttpRequest

from guichet.accounts import vault
from guichet.accounts.rules import Presented
from guichet.espaces.abonne.definition import TERMS_VERSION, parse_address
from guichet.kernel import clock
from guichet.kernel.email_address import InvalidEmail

SESSION_KEY = "abonne_registrations"
KEPT = 5  # registrations of one visitor
MAX_TEXT = 1000  # characters kept of one answer
_PURPOSE = "abonne.registration"


@dataclass
class Draft:
    """One registration under way. ``answers``: step 3 as it was typed, whether or not it holds.

    ``certificate``: ``Presented.to_json``, where one is presented instead of a password. ``sent``: it was
    confirmed, and the message with the code is on its way; ``registration``: what ``register`` gave for it.
    """

    number: int
    accepted_at: str
    terms_version: str = TERMS_VERSION
    certificate: dict[str, str] | None = None
    email: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    sealed_password: str = ""
    sealed_answer: str = ""
    sent: bool = False
    registration: str = ""

    @property
    def terms_accepted_at(self) -> dt.datetime:
        """When the conditions were accepted."""
        return dt.datetime.fromisoformat(self.accepted_at)

    @property
    def presented(self) -> Presented | None:
        """The certificate, as the accounts room wants it."""
        return Presented.from_json(self.certificate) if self.certificate else None

    @property
    def password(self) -> str:
        """As it was typed; empty where there is none, or none any more."""
        return _opened(self.sealed_password)

    @password.setter
    def password(self, text: str) -> None:
        self.sealed_password = _sealed(text)

    @property
    def identified(self) -> bool:
        """Whether step 2 holds."""
        return bool(self.email and (self.password or self.certificate))

    @property
    def typed(self) -> dict[str, str]:
        """Step 3 as it was typed, the answer to the question included."""
        return {**self.answers, "answer": _opened(self.sealed_answer)} if self.answers else {}

    def take(self, data: Mapping[str, str], fields: Mapping[str, Any]) -> None:
        """Keep what was typed into ``fields``."""
        self.answers = {name: data.get(name, "")[:MAX_TEXT] for name in fields if name != "answer"}
        self.sealed_answer = _sealed(data.get("answer", "")[:MAX_TEXT])

    def done(self, registration: uuid.UUID) -> None:
        """It is sent: the secrets are the accounts room's from now on."""
        self.sealed_password = self.sealed_answer = ""
        self.sent, self.registration = True, str(registration)


def begin(request: HttpRequest, *, presented: Presented | None = None) -> Draft:
    """A new registration, whose conditions are accepted at this moment."""
    kept = _kept(request)
    number = max((draft.number for draft in kept), default=0) + 1
    certificate = presented.to_json() if presented else None
    draft = Draft(number=number, accepted_at=clock.now().isoformat(), certificate=certificate)
    save(request, draft)
    return draft


def find(request: HttpRequest, number: int) -> Draft | None:
    """The registration ``number`` of this browser; None where it is over, or where the conditions changed."""
    found = next((draft for draft in _kept(request) if draft.number == number), None)
    return found if found and found.terms_version == TERMS_VERSION else None


def registration(request: HttpRequest, email: str) -> uuid.UUID | None:
    """What shows that this browser sent the registration of ``email``: the latest of its own, if any."""
    sent = [draft for draft in _kept(request) if draft.sent and draft.email == email and draft.registration]
    return uuid.UUID(sent[-1].registration) if sent else None


def has_registered(request: HttpRequest, typed: str) -> bool:
    """Whether this browser registered the address ``typed``; where that is none, whether it registered."""
    try:
        return registration(request, parse_address(typed)) is not None
    except InvalidEmail:
        return any(draft.registration for draft in _kept(request))


def save(request: HttpRequest, draft: Draft) -> None:
    """Keep ``draft`` among the latest of this browser."""
    others = [other for other in _kept(request) if other.number != draft.number]
    request.session[SESSION_KEY] = [asdict(one) for one in [*others, draft][-KEPT:]]


def _kept(request: HttpRequest) -> list[Draft]:
    # A newer release, which runs beside this one during an upgrade, may keep more than this one knows.
    known = {one.name for one in fields(Draft)}
    found = request.session.get(SESSION_KEY, [])
    return [Draft(**{name: kept[name] for name in known & kept.keys()}) for kept in found]


def _sealed(text: str) -> str:
    return base64.b64encode(vault.seal(text, purpose=_PURPOSE)).decode() if text else ""


def _opened(sealed: str) -> str:
    if not sealed:
        return ""
    try:
        return vault.open_sealed(base64.b64decode(sealed), purpose=_PURPOSE)
    except vault.CannotOpen:  # the portal's key was replaced: it is asked again
        return ""
