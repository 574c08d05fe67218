"""Photographs of sheets as telephones take them, made on the spot."""

import functools
import io
from pathlib import Path

import pillow_heif
from PIL import Image, ImageChops, ImageCms, ImageDraw

from guichet.files import checks
from guichet.files.rules import HEIC, JPEG, PDF, PNG, WEBP, Sheet, SheetRules

pillow_heif.register_heif_opener()

RULES = SheetRules(
    max_size=20_000_000, max_pages=50, media_types=(PDF, JPEG, PNG, HEIC, WEBP), room=3_000_000
)
TWELVE_MEGAPIXELS = (4032, 3024)
SECRET = b"12 rue des Secrets"
NUMBERS = "0123456789"
# What a JPEG needs to be seen; all other segments tell something.
_SEEN = {0xC0, 0xC4, 0xDA, 0xDB, 0xDD, 0xE0}


@functools.cache
def sheet(size: tuple[int, int] = TWELVE_MEGAPIXELS) -> Image.Image:
    """A grey-white sheet covered with small print, under the noise of a small lens."""
    image = Image.new("RGB", size, (228, 224, 214))
    draw, line = ImageDraw.Draw(image), max(8, size[1] // 50)
    for row in range(2 * line, size[1] - 2 * line, line):
        draw.text((size[0] // 8, row), f"{NUMBERS} " * 12, fill=(30, 30, 40), font_size=line // 2)
    noise = Image.effect_noise(size, 12).convert("RGB")
    return ImageChops.add(image, noise, 1, -128)


def saved(image: Image.Image, format_: str = "JPEG", **save: object) -> bytes:
    """``image`` in this format; HEIC as a telephone does it, in tiles, and fast."""
    written = io.BytesIO()
    if format_ == "HEIF":
        save = {"tile_size": 512, "quality": 50, "enc_params": {"preset": "ultrafast"}, **save}
    image.save(written, format_, **save)
    return written.getvalue()


def quarters(size: tuple[int, int] = (128, 64), mode: str = "RGB") -> Image.Image:
    """Black above and to the left, red to its right, blue below, white in the last corner."""
    image = Image.new("RGB", size, "white")
    width, height = size[0] // 2, size[1] // 2
    for colour, at in (("black", (0, 0)), ("red", (width, 0)), ("blue", (0, height))):
        image.paste(colour, (*at, at[0] + width, at[1] + height))
    return image.convert(mode)


def corners(image: Image.Image) -> str:
    """The colours of the quarters, row by row: « krbw » where nothing was turned."""
    seen = image.convert("RGB")
    at = [(x, y) for y in (1, 3) for x in (1, 3)]
    return "".join(_colour(seen, seen.width * x // 4, seen.height * y // 4) for x, y in at)


def _colour(image: Image.Image, x: int, y: int) -> str:
    pixel = image.getpixel((x, y))
    assert isinstance(pixel, tuple)
    names = {"000": "k", "100": "r", "001": "b", "111": "w"}
    return names.get("".join(str(round(value / 255)) for value in pixel), "?")


def exif(orientation: int = 1) -> bytes:
    """What a telephone notes: how it was held, who owns it, where it was. As bytes, a HEIC's encoder turns
    the picture by it too, which is what readers go by."""
    notes = Image.Exif()
    notes[0x0112] = orientation
    notes[0x010E] = SECRET.decode()
    notes[0x8825] = {1: "N", 2: (48.0, 51.0, 24.0), 3: "E", 4: (2.0, 21.0, 7.0), 29: SECRET.decode()}
    return notes.tobytes()


def profile(description: bytes = b"sRGB") -> bytes:
    """A colour profile in which red and blue changed places."""
    content = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for old, new in ((b"rXYZ", b"????"), (b"bXYZ", b"rXYZ"), (b"????", b"bXYZ")):
        content = content.replace(old, new, 1)
    return content + description


def segments(jpeg: bytes) -> set[int]:
    """The kinds of segments that it has (ITU-T T.81, table B.1), of which nothing follows the picture."""
    found, at = set(), 2
    while jpeg[at] == 0xFF and jpeg[at + 1] != 0xDA:
        found.add(jpeg[at + 1])
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4])
    end = jpeg.index(b"\xff\xd9", at)
    assert jpeg[end:] == b"\xff\xd9"
    return found


def tells_nothing(jpeg: bytes) -> bool:
    """Whether the JPEG holds what is needed to see it and nothing else."""
    return SECRET not in jpeg and segments(jpeg) <= _SEEN


def normalised(content: bytes, folder: Path, rules: SheetRules = RULES) -> tuple[Sheet, bytes]:
    """What is said of it, and what was made of it."""
    source, into = folder / "envoi", folder / "feuille"
    source.write_bytes(content)
    said = checks.normalise(source, rules=rules, into=into)
    return said, into.read_bytes()


def opened(content: bytes) -> Image.Image:
    """The picture, decoded."""
    image = Image.open(io.BytesIO(content))
    image.load()
    return image
