"""PDFs made ready for a document, and the document that is made of its pages."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Dictionary, Name, Pdf
from PIL import Image

from guichet.files import checks
from guichet.files.rules import CHANGES, JPEG, PDF, SHEET_REASONS, Assembly, PagePart
from tests.files import photos, samples
from tests.files.photos import RULES, corners, normalised, opened, quarters, saved

Put = Callable[[bytes], Path]
Make = Callable[..., tuple[bytes, Assembly]]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """The document of some pages."""

    def made(*parts: PagePart) -> tuple[bytes, Assembly]:
        into = tmp_path / "document.pdf"
        assembly = checks.assemble_pages(parts, into=into)
        return into.read_bytes(), assembly

    return made


def heavy(pages: int, size: tuple[int, int] = (595, 842)) -> bytes:
    """A PDF of pages of noise, which weigh 700 kB each as they are, and little as images."""

    def fill(pdf: Pdf) -> None:
        pixels = Image.effect_noise((800, 900), 40).tobytes()
        for page in pdf.pages:
            page.obj.MediaBox = pikepdf.Array([0, 0, *size])
            image = pdf.make_stream(pixels, Type=Name.XObject, Subtype=Name.Image, Width=800, Height=900)
            image.ColorSpace, image.BitsPerComponent = Name.DeviceGray, 8
            page.obj.Resources.XObject = Dictionary(I=image)
            page.contents_add(b" q 200 0 0 225 72 300 cm /I Do Q")

    return samples.document(fill, pages=pages)


def personal(pdf: Pdf) -> None:
    """Who wrote it."""
    pdf.docinfo[Name.Author] = photos.SECRET.decode()


def text_of(content: bytes) -> str:
    """What its pages say, unpacked, and everything else that it holds."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        streams = [
            x.read_bytes() for x in pdf.objects if isinstance(x, pikepdf.Stream) and Name.Width not in x
        ]
        return b"".join(streams).decode("latin-1")


def page_of(put: Put, content: bytes, page: int = 0, width: int = 200, turn: int = 0) -> Image.Image:
    """A page, drawn."""
    return opened(checks.page_image(put(content), page=page, width=width, turn=turn))


def test_a_pdf_that_fits_is_kept_and_cleaned(tmp_path: Path) -> None:
    said, made = normalised(samples.document(personal, pages=3), tmp_path)
    assert (said.verdict.reason, said.media_type, said.pages, said.size) == ("", PDF, 3, len(made))
    assert said.verdict.changes == (CHANGES["metadata"],)
    assert photos.SECRET not in made
    assert "page 3" in text_of(made)


@pytest.mark.parametrize("spare", [0, -1])
def test_a_pdf_fits_to_the_byte(spare: int, tmp_path: Path) -> None:
    content = heavy(1)
    whole, made = normalised(content, tmp_path)
    said, again = normalised(content, tmp_path, replace(RULES, room=whole.size + spare))
    assert said.verdict.accepted
    assert (CHANGES["lighter"] in said.verdict.changes) is (spare < 0)
    assert (again == made) is (spare == 0)


def test_a_pdf_that_does_not_fit_becomes_lighter_and_that_is_told(tmp_path: Path, put: Put) -> None:
    content = heavy(6, size=(842, 595))
    said, made = normalised(content, tmp_path)
    assert len(content) > RULES.room > said.size == len(made)
    assert said.verdict.changes == (CHANGES["lighter"],)
    assert (said.pages, said.media_type) == (6, PDF)
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert len(pdf.pages) == 6
        for page in pdf.pages:
            assert [round(float(side)) for side in page.obj.MediaBox] == [0, 0, 842, 595]
            (image,) = page.get_images().values()
            assert (int(image.Width), int(image.Height)) == (1755, 1240)  # 150 points per inch
    assert normalised(content, tmp_path)[1] == made
    before, after = page_of(put, content, 2).convert("L"), page_of(put, made, 2).convert("L")
    assert before.size == after.size


def test_even_lighter_it_may_have_no_room(tmp_path: Path) -> None:
    said, made = normalised(heavy(2), tmp_path, replace(RULES, room=40_000))
    assert (said.verdict.reason, made) == ("no_room", b"")


def test_a_huge_page_becomes_an_image_of_ordinary_size(tmp_path: Path) -> None:
    said, made = normalised(heavy(1, size=(14_000, 7000)), tmp_path, replace(RULES, room=300_000))
    assert said.verdict.changes == (CHANGES["lighter"],)
    with pikepdf.open(io.BytesIO(made)) as pdf:
        (image,) = pdf.pages[0].get_images().values()
        assert max(image.Width, image.Height) <= 2200


def test_pdfs_are_refused_as_everywhere(tmp_path: Path) -> None:
    rules = replace(RULES, max_pages=2)
    refused = {
        "too_many_pages": samples.document(pages=3),
        "javascript": samples.document(samples.opening(S=Name.JavaScript, JS="app.alert(1)")),
        "password_open": samples.document(encryption=pikepdf.Encryption(owner="p", user="u")),
        "attachment": samples.document(samples.with_attachment),
        "zip": samples.document() + samples.archive(),
        "limits": samples.document(samples.bomb(100)),
        "no_page": samples.document(pages=0),
    }
    for reason, content in refused.items():
        said, made = normalised(content, tmp_path, rules)
        assert (said.verdict.reason, made) == (reason, b"")


def test_somebody_with_a_telephone_is_told_what_to_do_with_it(tmp_path: Path) -> None:
    said, _ = normalised(b"Voici mon livret de famille.", tmp_path)
    assert said.verdict.reason == "not_pdf"
    assert "ni une photographie ni un PDF" in said.verdict.message
    assert "(PDF, JPEG, PNG, HEIC, WebP acceptés)" in said.verdict.message
    assert said.verdict.message.endswith(SHEET_REASONS["not_pdf"][1])


def test_what_comes_may_be_this_big_to_the_byte(tmp_path: Path) -> None:
    content = saved(quarters())
    assert normalised(content, tmp_path, replace(RULES, max_size=len(content)))[0].verdict.accepted
    said, _ = normalised(content, tmp_path, replace(RULES, max_size=len(content) - 1))
    assert said.verdict.reason == "too_big"
    assert "définition" in said.verdict.message


def test_photographs_and_pages_become_one_document_in_the_order_chosen(make: Make, put: Put) -> None:
    letter, photo = put(samples.document(personal, pages=3)), put(saved(quarters()))
    content, assembly = make(
        PagePart(path=letter, number=2), PagePart(path=photo), PagePart(path=letter, number=0, turn=90)
    )
    assert assembly == Assembly(pages=3)
    assert photos.SECRET not in content
    with pikepdf.open(io.BytesIO(content)) as pdf:
        said = [page.obj.Contents.read_bytes() for page in pdf.pages]
        assert (b"page 3" in said[0], b"page 1" in said[2]) == (True, True)
        assert [page.obj.get(Name.Rotate, 0) for page in pdf.pages] == [0, 0, 90]
    assert page_of(put, content, 2).width > page_of(put, content, 2).height
    again, _ = make(PagePart(path=letter, number=2), PagePart(path=photo), PagePart(path=letter, turn=90))
    assert again == content


def test_a_page_that_was_left_out_is_nowhere_in_the_document(make: Make, put: Put) -> None:
    def refer(pdf: Pdf) -> None:
        link = Dictionary(
            Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], Dest=[pdf.pages[1].obj, Name.Fit]
        )
        pdf.pages[0].obj.Annots = pikepdf.Array([pdf.make_indirect(link)])
        image = pdf.make_stream(
            photos.SECRET * 20, Type=Name.XObject, Subtype=Name.Image, Width=20, Height=18
        )
        image.ColorSpace, image.BitsPerComponent = Name.DeviceGray, 8
        shared = pdf.pages[0].obj.Resources
        shared.XObject = Dictionary(I=image)
        pdf.pages[1].obj.Resources = shared
        pdf.pages[1].contents_add(b" q /I Do Q")

    content, assembly = make(PagePart(path=put(samples.document(refer, pages=3)), number=0))
    assert assembly.pages == 1
    assert "page 1" in text_of(content)
    assert "page 2" not in text_of(content)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert not any(photos.SECRET in x.read_bytes() for x in pdf.objects if isinstance(x, pikepdf.Stream))


def test_a_document_of_one_whole_pdf_keeps_its_tags(make: Make, put: Put) -> None:
    def tag(pdf: Pdf) -> None:
        pdf.Root.StructTreeRoot = Dictionary(Type=Name.StructTreeRoot)
        pdf.Root.Lang = pikepdf.String("fr")

    letter = put(samples.document(tag, pages=2))
    whole, kept = make(PagePart(path=letter), PagePart(path=letter, number=1, turn=180))
    part, lost = make(PagePart(path=letter, number=1), PagePart(path=letter))
    assert (kept.changes, lost.changes) == ((), (CHANGES["tags"],))
    with pikepdf.open(io.BytesIO(whole)) as pdf:
        assert Name.StructTreeRoot in pdf.Root
        assert pdf.pages[1].obj.Rotate == 180
    with pikepdf.open(io.BytesIO(part)) as pdf:
        assert (Name.StructTreeRoot in pdf.Root, str(pdf.Root.Lang)) == (False, "fr")


TURNED = {0: "krbw", 90: "bkwr", 180: "wbrk", 270: "rwkb"}


@pytest.mark.parametrize("turn", TURNED)
def test_pages_are_turned_clockwise(turn: int, make: Make, put: Put) -> None:
    photo = put(saved(quarters((200, 100))))
    content, _ = make(PagePart(path=photo, turn=turn))
    seen = page_of(put, content, width=300)
    assert corners(seen.crop(_ink(seen))) == TURNED[turn]
    assert corners(page_of(put, photo.read_bytes(), width=100, turn=turn)) == TURNED[turn]


def _ink(image: Image.Image) -> tuple[int, int, int, int]:
    """Where the picture is on its page: its white quarter is found again from the others."""
    box = image.convert("L").point(lambda value: 255 if value < 200 else 0).getbbox()
    assert box
    return box


@pytest.mark.parametrize("turn", TURNED)
def test_a_turned_thumbnail_has_the_width_asked_for(turn: int, put: Put) -> None:
    for content in (samples.document(), saved(quarters((600, 800)))):
        image = page_of(put, content, width=120, turn=turn)
        assert image.width == pytest.approx(120, abs=1)
        assert (image.width > image.height) is (turn in {90, 270})


def test_fifty_pages_may_come_from_fifty_files(make: Make, put: Put) -> None:
    parts = [PagePart(path=put(samples.document() if n % 2 else saved(quarters()))) for n in range(50)]
    _, assembly = make(*parts)
    assert assembly.pages == 50


def test_the_same_photograph_twice_is_two_pages(make: Make, put: Put) -> None:
    photo = put(saved(quarters()))
    content, assembly = make(PagePart(path=photo), PagePart(path=photo, turn=90))
    assert assembly.pages == 2
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert [page.obj.get(Name.Rotate, 0) for page in pdf.pages] == [0, 90]


def test_a_page_that_is_not_there_makes_no_document(put: Put, tmp_path: Path) -> None:
    into = tmp_path / "document.pdf"
    with pytest.raises(checks.CannotAssemble):
        checks.assemble_pages([PagePart(path=put(samples.document()), number=1)], into=into)
    assert not into.exists()


def test_what_was_made_ready_is_ready(make: Make, put: Put, tmp_path: Path) -> None:
    """From the telephone to the document: neither step takes away what the other made."""
    content = saved(photos.sheet((1600, 1200)), "HEIF", exif=photos.exif(6))
    said, made = normalised(content, tmp_path)
    assert said.media_type == JPEG
    document, _ = make(PagePart(path=put(made)))
    with pikepdf.open(io.BytesIO(document)) as pdf:
        (image,) = pdf.pages[0].get_images().values()
        assert image.read_raw_bytes() == made
        assert (int(image.Width), int(image.Height)) == (1200, 1600)
