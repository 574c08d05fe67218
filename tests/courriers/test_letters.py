"""Postal letters: a PDF for a window envelope, handed over in a folder."""

from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pypdfium2
import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from guichet.courriers import operations
from guichet.courriers.models import Courrier
from guichet.courriers.rules import AddressTooLong

pytestmark = pytest.mark.django_db
MM = 72 / 25.4


@pytest.fixture
def letters(settings: Settings, tmp_path: Path) -> Path:
    settings.LETTERS_DIR = tmp_path / "letters"
    return tmp_path / "letters"


def write(
    name: str = "Association « Les Amis »", lines: tuple[str, ...] = ("12 rue du Lavoir", "37000 TOURS")
) -> Courrier:
    with transaction.atomic():
        return operations.send_letter(
            recipient=name, address=lines, template="bonjour", context={"name": name}, about="account:1"
        )


def deliver(courrier: Courrier) -> Courrier:
    operations.deliver(courrier_id=courrier.pk)
    courrier.refresh_from_db()
    return courrier


def text_of(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as pdf:
        return "\n".join(page.get_textpage().get_text_range() for page in pdf)


def test_the_letter_is_handed_over_once_and_whole(template: Callable[..., None], letters: Path) -> None:
    courrier = deliver(write())
    deliver(courrier)
    (path,) = letters.iterdir()
    assert courrier.status == "sent"
    assert path.name.endswith(f"-courrier-{courrier.pk}.pdf")
    for words in ("Association « Les Amis »", "12 rue du Lavoir", "37000 TOURS", "à bientôt."):
        assert words in text_of(path)


def test_the_address_shows_in_the_window(template: Callable[..., None], letters: Path) -> None:
    deliver(write("Repere", ("1 rue A", "2 lieu B", "3 etage C", "4 batiment D", "37000 TOURS")))
    (path,) = letters.iterdir()
    with pypdfium2.PdfDocument(path) as pdf:
        page = pdf[0]
        assert [round(side / MM) for side in page.get_size()] == [210, 297]
        words = page.get_textpage()
        for line in ("Repere", "37000 TOURS"):
            found = words.search(line).get_next()
            assert found
            left, bottom, _, top = words.get_charbox(found[0])
            assert 100 <= left / MM <= 200
            assert 297 - top / MM >= 45
            assert 297 - bottom / MM <= 85


def test_an_address_of_seven_lines_does_not_fit_the_window(template: Callable[..., None]) -> None:
    with pytest.raises(AddressTooLong):
        write(lines=("a", "b", "c", "d", "e", "f"))


@pytest.mark.parametrize("name", ['#panic("x")', "$x$ *gras* @lieu <b>", '"\\ #sys.inputs', "/* // ``` "])
def test_what_is_written_in_it_is_never_read_as_markup(
    template: Callable[..., None], letters: Path, name: str
) -> None:
    assert deliver(write(name)).status == "sent"
    (path,) = letters.iterdir()
    assert name.strip() in text_of(path)


@pytest.mark.parametrize(
    "name", ["Anne \U0001f600", "\u0623\u0645\u064a\u0646\u0629", "A\x1bC", "\u202eenna", "\ufffe"]
)
def test_signs_that_cannot_be_printed_do_not_keep_a_letter_back(
    template: Callable[..., None], letters: Path, name: str
) -> None:
    assert deliver(write(name)).status == "sent"
    (path,) = letters.iterdir()
    assert "37000 TOURS" in text_of(path)


def test_a_full_disk_leaves_no_half_letter_and_no_rubbish(
    template: Callable[..., None], letters: Path
) -> None:
    courrier = write()
    with mock.patch("os.fsync", side_effect=OSError(28, "No space left on device")):
        for _ in range(2):
            assert deliver(courrier).status == "pending"
    assert list(letters.glob("*.pdf")) == []  # nothing that the mailing service would take
    assert len(list(letters.iterdir())) == 1
    assert deliver(courrier).status == "sent"
    assert [path.suffix for path in letters.iterdir()] == [".pdf"]


def test_a_folder_that_cannot_be_written_is_tried_again(template: Callable[..., None], letters: Path) -> None:
    letters.write_text("not a folder")
    courrier = deliver(write())
    assert courrier.status == "pending"
    letters.unlink()
    assert deliver(courrier).status == "sent"
    assert [path.suffix for path in letters.iterdir()] == [".pdf"]
