"""Photographs and scans: checked, freed of what they tell about their author, put upright on an A4 page."""

import io
import re
import struct
from collections.abc import Callable, Iterator

import img2pdf
from PIL import Image, ImageOps

from guichet.files.rules import MAX_IMAGE_PIXELS

_FORMATS = ("JPEG", "PNG")
_ORIENTATION = 0x0112
_ROTATION = {
    3: img2pdf.Rotation["180"],
    6: img2pdf.Rotation["90"],
    8: img2pdf.Rotation["270"],
}
_TURNS = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}
_MIRRORED = (2, 4, 5, 7)
# EXIF and XMP, Photoshop's notes, comments; not JFIF, the colour profile, Adobe's transform.
_HIDDEN = {0xE1, 0xED, 0xFE}
Layout = Callable[..., tuple[float, float, float, float]]  # img2pdf's
# Between scans; not bytes of them that look like one, nor restarts (ITU-T T.81, B.1.1).
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_END = 0xD9
_SECOND_PICTURE = re.compile(rb"\xff\xe2..MPF\0", re.DOTALL)  # CIPA DC-007, 5.1
A4: Layout = img2pdf.get_layout_fun(
    (img2pdf.mm_to_pt(210), img2pdf.mm_to_pt(297)), fit=img2pdf.FitMode.into, auto_orient=True
)

Image.MAX_IMAGE_PIXELS = MAX_IMAGE_PIXELS // 2  # Pillow refuses at twice this number


def check_image(content: bytes) -> str:
    """The reason of a refusal (``image_unreadable``, ``limits``), or nothing. The image is decoded whole."""
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            if image.format in {"JPEG", "MPO"}:
                image.draft(None, (max(1, image.width // 8), max(1, image.height // 8)))
            image.load()
    except Image.DecompressionBombError:
        return "limits"
    except (OSError, SyntaxError, ValueError, struct.error):
        return "image_unreadable"
    return ""


def filling(width: float, height: float) -> Layout:
    """A page of this size, in points, that the image fills."""
    layout: Layout = img2pdf.get_layout_fun((width, height), fit=img2pdf.FitMode.fill)
    return layout


def image_to_pdf(content: bytes, layout: Layout = A4) -> bytes:
    """One page, A4 unless told otherwise, with the image on it, upright, without its metadata. JPEG data are
    not compressed again."""
    with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
        orientation = int(image.getexif().get(_ORIENTATION, 1))
        rotation = _ROTATION.get(orientation, img2pdf.Rotation["0"])
        if orientation in _MIRRORED:
            content, rotation = _again(ImageOps.exif_transpose(image)), img2pdf.Rotation["0"]
        elif image.format == "PNG" and (image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info):
            content = _again(_on_white(image))
    pdf: bytes = img2pdf.convert(without_metadata(content), layout_fun=layout, rotation=rotation, nodate=True)
    return pdf


def thumbnail(content: bytes, width: int, height: int, turn: int = 0) -> bytes:
    """The image as a PNG, upright, then turned by ``turn`` degrees clockwise; at most ``width`` by
    ``height`` pixels."""
    size = (height, width) if turn in {90, 270} else (width, height)
    with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
        image.draft("RGB", size)
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail(size)
        seen = _on_white(upright)
        return png(seen.transpose(_TURNS[turn]) if turn else seen)


def png(image: Image.Image) -> bytes:
    """``image`` as PNG, made fast rather than small."""
    written = io.BytesIO()
    image.save(written, "PNG", compress_level=3)
    return written.getvalue()


def without_metadata(jpeg: bytes) -> bytes:
    """``jpeg`` without the segments that tell who, when and where, and without what follows the picture: a
    telephone's second one, with notes of its own, or anything else. The picture's data stay as they are.

    What is not a JPEG, or is cut short, comes back as it was.
    """
    if not jpeg.startswith(b"\xff\xd8"):
        return jpeg
    return b"".join([b"\xff\xd8", *_kept_segments(jpeg)])


def _kept_segments(jpeg: bytes) -> Iterator[bytes]:
    at = 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF and jpeg[at + 1] != 0xDA:
        (length,) = struct.unpack_from(">H", jpeg, at + 2)
        if jpeg[at + 1] not in _HIDDEN and not _SECOND_PICTURE.match(jpeg, at):
            yield jpeg[at : at + 2 + length]
        at += 2 + length
    yield jpeg[at : _end_of_picture(jpeg, at)]


def _end_of_picture(jpeg: bytes, at: int) -> int:
    while marker := _MARKER.search(jpeg, at):
        at = marker.end()
        if jpeg[at - 1] == _END:
            return at
        at += int.from_bytes(jpeg[at : at + 2])
    return len(jpeg)


def _again(image: Image.Image) -> bytes:
    written = io.BytesIO()
    image.convert("RGB").save(written, "JPEG" if image.format == "JPEG" else "PNG", quality=92)
    return written.getvalue()


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in {"RGB", "L", "1"} and "transparency" not in image.info:
        return image
    layer = image.convert("RGBA")
    ground = Image.new("RGBA", layer.size, "white")
    ground.alpha_composite(layer)
    return ground.convert("RGB")
