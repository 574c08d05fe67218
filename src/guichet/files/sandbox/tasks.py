"""What a child does for the portal. Each task gets its arguments and open descriptors, and gives bytes
back."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from guichet.files.sandbox import images, rehearsal, render, reports, scrub, sheets, sniff

_MAX_HEIGHT_RATIO = 4


def check(arguments: dict[str, object], files: Sequence[int]) -> Iterator[bytes]:
    """A line of JSON on one file: ``reason``, ``pages``, ``changes``, ``media_type``."""
    with _opened(files[0]) as file:
        yield reports.report(file, int(str(arguments["max_pages"]))).as_json()


def receive(arguments: dict[str, object], files: Sequence[int]) -> Iterator[bytes]:
    """What ``check`` says of the first of ``files``. Then, where it is accepted and something in it is to be
    changed, what ``assemble`` would do with it alone: the document isn't read a second time for that.

    The first line is sent before the copy is begun, so that this can't change the verdict.
    """
    source, target = files
    with _opened(source) as file:
        report = reports.report(file, int(str(arguments["max_pages"])))
        yield report.as_json()
        if report.document and report.changes:
            yield _write_copy([scrub.part_of_document(report.document, report.changes)], target)
        elif report.changes:
            yield _write_copy([scrub.part_of(file)], target)


def assemble(_: dict[str, object], files: Sequence[int]) -> Iterator[bytes]:
    """Write the copy of the other ``files`` into the last; a line of JSON with ``pages``, ``changes``."""
    *sources, target = files
    yield _write_copy([scrub.part_of(_opened(source)) for source in sources], target)


def page_image(arguments: dict[str, object], files: Sequence[int]) -> Iterator[bytes]:
    """A page as PNG; nothing where there is no such page."""
    page, width, turn = (int(str(arguments[name])) for name in ("page", "width", "turn"))
    with _opened(files[0]) as file:
        yield _page_image(file, page, width, turn)


def normalise(arguments: dict[str, object], files: Sequence[int]) -> Iterator[bytes]:
    """Make a sheet of the first of ``files`` in the second; a line of JSON as ``check`` gives."""
    source, target = files
    max_pages, room = (int(str(arguments[name])) for name in ("max_pages", "room"))
    with _opened(source) as file:
        report, content = sheets.normalised(file, max_pages, room)
    _write(content, target)
    yield report.as_json()


def assemble_pages(arguments: dict[str, Any], files: Sequence[int]) -> Iterator[bytes]:
    """Write the PDF of ``pages`` (of which file, which page, turned by how much) of the other ``files`` into
    the last; a line of JSON with ``pages``, ``changes``."""
    *sources, target = files
    pages = [sheets.Place(*page) for page in arguments["pages"]]
    content, changes = sheets.assembled([scrub.all_of(_opened(source)) for source in sources], pages)
    _write(content, target)
    yield json.dumps({"pages": len(pages), "changes": changes}).encode() + b"\n"


TASKS = {task.__name__: task for task in (check, receive, assemble, page_image, normalise, assemble_pages)}


def _opened(descriptor: int) -> BinaryIO:
    return open(descriptor, "rb", closefd=False)


def _write_copy(parts: Sequence[scrub.Part], target: int) -> bytes:
    content, pages, changes = scrub.assembled(parts)
    _write(content, target)
    return json.dumps({"pages": pages, "changes": changes}).encode() + b"\n"


def _write(content: bytes, target: int) -> None:
    with open(target, "wb", closefd=False) as out:
        out.write(content)


def _page_image(file: BinaryIO, page: int, width: int, turn: int) -> bytes:
    content = scrub.all_of(file)
    if sniff.kind(content) in {"jpeg", "png"}:
        return images.thumbnail(content, width, width * _MAX_HEIGHT_RATIO, turn) if page == 0 else b""
    image = render.draw_page(content, page, width, turn) or render.draw_page(
        scrub.opened(file).content, page, width, turn
    )
    return images.png(image) if image else b""


rehearsal.load_everything()
