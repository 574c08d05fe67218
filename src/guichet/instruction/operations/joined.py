"""The files that go with a question or an answer: one PDF is made of them, as of a document's pages."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from guichet.depots.definitions import DocumentRules, FileRules, teleprocedure
from guichet.depots.operations.publication import scratch
from guichet.depots.operations.uploads import FileRefused, Upload
from guichet.depots.rules import PAGE_WEIGHT, clean_file_name, page_shares
from guichet.files import checks, stores
from guichet.files import operations as files
from guichet.files.rules import PDF, PagePart, Sheet, SheetRules
from guichet.instruction.models import Message, MessageFile
from guichet.kernel.refusals import N_, Refusal
from guichet.kernel.sizes import size_in_words

MAX_FILES = 20
MAX_SIZE = 3_000_000  # bytes of the PDF, where the téléprocédure does not say: as of a document (001, step 6)
MAX_PAGES = 50
SEVERAL = "pages-jointes.pdf"


class TooManyFiles(Refusal):
    """More files at once than anybody looks through."""

    code = "too_many_files_joined"
    message = N_("Vous pouvez joindre {limit} fichiers au plus à un message. Envoyez les autres ensuite.")
    field = "upload"


class TooManyPagesJoined(Refusal):
    """More pages than a document may have."""

    code = "too_many_pages_joined"
    message = N_(
        "Avec « {name} », les fichiers joints font plus de {limit} pages. Retirez-en, ou envoyez le reste "
        "dans un autre message."
    )
    field = "upload"


class JoinedTooBig(Refusal):
    """Too big together, though each of them would do alone."""

    code = "joined_too_big"
    message = N_(
        "Avec « {name} », les fichiers joints dépassent {limit}, même une fois les photographies allégées. "
        "Retirez-en, ou envoyez le reste dans un autre message."
    )
    field = "upload"


@dataclass(frozen=True, kw_only=True)
class Joined:
    """The PDF made of what was joined, not kept yet. ``size`` in bytes."""

    path: Path
    name: str
    sha256: str
    size: int
    pages: int

    def keep(self, message: Message) -> MessageFile:
        """Join it to ``message``, in the caller's transaction: durable before the row is."""
        files.keep(path=self.path, sha256=self.sha256, size=self.size, media_type=PDF)
        return MessageFile.objects.create(
            message=message, name=self.name, stored_id=self.sha256, size=self.size, pages=self.pages
        )


@contextmanager
def made_of(uploads: Sequence[Upload], *, teleprocedure_code: str) -> Iterator[Joined | None]:
    """One PDF of ``uploads`` in their order, gone afterwards unless it was kept; ``None`` of none.

    What is sent twice is joined once. Slow: it holds no lock. Raises ``TooManyFiles``, ``FileRefused``,
    ``TooManyPagesJoined``, ``JoinedTooBig``, ``checks.CannotAssemble`` and ``checks.ChecksUnavailable``.
    """
    different = list({upload.sha256: upload for upload in uploads}.values())
    if not different:
        yield None
        return
    if len(different) > MAX_FILES:
        raise TooManyFiles(limit=MAX_FILES)
    with ExitStack() as held:
        rules = message_limits(teleprocedure_code=teleprocedure_code)
        whole, pages = _whole(_sheets(different, rules, held), held)
        size = whole.stat().st_size
        name = clean_file_name(different[-1].name or "")
        if size > rules.room:
            raise _too_big(name, rules)
        with whole.open("rb") as content:
            sha256 = stores.hash_of(content)
        named = f"{PurePosixPath(name).stem}.pdf" if len(different) == 1 else SEVERAL
        yield Joined(path=whole, name=named, sha256=sha256, size=size, pages=pages)


def message_limits(*, teleprocedure_code: str) -> SheetRules:
    """What may be joined to a message about such a filing: as to a document, where it is made of some."""
    definition = teleprocedure(teleprocedure_code)
    if documents := definition.documents:
        return _of_documents(documents)
    rules = definition.files or FileRules()
    return SheetRules(
        max_size=rules.max_size, max_pages=MAX_PAGES, media_types=rules.media_types, room=MAX_SIZE
    )


def _of_documents(rules: DocumentRules) -> SheetRules:
    return SheetRules(
        max_size=rules.max_upload,
        max_pages=rules.max_pages,
        media_types=rules.media_types,
        room=rules.max_size,
    )


Sheets = list[tuple[Path, Sheet]]


def _whole(sheets: Sheets, held: ExitStack) -> tuple[Path, int]:
    """The one PDF, and how many pages it has; a PDF that came alone is it already."""
    path, first = sheets[0]
    if len(sheets) == 1 and first.media_type == PDF:
        return path, first.pages
    parts = [PagePart(path=path, number=number) for path, sheet in sheets for number in range(sheet.pages)]
    into = held.enter_context(scratch())
    return into, checks.assemble_pages(parts, into=into).pages


def _sheets(uploads: Sequence[Upload], rules: SheetRules, held: ExitStack) -> Sheets:
    """Each file made ready: as good as possible, or else each in its share of the room."""
    try:
        return _made_ready(uploads, rules, held, shared=False)
    except JoinedTooBig:
        return _made_ready(uploads, rules, held, shared=True)


def _made_ready(uploads: Sequence[Upload], rules: SheetRules, held: ExitStack, *, shared: bool) -> Sheets:
    made: Sheets = []
    room, pages = rules.room, 0
    for left, upload in zip(range(len(uploads), 0, -1), uploads, strict=True):
        into, name = held.enter_context(scratch()), clean_file_name(upload.name or "")
        share = room // left - PAGE_WEIGHT if shared else room
        sheet = _ready(upload, rules, share, into, name)
        pages += sheet.pages
        room -= sum(page_shares(sheet.size, pages=sheet.pages, is_image=sheet.media_type != PDF))
        if room < 0:
            raise _too_big(name, rules)
        if pages > rules.max_pages:
            raise TooManyPagesJoined(name=name, limit=rules.max_pages)
        made.append((into, sheet))
    return made


def _ready(upload: Upload, rules: SheetRules, room: int, into: Path, name: str) -> Sheet:
    wanted = SheetRules(
        max_size=rules.max_size, max_pages=rules.max_pages, media_types=rules.media_types, room=max(room, 1)
    )
    sheet = checks.normalise(upload.path, rules=wanted, into=into)
    if sheet.verdict.accepted:
        return sheet
    if sheet.verdict.reason == "no_room":
        raise _too_big(name, rules)
    raise FileRefused(sheet.verdict, name=name)


def _too_big(name: str, rules: SheetRules) -> JoinedTooBig:
    return JoinedTooBig(name=name, limit=size_in_words(rules.room))
