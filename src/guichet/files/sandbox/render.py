"""Pages as images, by PDFium: to see that an accepted file can be shown, and to show it."""

import io
from collections.abc import Iterator
from typing import NamedTuple

import pypdfium2 as pdfium
from PIL import Image

PROBE_WIDTH = 48  # pixels: enough to run every operator of a page
MAX_HEIGHT_RATIO = 4  # of an image to its width
POINTS_PER_INCH = 72


class Drawn(NamedTuple):
    """A page as an image, and its size in points."""

    image: Image.Image
    width: float
    height: float


def can_show(content: bytes) -> bool:
    """Whether PDFium draws the first page and finds every other.

    Drawing them all would cost most of a check's time, and the person sees each page before submitting.
    """
    try:
        with _opened(content) as document:
            for index in range(1, len(document)):
                document.get_page_size(index)
            _draw(document, 0, PROBE_WIDTH)
    except (pdfium.PdfiumError, IndexError):
        return False
    return True


def draw_page(content: bytes, page: int, width: int, turn: int = 0) -> Image.Image | None:
    """Page ``page`` (from 0), turned by ``turn`` degrees clockwise, ``width`` pixels wide, with the forms'
    answers; nothing where there is no such page."""
    try:
        with _opened(content) as document:
            if not 0 <= page < len(document):
                return None
            image: Image.Image = _draw(document, page, width, turn).to_pil().convert("RGB")
            return image
    except pdfium.PdfiumError:
        return None


def drawn_pages(content: bytes, *, resolution: int, side: int) -> Iterator[Drawn]:
    """Every page at ``resolution`` (points per inch), or at what gives ``side`` pixels for its longest side
    where that is less. Raises ``PdfiumError``."""
    with _opened(content) as document:
        for page in document:
            width, height = page.get_size()
            scale = min(resolution / POINTS_PER_INCH, side / max(width, height, 1))
            image = page.render(scale=scale, prefer_bgrx=True).to_pil().convert("RGB")
            page.close()
            yield Drawn(image, width, height)


def flattened(content: bytes) -> bytes:
    """The document with its forms' answers drawn into the pages."""
    written = io.BytesIO()
    with _opened(content) as document:
        for index in range(len(document)):
            page = document[index]
            page.flatten()
            page.close()
        document.save(written)
    return written.getvalue()


def _opened(content: bytes) -> pdfium.PdfDocument:
    document = pdfium.PdfDocument(content)
    if document.get_formtype():
        document.init_forms()
    return document


def _draw(document: pdfium.PdfDocument, index: int, width: int, turn: int = 0) -> pdfium.PdfBitmap:
    page = document[index]
    page_width, page_height = page.get_size()
    if turn in {90, 270}:
        page_width, page_height = page_height, page_width
    scale = width / max(page_width, page_height / MAX_HEIGHT_RATIO, 1)
    bitmap: pdfium.PdfBitmap = page.render(scale=scale, rotation=turn, prefer_bgrx=True)
    page.close()
    return bitmap
