"""« Mon document 1 est complet » (001, step 7): the one PDF that is made of a document's pages."""

import uuid
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from django.db import transaction

from guichet.accounts.models import Account
from guichet.depots import queries
from guichet.depots.definitions import DocumentRules, teleprocedure
from guichet.depots.models import Depot, DepotFile, Page
from guichet.depots.operations.drafts import lock_draft
from guichet.depots.operations.publication import scratch
from guichet.depots.operations.uploads import NothingToJoin, drop, stamp
from guichet.depots.rules import document_file_name, expected
from guichet.files import checks, stores
from guichet.files import operations as files
from guichet.files import queries as stored_files
from guichet.files.models import StoredFile
from guichet.files.rules import PDF, PagePart
from guichet.kernel.refusals import N_, Refusal
from guichet.kernel.sizes import size_in_words


class NoPage(Refusal):
    """There is nothing to make a PDF of."""

    code = "no_page"
    message = N_("Ce document n’a aucune page. Ajoutez au moins une photographie ou un fichier.")
    field = "upload"


class DocumentFull(Refusal):
    """The pages of a document are too big together, and can't be made smaller and stay readable."""

    code = "document_full"
    message = N_(
        "Ce document dépasse {limit}, même une fois ses photographies allégées. Retirez une page, ou "
        "partagez-le en deux documents."
    )
    field = "upload"


def complete(*, account: Account, depot_id: uuid.UUID | str, document: int) -> DepotFile:
    """Make the PDF of a document from its pages, unless it is there already.

    The slow part holds nothing; if pages were added, moved or taken away meanwhile, it begins again. Raises
    ``DepotNotFound``, ``AlreadySubmitted``, ``NothingToJoin``, ``NoSuchDocument``, ``NoPage``,
    ``DocumentFull``, ``checks.CannotAssemble`` and ``checks.ChecksUnavailable``.
    """
    while True:
        pages, there = _look(account, depot_id, document)
        if there:
            return there
        with scratch() as copy:
            try:
                made = _make(pages, copy)
            except (stores.Missing, StoredFile.DoesNotExist):
                if _same(pages, queries.pages(pages[0].depot, document=document)):
                    raise
                continue  # a page was taken away, and forgotten, meanwhile
            if joined := _join(account, pages, made, copy):
                return joined


@transaction.atomic
def _look(account: Account, depot_id: uuid.UUID | str, document: int) -> tuple[list[Page], DepotFile | None]:
    """The pages of the document, and its PDF where there is one. Raises as ``complete`` does."""
    depot = lock_draft(account=account, depot_id=depot_id)
    rules = _rules(depot)
    expected(document, count=rules.count(depot.data), limit=rules.max_documents)
    pages = queries.pages(depot, document=document)
    if not pages:
        raise NoPage
    for page in pages:
        page.depot = depot  # no query for what is held
    return pages, _of(depot, document)


def _make(pages: Sequence[Page], copy: Path) -> DepotFile:
    whole = _whole(pages)
    if whole:
        return _file(whole.sha256, whole.size, len(pages), ())
    with ExitStack() as held:
        paths = {
            sha256: held.enter_context(stored_files.local_path(sha256=sha256))
            for sha256 in {page.stored_id for page in pages}
        }
        parts = [PagePart(path=paths[page.stored_id], number=page.number, turn=page.turn) for page in pages]
        assembly = checks.assemble_pages(parts, into=copy)
    with copy.open("rb") as content:
        sha256 = stores.hash_of(content)
    return _file(sha256, copy.stat().st_size, assembly.pages, assembly.changes)


def _whole(pages: Sequence[Page]) -> StoredFile | None:
    """The PDF that the pages are all of, in its own order and as it is: nothing is to be made of it."""
    kept = pages[0].stored
    as_it_is = [(kept.pk, number, 0) for number in range(len(pages))]
    if [(page.stored_id, page.number, page.turn) for page in pages] != as_it_is or kept.media_type != PDF:
        return None
    return kept if sum(page.share for page in pages) == kept.size else None  # none of them was taken away


def _file(sha256: str, size: int, pages: int, changes: Sequence[str]) -> DepotFile:
    return DepotFile(
        kind=DepotFile.Kind.PUBLISHED, stored_id=sha256, size=size, pages=pages, changes=list(changes)
    )


@transaction.atomic
def _join(account: Account, pages: Sequence[Page], made: DepotFile, copy: Path) -> DepotFile | None:
    """Keep what was ``made``, where the document still has the same ``pages`` and no PDF; else nothing."""
    document = pages[0].document
    depot = lock_draft(account=account, depot_id=pages[0].depot_id)
    rules = _rules(depot)
    if not _same(pages, queries.pages(depot, document=document)) or _of(depot, document):
        return None
    if made.size > rules.max_size:
        raise DocumentFull(limit=size_in_words(rules.max_size))
    if made.stored_id not in {page.stored_id for page in pages}:
        files.keep(path=copy, sha256=made.stored_id, size=made.size, media_type=PDF)
    name = _names(depot, rules).get(document, "")
    made.depot, made.position, made.name = depot, document, document_file_name(name, document)
    made.save(force_insert=True)
    stamp(depot)
    return made


def settle(depot: Depot, rules: DocumentRules) -> list[DepotFile]:
    """What is filed of a locked draft: the PDFs of the documents announced, by number, and nothing else.

    Each bears the name that its document has by now. Pages are erased.
    """
    kept, names = rules.count(depot.data), _names(depot, rules)
    drop(Page.objects.filter(depot=depot))
    drop(DepotFile.objects.filter(depot=depot, kind=DepotFile.Kind.PUBLISHED, position__gt=kept))
    filed = queries.documents(depot)
    for file in filed:
        file.name = document_file_name(names.get(file.position, ""), file.position)
    DepotFile.objects.bulk_update(filed, ["name"])
    return filed


def _names(depot: Depot, rules: DocumentRules) -> dict[int, str]:
    """What its person calls each document."""
    return {each.number: each.name for each in rules.described(depot)}


def _rules(depot: Depot) -> DocumentRules:
    rules = teleprocedure(depot.teleprocedure).documents
    if rules is None:
        raise NothingToJoin
    return rules


def _of(depot: Depot, document: int) -> DepotFile | None:
    return DepotFile.objects.filter(depot=depot, kind=DepotFile.Kind.PUBLISHED, position=document).first()


def _same(before: Sequence[Page], now: Sequence[Page]) -> bool:
    def told(pages: Sequence[Page]) -> list[tuple[int, int]]:
        return [(page.pk, page.turn) for page in pages]  # in their order

    return told(before) == told(now)
