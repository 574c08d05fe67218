"""Pages as images, by PDFium: to see that an accepted file can be shown, and to show it."""

import io

import pypdfium2 as pdfium
from PIL import Image

PROBE_WIDTH = 48  # pixels: enough to run every operator of a page
MAX_HEIGHT_RATIO = 4  # of an image to its width


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


def draw_page(content: bytes, page: int, width: int) -> Image.Image | None:
    """Page ``page`` (from 0), ``width`` pixels wide, with the forms' answers; nothing where there is no
    such page."""
    try:
        with _opened(content) as document:
            if not 0 <= page < len(document):
                return None
            image: Image.Image = _draw(document, page, width).to_pil().convert("RGB")
            return image
    except pdfium.PdfiumError:
        return None


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


def _draw(document: pdfium.PdfDocument, index: int, width: int) -> pdfium.PdfBitmap:
    page = document[index]
    page_width, page_height = page.get_size()
    scale = width / max(page_width, page_height / MAX_HEIGHT_RATIO, 1)
    bitmap: pdfium.PdfBitmap = page.render(scale=scale, prefer_bgrx=True)
    page.close()
    return bitmap
