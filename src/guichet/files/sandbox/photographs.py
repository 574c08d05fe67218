"""Photographs made ready for a document: whole, upright, on white, in sRGB, smaller, telling nothing.

The picture is decoded and written again, so whatever else the file held is gone: where and with what it was
taken, the small picture of it, an archive or a page hidden behind it.
"""

import io
import struct
from dataclasses import dataclass

import pillow_heif
from PIL import (  # noqa: F401 - MPO, TIFF: Pillow loads them when it meets a file that needs them
    Image,
    ImageCms,
    MpoImagePlugin,
    TiffImagePlugin,
)

from guichet.files.rules import MAX_WHOLE_PIXELS, SheetRules

KINDS = {"jpeg": "JPEG", "png": "PNG", "heic": "HEIF", "webp": "WEBP"}
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# A JPEG decoded at half its size costs a quarter; 12 million pixels then give 2016 rather than 2200, which
# nobody can tell apart.
_DRAFT = 0.9
_MOST_BOXES = 1000  # at the top of a HEIC: telephones write a few, and millions would take seconds to walk
_GREY = {"1", "L", "LA", "La", "F"}
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
_BROKEN = (OSError, SyntaxError, ValueError, RuntimeError, EOFError, struct.error)

# No thread of libheif's own, beside the one that libde265 insists on (``threads``).
pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)


@dataclass(frozen=True, kw_only=True)
class Photograph:
    """A JPEG, or the ``reason`` of a refusal (``image_unreadable``, ``limits``, ``no_room``)."""

    content: bytes = b""
    reason: str = ""
    changes: tuple[str, ...] = ()


def made_ready(content: bytes, kind: str, room: int) -> Photograph:
    """The photograph as the first JPEG of ``SheetRules.LEVELS`` that fits its share of ``room`` bytes, or as
    the last one, where this fits at all. The same bytes give the same bytes."""
    try:
        image, several = _ready(content, kind)
    except Image.DecompressionBombError:
        return Photograph(reason="limits")
    except _BROKEN:
        return Photograph(reason="image_unreadable")
    jpeg = _within(image, room // SheetRules.SHARE)
    if len(jpeg) > room:
        return Photograph(reason="no_room")
    return Photograph(content=jpeg, changes=("first_image",) if several else ())


def jpeg_of(image: Image.Image, quality: int) -> bytes:
    """``image`` as a JPEG that holds nothing but the picture."""
    written, bare = io.BytesIO(), image.copy()  # what was read from a file wants to know its path again
    bare.info = {}  # Pillow would write its comment
    bare.save(written, "JPEG", quality=quality)
    return written.getvalue()


def _within(image: Image.Image, share: int) -> bytes:
    for side, quality in SheetRules.LEVELS:
        jpeg = jpeg_of(_shrunk(image, side), quality)
        if len(jpeg) <= share:
            break
    return jpeg


def _ready(content: bytes, kind: str) -> tuple[Image.Image, bool]:
    """The picture, and whether there were others."""
    _check_beginning(content, kind)
    with Image.open(io.BytesIO(content), formats=[KINDS[kind]]) as image:
        if kind != "jpeg" and image.width * image.height > MAX_WHOLE_PIXELS:
            raise Image.DecompressionBombError
        several = kind != "jpeg" and getattr(image, "n_frames", 1) > 1  # a JPEG's are its depth, its light
        side = SheetRules.LEVELS[0][0]
        image.draft(None, _size_within(image, int(side * _DRAFT)))
        image.load()
        upright = _UPRIGHT.get(_orientation(image))
        plain = _on_white(_shrunk(_in_plain_mode(image), side), image)
    return (plain.transpose(upright) if upright is not None else plain), several


def _check_beginning(content: bytes, kind: str) -> None:
    """What the libraries find too late, or not at all."""
    if kind == "webp" and content[12:16] == b"VP8X":
        # Opening it takes the memory of its whole canvas (RFC 9649, 2.7).
        width, height = (int.from_bytes(content[at : at + 3], "little") + 1 for at in (24, 27))
        if width * height > MAX_WHOLE_PIXELS:
            raise Image.DecompressionBombError
    if kind == "heic" and not _has_all_its_data(content):
        # The tiles that are missing would be grey, without a word.
        raise ValueError("truncated")


def _has_all_its_data(content: bytes) -> bool:
    """Whether the boxes with the picture end within the file (ISO 14496-12, 4.2). What follows them is no
    matter: some telephones put notes there. Not where there are more than ``_MOST_BOXES``."""
    at = 0
    for _ in range(_MOST_BOXES):
        if at + 8 > len(content):
            return True
        size, kind = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(content[at + 8 : at + 16])
        if kind in {b"meta", b"mdat"} and at + size > len(content):
            return False
        if size < 8:  # 0: to the end of the file
            return True
        at += size
    return at + 8 > len(content)


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # whatever damaged notes make Pillow say, the picture is there
        return 1


def _size_within(image: Image.Image, side: int) -> tuple[int, int]:
    scale = min(1.0, side / max(image.size))
    return max(1, round(image.width * scale)), max(1, round(image.height * scale))


def _shrunk(image: Image.Image, side: int) -> Image.Image:
    size = _size_within(image, side)
    return image if size == image.size else image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)


def _in_plain_mode(image: Image.Image) -> Image.Image:
    """In L, RGB, CMYK or RGBA."""
    if image.mode.startswith("I;16"):
        image = image.convert("I")
    if image.mode == "I":
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in {"LA", "La", "PA", "RGBA", "RGBa"} or "transparency" in image.info:
        return image.convert("RGBA")
    if image.mode in {"1", "F", "L"}:
        return image.convert("L")
    return image if image.mode in {"RGB", "CMYK"} else image.convert("RGB")


def _on_white(plain: Image.Image, original: Image.Image) -> Image.Image:
    """Grey or in colours, as ``original`` is."""
    if plain.mode == "RGBA":
        ground = Image.new("RGBA", plain.size, "white")
        ground.alpha_composite(plain)
        plain = ground.convert("RGB")
    coloured = _in_srgb(plain, original.info.get("icc_profile"))
    return coloured.convert("L") if original.mode in _GREY or original.mode.startswith("I") else coloured


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """What the colours look like, where no profile says so any more. A profile that makes no sense is as
    none."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB")
        except (ImageCms.PyCMSError, *_BROKEN):
            converted = None
        if converted is not None:
            return converted
    return image if image.mode in {"L", "RGB"} else image.convert("RGB")
