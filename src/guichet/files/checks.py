"""The checks of files, the copy for publication and the images of pages.

A stranger's file is opened in a child process alone, with limits of time and memory (see ``sandbox``);
whatever the file does to that child is a verdict about the file. The antivirus comes first, where there is
one.
"""

import contextlib
import json
import logging
import signal
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from django.utils.translation import gettext

from guichet.files import antivirus
from guichet.files.rules import (
    CHANGES,
    HEIC,
    JPEG,
    PDF,
    PNG,
    REASONS,
    SHEET_REASONS,
    WEBP,
    Assembly,
    FileRules,
    PagePart,
    Sheet,
    SheetRules,
    Verdict,
)
from guichet.files.sandbox.client import Result, Unavailable, Zygote
from guichet.files.sandbox.confinement import Limits
from guichet.kernel.refusals import N_, Refusal
from guichet.kernel.sizes import size_in_words

CHECK = Limits(wall=8, cpu=8, memory=1024)
RECEIVE = Limits(wall=8, cpu=8, memory=1024, output=200)
ASSEMBLE = Limits(wall=30, cpu=30, memory=2048, output=200)
NORMALISE = Limits(wall=20, cpu=20, memory=1536, output=200, threads=True)
PAGE_IMAGE = Limits(wall=8, cpu=8, memory=1024)
SCAN_PATIENCE = 1.5  # seconds; with the wall clock of a check they stay under 10
MAX_WIDTH = 1600  # pixels of a page image
_NAMES = {PDF: "PDF", JPEG: "JPEG", PNG: "PNG", HEIC: "HEIC", WEBP: "WebP"}

logger = logging.getLogger(__name__)
_zygote = Zygote("guichet.files.sandbox.tasks")


class ChecksUnavailable(Refusal):
    """The machine can't run checks at the moment; nothing is said about the file."""

    code: ClassVar[str] = "checks_unavailable"
    status: ClassVar[int] = 503
    message: ClassVar[str] = N_(
        "Le guichet ne peut pas vérifier de fichier en ce moment. Réessayez dans quelques minutes ; "
        "rien de ce que vous avez déjà saisi n’est perdu."
    )


class CannotAssemble(Refusal):
    """The files, each accepted, can't be made into one PDF within the limits."""

    code: ClassVar[str] = "cannot_assemble"
    message: ClassVar[str] = N_(
        "Ces fichiers ne peuvent pas être réunis en un seul PDF. Réunissez-les vous-même en les imprimant "
        "avec « Enregistrer au format PDF », puis déposez ce PDF."
    )


class NoSuchPage(Refusal):
    """The document has no such page, or it can't be drawn."""

    code: ClassVar[str] = "no_such_page"
    status: ClassVar[int] = 404
    message: ClassVar[str] = N_("Cette page du document ne peut pas être affichée.")


def check(path: Path, *, rules: FileRules) -> Verdict:
    """What the file at ``path`` is, whether it may be filed, and why not (000, step 6). Takes at most 8 s.

    Where the antivirus gives no answer the file may be filed all the same: it isn't shown to anybody before
    the job ``files.scan`` got one. Raises ``ChecksUnavailable``.
    """
    return _examine("check", path, rules, CHECK)[0]


def receive(path: Path, *, rules: FileRules, copy_into: Path) -> tuple[Verdict, Assembly | None]:
    """``check`` the file and, where it may be filed, ``assemble`` it alone, having read it only once.

    There is no ``Assembly`` where the file is refused, where nothing in it is to be changed, or where the
    copy was not done within the limits of a check: ``assemble`` has wider ones. What is at ``copy_into``
    is worth nothing then.
    """
    with copy_into.open("wb") as target:
        return _examine("receive", path, rules, RECEIVE, target.fileno())


def assemble(paths: Sequence[Path], *, into: Path) -> Assembly:
    """Make one clean PDF at ``into`` from the accepted PDFs and images at ``paths``, in that order.

    The same files give the same bytes. The files as received are not touched. Raises ``CannotAssemble``
    (``into`` is gone then), ``ChecksUnavailable``.
    """
    return _assembled("assemble", {}, paths, into)


def normalise(path: Path, *, rules: SheetRules, into: Path) -> Sheet:
    """The file at ``path`` made ready for a document, at ``into`` (001, step 6). Takes at most 20 s.

    A photograph becomes a JPEG: upright, on white, in sRGB, without what tells where it was taken and with
    what, at the first of ``SheetRules.LEVELS`` that fits ``rules.room``. A PDF is cleaned; where it doesn't
    fit, its pages become images (the change ``lighter``). The same file gives the same bytes. What is at
    ``into`` is worth nothing where the file is refused. Raises ``ChecksUnavailable``.
    """
    with into.open("wb") as target:
        verdict, _ = _examine("normalise", path, rules, NORMALISE, target.fileno())
    if not verdict.accepted:
        return Sheet(verdict=verdict)
    made = PDF if verdict.media_type == PDF else JPEG
    return Sheet(verdict=verdict, media_type=made, pages=verdict.pages, size=into.stat().st_size)


def assemble_pages(parts: Sequence[PagePart], *, into: Path) -> Assembly:
    """Make one clean PDF at ``into``, a page for each of ``parts``, which ``normalise`` made.

    The same parts give the same bytes; a file that gives several pages is read once. Raises
    ``CannotAssemble`` (``into`` is gone then), ``ChecksUnavailable``.
    """
    paths = list(dict.fromkeys(part.path for part in parts))
    pages = [(paths.index(part.path), part.number, part.turn) for part in parts]
    return _assembled("assemble_pages", {"pages": pages}, paths, into)


def page_image(path: Path, *, page: int, width: int, turn: int = 0) -> bytes:
    """Page ``page`` (from 0) of the PDF or image at ``path`` as a PNG, ``width`` pixels wide at most, turned
    by ``turn`` degrees clockwise (0, 90, 180, 270).

    No wider than ``MAX_WIDTH``. Raises ``NoSuchPage``, ``ChecksUnavailable``.
    """
    arguments = {"page": page, "width": max(1, min(width, MAX_WIDTH)), "turn": turn}
    result = _run("page_image", arguments, [path], PAGE_IMAGE)
    if not (result.ended_well and result.answer):
        raise NoSuchPage
    return result.answer


def warm_up() -> list[str]:
    """Start this process's zygote (a third of a second), so that the first filing needn't wait.

    Returns what it gave up.
    """
    with _unavailability():
        return _zygote.warm_up()


def _assembled(task: str, arguments: Mapping[str, object], paths: Sequence[Path], into: Path) -> Assembly:
    with into.open("wb") as target:
        result = _run(task, arguments, paths, ASSEMBLE, target.fileno())
    if not result.ended_well:
        into.unlink()
        raise CannotAssemble
    return _assembly(json.loads(result.answer))


def _examine(
    task: str, path: Path, rules: FileRules | SheetRules, limits: Limits, *more: int
) -> tuple[Verdict, Assembly | None]:
    if path.stat().st_size > rules.max_size:
        return _refused("too_big", rules), None
    with contextlib.suppress(antivirus.Unavailable):
        if antivirus.scan(path, patience=SCAN_PATIENCE) == "infected":
            return _refused("infected", rules), None
    arguments = {"max_pages": rules.max_pages}
    if isinstance(rules, SheetRules):
        arguments["room"] = rules.room
    result = _run(task, arguments, [path], limits, *more)
    report, copy = _lines(result)
    if report is None:
        return _refused(_reason_of_death(result), rules), None
    return _verdict(report, rules), _assembly(copy) if copy else None


def _lines(result: Result) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """What the child said of the file, if it came to that, and then of the copy. Whatever became of the
    copy, the verdict stands."""
    lines = result.answer.splitlines(keepends=True)
    if not (lines and lines[0].startswith(b"{") and lines[0].endswith(b"\n")):
        return None, None
    whole = result.ended_well and len(lines) > 1
    return json.loads(lines[0]), json.loads(lines[1]) if whole else None


def _assembly(report: dict[str, Any]) -> Assembly:
    return Assembly(pages=report["pages"], changes=_sentences(report["changes"]))


def _run(
    task: str, arguments: Mapping[str, object], paths: Sequence[Path], limits: Limits, *more: int
) -> Result:
    with contextlib.ExitStack() as opened:
        files = [opened.enter_context(path.open("rb")).fileno() for path in paths]
        opened.enter_context(_unavailability())
        result = _zygote.run(task, arguments, [*files, *more], limits)
    if not result.ended_well:
        logger.warning("%s: %s", task, result.story)
    return result


@contextlib.contextmanager
def _unavailability() -> Iterator[None]:
    try:
        yield
    except Unavailable:
        raise ChecksUnavailable from None


def _reason_of_death(result: Result) -> str:
    """A child that crashed met a file that readers will crash on too; any other death is a limit."""
    crashes = {-signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS, -signal.SIGILL, -signal.SIGFPE, 1}
    return "unreadable" if result.status in crashes else "limits"


def _verdict(report: dict[str, Any], rules: FileRules | SheetRules) -> Verdict:
    known = {"media_type": report["media_type"], "pages": report["pages"]}
    if reason := report["reason"] or _not_accepted(report["media_type"], rules):
        return _refused(reason, rules, **known)
    return Verdict(verdict="accepted", changes=_sentences(report["changes"]), **known)


def _not_accepted(media_type: str, rules: FileRules | SheetRules) -> str:
    if media_type in rules.media_types:
        return ""
    return "photo_format" if media_type in {HEIC, WEBP} else "not_pdf"


def _refused(reason: str, rules: FileRules | SheetRules, *, pages: int = 0, media_type: str = "") -> Verdict:
    sentences, params = REASONS[reason], {"max_size": size_in_words(rules.max_size)}
    if isinstance(rules, SheetRules):
        sentences = SHEET_REASONS.get(reason, sentences)
        params["room"] = size_in_words(rules.room)
    message = " ".join(gettext(sentence) for sentence in sentences).format(
        accepted=", ".join(_NAMES.get(each, each) for each in rules.media_types),
        format=_NAMES.get(media_type, media_type),
        max_pages=rules.max_pages,
        pages=pages,
        **params,
    )
    return Verdict(verdict="refused", reason=reason, message=message, pages=pages, media_type=media_type)


def _sentences(changes: Sequence[str]) -> tuple[str, ...]:
    return tuple(gettext(CHANGES[change]) for change in changes)
