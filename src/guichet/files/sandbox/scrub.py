"""The copy for publication: the pages as they look, without what runs, hides or tells about its author."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

import pikepdf
from pikepdf import AccessMode, Array, Dictionary, Name, Object, ObjectStreamMode, Pdf, Stream

from guichet.files.sandbox import images, render, sniff, survey

_CATALOG_KEPT = {
    Name.Type,
    Name.Pages,
    Name.PageLabels,
    Name.Lang,
    Name.MarkInfo,
    Name.StructTreeRoot,
    Name.Outlines,
    Name.PageMode,
    Name.PageLayout,
    Name.ViewerPreferences,
    Name.OCProperties,
    Name.OutputIntents,
    Name.Dests,
    Name.Names,
    Name.Version,
    Name.Extensions,
    Name.OpenAction,
}
_HIDDEN = (Name.Metadata, Name.PieceInfo, Name.LastModified, Name.AA)
# Only where one of these occurs is an object looked at key by key. ``/A`` names an action in a link, and
# attributes in the tags of an accessible document, of which there are many: there the kind of action tells.
# What the survey refuses needs no place here.
_KINDS = b"URI|GoToR|Hide|SetOCGState|ResetForm|Trans|Thread|GoTo3DView|GoToDp|SetState|NOP"
_TOUCHED = re.compile(
    rb"/(?:(?:Metadata|PieceInfo|LastModified|AA)(?![\w#.-])|P?A \d|S (?:\d|/(?:"
    + _KINDS
    + rb")(?![\w#.-])))"
)


@dataclass(frozen=True)
class Opened:
    """A document and the bytes it was read from, which are the repaired ones where it had to be repaired.

    ``warned``: qpdf mended something on the way, without losing its way in the document.
    """

    pdf: Pdf
    content: bytes
    repaired: bool
    warned: bool = False


def opened(file: BinaryIO) -> Opened:
    """The document in ``file``, repaired if need be.

    Raises ``pikepdf.PdfError``, ``pikepdf.PasswordError``.
    """
    pdf, content = _read(file), all_of(file)
    if pdf.is_encrypted or not pdf.get_warnings():
        return Opened(pdf, content, repaired=False)
    if _is_sound(file):
        return Opened(pdf, content, repaired=False, warned=True)
    # Written out and read again, for what repairs less than qpdf: PDFium.
    pdf.trailer[Name.Size] = 0  # qpdf forgets it where the trailer had been lost
    written = io.BytesIO()
    pdf.save(written, preserve_pdfa=False, fix_metadata_version=False)  # its XMP is left alone
    return Opened(_read(written), written.getvalue(), repaired=True)


def _is_sound(file: BinaryIO) -> bool:
    """Whether the document opens without repair. It is read with repair all the same: a damaged stream in a
    sound document would come out empty otherwise."""
    try:
        _read(file, attempt_recovery=False).close()
    except pikepdf.PdfError:
        return False
    return True


def _read(file: BinaryIO, *, attempt_recovery: bool = True) -> Pdf:
    """Mapped where it is a file on disk: from a stream, qpdf asks Python for every few bytes."""
    return pikepdf.open(file, access_mode=AccessMode.mmap, attempt_recovery=attempt_recovery)


def all_of(file: BinaryIO) -> bytes:
    """The whole content of ``file``."""
    file.seek(0)
    return file.read()


@dataclass(frozen=True)
class Part:
    """What one file gives to the copy, cleaned; ``changes`` are keys of ``rules.CHANGES``."""

    pdf: Pdf
    changes: Sequence[str]


def part_of(file: BinaryIO) -> Part:
    """What an accepted PDF, JPEG or PNG gives."""
    content = all_of(file)
    if sniff.kind(content) in {"jpeg", "png"}:
        return part_of_image(content)
    document = opened(file)
    return part_of_document(document, notable(document, content, survey.findings(document.pdf)))


def part_of_image(content: bytes, layout: images.Layout = images.A4) -> Part:
    """A page with the JPEG or PNG on it."""
    pdf = _read(io.BytesIO(images.image_to_pdf(content, layout)))
    clean(pdf)
    return Part(pdf, ["image"])


def part_of_document(document: Opened, changes: Sequence[str]) -> Part:
    """The document's pages; ``changes`` are what ``notable`` found."""
    pdf = _with_answers_drawn(document)
    clean(pdf)
    return Part(pdf, changes)


def assembled(parts: Sequence[Part]) -> tuple[bytes, int, list[str]]:
    """One clean PDF of all ``parts``, its number of pages, and the changes (keys of ``rules.CHANGES``)."""
    changes = dict.fromkeys(change for part in parts for change in part.changes)
    whole = parts[0].pdf if len(parts) == 1 else _joined([part.pdf for part in parts], changes)
    _drop_unused_images(whole)
    return written(whole), len(whole.pages), list(changes)


def written(whole: Pdf) -> bytes:
    """The same bytes for the same document."""
    # Else its first half stays: that of the received file, or of the moment at which PDFium drew.
    if Name.ID in whole.trailer:
        del whole.trailer[Name.ID]
    content = io.BytesIO()
    # Not linearized: that doubles the time to write and adds a sixth to the size, for a head start on the
    # first page that only readers of long documents on slow lines would see.
    whole.save(
        content,
        deterministic_id=True,
        object_stream_mode=ObjectStreamMode.generate,
        preserve_pdfa=False,
        fix_metadata_version=False,
    )
    return content.getvalue()


def _drop_unused_images(pdf: Pdf) -> None:
    """What no page shows would be published unseen. Pages without images are left alone: looking costs."""
    for page in pdf.pages:
        if Name.XObject in page.resources:
            page.remove_unreferenced_resources()


def _with_answers_drawn(document: Opened) -> Pdf:
    """Where a form leaves it to its readers to draw the answers, PDFium does (qpdf knows no accents)."""
    form = document.pdf.Root.get(Name.AcroForm)
    if isinstance(form, Dictionary) and form.get(Name.NeedAppearances) == True:  # noqa: E712 - a PDF boolean
        return opened(io.BytesIO(render.flattened(document.content))).pdf
    return document.pdf


def notable(document: Opened, content: bytes, findings: set[str]) -> list[str]:
    """What ``clean`` will change in a document received as ``content``: keys of ``rules.CHANGES``, sorted.

    ``findings`` are the survey's.
    """
    pdf = document.pdf
    found = {key.removesuffix("~") for key in findings if key.endswith("~")}
    if not content.startswith(b"%PDF-"):
        found.add("junk")
    if document.repaired:
        found.add("repaired")
    elif document.warned or pdf.get_warnings():
        found.add("mended")
    if Name.Metadata in pdf.Root or len(pdf.docinfo.keys()):
        found.add("metadata")
    if _claims_pdfa(pdf):
        found.add("pdfa")
    if _has_annotations(pdf):
        found.add("annotations")
    return sorted(found)


def _claims_pdfa(pdf: Pdf) -> bool:
    """Whether the XMP says that the document is a PDF/A (ISO 19005-1, 6.7.11): the copy makes no such claim,
    as nobody has held it against the standard again."""
    xmp = pdf.Root.get(Name.Metadata)
    if not isinstance(xmp, Stream):
        return False
    try:
        return b"pdfaid" in xmp.read_bytes().replace(b"\0", b"")  # in UTF-8 or UTF-16
    except pikepdf.PdfError:
        return False


def clean(pdf: Pdf) -> None:
    """Make ``pdf`` what may be published. Its pages look the same; answers and comments become part of
    them."""
    pdf.flatten_annotations("all")
    for page in pdf.pages:
        _keep_links_alone(page.obj)
    _clean_catalog(pdf)
    for item in pdf.objects:
        _clean_object(item)


def _has_annotations(pdf: Pdf) -> bool:
    return any(
        isinstance(note, Dictionary) and note.get(Name.Subtype) not in {Name.Link, Name.Widget, Name.Popup}
        for page in pdf.pages
        for note in _annotations(page.obj)
    )


def _annotations(page: Object) -> list[Object]:
    notes = page.get(Name.Annots)
    return list(notes) if isinstance(notes, Array) else []


def _keep_links_alone(page: Object) -> None:
    links = [x for x in _annotations(page) if isinstance(x, Dictionary) and x.get(Name.Subtype) == Name.Link]
    if links:
        page[Name.Annots] = Array(links)
    elif Name.Annots in page:
        del page[Name.Annots]


def _clean_catalog(pdf: Pdf) -> None:
    root = pdf.Root
    for key in list(root.keys()):
        if Name(key) not in _CATALOG_KEPT:
            del root[key]
    opening = root.get(Name.OpenAction)
    if isinstance(opening, Dictionary) and opening.get(Name.S) != Name.GoTo:
        del root[Name.OpenAction]
    names = root.get(Name.Names)
    if isinstance(names, Dictionary):
        for key in list(names.keys()):
            if key != "/Dests":
                del names[key]
    if Name.Info in pdf.trailer:
        del pdf.trailer[Name.Info]


def _clean_object(item: Object) -> None:
    if isinstance(item, Stream):
        if item.get(Name.Filter) == Name.DCTDecode and Name.DecodeParms not in item:
            _clean_jpeg(item)
        _drop(item)
    elif isinstance(item, Dictionary | Array) and _TOUCHED.search(item.unparse(resolved=True)):
        for dictionary in survey.dictionaries(item):
            _drop(dictionary)


def _drop(item: Object) -> None:
    for key in _HIDDEN:
        if key in item:
            del item[key]
    for key in (Name.A, Name.PA):
        if key in item and _leads_astray(item[key]):
            del item[key]


def _leads_astray(action: Object) -> bool:
    """Whether it opens a file, rather than a page of this document or a site. Without ``/S`` it is no action,
    but the attributes of a tag (ISO 32000-1, 14.7.5): a table's headings, say."""
    if not isinstance(action, Dictionary) or Name.S not in action:
        return False
    if action.get(Name.S) == Name.URI:
        uri = action.get(Name.URI)
        return not (isinstance(uri, pikepdf.String) and survey.WEB_URI.match(bytes(uri)))
    return action.get(Name.S) not in {Name.GoTo, Name.Named}


def _clean_jpeg(image: Object) -> None:
    raw = image.read_raw_bytes()
    kept = images.without_metadata(raw)
    if len(kept) != len(raw):
        image.write(kept, filter=Name.DCTDecode)


def _joined(parts: Sequence[Pdf], changes: dict[str, None]) -> Pdf:
    whole = Pdf.new()
    changes["joined"] = None
    for part in parts:
        if Name.Outlines in part.Root:
            changes["outline"] = None
        if Name.StructTreeRoot in part.Root:
            changes["tags"] = None
        if Name.Lang in part.Root and Name.Lang not in whole.Root:
            whole.Root.Lang = part.Root.Lang
        whole.add_pages_from(part, forms="strip")
    return whole
