"""Reading accounts. What belongs to someone takes the account as an argument."""

import datetime as dt
from dataclasses import dataclass, fields

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from guichet.accounts.definitions import TrustQuestion
from guichet.accounts.definitions import espace as door_of
from guichet.accounts.models import (
    Account,
    Attempts,
    BoundCertificate,
    Passkey,
    Provisional,
    RecoveryCode,
    SecondFactor,
    Session,
    TrustAnswer,
)
from guichet.accounts.rules import browser_name
from guichet.accounts.sessions import row_key
from guichet.kernel import clock
from guichet.kernel.refusals import N_

FORMER_QUESTION = N_("Votre question de confiance")  # of one that the espace asks no more


def mailbox_of(*, account: Account) -> str:
    """The mailbox inside the portal where messages about the filings of ``account`` stand; empty for none.

    A closed account has none: what would be put there, nobody could read.
    """
    return account.subject if door_of(account.espace).mailbox and account.email else ""


def mailbox_page_of(*, account: Account) -> str:
    """The address of that mailbox, for the e-mails that tell of it; empty where e-mails hold no link."""
    door = door_of(account.espace)
    if not mailbox_of(account=account) or not door.messages_hold_links:
        return ""
    return f"{settings.BASE_URL}{reverse(f'{door.code}:messages')}"


def trust_question_of(*, account: Account) -> TrustQuestion | None:
    """The question whose answer ``account`` gives before what matters, or ``None`` where it has none."""
    known = {question.code: question for question in door_of(account.espace).trust_questions}
    row = TrustAnswer.objects.filter(account=account).first() if known else None
    if row is None:
        return None
    return known.get(row.question) or TrustQuestion(code=row.question, text=FORMER_QUESTION)


def owes_password(*, account: Account) -> bool:
    """Whether ``account``, as ``sign_in`` gave it, came in by a provisional password, and has to choose."""
    return account.by_provisional


@dataclass(frozen=True)
class ProvisionalState:
    """A provisional password that was given or sent; ``is_usable``: it neither expired nor was tried out."""

    given_at: dt.datetime
    expires_at: dt.datetime
    is_usable: bool


def provisional_of(*, account: Account) -> ProvisionalState | None:
    """The provisional password of ``account``, or ``None``: it has none, or took possession since."""
    row = Provisional.objects.filter(account=account).first()
    if row is None:
        return None
    policy = door_of(account.espace).provisionals
    usable = row.expires_at > clock.now() and policy is not None and row.tries < policy.tries
    return ProvisionalState(row.given_at, row.expires_at, usable)


@dataclass(frozen=True)
class PasskeyLine:
    """One passkey, under the name that its person gave it."""

    id: int
    name: str
    created_at: dt.datetime
    last_used_at: dt.datetime | None


@dataclass(frozen=True)
class FactorState:
    """What protects an account beside its password, and how many recovery codes are left.

    ``enrolled_at``: since when the ``application`` of codes is in use, or, without one, the first passkey.
    """

    enrolled_at: dt.datetime
    recovery_codes: int
    application: bool = True
    passkeys: tuple[PasskeyLine, ...] = ()


def second_factor_of(*, account: Account) -> FactorState | None:
    """The second factor of ``account``, or ``None`` where none was enrolled."""
    factor = SecondFactor.objects.filter(account=account).first()
    if factor is None:
        return None
    left = RecoveryCode.objects.filter(factor=factor, used_at=None).count()
    rows = Passkey.objects.filter(account=account).order_by("created_at", "pk")
    lines = (PasskeyLine(row.pk, row.name, row.created_at, row.last_used_at) for row in rows)
    return FactorState(factor.enrolled_at, left, bool(factor.secret), tuple(lines))


def is_factor_proposed(*, account: Account) -> bool:
    """Whether to propose a second factor after sign-in: there is none, and nobody said « pas maintenant »."""
    door = door_of(account.espace)
    if door.second_factor or not door.second_factor_offered or account.factor_since:
        return False
    return not Attempts.objects.filter(key=postponed_key(account), until__gt=clock.now()).exists()


def postponed_key(account: Account) -> str:
    """Under which key « pas maintenant » is kept, among what counts for a time."""
    return salted_hmac("guichet.accounts.postponed", account.subject, algorithm="sha256").hexdigest()


@dataclass(frozen=True)
class CertificateLine:
    """One certificate of an account; ``subject`` and ``issuer`` as RFC 4514 writes them."""

    id: int
    serial: str
    issuer: str
    subject: str
    not_after: dt.datetime
    bound_at: dt.datetime
    last_used_at: dt.datetime | None
    ended_at: dt.datetime | None


def certificates_of(*, account: Account) -> list[CertificateLine]:
    """The certificates of ``account``, the latest first; those that have ended too."""
    rows = BoundCertificate.objects.filter(account=account).order_by("-bound_at", "-pk")
    names = [field.name for field in fields(CertificateLine)]
    return [CertificateLine(**row) for row in rows.values(*names)]


@dataclass(frozen=True)
class SessionLine:
    """One line of the list of sessions. ``browser``: « Firefox sur Windows », or empty if unknown."""

    id: str
    browser: str
    address: str
    created_at: dt.datetime
    last_seen_at: dt.datetime
    current: bool


def sessions_of(*, account: Account, current: str = "") -> list[SessionLine]:
    """The open sessions of ``account``, the last seen first; ``current`` is the key of the present one."""
    rows = Session.objects.filter(account=account, expire_date__gt=clock.now()).order_by("-last_seen_at")
    return [
        SessionLine(
            id=row.pk,
            browser=browser_name(row.agent),
            address=row.address,
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            current=row.pk == row_key(current),
        )
        for row in rows.defer("session_data")
    ]
