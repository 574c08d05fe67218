"""What a child does for the portal. Each task gets its arguments and open descriptors, and gives bytes
back."""

import io
import json
import os
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import pikepdf
from PIL import Image

from guichet.files.rules import JPEG, PDF, PNG
from guichet.files.sandbox import images, render, scrub, sniff, survey

_MEDIA_TYPES = {"jpeg": JPEG, "png": PNG}
_REFUSED_KINDS = {"empty": "empty", "zip": "zip", "office": "office", "other": "not_pdf"}
# Where several hold, the one whose remedy does for the others.
_PRECEDENCE = ("xfa", "javascript", "launch", "multimedia", "attachment")
_MAX_HEIGHT_RATIO = 4


@dataclass(frozen=True, kw_only=True)
class Report:
    """What is said of one file; ``document`` is it, opened, where it is a PDF that is accepted."""

    reason: str = ""
    pages: int = 0
    changes: Sequence[str] = ()
    media_type: str = ""
    document: scrub.Opened | None = None

    def as_json(self) -> bytes:
        """A line with all but the document."""
        told = {name: getattr(self, name) for name in ("reason", "pages", "changes", "media_type")}
        return json.dumps(told).encode() + b"\n"


def check(arguments: dict[str, object], files: Sequence[int]) -> Iterator[bytes]:
    """A line of JSON on one file: ``reason``, ``pages``, ``changes``, ``media_type``."""
    with _opened(files[0]) as file:
        yield _report(file, int(str(arguments["max_pages"]))).as_json()


def receive(arguments: dict[str, object], files: Sequence[int]) -> Iterator[bytes]:
    """What ``check`` says of the first of ``files``. Then, where it is accepted and something in it is to be
    changed, what ``assemble`` would do with it alone: the document isn't read a second time for that.

    The first line is sent before the copy is begun, so that this can't change the verdict.
    """
    source, target = files
    with _opened(source) as file:
        report = _report(file, int(str(arguments["max_pages"])))
        yield report.as_json()
        if report.document and report.changes:
            yield _write_copy([scrub.part_of_document(report.document, report.changes)], target)
        elif report.changes:
            yield _write_copy([_part(file)], target)


def assemble(_: dict[str, object], files: Sequence[int]) -> Iterator[bytes]:
    """Write the copy of the other ``files`` into the last; a line of JSON with ``pages``, ``changes``."""
    *sources, target = files
    yield _write_copy([_part(_opened(source)) for source in sources], target)


def page_image(arguments: dict[str, object], files: Sequence[int]) -> Iterator[bytes]:
    """A page as PNG; nothing where there is no such page."""
    page, width = (int(str(arguments[name])) for name in ("page", "width"))
    with _opened(files[0]) as file:
        yield _page_image(file, page, width)


TASKS = {"check": check, "receive": receive, "assemble": assemble, "page_image": page_image}


def _opened(descriptor: int) -> BinaryIO:
    return open(descriptor, "rb", closefd=False)


def _write_copy(parts: Sequence[scrub.Part], target: int) -> bytes:
    content, pages, changes = scrub.assembled(parts)
    with open(target, "wb", closefd=False) as out:
        out.write(content)
    return json.dumps({"pages": pages, "changes": changes}).encode() + b"\n"


def _part(file: BinaryIO) -> scrub.Part:
    content = scrub.all_of(file)
    if sniff.kind(content) in {"jpeg", "png"}:
        return scrub.part_of_image(content)
    document = scrub.opened(file)
    return scrub.part_of_document(document, scrub.notable(document, content, survey.findings(document.pdf)))


def _page_image(file: BinaryIO, page: int, width: int) -> bytes:
    content = scrub.all_of(file)
    if sniff.kind(content) in {"jpeg", "png"}:
        return images.thumbnail(content, width, width * _MAX_HEIGHT_RATIO) if page == 0 else b""
    image = render.draw_page(content, page, width) or render.draw_page(
        scrub.opened(file).content, page, width
    )
    return images.png(image) if image else b""


def _report(file: BinaryIO, max_pages: int) -> Report:
    content = scrub.all_of(file)
    kind = sniff.kind(content)
    if kind in _REFUSED_KINDS:
        return Report(reason=_REFUSED_KINDS[kind])
    if kind in {"jpeg", "png"}:
        media_type = _MEDIA_TYPES[kind]
        if reason := images.check_image(content):
            return Report(reason=reason, media_type=media_type)
        return Report(pages=1, changes=["image"], media_type=media_type)
    report = _pdf_report(file, content, max_pages)
    if report.reason == "unreadable" and (kind == "unknown" or sniff.is_other(content)):
        return Report(reason="not_pdf")
    return report


def _pdf_report(file: BinaryIO, content: bytes, max_pages: int) -> Report:
    try:
        document = scrub.opened(file)
    except pikepdf.PasswordError:
        return _refused("password_open")
    except pikepdf.PdfError as error:
        return _refused("limits" if "too deeply nested" in str(error) else "unreadable")
    if document.pdf.is_encrypted:
        return _refused("password_changes")
    if sniff.hides_archive(content):
        return _refused("zip")
    try:
        return _opened_report(document, content, max_pages)
    except survey.OverLimits:
        return _refused("limits")
    except pikepdf.PdfError:
        return _refused("unreadable")


def _opened_report(document: scrub.Opened, content: bytes, max_pages: int) -> Report:
    pdf = document.pdf
    pages = len(pdf.pages)
    if pages == 0:
        return _refused("no_page")
    if pages > max_pages:
        return _refused("too_many_pages", pages)
    survey.check_page_sides(pdf)
    found = survey.findings(pdf)
    for reason in _PRECEDENCE:
        if reason in found:
            return _refused(reason, pages)
    changes = scrub.notable(document, content, found)
    if not render.can_show(document.content):
        return _refused("unreadable", pages)
    return Report(pages=pages, changes=changes, media_type=PDF, document=document)


def _refused(reason: str, pages: int = 0) -> Report:
    return Report(reason=reason, pages=pages, media_type=PDF)


def _load_everything() -> None:
    """Run each task once: what libraries load when first used can't be loaded once the zygote has no
    files."""
    for format_, mode in (("JPEG", "RGB"), ("PNG", "RGBA"), ("PNG", "P")):
        written = io.BytesIO()
        Image.new(mode, (8, 8)).save(written, format_)
        pdf, _, _ = scrub.assembled([_part(written), _part(written)])
        _report(written, 1)
        _report(io.BytesIO(pdf), 2)
        drawn = render.draw_page(pdf, 0, 16)
        images.png(drawn or Image.new("RGB", (1, 1)))
        images.thumbnail(written.getvalue(), 4, 4)
    with tempfile.TemporaryFile() as file:
        file.write(_text())
        _report(file, 1)
    for content in (b"%PDF-1.4\n", b"\xff\xd8\xff", b"<html>", os.urandom(64), _archive(), _protected()):
        _report(io.BytesIO(content), 1)


def _text() -> bytes:
    """A page in the fonts that every reader has."""
    written = io.BytesIO()
    fonts = ("Helvetica", "Helvetica-Bold", "Times-Roman", "Times-Bold")
    with pikepdf.Pdf.new() as pdf:
        page = pdf.add_blank_page()
        page.obj.Resources = pikepdf.Dictionary(
            Font={
                f"/F{number}": pikepdf.Dictionary(
                    Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name(f"/{font}")
                )
                for number, font in enumerate(fonts)
            }
        )
        lines = "".join(f"/F{number} 9 Tf (ABCabc0123,.) ' " for number in range(len(fonts)))
        page.obj.Contents = pdf.make_stream(f"BT 20 700 Td 12 TL {lines} ET".encode())
        pdf.save(written)
    return written.getvalue()


def _archive() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("nom", "contenu")
    return written.getvalue()


def _protected() -> bytes:
    # Encrypting makes qpdf open the system's source of random numbers, which decrypting needs too.
    written = io.BytesIO()
    with pikepdf.Pdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(written, encryption=pikepdf.Encryption(owner="x", user="", R=6))
    return written.getvalue()


_load_everything()
