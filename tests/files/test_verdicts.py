"""What may be filed, what may not, and what is said: one small fictitious file for each mechanism."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Dictionary, Encryption, Name

from guichet.files import checks
from guichet.files.rules import CHANGES, REASONS, Verdict
from tests.files import samples
from tests.files.conftest import Rules

Check = Callable[..., Verdict]
SOUND = samples.document()
SCRIPT: dict[str, Any] = {"S": Name.JavaScript, "JS": "app.alert(1)"}


def escaped(pdf: bytes) -> bytes:
    """The same PDF with a letter of /JavaScript written as an escape, at the same length of file."""
    return pdf.replace(b"/JavaScript", b"/#4AavaScript")


REFUSED = {
    "empty": [b""],
    "not_pdf": [
        b"x",
        b"<!DOCTYPE html><html><body>%PDF-1.7</body></html>",
        b"JVBERi0xLjcKJb/3ov4KMSAwIG9iago=",
        "Chère présidente, voici nos comptes.".encode(),
        random.Random(1).randbytes(5000),
        b"GIF89a" + bytes(50),
        b"<!---->" * 140 + b"x",  # read in one way alone, else it takes for ever
    ],
    "zip": [samples.archive(), SOUND + samples.archive(), b"7z\xbc\xaf\x27\x1c" + bytes(50), b"PK\x03\x04"],
    "office": [
        samples.archive("word/document.xml"),
        samples.archive("content.xml"),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        b"{\\rtf1 Bonjour}",
    ],
    "password_open": [samples.document(encryption=Encryption(owner="p", user="u", R=r)) for r in (4, 6)],
    "password_changes": [
        *(samples.document(encryption=Encryption(owner="p", user="", R=r)) for r in (4, 6)),
        samples.document(encryption=Encryption(owner="", user="")),
    ],
    "unreadable": [SOUND[: len(SOUND) // 3], b"%PDF-1.7\nbonjour", samples.looping_tree()],
    "no_page": [samples.document(pages=0)],
    "too_many_pages": [samples.document(pages=51)],
    "javascript": [
        samples.document(samples.opening(**SCRIPT)),
        samples.document(samples.opening(**SCRIPT), object_stream_mode=pikepdf.ObjectStreamMode.generate),
        escaped(samples.document(samples.opening(**SCRIPT))),
        samples.document(samples.linked(**SCRIPT)),
        samples.document(samples.annotated(Subtype=Name.Widget, AA=Dictionary(K=Dictionary(**SCRIPT)))),
        samples.document(lambda pdf: setattr(pdf.pages[0].obj, "AA", Dictionary(O=Dictionary(**SCRIPT)))),
        samples.document(
            lambda pdf: setattr(
                pdf.Root, "Names", Dictionary(JavaScript=Dictionary(Names=["a", Dictionary(**SCRIPT)]))
            )
        ),
        samples.document(samples.linked(S=Name.GoTo, Next=Dictionary(**SCRIPT))),
        samples.document(samples.linked(S=Name.URI, URI=" JavaScript:alert(1)")),
        samples.document(
            lambda pdf: setattr(pdf.Root, "OpenAction", Dictionary(S=pdf.make_indirect(Name.JavaScript)))
        ),
    ],
    "launch": [
        samples.document(samples.opening(S=Name.Launch, F="outil.exe")),
        samples.document(samples.linked(S=Name.Launch, F="outil.exe")),
        samples.document(samples.linked(S=Name.SubmitForm, F="https://exemple.example")),
        samples.document(samples.linked(S=Name.ImportData, F="donnees.fdf")),
    ],
    "multimedia": [
        samples.document(samples.annotated(Subtype=Name("/Movie"))),
        samples.document(samples.annotated(Subtype=Name("/RichMedia"))),
        samples.document(samples.linked(S=Name.Sound)),
        samples.document(samples.linked(S=Name.Rendition)),
    ],
    "attachment": [
        samples.document(samples.with_attachment),
        samples.document(samples.annotated(Subtype=Name.FileAttachment)),
        samples.document(
            lambda pdf: setattr(pdf.Root, "X", Dictionary(Subtype=pdf.make_indirect(Name.FileAttachment)))
        ),
        samples.document(lambda pdf: setattr(pdf.Root, "Collection", Dictionary())),
        samples.document(samples.linked(S=Name.GoToE, T=Dictionary(R=Name.C, N="a.pdf"))),
    ],
    "xfa": [
        samples.document(samples.with_xfa(b"<xdp/>", NeedsRendering=True)),
        samples.document(samples.with_xfa(b"<dynamicRender> required</dynamicRender>")),
        samples.document(lambda pdf: setattr(pdf.Root, "AcroForm", Dictionary(XFA=pdf.make_stream(b"<x/>")))),
    ],
    "limits": [
        samples.document(samples.bomb(100)),
        samples.document(samples.huge_image),
        samples.document(samples.sized(14_401, 100)),
        samples.deep_tree(3000),
    ],
    "svg": [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- un dessin -->\n<svg/>',
        b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd">\n<svg width="1"/>',
        b"<!---->" * 100 + b"<svg/>",
    ],
    "avif": [samples.boxes(b"avif", b"mif1", b"miaf"), samples.boxes(b"mif1", b"avif")],
    "photo_format": [samples.boxes(b"heic", b"mif1"), samples.boxes(b"mif1"), samples.picture("WEBP")],
    "image_unreadable": [samples.picture()[:400], samples.picture("PNG")[:60], b"\xff\xd8\xff\xe0bonjour"],
}
CASES = [(reason, content) for reason, contents in REFUSED.items() for content in contents]


@pytest.mark.parametrize(("reason", "content"), CASES, ids=[f"{r}-{n}" for n, (r, _) in enumerate(CASES)])
def test_what_is_refused_says_why_and_what_to_do(reason: str, content: bytes, verdict: Check) -> None:
    said = verdict(content)
    assert (said.verdict, said.reason) == ("refused", reason)
    what, remedy = REASONS[reason]
    assert said.message.startswith(what.partition("{")[0][:15])
    assert said.message.endswith(remedy[-15:])
    assert "{" not in said.message


ACCEPTED = {
    "sound": (SOUND, ()),
    "packed": (samples.document(object_stream_mode=pikepdf.ObjectStreamMode.generate), ()),
    "linearized": (samples.document(linearize=True), ()),
    "leading mark": (b"\xef\xbb\xbf" + SOUND, ("junk",)),
    "leading headers": (b"X-Trace: 1\n" * 120 + SOUND, ("junk", "repaired")),
    "cut short": (SOUND[:-120], ("repaired",)),
    "no table": (SOUND[: SOUND.rindex(b"xref\n0")] + b"trailer << /Root 1 0 R >>", ("repaired",)),
    "shifted": (SOUND.replace(b"startxref\n", b"startxref\n9"), ("repaired",)),
    "form": (samples.document(samples.with_form), ("form",)),
    "signed": (samples.document(samples.signed), ("form", "signature")),
    "static XFA": (samples.document(samples.with_xfa(b"<xdp/>")), ("xfa",)),
    "web link": (samples.document(samples.linked(S=Name.URI, URI="https://exemple.example/")), ()),
    "opens a site": (
        samples.document(samples.opening(S=Name.URI, URI="https://exemple.example/")),
        ("actions",),
    ),
    "opens a page": (samples.document(lambda pdf: setattr(pdf.Root, "OpenAction", pdf.pages[0].obj)), ()),
    "link to a file": (samples.document(samples.linked(S=Name.GoToR, F="\\\\serveur\\a.pdf")), ("links",)),
    "file: link": (samples.document(samples.linked(S=Name.URI, URI="file:///c:/a.pdf")), ("links",)),
    "comment": (
        samples.document(samples.annotated(Subtype=Name.Text, Contents="à revoir")),
        ("annotations",),
    ),
    "author": (samples.document(lambda pdf: pdf.docinfo.__setitem__("/Author", "A")), ("metadata",)),
    "loop": (samples.looping_content(), ()),
    "largest page": (samples.document(samples.sized(14_400, 100)), ()),
    "most pages": (samples.document(pages=50), ()),
    "end of an archive, by chance": (SOUND + b"PK\x05\x06" + bytes(18), ()),
    "resource named JS": (
        samples.document(
            lambda pdf: setattr(pdf.pages[0].obj.Resources.Font, "JS", Dictionary(Type=Name.Font))
        ),
        (),
    ),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_is_accepted_tells_what_will_be_changed(name: str, verdict: Check) -> None:
    content, changes = ACCEPTED[name]
    said = verdict(content)
    assert (said.verdict, said.reason, said.message, said.media_type) == (
        "accepted",
        "",
        "",
        "application/pdf",
    )
    assert said.pages >= 1
    assert set(said.changes) >= {CHANGES[change] for change in changes}
    assert CHANGES["repaired"] not in said.changes or "repaired" in changes


@pytest.mark.parametrize(("format_", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png")])
def test_an_image_is_known_by_its_content(format_: str, media_type: str, verdict: Check) -> None:
    said = verdict(samples.picture(format_))
    assert (said.verdict, said.media_type, said.pages) == ("accepted", media_type, 1)


def test_what_takes_too_long_or_too_much_is_over_the_limits(
    verdict: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "CHECK", replace(checks.CHECK, wall=1))
    assert verdict(samples.exponential()).reason == "limits"
    monkeypatch.setattr(checks, "CHECK", replace(checks.CHECK, wall=8, cpu=1))
    assert verdict(samples.exponential()).reason == "limits"
    monkeypatch.setattr(checks, "CHECK", replace(checks.CHECK, memory=90))
    assert verdict(samples.picture("PNG", (6000, 6000))).reason == "limits"
    assert verdict(SOUND).accepted


def test_twenty_files_are_checked_at_once(put: Callable[[bytes], Path]) -> None:
    contents = [SOUND, b"", samples.document(samples.bomb(100)), samples.archive()] * 5
    paths = [put(content) for content in contents]
    with ThreadPoolExecutor(20) as pool:
        said = [each.reason for each in pool.map(lambda path: checks.check(path, rules=Rules()), paths)]
    assert said == ["", "empty", "limits", "zip"] * 5


def test_an_image_of_too_many_pixels_is_over_the_limits(verdict: Check) -> None:
    assert verdict(samples.picture("PNG", (16_000, 16_000), compress_level=1)).reason == "limits"


def test_a_type_that_the_procedure_does_not_take_is_refused(verdict: Check) -> None:
    said = verdict(samples.picture(), replace(Rules(), media_types=("application/pdf",)))
    assert said.reason == "not_pdf"
    assert "(PDF)" in said.message


def test_sizes_are_refused_by_one_byte(verdict: Check) -> None:
    assert verdict(SOUND, replace(Rules(), max_size=len(SOUND))).accepted
    refused = verdict(SOUND, replace(Rules(), max_size=len(SOUND) - 1))
    assert (refused.reason, refused.pages) == ("too_big", 0)


def test_every_reason_is_tested() -> None:
    assert set(REASONS) - set(REFUSED) == {"too_big", "infected", "no_room"}
