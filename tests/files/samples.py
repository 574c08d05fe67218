"""Small fictitious documents, sound and hostile, made on the spot."""

import io
import warnings
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import Image

Change = Callable[[Pdf], None]


def document(*changes: Change, pages: int = 1, **save: object) -> bytes:
    """A PDF of ``pages`` pages that say their number, after ``changes`` were made to it."""
    with Pdf.new() as pdf:
        font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        for number in range(1, pages + 1):
            page = pdf.add_blank_page(page_size=(595, 842)).obj
            page.Resources = Dictionary(Font=Dictionary(F1=font))
            page.Contents = pdf.make_stream(f"BT /F1 24 Tf 72 700 Td (Comptes, page {number}) Tj ET".encode())
        for change in changes:
            change(pdf)
        written = io.BytesIO()
        save.setdefault("deterministic_id", "encryption" not in save)
        with warnings.catch_warnings():  # a form's field that no form knows is what some samples are about
            warnings.simplefilter("ignore", pikepdf.exceptions.PageCopyWarning)
            pdf.save(written, **save)  # type: ignore[arg-type] # whatever pikepdf takes
        return written.getvalue()


def opening(**action: Any) -> Change:
    """An action when the document is opened."""
    return lambda pdf: setattr(pdf.Root, "OpenAction", Dictionary(**action))


def annotated(**annotation: Any) -> Change:
    """An annotation on the first page."""

    def change(pdf: Pdf) -> None:
        note = Dictionary(Type=Name.Annot, Rect=[50, 50, 150, 100], **annotation)
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(note)])

    return change


def linked(**action: Any) -> Change:
    """A link on the first page."""
    return annotated(Subtype=Name.Link, A=Dictionary(**action))


def with_attachment(pdf: Pdf) -> None:
    """A text file attached to the document."""
    pdf.attachments["notes.txt"] = b"des notes"


def with_form(pdf: Pdf, **extra: Any) -> None:
    """A text field with an answer that its reader has to draw."""
    field = Dictionary(
        Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T="nom", V="Théâtre d’été", Rect=[72, 600, 400, 630]
    )
    field.DA = pikepdf.String("/Helv 12 Tf 0 g")
    widget = pdf.make_indirect(field)
    pdf.pages[0].obj.Annots = Array([widget])
    font = Dictionary(
        Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding
    )
    pdf.Root.AcroForm = Dictionary(
        Fields=[widget], NeedAppearances=True, DR=Dictionary(Font=Dictionary(Helv=font)), **extra
    )


def signed(pdf: Pdf) -> None:
    """What a signature looks like, without being one."""
    value = Dictionary(Type=Name.Sig, Filter=Name("/Adobe.PPKLite"), ByteRange=[0, 1, 2, 3], Contents=b"x")
    field = pdf.make_indirect(Dictionary(FT=Name.Sig, T="signature", V=value))
    pdf.Root.AcroForm = Dictionary(Fields=[field], SigFlags=3)


def with_xfa(packet: bytes, **catalog: Any) -> Change:
    """A form with an XFA part."""

    def change(pdf: Pdf) -> None:
        with_form(pdf, XFA=Array([pikepdf.String("config"), pdf.make_stream(packet)]))
        for key, value in catalog.items():
            setattr(pdf.Root, key, value)

    return change


def bomb(megabytes: int) -> Change:
    """A page whose content unfolds to ``megabytes``."""

    def change(pdf: Pdf) -> None:
        packed = zlib.compress(b" " * (megabytes << 20), 9)
        pdf.pages[0].obj.Contents = pdf.make_stream(packed, Filter=Name.FlateDecode)

    return change


def huge_image(pdf: Pdf) -> None:
    """An image that pretends to have 3.6 thousand million pixels."""
    image = pdf.make_stream(b"\0" * 100, Type=Name.XObject, Subtype=Name.Image, Width=60_000, Height=60_000)
    image.ColorSpace, image.BitsPerComponent = Name.DeviceGray, 8
    pdf.pages[0].obj.Resources.XObject = Dictionary(I=image)


def sized(width: int, height: int) -> Change:
    """A first page of this size, in points."""
    return lambda pdf: setattr(pdf.pages[0].obj, "MediaBox", Array([0, 0, width, height]))


def deep_tree(depth: int) -> bytes:
    """A page under ``depth`` nodes."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    objects += [b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (n + 3) for n in range(depth)]
    objects.append(b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] >>" % (depth + 1))
    return _raw(objects)


def looping_tree() -> bytes:
    """A page tree that contains itself."""
    return _raw([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"])


def looping_content() -> bytes:
    """A form drawn by itself."""

    def change(pdf: Pdf) -> None:
        form = pdf.make_stream(b"/X Do", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9])
        form.Resources = Dictionary(XObject=Dictionary(X=form))
        page = pdf.pages[0].obj
        page.Resources, page.Contents = Dictionary(XObject=Dictionary(X=form)), pdf.make_stream(b"/X Do")

    return document(change)


def exponential() -> bytes:
    """A few hundred bytes that take ages to draw: forms that draw forms, ten times each, nine levels deep."""

    def change(pdf: Pdf) -> None:
        content = b"0 0 9 9 re f"
        inner = None
        for _ in range(9):
            form = pdf.make_stream(content, Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 99, 99])
            if inner is not None:
                form.Resources = Dictionary(XObject=Dictionary(X=inner))
            inner, content = form, b"/X Do " * 10
        page = pdf.pages[0].obj
        page.Resources, page.Contents = Dictionary(XObject=Dictionary(X=inner)), pdf.make_stream(content)

    return document(change)


def _raw(objects: list[bytes]) -> bytes:
    body, offsets = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))
    return body + table + trailer


def archive(name: str = "comptes.txt") -> bytes:
    """A ZIP archive with one member."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as made:
        made.writestr(name, "contenu")
    return written.getvalue()


def picture(
    format_: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **save: object
) -> bytes:
    """A picture whose left half is black and right half is white (or transparent)."""
    written = io.BytesIO()
    a_picture(size, mode).save(written, format_, **save)
    return written.getvalue()


def a_picture(size: tuple[int, int] = (60, 40), mode: str = "RGB") -> Image.Image:
    """The same before it is written."""
    image = Image.new(mode, size, "white" if mode == "RGB" else (0, 0, 0, 0))
    image.paste("black", (0, 0, size[0] // 2, size[1]))
    return image


def photograph(orientation: int) -> bytes:
    """A picture as a telephone takes it: held in some way, and knowing where it was."""
    return picture(exif=exif(orientation))


def exif(orientation: int) -> Image.Exif:
    """What such a telephone notes."""
    notes = Image.Exif()
    notes[0x0112] = orientation
    notes[0x010E] = "12 rue des Secrets"
    return notes


def boxes(major: bytes, *brands: bytes) -> bytes:
    """The beginning of an ISO media file of these brands, and nothing behind it."""
    compatible = b"".join(brands)
    return (16 + len(compatible)).to_bytes(4) + b"ftyp" + major + bytes(4) + compatible + b"\0\0\0\x08mdat"
