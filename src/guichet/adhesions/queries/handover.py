"""Client files, and proposals to hand them over."""

import datetime as dt
import math
import uuid
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Value

from guichet.accounts.models import Account
from guichet.adhesions.models import Demande, Remise
from guichet.adhesions.queries.adhesions import masked
from guichet.adhesions.queries.colleagues import OPEN, name_of
from guichet.adhesions.rules import LAPSES_AFTER
from guichet.adhesions.states import Remittal
from guichet.depots.models import SearchKey
from guichet.depots.states import State
from guichet.kernel.identifiers import Siren
from guichet.kernel.refusals import N_, Refusal

PAGE = 50
LATEST = 20  # proposals that a page tells


class RemiseNotFound(Refusal):
    """No such proposal, or not this account's."""

    code = "remise_not_found"
    message = N_("Cette proposition n’existe pas, ou ne vous est pas destinée.")
    status = 404


@dataclass(frozen=True)
class File:
    """A client file; ``in_force``: the company has accepted."""

    depot_id: uuid.UUID
    siren: str
    name: str
    reference: str
    in_force: bool


@dataclass(frozen=True)
class Files:
    """One page of client files; ``total`` under the search, ``free`` that can be proposed at all."""

    lines: list[File]
    total: int
    free: int
    page: int
    pages: int


@dataclass(frozen=True)
class Handing:
    """A proposal as one of its two sides sees it; ``waiting``: files that it is still about."""

    id: uuid.UUID
    mine: bool  # I sent it
    other: str
    state: Remittal
    number: int
    handed: int
    waiting: int
    created_at: dt.datetime
    lapses_at: dt.datetime
    decided_at: dt.datetime | None
    finished_at: dt.datetime | None
    lines: list[File]

    @property
    def running(self) -> bool:
        """Accepted, and files are still on their way."""
        return self.state == Remittal.ACCEPTED and self.finished_at is None

    @property
    def done(self) -> int:
        """How many of the files have had their turn."""
        return self.number - self.waiting

    @property
    def others(self) -> int:
        """How many files wait beside those that ``lines`` tells."""
        return self.waiting - len(self.lines)

    @property
    def left(self) -> int:
        """How many stayed where they were."""
        return self.number - self.handed if self.finished_at else 0


def files(*, account: Account, text: str = "", page: int = 1) -> Files:
    """The client files of ``account`` that can be proposed, by name; ``text``: a name or SIREN to find."""
    found = _free(account, text)
    total = found.count()
    pages = max(1, math.ceil(total / PAGE))
    at = min(max(page, 1), pages)
    rows = found.order_by(SearchKey("depot__subject_name"), "pk")[PAGE * (at - 1) : PAGE * at]
    free = total if not text else _free(account, "").count()
    return Files([_file(row) for row in masked(rows)], total, free, at, pages)


def ids(*, account: Account, text: str) -> list[uuid.UUID]:
    """The filings of all client files that ``text`` finds."""
    return list(_free(account, text).values_list("depot_id", flat=True))


def chosen(*, account: Account, depot_ids: list[uuid.UUID]) -> list[File]:
    """Those of ``depot_ids`` that ``account`` can propose."""
    rows = _free(account, "").filter(depot_id__in=depot_ids)
    return [_file(row) for row in masked(rows.order_by(SearchKey("depot__subject_name"), "pk"))]


def remise(*, account: Account, remise_id: uuid.UUID | str) -> Handing:
    """One proposal, with the first of its files. Raises ``RemiseNotFound``."""
    row = _of(account).filter(pk=remise_id).first()
    if row is None:
        raise RemiseNotFound
    about = row.demandes.select_related("depot").order_by(SearchKey("depot__subject_name"), "pk")
    return _handing(row, account, row.demandes.count(), [_file(one) for one in masked(about[:PAGE])])


def remises(*, account: Account) -> list[Handing]:
    """The latest proposals that ``account`` sent or received, those that wait for an answer first."""
    rows = sorted(
        _of(account).order_by("-created_at")[:LATEST], key=lambda row: row.state != Remittal.PROPOSED
    )
    return [_handing(row, account, 0, []) for row in rows]


def client_files(*, account: Account) -> int:
    """How many client files ``account`` holds, proposed ones included; and those on their way to it."""
    mine = Demande.objects.filter(depot__account=account, depot__state__in=OPEN)
    coming = Demande.objects.filter(remise__recipient=account, remise__state=Remittal.ACCEPTED)
    return mine.count() + coming.count()


def _free(account: Account, text: str) -> QuerySet[Demande]:
    rows = Demande.objects.filter(depot__account=account, depot__state__in=OPEN, remise=None)
    rows = rows.select_related("depot")
    wanted = " ".join(text.replace("\0", "").split())
    if not wanted:
        return rows
    digits = wanted.replace(" ", "")
    by_name = Q(key__contains=SearchKey(Value(wanted)))
    by_number = Q(siren__startswith=digits) if digits.isdecimal() else Q(pk=None)
    return rows.annotate(key=SearchKey("depot__subject_name")).filter(by_name | by_number)


def _of(account: Account) -> QuerySet[Remise]:
    rows = Remise.objects.filter(Q(sender=account) | Q(recipient=account))
    return rows.select_related("sender", "recipient")


def _file(row: Demande) -> File:
    depot = row.depot
    in_force = depot.state == State.ACCEPTE
    return File(depot.pk, Siren(row.siren).grouped, depot.subject_name, depot.reference or "", in_force)


def _handing(row: Remise, account: Account, waiting: int, lines: list[File]) -> Handing:
    mine = row.sender_id == account.pk
    return Handing(
        id=row.pk,
        mine=mine,
        other=name_of(row.recipient if mine else row.sender),
        state=Remittal(row.state),
        number=row.number,
        handed=row.handed,
        waiting=waiting,
        created_at=row.created_at,
        lapses_at=row.created_at + LAPSES_AFTER,
        decided_at=row.decided_at,
        finished_at=row.finished_at,
        lines=lines,
    )
