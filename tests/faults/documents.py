"""Accounts to file: each with bytes of its own, some small and some with a scanned page."""

import random

from pikepdf import Dictionary, Name, Pdf

from tests.files import samples

SIDES = (0, 40, 200, 420)  # pixels of the scanned page: up to 180 kB


def document(chance: random.Random) -> bytes:
    """A sound PDF of one to three pages that nobody else has."""
    side, title = chance.choice(SIDES), f"Comptes {chance.getrandbits(64):016x}"

    def fill(pdf: Pdf) -> None:
        page = pdf.pages[0].obj
        text = b"BT /F1 14 Tf 72 760 Td (" + title.encode() + b") Tj ET"
        if side:
            image = pdf.make_stream(chance.randbytes(side * side))
            for key, value in {
                "Type": Name.XObject,
                "Subtype": Name.Image,
                "Width": side,
                "Height": side,
                "ColorSpace": Name.DeviceGray,
                "BitsPerComponent": 8,
            }.items():
                image[f"/{key}"] = value
            page.Resources["/XObject"] = Dictionary(Scan=image)
            text += b" q 400 0 0 400 72 250 cm /Scan Do Q"
        page.Contents = pdf.make_stream(text)

    return samples.document(fill, pages=chance.randint(1, 3))
