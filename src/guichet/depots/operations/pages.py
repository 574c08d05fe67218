"""The pages of a document that is being made (001, step 6): added, put in order, turned, taken away.

``complete`` makes the document's PDF. Any change to a document takes its PDF away: what is transmitted is
what its person saw.
"""

import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from django.db import transaction
from django.db.models import F

from guichet.accounts.models import Account
from guichet.depots import queries
from guichet.depots.definitions import DocumentRules, teleprocedure
from guichet.depots.models import Depot, DepotFile, Page
from guichet.depots.operations.completion import DocumentFull, NoPage, complete
from guichet.depots.operations.drafts import answer, lock_draft
from guichet.depots.operations.publication import scratch
from guichet.depots.operations.uploads import (
    AlreadyJoined,
    FileRefused,
    NothingToJoin,
    Upload,
    drop,
    stamp,
)
from guichet.depots.queries import DepotNotFound
from guichet.depots.rules import clean_file_name, expected, page_shares
from guichet.files import checks, stores
from guichet.files import operations as files
from guichet.files.rules import PDF, Sheet, SheetRules
from guichet.kernel.refusals import N_, Refusal
from guichet.kernel.sizes import size_in_words

__all__ = [
    "AlreadyInDocument",
    "ChangedMeanwhile",
    "DocumentFull",
    "NoPage",
    "PageGone",
    "TooManyPages",
    "add",
    "complete",
    "move",
    "remove",
    "remove_document",
    "turn",
]
QUARTER, WHOLE_TURN = 90, 360  # degrees


class TooManyPages(Refusal):
    """The document has as many pages as it may have."""

    code = "too_many_pages_in_document"
    message = N_(
        "Un document compte {limit} pages au plus. Retirez-en une, ou partagez-le en deux documents."
    )
    field = "upload"


class AlreadyInDocument(AlreadyJoined):
    """The same file is in this document already: sent twice, it is joined once."""

    code = "already_in_document"
    message = N_("Ce fichier est déjà dans ce document : il n’y est pas ajouté une seconde fois.")


class PageGone(Refusal):
    """The page was taken away already, in another tab perhaps."""

    code = "page_gone"
    message = N_("Cette page n’est plus dans votre document.")
    status = 404


class ChangedMeanwhile(Refusal):
    """The draft is no more what it was when a document was to be taken away: a second press, or a tab."""

    code = "changed_meanwhile"
    message = N_(
        "Votre envoi a changé entre-temps, dans un autre onglet peut-être : revenez à la liste de vos "
        "documents."
    )
    status = 409


class _LessRoomError(Exception):
    """Others took some of the room while the file was made ready: ``room`` bytes are left for it."""

    def __init__(self, room: int) -> None:
        self.room = room
        super().__init__()


def add(*, account: Account, depot: Depot, document: int, upload: Upload) -> list[Page]:
    """Make an uploaded file ready, and put it after the other pages of the document; a PDF gives several.

    ``depot`` is what ``queries.one`` gave; what it doesn't know by now is looked at again before the pages
    are joined. The slow part holds nothing. Raises ``DepotNotFound``, ``AlreadySubmitted``,
    ``NothingToJoin``, ``NoSuchDocument``, ``FileRefused``, ``TooManyPages``, ``DocumentFull``,
    ``AlreadyInDocument`` (an ``AlreadyJoined``) and ``checks.ChecksUnavailable``.
    The draft is then as it was.
    """
    if depot.account_id != account.pk:
        raise DepotNotFound
    rules, name = rules_of(depot), clean_file_name(upload.name or "")
    expected(document, count=rules.count(depot.data), limit=rules.max_documents)
    room = _room(queries.pages(depot, document=document), rules, source=upload.sha256)
    with scratch() as into:
        while True:
            sheet = _made_ready(upload, rules, room, into)
            if not sheet.verdict.accepted:
                raise _refusal(sheet, rules, queries.pages(depot, document=document), name)
            try:
                return _join(account, depot, document, _pages(upload, sheet, into, name), sheet, into)
            except _LessRoomError as less:
                room = less.room


def move(
    *, account: Account, depot_id: uuid.UUID | str, page_id: int, direction: Literal["up", "down"]
) -> None:
    """Swap a page with its neighbour; the first one moved up stays.

    Raises ``DepotNotFound``, ``AlreadySubmitted``, ``PageGone``.
    """
    with transaction.atomic():
        depot, page = _held(account, depot_id, page_id)
        step = -1 if direction == "up" else 1
        others = Page.objects.filter(depot=depot, document=page.document)
        neighbour = others.filter(position=page.position + step).first()
        if neighbour is None:
            return
        page.position, neighbour.position = neighbour.position, page.position
        Page.objects.bulk_update([page, neighbour], ["position"])
        _touch(depot, page.document)


def turn(*, account: Account, depot_id: uuid.UUID | str, page_id: int) -> None:
    """Turn a page by a quarter, clockwise. Raises as ``move`` does."""
    with transaction.atomic():
        depot, page = _held(account, depot_id, page_id)
        page.turn = (page.turn + QUARTER) % WHOLE_TURN
        page.save(update_fields=["turn"])
        _touch(depot, page.document)


def remove(*, account: Account, depot_id: uuid.UUID | str, page_id: int) -> None:
    """Take a page out of its document. Raises as ``move`` does."""
    with transaction.atomic():
        depot, page = _held(account, depot_id, page_id)
        others = Page.objects.filter(depot=depot, document=page.document)
        drop(others.filter(pk=page.pk))
        others.filter(position__gt=page.position).update(position=F("position") - 1)
        _touch(depot, page.document)


def remove_document(
    *,
    account: Account,
    depot_id: uuid.UUID | str,
    document: int,
    answers: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
) -> None:
    """Take a document out of a draft, with its pages and its PDF; those after it come one number down.

    ``answers`` are those that follow from it, kept in the same transaction: the names of what is answered of
    a document are its téléprocédure's. ``given``: those that they follow from; where the draft has others by
    now, the number would name another document, and nothing changes. Raises ``DepotNotFound``,
    ``AlreadySubmitted``, ``ChangedMeanwhile``, ``NothingToJoin``, ``NoSuchDocument``.
    """
    with transaction.atomic():
        depot = lock_draft(account=account, depot_id=depot_id)
        if given is not None and depot.data != given:
            raise ChangedMeanwhile
        limit = rules_of(depot).max_documents
        expected(document, count=limit, limit=limit)
        drop(Page.objects.filter(depot=depot, document=document))
        made = DepotFile.objects.filter(depot=depot, kind=DepotFile.Kind.PUBLISHED)
        drop(made.filter(position=document))
        Page.objects.filter(depot=depot, document__gt=document).update(document=F("document") - 1)
        made.filter(position__gt=document).update(position=F("position") - 1)
        stamp(depot)
        if answers:
            answer(account=account, depot_id=depot_id, data=answers)


def rules_of(depot: Depot) -> DocumentRules:
    """What the téléprocédure says of documents. Raises ``NothingToJoin`` where it has none."""
    rules = teleprocedure(depot.teleprocedure).documents
    if rules is None:
        raise NothingToJoin
    return rules


def _made_ready(upload: Upload, rules: DocumentRules, room: int, into: Path) -> Sheet:
    wanted = SheetRules(
        max_size=rules.max_upload, max_pages=rules.max_pages, media_types=rules.media_types, room=room
    )
    return checks.normalise(upload.path, rules=wanted, into=into)


def _refusal(sheet: Sheet, rules: DocumentRules, others: Sequence[Page], name: str) -> Refusal:
    if sheet.verdict.reason == "no_room" and others:  # they take what it lacks
        return DocumentFull(limit=size_in_words(rules.max_size))
    return FileRefused(sheet.verdict, name=name)


def _pages(upload: Upload, sheet: Sheet, into: Path, name: str) -> list[Page]:
    with into.open("rb") as content:
        stored_id = stores.hash_of(content)
    shares = page_shares(sheet.size, pages=sheet.pages, is_image=sheet.media_type != PDF)
    made = [
        Page(stored_id=stored_id, number=number, share=share, name=name, source=upload.sha256)
        for number, share in enumerate(shares)
    ]
    for page in made:
        page.changes = sheet.verdict.changes
    return made


@transaction.atomic
def _join(
    account: Account, depot: Depot, document: int, joined: list[Page], sheet: Sheet, into: Path
) -> list[Page]:
    """Put ``joined`` after the pages that are there by now; ``_LessRoomError`` where they don't fit."""
    depot = lock_draft(account=account, depot_id=depot.pk)
    rules = rules_of(depot)
    expected(document, count=rules.count(depot.data), limit=rules.max_documents)
    there = queries.pages(depot, document=document)
    room = _room(there, rules, source=joined[0].source, pages=len(joined))
    taken = sum(page.share for page in joined)
    if taken > room:
        raise _LessRoomError(room - (taken - sheet.size))
    for position, page in enumerate(joined, there[-1].position + 1 if there else 1):
        page.depot, page.document, page.position = depot, document, position
    # In this transaction, so that nobody forgets the content before the draft refers to it.
    files.keep(path=into, sha256=joined[0].stored_id, size=sheet.size, media_type=sheet.media_type)
    Page.objects.bulk_create(joined)
    _touch(depot, document)
    return joined


def _room(there: Sequence[Page], rules: DocumentRules, *, source: str, pages: int = 1) -> int:
    """How many bytes a document that has the pages ``there`` may still take; ``pages`` more are to come."""
    if source in {page.source for page in there}:
        raise AlreadyInDocument
    if len(there) + pages > rules.max_pages:
        raise TooManyPages(limit=rules.max_pages)
    room = rules.max_size - sum(page.share for page in there)
    if room <= 0:
        raise DocumentFull(limit=size_in_words(rules.max_size))
    return room


def _held(account: Account, depot_id: uuid.UUID | str, page_id: int) -> tuple[Depot, Page]:
    depot = lock_draft(account=account, depot_id=depot_id)
    page = Page.objects.filter(depot=depot, pk=page_id).first()
    if page is None:
        raise PageGone
    return depot, page


def _touch(depot: Depot, document: int) -> None:
    """The document has changed: it is to be completed again."""
    drop(DepotFile.objects.filter(depot=depot, kind=DepotFile.Kind.PUBLISHED, position=document))
    stamp(depot)
