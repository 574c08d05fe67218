"""Everything once, before the zygote gives up its files: what libraries load when first used can't be loaded
later."""

import io
import os
import tempfile
import zipfile
from collections.abc import Iterator

import pikepdf
from PIL import Image, ImageCms

from guichet.files.sandbox import images, render, reports, scrub, sheets

SIDE = 64  # pixels: the least that an HEVC encoder takes in tiles is half of it


def load_everything() -> None:
    """Run what each task runs."""
    for format_, mode in (("JPEG", "RGB"), ("PNG", "RGBA"), ("PNG", "P")):
        image = _image(format_, mode)
        part = scrub.part_of(io.BytesIO(image))
        pdf, _, _ = scrub.assembled([part, part])
        reports.report(io.BytesIO(image), 1)
        reports.report(io.BytesIO(pdf), 2)
        drawn = render.draw_page(pdf, 0, 16)
        images.png(drawn or Image.new("RGB", (1, 1)))
        images.thumbnail(image, 4, 4)
    with tempfile.TemporaryFile() as file:
        file.write(_text())
        reports.report(file, 1)
        sheets.normalised(file, 1, 0)
        sheets.assembled([scrub.all_of(file)] * 2, [sheets.Place(1, 0, 90), sheets.Place(0, 0, 0)])
    for content in (b"%PDF-1.4\n", b"\xff\xd8\xff", b"<html>", os.urandom(64), _archive(), _protected()):
        reports.report(io.BytesIO(content), 1)
    for content in _photographs():
        sheets.normalised(io.BytesIO(content), 1, 1 << 20)
        sheets.normalised(io.BytesIO(content[: len(content) // 2]), 1, 1 << 20)


def _photographs() -> Iterator[bytes]:
    """One for each path through the libraries: several pictures in a file, notes, colour profiles."""
    exif = Image.Exif()
    exif[0x0112] = 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    for format_ in ("JPEG", "PNG", "WEBP", "HEIF"):
        yield _image(format_, "RGB", exif=exif, icc_profile=profile)
    for format_, mode in (("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "LA"), ("PNG", "1"), ("PNG", "I;16")):
        yield _image(format_, mode)
    for format_ in ("WEBP", "HEIF"):
        yield _image(format_, "RGBA", tile_size=SIDE // 2)
    for format_ in ("MPO", "WEBP", "HEIF", "PNG"):
        second = Image.new("RGB", (SIDE, SIDE), "red")
        yield _image(format_, "RGB", save_all=True, append_images=[second])


def _image(format_: str, mode: str, **save: object) -> bytes:
    written = io.BytesIO()
    Image.new(mode, (SIDE, SIDE)).save(written, format_, **save)
    return written.getvalue()


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
