"""Sheets photographed with a telephone, made on the spot; and files that are none, or worse."""

import io
import struct
import zlib
from functools import cache

from playwright.sync_api import FilePayload

from tests.files.photos import TWELVE_MEGAPIXELS, exif, saved, sheet
from tests.parcours import samples

ON_ITS_SIDE = 6  # EXIF: the telephone was held upright, the sensor lies on its side
BOMB = 50_000  # pixels a side


@cache
def telephone(seed: int = 0) -> bytes:
    """Twelve megapixels in several megabytes, on its side, which tell where and by whom they were taken."""
    picture = sheet().copy()
    picture.putpixel((seed, 0), (255, 0, 0))  # another photograph: the same one is not joined twice
    content = saved(picture, quality=92, exif=exif(ON_ITS_SIDE))
    assert len(content) > 3_000_000
    return content


@cache
def apple() -> bytes:
    """The same as the other telephones write it."""
    return saved(sheet(), "HEIF", exif=exif(ON_ITS_SIDE))


def jpeg(name: str, content: bytes | None = None) -> FilePayload:
    """A photograph as the browser sends it; another one for another name."""
    seed = sum(map(ord, name)) % TWELVE_MEGAPIXELS[0]
    return {"name": name, "mimeType": "image/jpeg", "buffer": content or telephone(seed)}


def small(name: str) -> FilePayload:
    """A photograph of which only one matters: that it is there."""
    return jpeg(name, samples.photo() + name.encode())


def heic(name: str = "IMG_0002.HEIC") -> FilePayload:
    """A photograph that few programs open."""
    return {"name": name, "mimeType": "image/heic", "buffer": apple()}


def hostile() -> list[FilePayload]:
    """What must be refused, each with its reason; each says of itself that it is a picture."""
    program = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    return [
        jpeg("lettre.jpg", "Chère caisse, voici ma lettre.".encode()),
        jpeg("coupee.jpg", samples.photo()[: len(samples.photo()) // 2]),
        {"name": "dessin.svg", "mimeType": "image/svg+xml", "buffer": program},
        {"name": "bombe.png", "mimeType": "image/png", "buffer": bomb()},
    ]


@cache
def bomb() -> bytes:
    """A PNG of 2.5 gigapixels in some kilobytes."""
    head = struct.pack(">IIBBBBB", BOMB, BOMB, 1, 0, 0, 0, 0)
    packer, rows = zlib.compressobj(9), io.BytesIO()
    for _ in range(BOMB // 1000):
        rows.write(packer.compress(bytes((BOMB // 8 + 1) * 1000)))
    rows.write(packer.flush())
    chunks = ((b"IHDR", head), (b"IDAT", rows.getvalue()), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
