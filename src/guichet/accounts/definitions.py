"""What an espace decides about its accounts. One engine reads it; no espace has code of its own for this."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from guichet.accounts.models import Account
from guichet.kernel.refusals import N_
from guichet.kernel.service import Service


@dataclass(frozen=True, kw_only=True)
class Part:
    """One field of an identifier that is typed in several. ``parse`` normalises it, or raises a ``Refusal``;
    ``missing`` is said where it is empty."""

    name: str
    label: str
    hint: str
    missing: str
    parse: Callable[[str], str]
    autocomplete: str = "off"
    inputmode: str = "text"
    max_length: int = 40


def as_it_is(values: Mapping[str, str]) -> str:
    """Of identifiers that are typed in one field: there is nothing to join."""
    (only,) = values.values()
    return only


def in_one_piece(identifier: str) -> Mapping[str, str]:
    """The same the other way round."""
    return {"identifier": identifier}


@dataclass(frozen=True, kw_only=True)
class Identifier:
    """What one signs in with. ``parse`` normalises what was typed, or raises a ``Refusal``.

    ``is_email``: it is the account's e-mail address, and changes with it. ``parts``: it is typed in several
    fields, and ``join`` makes it of what each ``Part.parse`` gave, by its name; ``split`` takes it apart.
    ``display(identifier, profile)``: as its person reads it.
    """

    label: str
    hint: str
    parse: Callable[[str], str]
    display: Callable[[str, Mapping[str, object]], str]
    autocomplete: str = "username"
    inputmode: str = "text"
    max_length: int = 40
    is_email: bool = False
    parts: tuple[Part, ...] = ()
    join: Callable[[Mapping[str, str]], str] = as_it_is
    split: Callable[[str], Mapping[str, str]] = in_one_piece


@dataclass(frozen=True, kw_only=True)
class PasswordPolicy:
    """``generated``: the first password is made by the portal and sent by e-mail (000, step 3).

    ``min_score`` is zxcvbn's, from 0 to 4, computed with the person's own data as forbidden words.
    ``alphanumeric``: unaccented letters and digits alone, at least one of each (004, step 2).
    ``min_letters``, ``min_digits``, ``both_cases``, and ``signs``, those that are taken beside unaccented
    letters and digits (``None``: any): what 003 (chapter 2) asks for.
    """

    generated: bool = False
    alphanumeric: bool = False
    generated_length: int = 12
    min_length: int = 12
    max_length: int = 128
    min_score: int = 3
    min_letters: int = 0
    min_digits: int = 0
    both_cases: bool = False
    signs: str | None = None


@dataclass(frozen=True, kw_only=True)
class Provisionals:
    """Provisional passwords, of digits: they sign in once, to choose a password and a question.

    ``given_…``: shown to an administrateur, who tells it (003, chapter 3: 5 digits); ``sent_…``: shown by the
    link of a message (003, chapter 5). After ``tries`` wrong ones it has ended.
    """

    given_length: int = 5
    given_lifetime: dt.timedelta = dt.timedelta(hours=72)
    sent_length: int = 8
    sent_lifetime: dt.timedelta = dt.timedelta(minutes=30)
    tries: int = 5


@dataclass(frozen=True, kw_only=True)
class Lifetimes:
    """How long each secret lives. A pending registration lives as long as its activation link."""

    activation: dt.timedelta
    recovery: dt.timedelta
    email_change: dt.timedelta
    invitation: dt.timedelta = dt.timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class SessionPolicy:
    """A session ends after ``idle`` without a page, and after ``absolute`` in any case."""

    idle: dt.timedelta = dt.timedelta(hours=1)
    absolute: dt.timedelta = dt.timedelta(hours=12)


@dataclass(frozen=True, kw_only=True)
class Lockout:
    """``per_account`` failures on one identifier, or ``per_address`` from one IP address, within ``window``.

    The way out: wait for the end of the window, or recover the password by e-mail (which lifts the lock of
    the account).
    """

    per_account: int = 10
    per_address: int = 50
    codes_per_account: int = 5  # wrong codes of a second factor, whose way out is a recovery code
    answers_per_account: int = 5  # wrong answers to a question of trust, within ``answers_window``
    messages_per_account: int = 5  # links asked for by someone who is not signed in
    messages_per_address: int = 100
    messages_per_recipient: int = 10  # to one mailbox that somebody typed, whatever the account
    window: dt.timedelta = dt.timedelta(minutes=15)
    answers_window: dt.timedelta = dt.timedelta(days=1)  # people answer in one word, which others may guess


@dataclass(frozen=True, kw_only=True)
class Codes:
    """Messages of this door hold codes to type, and never a link (004, step 2: against false messages).

    ``length`` letters and digits without look-alikes; ``tries`` wrong ones within ``Lockout.window`` for one
    identifier, and as many as ``Lockout.per_address`` from one address.
    """

    length: int = 12
    tries: int = 5


@dataclass(frozen=True, kw_only=True)
class TrustQuestion:
    """A question of trust (004, step 2); ``code`` is what is kept, and never changes its meaning."""

    code: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Retention:
    """How long this door keeps what belongs to people; ``docs/howto/retention.md`` gives the reasons.

    ``idle_account``: an account where nobody signed in for so long is closed, ``notice`` after its person
    was warned by e-mail; ``None``: never by itself. ``filing``: after its last change, a decided filing loses
    the personal answers and messages; its proof stays. ``closed_by_person``: people close their account
    themselves.
    """

    idle_account: dt.timedelta | None = dt.timedelta(days=3 * 365)
    notice: dt.timedelta = dt.timedelta(days=60)
    filing: dt.timedelta = dt.timedelta(days=10 * 365)
    closed_by_person: bool = True


def no_siren(identifier: str, profile: Mapping[str, object]) -> str:  # noqa: ARG001 - others look at them
    """Accounts that belong to no unité légale."""
    return ""


def nothing_more(account: Account) -> None:
    """Of doors where nothing else begins with an account."""


@dataclass(frozen=True, kw_only=True)
class Espace:
    """A door. The values that a reference document gives are the defaults of its definition.

    ``second_factor``: nobody signs in without a code of an application; an operator may also ask for it by
    ``GUICHET_SECOND_FACTOR``. ``public``: it stands among the doors of the home page, and people register by
    themselves (``register_url``); else accounts are given (``operations.invite``). ``codes``: messages hold
    codes instead of links. ``trust_questions``: one of them is asked, with something that the person holds,
    before what matters; ``question_label`` is what this door calls it. ``number`` makes an account's number
    of the day of its activation and its rank in the year. ``second_factor_offered``: people may take one into
    use without being obliged to. ``certificates``: one also registers and signs in with a client certificate.
    ``siren(identifier, profile)`` is the unité légale that an account belongs to, by its own saying;
    ``is_unite``: whoever signs in is that unité légale itself, and answers for it. ``mailbox``: what is
    written about filings stands in the portal, and an e-mail tells of it without its content. ``sealed``: the
    fields of a profile that are kept encrypted (``sealed``). ``activated``: what else begins with an account,
    in the transaction of its activation. ``provisionals``: accounts may have a provisional password.
    ``helpers_url``: the name of the page where somebody who can't sign in asks the people who manage the
    accounts of their company.
    """

    code: str
    label: str
    summary: str = ""  # who comes in and what for, in one sentence: the home page shows it
    identifier: Identifier
    lifetimes: Lifetimes
    service: Service
    terms_version: str
    home_url: str  # the name of the URL that one lands on after sign-in
    sign_in_url: str
    register_url: str = ""
    password: PasswordPolicy = field(default_factory=PasswordPolicy)
    session: SessionPolicy = field(default_factory=SessionPolicy)
    lockout: Lockout = field(default_factory=Lockout)
    retention: Retention = field(default_factory=Retention)
    second_factor: bool = False
    public: bool = True
    codes: Codes | None = None
    trust_questions: tuple[TrustQuestion, ...] = ()
    question_label: str = N_("Question de confiance")
    number: Callable[[dt.date, int], str] | None = None
    second_factor_offered: bool = False
    certificates: bool = False
    siren: Callable[[str, Mapping[str, object]], str] = no_siren
    is_unite: bool = False
    mailbox: bool = False
    sealed: tuple[str, ...] = ()
    activated: Callable[[Account], object] = nothing_more
    provisionals: Provisionals | None = None
    helpers_url: str = ""

    @property
    def messages_hold_links(self) -> bool:
        """Whether its e-mails hold links; else codes to type."""
        return self.codes is None


@cache
def espaces() -> Mapping[str, Espace]:
    """Every registered espace by its code, as strict as the operator wants it.

    Raises ``ValueError`` on duplicates.
    """
    found: dict[str, Espace] = {}
    for dotted in settings.ESPACES:
        espace: Espace = import_string(dotted)
        if espace.code in found:
            raise ValueError(f"two espaces have the code {espace.code!r}")
        _check(espace)
        found[espace.code] = _as_strict_as_wanted(espace)
    return found


def _check(espace: Espace) -> None:
    provisionals_hold = not espace.codes and espace.trust_questions and espace.password.min_letters
    if espace.provisionals and not provisionals_hold:
        raise ValueError(
            f"espace {espace.code!r}: provisional passwords want links, questions, letters (0026)"
        )
    if espace.codes and espace.password.generated:
        raise ValueError(f"espace {espace.code!r}: a message that brings a code brings no password")


def _as_strict_as_wanted(espace: Espace) -> Espace:
    """``espace`` with what the operator wants beyond its definition; never less than that."""
    policy = espace.password
    password = replace(
        policy,
        min_length=max(policy.min_length, settings.PASSWORD_MIN_LENGTH.get(espace.code, 0)),
        min_score=max(policy.min_score, settings.PASSWORD_MIN_SCORE.get(espace.code, 0)),
    )
    second_factor = espace.second_factor or espace.code in settings.SECOND_FACTOR
    wanted = replace(espace, password=password, second_factor=second_factor)
    return espace if wanted == espace else wanted


def public_espaces() -> list[Espace]:
    """The doors that everybody is shown."""
    return [espace for espace in espaces().values() if espace.public]


def espace(code: str) -> Espace:
    """The espace whose code is ``code``. Raises ``KeyError``."""
    return espaces()[code]
