"""The people of a firm, as one of them may see them."""

import datetime as dt
import uuid
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from guichet.accounts.models import Account
from guichet.adhesions.models import Collegue
from guichet.depots.states import State

OPEN = (State.CONFIRME, State.ACCEPTE)  # a client file: it waits for the company's answer, or is in force


def name_of(account: Account) -> str:
    """How colleagues are told of ``account``: by name, else by number."""
    return str(account.profile.get("name") or account.number or "")


def is_recognised(account: Account) -> bool:
    """Whether somebody of its firm, or being the first one, vouches for ``account``."""
    if not account.siren:
        return False
    mine = Collegue.objects.filter(account=account, siren=account.siren)
    return mine.filter(recognised_at__isnull=False).exists()


def colleague(account: Account, colleague_id: uuid.UUID | str) -> Account | None:
    """Somebody recognised of the same firm as ``account``, and not ``account`` itself."""
    rows = Collegue.objects.filter(siren=account.siren, account__siren=account.siren).exclude(siren="")
    known = rows.filter(recognised_at__isnull=False).exclude(account=account)
    row = known.select_related("account").filter(account_id=colleague_id).first()
    return row.account if row else None


@dataclass(frozen=True)
class Person:
    """``mailbox``: the domain of the address in full, of the rest its first sign, which is enough to know
    somebody by. ``files``: the client files of somebody who is suspended and can hand none over."""

    id: uuid.UUID
    name: str
    mailbox: str
    since: dt.datetime
    recognised_at: dt.datetime | None
    recognised_by: str
    by_me: bool
    suspended: bool
    files: int


@dataclass(frozen=True)
class Firm:
    """``number`` of others who are recognised; their names for somebody recognised alone."""

    siren: str
    recognised: bool
    declined: bool = False
    number: int = 0
    colleagues: list[Person] = field(default_factory=list)
    waiting: list[Person] = field(default_factory=list)
    aside: list[Person] = field(default_factory=list)

    @property
    def reachable(self) -> list[Person]:
        """Those to whom files may be proposed."""
        return [one for one in self.colleagues if not one.suspended]


def colleagues(*, account: Account) -> Firm:
    """Who works in the firm of ``account``: to somebody whom nobody has recognised, a number and no more."""
    rows = Collegue.objects.filter(siren=account.siren, account__siren=account.siren).exclude(siren="")
    mine = rows.filter(account=account).first()
    others = rows.exclude(account=account)
    known = others.filter(recognised_at__isnull=False)
    if mine is None or mine.recognised_at is None:
        declined = bool(mine and mine.declined_at)
        return Firm(account.siren, recognised=False, declined=declined, number=known.count())
    people = [(row, _person(row, account)) for row in _told(others)]
    return Firm(
        account.siren,
        recognised=True,
        number=sum(1 for row, _ in people if row.recognised_at),
        colleagues=[one for row, one in people if row.recognised_at],
        waiting=[one for row, one in people if not row.recognised_at and not row.declined_at],
        aside=[one for row, one in people if row.declined_at],
    )


def _told(rows: QuerySet[Collegue]) -> list[Collegue]:
    """Each with the number of its client files; without those who are suspended and were never recognised."""
    held = Q(account__depots__demande__isnull=False, account__depots__state__in=OPEN)
    files = Count("account__depots", filter=held & Q(account__suspended_at__isnull=False))
    seen = rows.exclude(recognised_at=None, account__suspended_at__isnull=False)
    return list(
        seen.select_related("account", "recognised_by").annotate(files=files).order_by("account__created_at")
    )


def _person(row: Collegue, me: Account) -> Person:
    account = row.account
    local, _, domain = account.email.rpartition("@")
    return Person(
        id=account.pk,
        name=name_of(account),
        mailbox=f"{local[:1]}…@{domain}",
        since=account.created_at,
        recognised_at=row.recognised_at,
        recognised_by=name_of(row.recognised_by) if row.recognised_by else "",
        by_me=row.recognised_by_id == me.pk,
        suspended=account.suspended_at is not None,
        files=getattr(row, "files", 0) if account.suspended_at else 0,
    )
