"""What somebody photographed or joined, made ready for a document; and the document made of its pages."""

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import BinaryIO, NamedTuple

import pypdfium2 as pdfium
from pikepdf import Name, Pdf

from guichet.files.rules import SheetRules
from guichet.files.sandbox import images, photographs, render, reports, scrub, sniff

RESOLUTION = 150  # points per inch of a page that becomes an image


class Place(NamedTuple):
    """A page of the document: which of the files, which page of it (from 0), turned by how many degrees."""

    file: int
    number: int
    turn: int


def normalised(file: BinaryIO, max_pages: int, room: int) -> tuple[reports.Report, bytes]:
    """What is said of the file, and the JPEG or PDF that was made of it (nothing where it is refused)."""
    content = scrub.all_of(file)
    kind = sniff.kind(content)
    if kind in photographs.KINDS:
        return _of_photograph(content, kind, room)
    report = reports.report(file, max_pages)
    if report.document is None:
        return report, b""
    copy, _, _ = scrub.assembled([scrub.part_of_document(report.document, report.changes)])
    if len(copy) <= room:
        return report, copy
    lighter = _lighter(copy, room)
    if not lighter:
        return replace(report, reason="no_room", changes=(), document=None), b""
    return replace(report, changes=[*report.changes, "lighter"]), lighter


def assembled(contents: Sequence[bytes], pages: Sequence[Place]) -> tuple[bytes, list[str]]:
    """One clean PDF, and what of the PDFs among ``contents`` it lost (keys of ``rules.CHANGES``).

    Of a PDF that gives all its pages in their order, everything else stays too: bookmarks, tags. Raises
    ``IndexError`` where there is no such page.
    """
    sources = [scrub.part_of(io.BytesIO(content)).pdf for content in contents]
    in_order = [Place(0, number, 0) for number in range(len(sources[0].pages))]
    if [page._replace(turn=0) for page in pages] == in_order:
        whole, lost = sources[0], list[str]()
    else:
        whole, lost = _chosen(sources, pages)
    for page, place in zip(whole.pages, pages, strict=True):
        if place.turn:
            page.rotate(place.turn, relative=True)
    return scrub.written(whole), lost


def _chosen(sources: Sequence[Pdf], pages: Sequence[Place]) -> tuple[Pdf, list[str]]:
    whole = Pdf.new()
    for place in pages:
        source = sources[place.file]
        # Its own resources alone: what the pages left out show must not come along.
        source.pages[place.number].remove_unreferenced_resources()
        whole.add_pages_from(source, pages=[place.number], forms="strip")
        if Name.Lang in source.Root and Name.Lang not in whole.Root:
            whole.Root.Lang = source.Root.Lang
    lost = {"outline": Name.Outlines, "tags": Name.StructTreeRoot}
    return whole, [change for change, key in lost.items() if any(key in source.Root for source in sources)]


def _of_photograph(content: bytes, kind: str, room: int) -> tuple[reports.Report, bytes]:
    made = photographs.made_ready(content, kind, room)
    report = reports.Report(
        reason=made.reason,
        pages=0 if made.reason else 1,
        changes=made.changes,
        media_type=reports.MEDIA_TYPES[kind],
    )
    return report, made.content


def _lighter(pdf: bytes, room: int) -> bytes:
    """The document with its pages as images, at the best quality that fits ``room`` bytes; or nothing."""
    pages: dict[int, list[scrub.Part]] = {quality: [] for _, quality in SheetRules.LEVELS}
    sizes = dict.fromkeys(pages, 0)
    try:
        for drawn in render.drawn_pages(pdf, resolution=RESOLUTION, side=SheetRules.LEVELS[0][0]):
            layout = images.filling(drawn.width, drawn.height)
            for quality in list(pages):
                jpeg = photographs.jpeg_of(drawn.image, quality)
                sizes[quality] += len(jpeg)
                if sizes[quality] > room:
                    del pages[quality]
                else:
                    pages[quality].append(scrub.part_of_image(jpeg, layout))
    except pdfium.PdfiumError:
        return b""
    for parts in pages.values():
        content, _, _ = scrub.assembled(parts)
        if len(content) <= room:
            return content
    return b""
