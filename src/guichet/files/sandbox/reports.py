"""What is said of one file: whether it may be filed, why not, what will differ in the copy."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

import pikepdf

from guichet.files.rules import HEIC, JPEG, PDF, PNG, WEBP
from guichet.files.sandbox import images, render, scrub, sniff, survey

MEDIA_TYPES = {"jpeg": JPEG, "png": PNG, "heic": HEIC, "webp": WEBP}
_REFUSED_KINDS = {
    "empty": "empty",
    "zip": "zip",
    "office": "office",
    "svg": "svg",
    "avif": "avif",
    "other": "not_pdf",
}
# Where several hold, the one whose remedy does for the others.
_PRECEDENCE = ("xfa", "javascript", "launch", "multimedia", "attachment")


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


def report(file: BinaryIO, max_pages: int) -> Report:
    """On a PDF, JPEG or PNG to be filed as it comes: other photographs are not."""
    content = scrub.all_of(file)
    kind = sniff.kind(content)
    if kind in _REFUSED_KINDS:
        return Report(reason=_REFUSED_KINDS[kind])
    if kind in {"heic", "webp"}:
        return Report(reason="photo_format", media_type=MEDIA_TYPES[kind])
    if kind in {"jpeg", "png"}:
        media_type = MEDIA_TYPES[kind]
        if reason := images.check_image(content):
            return Report(reason=reason, media_type=media_type)
        return Report(pages=1, changes=["image"], media_type=media_type)
    found = _pdf_report(file, content, max_pages)
    if found.reason == "unreadable" and (kind == "unknown" or sniff.is_other(content)):
        return Report(reason="not_pdf")
    return found


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
