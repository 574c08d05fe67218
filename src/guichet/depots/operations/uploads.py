"""The files of a draft: joined, put in order, taken away, and made into the one PDF that is published."""

import uuid
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Literal, Protocol

from django.db import transaction
from django.db.models import F, QuerySet

from guichet.accounts.models import Account
from guichet.depots.definitions import FileRules, teleprocedure
from guichet.depots.models import Depot, DepotFile, Page
from guichet.depots.operations.drafts import lock_draft
from guichet.depots.operations.publication import publish, published_alone, scratch
from guichet.depots.queries import DepotNotFound, received
from guichet.depots.rules import clean_file_name
from guichet.files import as_is, checks
from guichet.files import operations as files
from guichet.files.operations import Content
from guichet.files.rules import PDF, Assembly, Verdict
from guichet.kernel import clock
from guichet.kernel.refusals import N_, Refusal
from guichet.kernel.sizes import size_in_words


class Upload(Protocol):
    """An uploaded file on disk, hashed while it was written (see ``files.uploads.HashedUpload``)."""

    name: str | None
    sha256: str
    path: Path

    @property
    def size(self) -> int | None: ...


class FileRefused(Refusal):
    """The checks refuse the file; ``reason`` is their stable code, the sentence tells the remedy."""

    code = "file_refused"
    field = "upload"

    def __init__(self, verdict: Verdict, *, name: str) -> None:
        self.reason = verdict.reason
        self.name = name
        self.sentence = verdict.message
        super().__init__()

    @property
    def template(self) -> str:
        """The checks' own sentence, complete."""
        return self.sentence.replace("{", "{{").replace("}", "}}")

    def __str__(self) -> str:
        return self.sentence


class NothingToJoin(Refusal):
    """The answers are all that is filed."""

    code = "nothing_to_join"
    message = N_("Aucun document n’est demandé pour cette démarche : vos réponses suffisent.")
    field = "upload"
    status = 409


class TooManyFiles(Refusal):
    """As many files as may be joined are there already."""

    code = "too_many_files"
    message = N_(
        "Un dépôt compte {limit} fichiers au plus. Retirez-en un, ou réunissez plusieurs fichiers en un seul."
    )
    field = "upload"


class TooBigTogether(Refusal):
    """The files are too big together."""

    code = "too_big_together"
    message = N_("Vos fichiers dépassent ensemble {limit}. Retirez-en un, ou réduisez leur taille.")
    field = "upload"


class TooManyPagesTogether(Refusal):
    """The files have too many pages together."""

    code = "too_many_pages_together"
    message = N_("Vos fichiers dépassent ensemble {limit} pages. Retirez-en un, ou supprimez des pages.")
    field = "upload"


class AlreadyJoined(Refusal):
    """The same upload, sent twice at once, has arrived already: it is joined once."""

    code = "already_joined"
    message = N_("Ce fichier est déjà dans votre dépôt : il n’y est pas ajouté une seconde fois.")
    field = "upload"
    status = 409


class FileGone(Refusal):
    """The file was taken away already, in another tab perhaps."""

    code = "file_gone"
    message = N_("Ce fichier n’est plus dans votre dépôt.")
    status = 404


def attach(*, account: Account, depot: Depot, upload: Upload) -> DepotFile:
    """Check an uploaded file, keep it, and join it after the others of the draft.

    ``depot`` is what ``queries.one`` gave; what it doesn't know by now is looked at again before the file is
    joined. The PDF to be published is made anew, so that its pages can be shown; for the first file of a
    draft, by the check itself. Of files that are kept as they came (``FileRules.as_is``) none is made.
    Raises ``DepotNotFound``, ``AlreadySubmitted``, ``NothingToJoin``, ``FileRefused``, ``TooManyFiles``,
    ``TooBigTogether``, ``TooManyPagesTogether``, ``AlreadyJoined`` and ``checks.CannotAssemble``; the draft
    is then as it was.
    """
    if depot.account_id != account.pk:
        raise DepotNotFound
    rules, there = _rules(depot), received(depot)
    _check_room(there, rules, size=upload.size or 0, pages=0)
    name = clean_file_name(upload.name or "")
    with scratch() as into:
        verdict, assembly = _examined(depot, upload, name, into, alone=not there)
        if not verdict.accepted:
            raise FileRefused(verdict, name=name)
        file = _received_file(upload, verdict, name)
        contents = [_content(upload.path, file, verdict.media_type)]
        published = published_alone(file, verdict.media_type, assembly, into)
        if published and assembly:
            contents.append(_content(into, published, PDF))
        complete = _join(account, depot, file, published, contents)
    if not (complete or rules.as_is):
        _publish_or_detach(account, file)
    return file


def _examined(
    depot: Depot, upload: Upload, name: str, into: Path, *, alone: bool
) -> tuple[Verdict, Assembly | None]:
    """What is said of the file, and the copy of it that was made ``into``, where one is to be made now."""
    rules = _rules(depot)
    if rules.as_is:
        expected = rules.extensions(depot.data)
        return as_is.check(upload.path, name=name, extensions=expected, max_size=rules.max_size), None
    if alone:
        return checks.receive(upload.path, rules=rules, copy_into=into)
    return checks.check(upload.path, rules=rules), None


def _received_file(upload: Upload, verdict: Verdict, name: str) -> DepotFile:
    return DepotFile(
        kind=DepotFile.Kind.RECEIVED,
        name=name,
        stored_id=upload.sha256,
        size=upload.size or 0,
        pages=verdict.pages,
        changes=list(verdict.changes),
    )


def _content(path: Path, file: DepotFile, media_type: str) -> Content:
    return Content(path=path, sha256=file.stored_id, size=file.size, media_type=media_type)


def _join(
    account: Account, depot: Depot, file: DepotFile, published: DepotFile | None, contents: Sequence[Content]
) -> bool:
    """Join ``file`` after the others; whether what is to be published is there as well.

    It isn't where a file came before this one meanwhile: ``published`` would be of this one alone.
    """
    known = {one.stored_id for one in received(depot)}
    with transaction.atomic():
        depot = lock_draft(account=account, depot_id=depot.pk)
        there = list(_received(depot))
        if file.stored_id in {one.stored_id for one in there} - known:
            raise AlreadyJoined
        _check_room(there, _rules(depot), size=file.size, pages=file.pages)
        file.position = there[-1].position + 1 if there else 1
        joined = [file] if there or published is None else [file, published]
        # In this transaction, so that nobody forgets a content before the draft refers to it.
        files.keep_all(contents=contents[: len(joined)])
        if there:
            drop(_published(depot.pk))
        stamp(depot)
        for each in joined:
            each.depot = depot
        DepotFile.objects.bulk_create(joined)
    return len(joined) == 2


def _publish_or_detach(account: Account, file: DepotFile) -> None:
    try:
        publish(depot_id=file.depot_id)
    except Refusal:  # sound alone, but not with the others
        detach(account=account, depot_id=file.depot_id, file_id=file.pk)
        raise


def detach(*, account: Account, depot_id: uuid.UUID | str, file_id: int) -> None:
    """Take a file out of a draft. Raises ``DepotNotFound``, ``AlreadySubmitted``, ``FileGone``."""
    with transaction.atomic():
        depot = lock_draft(account=account, depot_id=depot_id)
        file = _file(depot, file_id)
        drop(_received(depot).filter(pk=file.pk))
        _received(depot).filter(position__gt=file.position).update(position=F("position") - 1)
        _touch(depot)
    _publish(depot)


def move(
    *, account: Account, depot_id: uuid.UUID | str, file_id: int, direction: Literal["up", "down"]
) -> None:
    """Swap a file with its neighbour; the first one moved up stays. Raises as ``detach`` does."""
    with transaction.atomic():
        depot = lock_draft(account=account, depot_id=depot_id)
        file = _file(depot, file_id)
        step = -1 if direction == "up" else 1
        neighbour = _received(depot).filter(position=file.position + step).first()
        if neighbour is None:
            return
        file.position, neighbour.position = neighbour.position, file.position
        DepotFile.objects.bulk_update([file, neighbour], ["position"])
        _touch(depot)
    _publish(depot)


def _publish(depot: Depot) -> None:
    if not _rules(depot).as_is:
        publish(depot_id=depot.pk)


def _rules(depot: Depot) -> FileRules:
    rules = teleprocedure(depot.teleprocedure).files
    if rules is None:
        raise NothingToJoin
    return rules


def _check_room(there: Sequence[DepotFile], rules: FileRules, *, size: int, pages: int) -> None:
    if len(there) >= rules.max_files:
        raise TooManyFiles(limit=rules.max_files)
    if sum(file.size for file in there) + size > rules.max_total:
        raise TooBigTogether(limit=size_in_words(rules.max_total))
    if sum(file.pages for file in there) + pages > rules.max_pages:
        raise TooManyPagesTogether(limit=rules.max_pages)


def _touch(depot: Depot) -> None:
    """The files have changed: what was to be published is out of date."""
    drop(_published(depot.pk))
    stamp(depot)


def stamp(depot: Depot) -> None:
    """The draft has changed now: its time begins again."""
    depot.updated_at = clock.now()
    depot.save(update_fields=["updated_at"])


def drop(dropped: QuerySet[DepotFile] | QuerySet[Page]) -> None:
    """Take files or pages away, and forget their contents once this is certain, unless something else holds
    them. What could not be forgotten then is left to the nightly job."""
    contents = set(dropped.values_list("stored_id", flat=True))
    if contents:
        dropped.delete()
    for sha256 in sorted(contents):
        transaction.on_commit(partial(files.forget, sha256=sha256), robust=True)


def _received(depot: Depot) -> QuerySet[DepotFile]:
    return DepotFile.objects.filter(depot=depot, kind=DepotFile.Kind.RECEIVED).order_by("position")


def _published(depot_id: uuid.UUID) -> QuerySet[DepotFile]:
    return DepotFile.objects.filter(depot_id=depot_id, kind=DepotFile.Kind.PUBLISHED)


def _file(depot: Depot, file_id: int) -> DepotFile:
    file = _received(depot).filter(pk=file_id).first()
    if file is None:
        raise FileGone
    return file
