"""What somebody typed while registering a company: it waits in the session, so that going back loses nothing.

Each registration has a number within its session, which stands in the addresses: two tabs with two
companies do not mix. The password and the answer to the secret question are sealed there
(``accounts.vault``), and go as soon as the registration is sent. ``seen`` are the pages that were answered:
none is jumped over.
"""

import base64
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

from guichet.accounts import vault
from guichet.accounts.models import Account
from guichet.espaces.declarant.definition import TERMS_VERSION
from guichet.kernel import clock

SESSION_KEY = "declarant_registrations"
KEPT = 5  # registrations of one visitor
MAX_TEXT = 1000  # characters kept of one answer
MAX_ANSWERS = 100  # boxes of one question
MAX_COLLEAGUES = 500
SECRET = ("password", "password_again", "answer")
PASSWORDS = ("password", "password_again")
_PURPOSE = "declarant.registration"


@dataclass
class Draft:
    """One registration under way. ``answers``, ``sealed``: what was typed, whether or not it holds.

    ``account``: of somebody who is signed in and registers a company again (``choose``), its key; else empty.
    ``sirets``: the établissements that are ticked. ``colleagues``: as ``rules.Person`` takes them. ``sent``:
    it was validated.
    """

    number: int
    account: str = ""
    terms_version: str = TERMS_VERSION
    answers: dict[str, list[str]] = field(default_factory=dict)
    sealed: dict[str, str] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    sirets: list[str] = field(default_factory=list)
    colleagues: list[dict[str, str]] = field(default_factory=list)
    accepted_at: str = ""
    sent: bool = False

    @property
    def terms_accepted_at(self) -> dt.datetime | None:
        """When the conditions were accepted."""
        return dt.datetime.fromisoformat(self.accepted_at) if self.accepted_at else None

    @property
    def typed(self) -> MultiValueDict[str, Any]:
        """Every answer by its field, as a form takes it."""
        opened = {name: [_opened(text)] for name, text in self.sealed.items()}
        return MultiValueDict({**self.answers, **opened})

    def text(self, name: str) -> str:
        """The one answer to ``name``, as it was typed; empty where there is none."""
        if name in self.sealed:
            return _opened(self.sealed[name])
        return next(reversed(self.answers.get(name, [])), "")

    def initial(self, several: Iterable[str] = ()) -> Mapping[str, Any]:
        """What a form begins with; ``several``: the fields whose answer is a list."""
        typed = self.typed
        lists = set(several)
        return {name: typed.getlist(name) if name in lists else typed.get(name) for name in typed}

    def take(self, data: QueryDict, names: Iterable[str]) -> None:
        """Keep what was typed into the fields ``names``; something else is to be sent from now on."""
        for name in names:
            texts = [text[:MAX_TEXT] for text in data.getlist(name)[:MAX_ANSWERS]]
            if name in SECRET:
                self.sealed[name] = _sealed(texts[-1] if texts else "")
            else:
                self.answers[name] = texts
        if "accepted" in names:
            self.accepted_at = clock.now().isoformat() if any(self.answers["accepted"]) else ""
        self.sent = False

    def tick(self, *, shown: Sequence[str], ticked: Iterable[str]) -> None:
        """Of the établissements ``shown``, those ``ticked`` are chosen; all others stay as they were."""
        chosen = (set(self.sirets) - set(shown)) | (set(ticked) & set(shown))
        self.sirets = sorted(chosen)
        self.sent = False

    def answered(self, slug: str) -> None:
        """The page ``slug`` holds."""
        if slug not in self.seen:
            self.seen.append(slug)

    def unsee(self, slugs: Iterable[str]) -> None:
        """The pages ``slugs`` are to be looked at again: what they follow from has changed."""
        gone = set(slugs)
        self.seen = [slug for slug in self.seen if slug not in gone]

    def drop_password(self) -> None:
        """It does not hold: another one is to be chosen."""
        self.sealed = {name: text for name, text in self.sealed.items() if name not in PASSWORDS}

    def done(self) -> None:
        """It is sent: the secrets are the accounts room's from now on, and a correction asks them again."""
        self.sealed = {}
        self.sent = True


def begin(request: HttpRequest, *, account: Account | None = None) -> Draft:
    """A new registration, of which nothing is kept yet."""
    number = max((draft.number for draft in _kept(request)), default=0) + 1
    if account is None:
        return Draft(number=number)
    known = {name: [str(account.profile.get(name, ""))] for name in ("siret", "last_name", "first_name")}
    return Draft(number=number, account=str(account.pk), answers={**known, "email": [account.email]})


def find(request: HttpRequest, number: int, *, account: Account | None = None) -> Draft | None:
    """The registration ``number`` of this browser, and of ``account``; None where it is over, or where the
    conditions changed."""
    owner = str(account.pk) if account else ""
    found = next((draft for draft in _kept(request) if draft.number == number), None)
    if found is None or found.account != owner or found.terms_version != TERMS_VERSION:
        return None
    return found


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
