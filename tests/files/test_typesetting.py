"""A layout: the same data and moment make the same bytes, its standards hold, and threads share it."""

import datetime as dt
import threading
from pathlib import Path

import pypdfium2 as pdfium
import pytest
import typst

from guichet.files.typesetting import TAGGED, Layout

MOMENT = dt.datetime(2026, 11, 2, 9, 30, tzinfo=dt.UTC)
SOURCE = """#let data = json(bytes(sys.inputs.data))
#set document(title: "Essai")
#set text(lang: "fr")
#text(data.said)
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "essai.typ"
    path.write_text(SOURCE)
    return path


def text_of(pdf: bytes) -> str:
    return str(pdfium.PdfDocument(pdf)[0].get_textpage().get_text_range())


def test_what_is_said_is_data_and_no_markup(source: Path) -> None:
    said = '#panic("« non »") *é* $x$'
    assert text_of(Layout(source, "a-2u").pdf({"said": said}, moment=MOMENT)).split() == said.split()


def test_its_moment_is_the_one_that_it_is_given(source: Path) -> None:
    layout = Layout(source, *TAGGED)
    first = layout.pdf({"said": "Bonjour"}, moment=MOMENT)
    assert layout.pdf({"said": "Bonjour"}, moment=MOMENT) == first
    assert b"D:20261102093000" in first
    assert b"D:20261102093000" not in layout.pdf({"said": "Bonjour"}, moment=MOMENT + dt.timedelta(days=1))


def test_a_standard_refuses_a_sign_that_no_font_of_the_wheel_writes(source: Path) -> None:
    said = {"said": "漢字"}
    assert Layout(source).pdf(said, moment=MOMENT).startswith(b"%PDF")
    with pytest.raises(typst.TypstError):
        Layout(source, "a-2u").pdf(said, moment=MOMENT)


def test_threads_share_a_layout_and_each_has_its_own(source: Path) -> None:
    layout, found = Layout(source, "a-2u"), dict[int, str]()

    def work(number: int) -> None:
        for _ in range(10):
            found[number] = text_of_locked(layout.pdf({"said": f"numero {number}"}, moment=MOMENT))

    lock = threading.Lock()  # pdfium is for one thread at a time

    def text_of_locked(pdf: bytes) -> str:
        with lock:
            return text_of(pdf).strip()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: f"numero {number}" for number in range(4)}
