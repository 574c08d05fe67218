"""A telephone's photograph becomes a small JPEG that is upright and tells nothing."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat, PngImagePlugin

from guichet.files.rules import HEIC, JPEG, PDF, PNG, WEBP, SheetRules
from guichet.kernel.sizes import size_in_words
from tests.files import photos
from tests.files.photos import RULES, corners, normalised, opened, quarters, saved

FORMATS = {"JPEG": JPEG, "PNG": PNG, "HEIF": HEIC, "WEBP": WEBP}
SECRET_XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + photos.SECRET + b"</x:xmpmeta>"


@pytest.mark.parametrize("format_", FORMATS)
def test_a_photograph_of_twelve_megapixels_is_made_ready(format_: str, tmp_path: Path) -> None:
    compression = {"PNG": {"compress_level": 1}, "WEBP": {"method": 0}}.get(format_, {})
    content = saved(photos.sheet(), format_, exif=photos.exif(), **compression)
    rules = replace(RULES, max_size=40_000_000)
    said, made = normalised(content, tmp_path, rules)
    assert (said.verdict.reason, said.verdict.media_type, said.media_type) == ("", FORMATS[format_], JPEG)
    assert (said.pages, said.size) == (1, len(made))
    image = opened(made)
    assert 0.9 * 2200 <= max(image.size) <= 2200
    assert image.width * 3 == pytest.approx(image.height * 4, abs=4)
    assert photos.tells_nothing(made)
    assert len(made) < 1_000_000


def test_it_becomes_smaller_level_by_level_and_the_small_print_stays(tmp_path: Path) -> None:
    content, made = saved(photos.sheet(), quality=92), list[bytes]()
    said, jpeg = normalised(content, tmp_path, replace(RULES, room=10_000_000))
    while not made or said.size < len(made[-1]):
        made.append(jpeg)
        said, jpeg = normalised(content, tmp_path, replace(RULES, room=said.size * SheetRules.SHARE - 1))
    assert [max(opened(each).size) for each in made] == [2016, 2016, 1900, 1700]
    last = opened(made[-1]).convert("L")
    print_itself = photos.sheet().convert("L").resize(last.size, Image.Resampling.LANCZOS)
    difference = ImageStat.Stat(ImageChops.difference(print_itself, last)).rms[0]
    assert difference < 16  # of 255; the print is 190 from its paper


def test_a_document_takes_seven_photographs_of_six_megabytes(tmp_path: Path) -> None:
    content, room = saved(photos.sheet(), quality=92), RULES.room
    for _ in range(7):
        said, _ = normalised(content, tmp_path, replace(RULES, room=room))
        assert said.verdict.accepted
        room -= said.size


@pytest.mark.parametrize(("short", "better"), [(0, True), (1, False)])
def test_a_better_level_fits_its_share_to_the_byte(short: int, better: bool, tmp_path: Path) -> None:
    content = saved(quarters((600, 400)))
    best, made = normalised(content, tmp_path)
    room = best.size * SheetRules.SHARE - short
    said, again = normalised(content, tmp_path, replace(RULES, room=room))
    assert said.verdict.accepted
    assert (made == again) is better


@pytest.mark.parametrize(("short", "reason"), [(0, ""), (1, "no_room")])
def test_the_last_level_fits_all_the_room_to_the_byte(short: int, reason: str, tmp_path: Path) -> None:
    content = saved(quarters((600, 400)))
    last, _ = normalised(content, tmp_path, replace(RULES, room=9_000))
    said, _ = normalised(content, tmp_path, replace(RULES, room=last.size - short))
    assert (said.verdict.reason, last.verdict.reason) == (reason, "")


def test_what_fits_nowhere_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    said, made = normalised(saved(quarters()), tmp_path, replace(RULES, room=100))
    assert (said.verdict.reason, said.media_type, said.pages, said.size, made) == ("no_room", "", 0, 0, b"")
    assert size_in_words(100) in said.verdict.message
    assert "Retirez une page" in said.verdict.message


def test_a_small_picture_is_not_blown_up(tmp_path: Path) -> None:
    _, made = normalised(saved(quarters((90, 40)), "PNG"), tmp_path)
    assert opened(made).size == (90, 40)


def test_a_thin_picture_keeps_a_pixel(tmp_path: Path) -> None:
    _, made = normalised(saved(Image.new("RGB", (30_000, 2))), tmp_path)
    assert opened(made).size == (2200, 1)


# Exif 2.3, 4.6.4: where row 0 and column 0 of what was stored are to be seen.
UPRIGHT = {1: "krbw", 2: "rkwb", 3: "wbrk", 4: "bwkr", 5: "kbrw", 6: "bkwr", 7: "wrbk", 8: "rwkb"}


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("orientation", UPRIGHT)
def test_a_photograph_is_put_upright(orientation: int, format_: str, tmp_path: Path) -> None:
    content = saved(quarters(), format_, exif=photos.exif(orientation))
    _, made = normalised(content, tmp_path)
    image = opened(made)
    assert corners(image) == UPRIGHT[orientation]
    assert (image.width < image.height) is (orientation >= 5)
    assert photos.tells_nothing(made)


def test_damaged_notes_do_not_spoil_a_photograph(tmp_path: Path) -> None:
    content = saved(quarters(), exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\x01\x12\0\x03")
    _, made = normalised(content, tmp_path)
    assert corners(opened(made)) == "krbw"


MODES = {
    "grey": ("JPEG", "L"),
    "of a printer": ("JPEG", "CMYK"),
    "palette": ("PNG", "P"),
    "black and white": ("PNG", "1"),
    "grey and transparent": ("PNG", "LA"),
    "16 bits": ("PNG", "I;16"),
    "colours and transparent": ("PNG", "RGBA"),
    "webp transparent": ("WEBP", "RGBA"),
    "heic grey": ("HEIF", "L"),
    "heic transparent": ("HEIF", "RGBA"),
}


@pytest.mark.parametrize("kind", MODES)
def test_every_kind_of_picture_looks_as_it_did(kind: str, tmp_path: Path) -> None:
    format_, mode = MODES[kind]
    picture = Image.new("L", (128, 64), 255)
    picture.paste(0, (0, 0, 64, 64))
    deep = mode == "I;16"
    image = (
        picture.convert("I").point(lambda value: value * 257).convert(mode) if deep else picture.convert(mode)
    )
    _, made = normalised(saved(image, format_), tmp_path)
    assert corners(opened(made)) == "kwkw"
    grey = mode in {"L", "1", "LA", "I;16"}
    assert (opened(made).mode == "L") is grey


def test_sixteen_bits_keep_their_greys(tmp_path: Path) -> None:
    _, made = normalised(saved(Image.new("I;16", (64, 64), 128 * 257), "PNG"), tmp_path)
    assert opened(made).getpixel((9, 9)) == pytest.approx(128, abs=2)


@pytest.mark.parametrize("format_", ["PNG", "WEBP", "HEIF"])
def test_what_is_transparent_is_white_paper(format_: str, tmp_path: Path) -> None:
    image = Image.new("RGBA", (128, 64), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (0, 0, 64, 64))
    _, made = normalised(saved(image, format_), tmp_path)
    assert corners(opened(made)) == "kwkw"


def test_a_palette_may_be_transparent(tmp_path: Path) -> None:
    image = Image.new("P", (128, 64), 1)
    image.putpalette([0, 0, 0, 255, 0, 0])
    image.paste(0, (0, 0, 64, 64))
    _, made = normalised(saved(image, "PNG", transparency=1), tmp_path)
    assert corners(opened(made)) == "kwkw"


@pytest.mark.parametrize("format_", FORMATS)
def test_colours_look_the_same_without_their_profile(format_: str, tmp_path: Path) -> None:
    content = saved(quarters(), format_, icc_profile=photos.profile())
    _, made = normalised(content, tmp_path)
    assert corners(opened(made)) == "kbrw"
    assert photos.tells_nothing(made)


@pytest.mark.parametrize("nonsense", [b"profile", photos.profile()[:200]])
def test_a_profile_that_makes_no_sense_is_as_none(nonsense: bytes, tmp_path: Path) -> None:
    _, made = normalised(saved(quarters(), icc_profile=nonsense), tmp_path)
    assert corners(opened(made)) == "krbw"


def _telling_jpeg() -> bytes:
    content = saved(quarters(), exif=photos.exif(), xmp=SECRET_XMP, comment=photos.SECRET)
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + photos.SECRET
    return content[:2] + b"\xff\xed" + (len(iptc) + 2).to_bytes(2) + iptc + content[2:]


def _telling_png() -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", photos.SECRET.decode())
    notes.add_itxt("XML:com.adobe.xmp", SECRET_XMP.decode())
    return saved(quarters(), "PNG", pnginfo=notes, exif=photos.exif())


TELLING: dict[str, Callable[[], bytes]] = {
    "jpeg": _telling_jpeg,
    "png": _telling_png,
    "webp": lambda: saved(quarters(), "WEBP", exif=photos.exif(), xmp=SECRET_XMP),
    "heic": lambda: saved(
        quarters((1024, 512)), "HEIF", exif=photos.exif(), xmp=SECRET_XMP, thumbnails=[128]
    ),
}


@pytest.mark.parametrize("kind", TELLING)
def test_a_photograph_does_not_tell_where_and_with_what_it_was_taken(kind: str, tmp_path: Path) -> None:
    content = TELLING[kind]()
    assert photos.SECRET in content
    _, made = normalised(content, tmp_path)
    assert photos.tells_nothing(made)
    assert corners(opened(made)) == "krbw"


@pytest.mark.parametrize("format_", ["WEBP", "HEIF", "PNG"])
def test_of_several_pictures_the_first_is_kept_and_that_is_told(format_: str, tmp_path: Path) -> None:
    second = Image.new("RGB", (128, 64), "red")
    content = saved(quarters(), format_, save_all=True, append_images=[second])
    said, made = normalised(content, tmp_path)
    assert [change[:40] for change in said.verdict.changes] == ["Ce fichier contient plusieurs images : s"]
    assert corners(opened(made)) == "krbw"
    assert said.pages == 1


def test_the_depth_that_a_telephone_adds_is_no_second_picture(tmp_path: Path) -> None:
    depth = Image.new("L", (128, 64), "grey")
    said, made = normalised(saved(quarters(), "MPO", save_all=True, append_images=[depth]), tmp_path)
    assert (said.verdict.changes, said.verdict.media_type) == ((), JPEG)
    assert corners(opened(made)) == "krbw"


@pytest.mark.parametrize(("boxes", "reason"), [(1000, ""), (1001, "image_unreadable")])
def test_a_heic_of_more_boxes_than_any_telephone_writes_is_not_walked_through(
    boxes: int, reason: str, tmp_path: Path
) -> None:
    content = saved(quarters(), "HEIF")
    at, own = 0, 0
    while at < len(content):
        at, own = at + int.from_bytes(content[at : at + 4]), own + 1
    said, _ = normalised(content + b"\0\0\0\x08free" * (boxes - own), tmp_path)
    assert said.verdict.reason == reason


@pytest.mark.parametrize("format_", FORMATS)
def test_the_same_photograph_gives_the_same_bytes(format_: str, tmp_path: Path) -> None:
    content = saved(photos.sheet((800, 600)), format_, exif=photos.exif(6))
    assert normalised(content, tmp_path)[1] == normalised(content, tmp_path)[1]


@pytest.mark.parametrize("format_", ["HEIF", "WEBP"])
def test_who_did_not_ask_for_such_photographs_refuses_them(format_: str, tmp_path: Path) -> None:
    rules = replace(RULES, media_types=(PDF, JPEG, PNG))
    said, _ = normalised(saved(quarters(), format_), tmp_path, rules)
    assert said.verdict.reason == "photo_format"
    assert {"HEIF": "HEIC", "WEBP": "WebP"}[format_] in said.verdict.message
    assert "(PDF, JPEG, PNG)" in said.verdict.message


def test_progressive_pictures_are_read(tmp_path: Path) -> None:
    _, made = normalised(saved(quarters((3000, 2000)), progressive=True), tmp_path)
    assert corners(opened(made)) == "krbw"
