"""The one PDF that is published, made from the files that were received."""

import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.db import transaction

from guichet.depots.models import Depot, DepotFile
from guichet.depots.operations.drafts import AlreadySubmitted
from guichet.depots.states import State
from guichet.files import checks, stores
from guichet.files import operations as files
from guichet.files import queries as stored_files
from guichet.files.rules import PDF, Assembly

MERGED_NAME = "publication.pdf"


def publish(*, depot_id: uuid.UUID) -> None:
    """Make the PDF to be published from the files received, unless it is there already.

    The slow part holds nothing; if files were joined or taken away meanwhile, it begins again.
    """
    while True:
        files_now = list(DepotFile.objects.filter(depot_id=depot_id).select_related("stored"))
        sources = [file for file in files_now if file.kind == DepotFile.Kind.RECEIVED]
        if not sources or len(files_now) > len(sources):
            return
        with scratch() as copy:
            try:
                made = _make(sources, copy)
            except stores.Missing:
                if _same(sources, depot_id):
                    raise
                continue  # a file was taken away, and forgotten, meanwhile
            if _join(depot_id, sources, made, copy):
                return


@contextmanager
def scratch() -> Iterator[Path]:
    """A new file on the store's own disk, gone afterwards unless it was kept."""
    with (
        stores.room(),
        tempfile.NamedTemporaryFile(dir=stores.incoming(), prefix="copy-", delete=False) as made,
    ):
        path = Path(made.name)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _make(sources: Sequence[DepotFile], copy: Path) -> DepotFile:
    first = sources[0]
    if len(sources) == 1 and (published := _as_it_came(first, first.stored.media_type)):
        return published
    with ExitStack() as held:
        paths = [held.enter_context(stored_files.local_path(sha256=file.stored_id)) for file in sources]
        assembly = checks.assemble(paths, into=copy)
    return _copy(_as_pdf(first.name) if len(sources) == 1 else MERGED_NAME, assembly, copy)


@transaction.atomic
def _join(depot_id: uuid.UUID, sources: Sequence[DepotFile], made: DepotFile, copy: Path) -> bool:
    """Join what was ``made``, where its ``sources`` are still the files received.

    The filing is locked before the content, as whoever adds a file locks them.
    """
    depot = Depot.objects.select_for_update().get(pk=depot_id)
    if depot.state != State.BROUILLON:
        raise AlreadySubmitted
    if not _same(sources, depot_id):
        return False
    if made.stored_id not in {file.stored_id for file in sources}:
        files.keep(path=copy, sha256=made.stored_id, size=made.size, media_type=PDF)
    made.depot = depot
    made.save(force_insert=True)
    return True


def _as_it_came(file: DepotFile, media_type: str) -> DepotFile | None:
    """A PDF in which nothing is to be changed is published itself."""
    if media_type != PDF or file.changes:
        return None
    return _published_file(file.name, file.stored_id, file.size, Assembly(pages=file.pages))


def _as_pdf(name: str) -> str:
    return Path(name).stem + ".pdf"


def _copy(name: str, assembly: Assembly, copy: Path) -> DepotFile:
    with copy.open("rb") as content:
        sha256 = stores.hash_of(content)
    return _published_file(name, sha256, copy.stat().st_size, assembly)


def _published_file(name: str, sha256: str, size: int, assembly: Assembly) -> DepotFile:
    return DepotFile(
        kind=DepotFile.Kind.PUBLISHED,
        position=1,
        name=name,
        stored_id=sha256,
        size=size,
        pages=assembly.pages,
        changes=list(assembly.changes),
    )


def published_alone(
    file: DepotFile, media_type: str, assembly: Assembly | None, copy: Path
) -> DepotFile | None:
    """What is published of a draft that has ``file`` alone, where that is known without assembling it.

    ``assembly`` tells the copy that was made of it when it was checked, if there is one, at ``copy``.
    """
    if assembly:
        return _copy(_as_pdf(file.name), assembly, copy)
    return _as_it_came(file, media_type)


def _same(before: Sequence[DepotFile], depot_id: uuid.UUID) -> bool:
    now = DepotFile.objects.filter(depot_id=depot_id)
    return [file.stored_id for file in before] == [file.stored_id for file in now]
