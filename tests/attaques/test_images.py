"""Images made to exhaust, to crash, to deceive or to smuggle: refused with a reason, or made harmless."""

import io
import random
import re
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from guichet.files import checks
from guichet.files.rules import HEIC, JPEG, PNG, REASONS, WEBP
from guichet.teleprocedures.comptes_annuels.definition import COMPTES_ANNUELS
from tests.files import photos, samples
from tests.files.photos import corners, normalised, opened, quarters, saved

FORMATS = {"JPEG": JPEG, "PNG": PNG, "HEIF": HEIC, "WEBP": WEBP}
PAYLOAD = b"<script>fetch('https://ailleurs.example')</script>"


def _declaring(format_: str, side: int) -> bytes:
    """A small file that says it holds a picture of ``side`` by ``side`` pixels."""
    content = bytearray(
        saved(quarters((512, 512)), format_, **({"exif": photos.exif()} if format_ == "WEBP" else {}))
    )
    if format_ == "JPEG":
        at = content.index(b"\xff\xc0") + 5
        content[at : at + 4] = side.to_bytes(2) * 2
    elif format_ == "PNG":
        content[16:24] = side.to_bytes(4) * 2
        content[29:33] = zlib.crc32(content[12:29]).to_bytes(4)
    elif format_ == "WEBP":
        content[24:30] = (side - 1).to_bytes(3, "little") * 2
    else:
        for found in re.finditer(b"ispe", bytes(content)):
            content[found.end() + 4 : found.end() + 12] = side.to_bytes(4) * 2
    return bytes(content)


@pytest.mark.parametrize(
    ("format_", "side"),
    [("JPEG", 16_000), ("JPEG", 65_500), ("PNG", 60_000), ("HEIF", 32_000), ("WEBP", 16_383)],
)
def test_a_bomb_is_refused_before_it_is_decoded(format_: str, side: int, tmp_path: Path) -> None:
    said, made = normalised(_declaring(format_, side), tmp_path)
    assert (said.verdict.reason, made) == ("limits", b"")
    # What the child said of it: one that died decoding could not have told its type.
    assert said.verdict.media_type == FORMATS[format_]


def test_a_bomb_that_unfolds_is_refused(tmp_path: Path) -> None:
    bomb = samples.picture("PNG", (9000, 9000), compress_level=1)
    said, _ = normalised(bomb, tmp_path)
    assert len(bomb) < 2_000_000
    assert (said.verdict.reason, said.verdict.media_type) == ("limits", PNG)


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("format_", FORMATS)
def test_a_truncated_photograph_is_refused(format_: str, kept: float, tmp_path: Path) -> None:
    content = saved(photos.sheet((800, 600)), format_)
    said, made = normalised(content[: int(len(content) * kept)], tmp_path)
    assert (said.verdict.reason, made) == ("image_unreadable", b"")
    assert "Prenez la photographie" in said.verdict.message


HIDDEN: dict[str, Callable[[bytes], bytes]] = {
    "an archive behind it": lambda jpeg: jpeg + samples.archive("charge.exe") + PAYLOAD,
    "a page behind it": lambda jpeg: jpeg + b"<html>" + PAYLOAD + b"</html>",
    "a page in its comment": lambda jpeg: (
        jpeg[:2] + b"\xff\xfe" + (len(PAYLOAD) + 2).to_bytes(2) + PAYLOAD + jpeg[2:]
    ),
    "a PDF behind it": lambda jpeg: jpeg + samples.document() + PAYLOAD,
    "a PDF in its comment": lambda jpeg: (
        jpeg[:2]
        + b"\xff\xfe"
        + (len(samples.document()) + 2).to_bytes(2)
        + samples.document()
        + jpeg[2:]
        + PAYLOAD
    ),
}


@pytest.mark.parametrize("kind", HIDDEN)
def test_what_hides_in_a_photograph_is_gone(kind: str, tmp_path: Path) -> None:
    content = HIDDEN[kind](saved(quarters()))
    assert PAYLOAD in content
    said, made = normalised(content, tmp_path)
    assert (said.verdict.reason, said.media_type) == ("", JPEG)
    assert PAYLOAD not in made
    assert photos.tells_nothing(made)
    assert corners(opened(made)) == "krbw"
    for magic in (b"PK\x03\x04", b"%PDF", b"<html"):
        assert magic not in made


@pytest.mark.parametrize("format_", ["PNG", "WEBP", "HEIF"])
def test_what_hides_behind_other_photographs_is_gone_too(format_: str, tmp_path: Path) -> None:
    _, made = normalised(saved(quarters(), format_) + samples.archive() + PAYLOAD, tmp_path)
    assert photos.tells_nothing(made)
    assert PAYLOAD not in made


NOT_IMAGES = {
    "not_pdf": [
        b"<!DOCTYPE html><html><script>alert(1)</script></html>",
        b"GIF89a/*" + bytes(40) + b"*/=1;alert(1)",
        b"Ceci n'est pas une photographie.",
        b"II*\0" + bytes(100),
        samples.boxes(b"isom", b"mp41", b"qt  "),
        b"RIFF\x24\0\0\0WAVEfmt ",
    ],
    "svg": [
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>',
    ],
    "avif": [samples.boxes(b"avif", b"mif1", b"miaf")],
    "image_unreadable": [
        samples.boxes(b"heic", b"mif1"),
        b"RIFF\xff\xff\xff\xffWEBPVP8L",
        b"\xff\xd8\xff\xe0",
        b"\x89PNG\r\n\x1a\n",
    ],
    "zip": [samples.archive()],
    "office": [samples.archive("word/document.xml")],
    "empty": [b""],
}
CASES = [(reason, content) for reason, contents in NOT_IMAGES.items() for content in contents]


@pytest.mark.parametrize(("reason", "content"), CASES, ids=[f"{r}-{n}" for n, (r, _) in enumerate(CASES)])
def test_what_is_no_photograph_is_refused_whatever_its_name(
    reason: str, content: bytes, tmp_path: Path
) -> None:
    said, made = normalised(content, tmp_path)
    assert (said.verdict.reason, made) == (reason, b"")
    assert said.verdict.message.count(".") >= 2  # what is wrong, and what to do
    assert "{" not in said.verdict.message


@pytest.mark.parametrize("format_", FORMATS)
def test_damage_anywhere_is_a_verdict_and_never_an_incident(format_: str, tmp_path: Path) -> None:
    sound = saved(quarters((256, 192)), format_, exif=photos.exif(3), icc_profile=photos.profile())
    chance = random.Random(format_)
    for _ in range(25):
        content = bytearray(sound)
        for _ in range(chance.choice([1, 4, 40])):
            content[chance.randrange(12, len(content))] = chance.randrange(256)
        said, made = normalised(bytes(content), tmp_path)
        if said.verdict.accepted:
            assert photos.tells_nothing(made)
        else:
            assert said.verdict.reason in REASONS


def test_a_telephone_s_photographs_are_explained_where_they_are_not_taken(tmp_path: Path) -> None:
    assert COMPTES_ANNUELS.files
    for format_, name in (("HEIF", "HEIC"), ("WEBP", "WebP")):
        path = tmp_path / name
        path.write_bytes(saved(quarters(), format_))
        said = checks.check(path, rules=COMPTES_ANNUELS.files)
        assert said.reason == "photo_format"
        assert f"au format {name}, qui n’est pas accepté ici (PDF, JPEG, PNG)" in said.message
        assert "format JPEG" in said.message


def test_the_picture_of_a_page_tells_nothing_either(tmp_path: Path) -> None:
    path = tmp_path / "photo"
    path.write_bytes(HIDDEN["a page behind it"](saved(quarters(), exif=photos.exif())))
    drawn = checks.page_image(path, page=0, width=64)
    assert PAYLOAD not in drawn
    assert photos.SECRET not in drawn
    assert io.BytesIO(drawn).read(4) == b"\x89PNG"
