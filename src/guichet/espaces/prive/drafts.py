"""What somebody typed while registering: it waits in the session, so that going back loses nothing.

Each registration has a number within its session, which stands in the addresses: two tabs with two people do
not mix. What is secret (the password, the number of the file) is sealed there (``accounts.vault``); the
password goes as soon as the registration is sent. A session that is not signed in lasts two days at most.
"""

import base64
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields

from django.http import HttpRequest

from guichet.accounts import vault
from guichet.espaces.prive.definition import FILE_NUMBER, TERMS_VERSION
from guichet.espaces.prive.kinds import KINDS, PARTICULIER, Kind
from guichet.kernel import clock

SESSION_KEY = "prive_registrations"
KEPT = 5  # registrations of one visitor
MAX_TEXT = 1000  # characters kept of one answer
SECRET = ("password", "password_again", FILE_NUMBER)
_PURPOSE = "prive.registration"


@dataclass
class Draft:
    """One registration under way. ``answers``, ``sealed``: what was typed, whether or not it holds.

    ``sent``: it was confirmed, and the message with the link is on its way to ``answers["email"]``.
    """

    number: int
    terms_version: str = TERMS_VERSION
    answers: dict[str, str] = field(default_factory=dict)
    sealed: dict[str, str] = field(default_factory=dict)
    accepted_at: str = ""
    sent: bool = False

    @property
    def kind(self) -> Kind:
        """Who registers."""
        return KINDS.get(self.answers.get("kind", ""), PARTICULIER)

    @property
    def typed(self) -> dict[str, str]:
        """Every answer by its field, as a form takes it."""
        return {**self.answers, **{name: _opened(text) for name, text in self.sealed.items()}}

    @property
    def terms_accepted_at(self) -> dt.datetime | None:
        """When the conditions were accepted."""
        return dt.datetime.fromisoformat(self.accepted_at) if self.accepted_at else None

    def take(self, data: Mapping[str, str], names: Iterable[str]) -> None:
        """Keep what was typed into the fields ``names``; something else is to be sent from now on."""
        for name in names:
            text = data.get(name, "")[:MAX_TEXT]
            if name in SECRET:
                self.sealed[name] = _sealed(text)
            else:
                self.answers[name] = text
        if "accepted" in names:
            self.accepted_at = clock.now().isoformat() if self.answers["accepted"] else ""
        self.sent = False

    def drop_password(self) -> None:
        """It does not hold: another one is to be chosen."""
        self.sealed = {name: text for name, text in self.sealed.items() if name == FILE_NUMBER}

    def done(self) -> None:
        """It is sent: the password is the accounts room's from now on, and a correction asks it again."""
        self.drop_password()
        self.sent = True


def begin(request: HttpRequest) -> Draft:
    """A new registration, of which nothing is kept yet."""
    return Draft(number=max((draft.number for draft in _kept(request)), default=0) + 1)


def find(request: HttpRequest, number: int) -> Draft | None:
    """The registration ``number`` of this browser; None where it is over, or where the conditions changed."""
    found = next((draft for draft in _kept(request) if draft.number == number), None)
    return found if found and found.terms_version == TERMS_VERSION else None


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
    try:
        return vault.open_sealed(base64.b64decode(sealed), purpose=_PURPOSE) if sealed else ""
    except (vault.CannotOpen, ValueError):  # the portal's key was replaced: it is asked again
        return ""
