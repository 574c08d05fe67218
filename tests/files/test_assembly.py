"""The copy for publication: the same pages, and nothing else."""

import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Name
from PIL import Image, ImageChops

from guichet.files import checks
from guichet.files.rules import CHANGES, Assembly
from tests.files import samples
from tests.files.conftest import Rules

Put = Callable[[bytes], Path]
Assemble = Callable[..., tuple[bytes, Assembly]]


@pytest.fixture
def assemble(put: Put, tmp_path: Path) -> Assemble:
    def make(*contents: bytes) -> tuple[bytes, Assembly]:
        into = tmp_path / "copie.pdf"
        report = checks.assemble([put(content) for content in contents], into=into)
        return into.read_bytes(), report

    return make


def drawn(put: Put, content: bytes, page: int = 0, width: int = 200) -> Image.Image:
    return Image.open(io.BytesIO(checks.page_image(put(content), page=page, width=width)))


def brightest(image: Image.Image) -> int:
    """From 0 (black) to 255."""
    return max(level for level, number in enumerate(image.convert("L").histogram()) if number)


def told(report: Assembly) -> set[str]:
    return {key for key, sentence in CHANGES.items() if sentence in report.changes}


def test_the_same_file_gives_the_same_bytes_and_looks_the_same(assemble: Assemble, put: Put) -> None:
    received = samples.document(pages=3)
    copy, report = assemble(received)
    assert (report, assemble(received)[0]) == (Assembly(pages=3), copy)
    assert ImageChops.difference(drawn(put, received, 2), drawn(put, copy, 2)).getbbox() is None


RECEIVED = {
    "a form": samples.document(samples.with_form),
    "damaged": samples.document(samples.with_form)[:-120],
    "junk before": b"junk\n" + samples.document(pages=2),
    "a photograph": samples.photograph(6),
    "a picture": samples.picture("PNG", mode="RGBA"),
}


@pytest.mark.parametrize("content", RECEIVED.values(), ids=RECEIVED)
def test_what_is_received_is_checked_and_copied_at_once(
    content: bytes, assemble: Assemble, put: Put, tmp_path: Path
) -> None:
    into = tmp_path / "aussitot.pdf"
    verdict, report = checks.receive(put(content), rules=Rules(), copy_into=into)
    assert verdict == checks.check(put(content), rules=Rules())
    assert (into.read_bytes(), report) == assemble(content)


@pytest.mark.parametrize(
    ("content", "reason"),
    [(samples.document(), ""), (b"", "empty"), (samples.document(samples.with_attachment), "attachment")],
)
def test_what_is_refused_or_needs_no_change_is_not_copied(
    content: bytes, reason: str, put: Put, tmp_path: Path
) -> None:
    into = tmp_path / "aussitot.pdf"
    verdict, report = checks.receive(put(content), rules=Rules(), copy_into=into)
    assert (verdict.reason, report, into.read_bytes()) == (reason, None, b"")


def test_a_copy_that_fails_changes_no_verdict(
    put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "RECEIVE", checks.CHECK)  # which may write nothing
    received = put(samples.document(samples.with_form))
    verdict, report = checks.receive(received, rules=Rules(), copy_into=tmp_path / "aussitot.pdf")
    assert (verdict, report) == (checks.check(received, rules=Rules()), None)
    assert verdict.accepted


def test_files_are_joined_in_the_order_chosen(assemble: Assemble, put: Put) -> None:
    copy, report = assemble(samples.picture(), samples.document(pages=2), samples.picture("PNG"))
    assert (report.pages, told(report)) == (4, {"image", "joined"})
    one = drawn(put, samples.document(pages=1))
    assert ImageChops.difference(one, drawn(put, copy, 1)).getbbox() is None


def test_what_is_received_is_not_touched(put: Put, tmp_path: Path) -> None:
    received = put(samples.document(samples.with_form))
    before = received.read_bytes()
    checks.assemble([received], into=tmp_path / "copie.pdf")
    assert received.read_bytes() == before


def test_nothing_is_left_of_author_actions_form_and_signature(assemble: Assemble) -> None:
    def personal(pdf: pikepdf.Pdf) -> None:
        pdf.docinfo["/Author"] = "Camille Fictive"
        with pdf.open_metadata() as metadata:
            metadata["dc:creator"] = ["Camille Fictive"]
        pdf.pages[0].obj.PieceInfo = pikepdf.Dictionary(A=pikepdf.String("Camille Fictive"))

    copy, report = assemble(
        samples.document(personal, samples.signed, samples.opening(S=Name.URI, URI="https://exemple.example"))
    )
    assert told(report) == {"actions", "form", "metadata", "signature"}
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        assert set(pdf.Root.keys()) == {"/Type", "/Pages"}
        assert not pdf.docinfo.keys()
        assert "Camille" not in "".join(repr(item) for item in pdf.objects)


def test_links_to_sites_stay_and_links_to_files_go(assemble: Assemble) -> None:
    for target, kept in {"https://exemple.example/": True, "file:///c:/a": False}.items():
        copy, _ = assemble(samples.document(samples.linked(S=Name.URI, URI=target)))
        with pikepdf.open(io.BytesIO(copy)) as pdf:
            assert (Name.A in pdf.pages[0].obj.Annots[0]) is kept


def test_answers_with_accents_are_drawn_into_the_page(assemble: Assemble, put: Put) -> None:
    received = samples.document(samples.with_form)
    copy, _ = assemble(received)
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        assert Name.AcroForm not in pdf.Root
        assert Name.Annots not in pdf.pages[0].obj
    blank = drawn(put, samples.document())
    answers = ImageChops.difference(drawn(put, copy), blank)
    assert answers.getbbox() is not None
    assert brightest(ImageChops.difference(drawn(put, received), drawn(put, copy))) < 60


def test_a_damaged_file_becomes_a_sound_one(assemble: Assemble, put: Put) -> None:
    copy, report = assemble(samples.document()[:-120])
    assert told(report) == {"repaired"}
    again = checks.check(put(copy), rules=Rules())
    assert (again.verdict, again.changes) == ("accepted", ())


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photographs_are_put_upright_and_tell_nothing(orientation: int, assemble: Assemble, put: Put) -> None:
    copy, _ = assemble(samples.photograph(orientation))
    assert b"Secrets" not in copy
    seen = drawn(put, copy).convert("L")
    wide = seen.width > seen.height
    spot = (5, seen.height // 2) if wide else (seen.width // 2, 5)
    dark_first = brightest(seen.crop((*spot, spot[0] + 1, spot[1] + 1))) < 128
    # The black half is on the left; each orientation turns or mirrors it (Exif 2.3, table 7).
    assert (wide, dark_first) == {
        1: (True, True),
        2: (True, False),
        3: (True, False),
        4: (True, True),
        5: (False, True),
        6: (False, True),
        7: (False, False),
        8: (False, False),
    }[orientation]


def test_what_follows_a_photograph_is_not_published(assemble: Assemble) -> None:
    """A telephone's second picture, and whatever else was put there."""
    hidden = samples.picture("MPO", save_all=True, append_images=[samples.a_picture()], exif=samples.exif(1))
    assert hidden.count(b"Secrets") == 2
    for content in (hidden, samples.picture() + samples.archive("Secrets")):
        copy, report = assemble(content)
        assert report.pages == 1
        assert b"Secrets" not in copy


@pytest.mark.parametrize("progressive", [False, True])
def test_a_sound_picture_goes_into_the_copy_byte_by_byte(progressive: bool, assemble: Assemble) -> None:
    content = samples.picture(size=(600, 400), progressive=progressive)
    copy, _ = assemble(content)
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        (image,) = pdf.pages[0].get_images().values()
        assert image.read_raw_bytes() == content


def test_transparency_becomes_white_paper(assemble: Assemble, put: Put) -> None:
    copy, _ = assemble(samples.picture("PNG", mode="RGBA"))
    seen = drawn(put, copy).convert("L")
    assert seen.getpixel((seen.width - 5, seen.height // 2)) == 255


def test_a_jpeg_inside_a_pdf_tells_nothing_either(assemble: Assemble) -> None:
    def illustrated(pdf: pikepdf.Pdf) -> None:
        image = pdf.make_stream(
            samples.photograph(1), Type=Name.XObject, Subtype=Name.Image, Width=60, Height=40
        )
        image.Filter, image.ColorSpace, image.BitsPerComponent = Name.DCTDecode, Name.DeviceRGB, 8
        pdf.pages[0].obj.Resources.XObject = pikepdf.Dictionary(I=image)
        pdf.pages[0].obj.Contents = pdf.make_stream(b"q 100 0 0 100 0 0 cm /I Do Q")

    copy, _ = assemble(samples.document(illustrated))
    assert b"Secrets" not in copy


def test_what_cannot_be_assembled_leaves_nothing(put: Put, tmp_path: Path) -> None:
    with pytest.raises(checks.CannotAssemble):
        checks.assemble([put(b"%PDF-1.7")], into=tmp_path / "copie.pdf")
    assert not (tmp_path / "copie.pdf").exists()


@pytest.mark.parametrize(("asked", "given"), [(120, 120), (9999, 1600), (0, 1)])
def test_a_page_image_has_the_width_asked_for_within_bounds(asked: int, given: int, put: Put) -> None:
    assert abs(drawn(put, samples.document(), 0, asked).width - given) <= 1


def test_a_page_image_is_bounded_in_height(put: Put) -> None:
    assert drawn(put, samples.document(samples.sized(10, 14_000)), 0, 100).height <= 401


@pytest.mark.parametrize("page", [-1, 1])
def test_there_is_no_image_of_a_page_that_is_not_there(page: int, put: Put) -> None:
    with pytest.raises(checks.NoSuchPage):
        checks.page_image(put(samples.document()), page=page, width=100)
    with pytest.raises(checks.NoSuchPage):
        checks.page_image(put(samples.picture()), page=page, width=100)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_claim_of_pdfa_is_not_repeated_and_that_is_told(encoding: str, assemble: Assemble) -> None:
    def claim(pdf: pikepdf.Pdf) -> None:
        xmp = "<x:xmpmeta xmlns:x='adobe:ns:meta/'><pdfaid:part>2</pdfaid:part></x:xmpmeta>"
        pdf.Root.Metadata = pdf.make_stream(xmp.encode(encoding), Type=Name.Metadata, Subtype=Name.XML)

    received = samples.document(claim, preserve_pdfa=False, fix_metadata_version=False)
    copy, report = assemble(received)
    assert told(report) == {"metadata", "pdfa"}
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        assert Name.Metadata not in pdf.Root


def test_the_headings_of_tagged_tables_stay_and_actions_go(assemble: Assemble) -> None:
    def tag(pdf: pikepdf.Pdf) -> None:
        heading = pikepdf.Dictionary(O=Name.Table, Scope=Name.Column)
        cell = pikepdf.Dictionary(Type=Name.StructElem, S=Name.TH, A=heading)
        other = pikepdf.Dictionary(Type=Name.StructElem, S=Name.TD, A=pdf.make_indirect(heading))
        astray = pikepdf.Dictionary(
            S=Name.TD, A=pikepdf.Dictionary(F=pikepdf.Dictionary(F="x"), S=Name.GoToR)
        )
        pdf.Root.StructTreeRoot = pikepdf.Dictionary(
            Type=Name.StructTreeRoot, K=pikepdf.Array([pdf.make_indirect(x) for x in (cell, other, astray)])
        )

    copy, report = assemble(samples.document(tag))
    assert told(report) == {"links"}
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        cell, other, astray = list(pdf.Root.StructTreeRoot.K)
        assert cell.A.Scope == other.A.Scope == Name.Column
        assert Name.A not in astray


def test_an_image_that_no_page_shows_is_not_published(assemble: Assemble) -> None:
    def hide(pdf: pikepdf.Pdf) -> None:
        image = pdf.make_stream(b"secret" * 100, Type=Name.XObject, Subtype=Name.Image, Width=20, Height=30)
        pdf.pages[0].add_resource(image, Name.XObject, Name.Cache)

    copy, _ = assemble(samples.document(hide))
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        assert not any(
            b"secret" in item.read_raw_bytes() for item in pdf.objects if isinstance(item, pikepdf.Stream)
        )
