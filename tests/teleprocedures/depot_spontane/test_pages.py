"""The pages of a document: added, refused with a remedy, seen, put in order, turned, removed (001, 6)."""

import io
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from guichet.depots.models import Depot
from tests.teleprocedures.depot_spontane.sender import Sender, a_photograph
from tests.web.people import html_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(sender: Sender) -> Depot:
    """One document of which all is said, and nothing joined."""
    draft = sender.begin(1)
    sender.say(draft)
    return draft


def a_pdf(pages: int) -> SimpleUploadedFile:
    """A PDF of so many pages."""
    pdf, content = pikepdf.new(), io.BytesIO()
    for number in range(pages):
        pdf.add_blank_page(page_size=(595, 842 + number))
    pdf.save(content)
    return SimpleUploadedFile("releve.pdf", content.getvalue(), "application/pdf")


def names(draft: Depot) -> list[str]:
    """The files of its pages, in their order."""
    return [page.name for page in draft.pages.order_by("position")]


class TestAdding:
    def test_several_at_once_and_one_after_the_other(self, sender: Sender, draft: Depot) -> None:
        answer = sender.upload(draft, 1, a_photograph("recto"), a_photograph("verso"))
        assert answer.headers["Location"] == f"{sender.at('pages', draft.pk, 1)}#contenu"
        assert "2 pages ajoutées" in text_of(sender.get(draft, "pages", 1))
        sender.upload(draft, 1, a_photograph("dos"))
        assert names(draft) == ["recto.jpg", "verso.jpg", "dos.jpg"]
        page = text_of(sender.get(draft, "pages", 1))
        assert "3 pages, dans l’ordre" in page
        assert "utilisés sur 3" in page
        assert "Mon document 1 est complet" in page

    def test_both_buttons_work_without_javascript(self, sender: Sender, draft: Depot) -> None:
        page = html_of(sender.get(draft, "pages", 1))
        assert page.count('type="file"') == page.count('name="upload"') == 2
        assert 'accept="image/*" capture="environment"' in page
        assert " multiple " in page
        assert 'enctype="multipart/form-data"' in page
        assert "Mon document 1 est complet" not in page  # there is nothing yet

    def test_a_pdf_gives_its_pages(self, sender: Sender, draft: Depot) -> None:
        sender.upload(draft, 1, a_pdf(3))
        assert names(draft) == ["releve.pdf"] * 3

    def test_a_normal_photograph_never_fails_and_is_told_to_be_lighter(
        self, sender: Sender, draft: Depot
    ) -> None:
        image, content = Image.effect_noise((3000, 2250), 60).convert("RGB"), io.BytesIO()
        image.save(content, "JPEG", quality=92)
        assert content.tell() > 3_000_000
        sender.upload(draft, 1, SimpleUploadedFile("IMG_1.jpg", content.getvalue(), "image/jpeg"))
        assert sum(page.share for page in draft.pages.all()) <= 3_000_000
        assert "Allégé pour l’envoi" in text_of(sender.get(draft, "pages", 1))

    def test_what_a_file_lost_is_told_once(self, sender: Sender, draft: Depot) -> None:
        first, second = (Image.new("RGB", (300, 400), colour) for colour in ("white", "red"))
        content = io.BytesIO()
        first.save(content, "WEBP", save_all=True, append_images=[second])
        sender.upload(draft, 1, SimpleUploadedFile("deux.webp", content.getvalue(), "image/webp"))
        told = "« deux.webp » : Ce fichier contient plusieurs images : seule la première est gardée."
        assert told in text_of(sender.get(draft, "pages", 1))
        assert told not in text_of(sender.get(draft, "pages", 1))

    def test_the_same_file_twice_is_joined_once(self, sender: Sender, draft: Depot) -> None:
        sender.upload(draft, 1, a_photograph("recto"))
        sender.upload(draft, 1, a_photograph("recto"))
        assert names(draft) == ["recto.jpg"]
        assert "n’y est pas ajouté une seconde fois" in text_of(sender.get(draft, "pages", 1))

    def test_a_refusal_names_its_file_and_the_others_stay(self, sender: Sender, draft: Depot) -> None:
        svg = SimpleUploadedFile("dessin.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml")
        odd = SimpleUploadedFile("<img src=x>.jpg", b"\xff\xd8\xff\xe0 cut", "image/jpeg")
        answer = sender.upload(draft, 1, a_photograph("recto"), svg, odd)
        assert answer.status_code == 422
        page = text_of(answer)
        assert "« dessin.svg »" in page
        assert "img src=x" in page
        assert "<img src=x>" not in html_of(answer)
        assert "1 page ajoutée" in page
        assert names(draft) == ["recto.jpg"]

    def test_nothing_chosen_says_what_to_do(self, sender: Sender, draft: Depot) -> None:
        answer = sender.post(draft, "pages", 1)
        assert answer.status_code == 422
        assert "Choisissez un fichier" in text_of(answer)


class TestSeeingAndChanging:
    @pytest.fixture
    def pages(self, sender: Sender, draft: Depot) -> list[int]:
        """Three pages: a, b, c."""
        sender.upload(draft, 1, *map(a_photograph, "abc"))
        return [page.pk for page in draft.pages.order_by("position")]

    def test_each_is_seen_by_its_person_alone(self, sender: Sender, draft: Depot, pages: list[int]) -> None:
        answer = sender.get(draft, "page_image", 1, pages[0])
        assert answer["Content-Type"] == "image/png"
        assert answer["Cache-Control"] == "no-store"
        assert Image.open(io.BytesIO(answer.content)).width == 240
        large = sender.client.get(f"{sender.at('page_image', draft.pk, 1, pages[0])}?grand")
        assert Image.open(io.BytesIO(large.content)).width > 240
        assert sender.get(draft, "page_image", 1, pages[0] + 1000).status_code == 404

    def test_moved(self, sender: Sender, draft: Depot, pages: list[int]) -> None:
        answer = sender.post(draft, "page_move", 1, pages[0], "descendre")
        assert answer.headers["Location"].endswith(f"#page-{pages[0]}")
        assert names(draft) == ["b.jpg", "a.jpg", "c.jpg"]
        sender.post(draft, "page_move", 1, pages[2], "monter")
        assert names(draft) == ["b.jpg", "c.jpg", "a.jpg"]
        assert sender.post(draft, "page_move", 1, pages[0], "ailleurs").status_code == 404

    def test_turned_a_quarter_at_a_time(self, sender: Sender, draft: Depot, pages: list[int]) -> None:
        before = Image.open(io.BytesIO(sender.get(draft, "page_image", 1, pages[0]).content))
        sender.post(draft, "page_turn", 1, pages[0])
        after = Image.open(io.BytesIO(sender.get(draft, "page_image", 1, pages[0]).content))
        assert before.height > before.width
        assert after.width > after.height
        assert f"image.png?v={90}" in html_of(sender.get(draft, "pages", 1))

    def test_removed_once_it_was_asked(self, sender: Sender, draft: Depot, pages: list[int]) -> None:
        assert "Retirer la page 2 ?" in text_of(sender.get(draft, "page_remove", 1, pages[1]))
        assert draft.pages.count() == 3
        sender.post(draft, "page_remove", 1, pages[1])
        assert names(draft) == ["a.jpg", "c.jpg"]
        assert sender.post(draft, "page_remove", 1, pages[1]).status_code == 404

    @pytest.mark.parametrize(
        ("name", "more"), [("page_turn", ()), ("page_remove", ()), ("page_move", ("descendre",))]
    )
    def test_a_page_is_found_under_its_own_document_alone(
        self, sender: Sender, draft: Depot, pages: list[int], name: str, more: tuple[str, ...]
    ) -> None:
        sender.post(draft, "number", nombre="2")
        sender.say(draft, 2)
        assert sender.post(draft, name, 2, pages[0], *more).status_code == 404
        assert names(draft) == ["a.jpg", "b.jpg", "c.jpg"]

    def test_the_first_has_no_way_up_and_the_last_none_down(
        self, sender: Sender, draft: Depot, pages: list[int]
    ) -> None:
        page: Any = html_of(sender.get(draft, "pages", 1))
        assert page.count("/monter/") == page.count("/descendre/") == len(pages) - 1


class TestComplete:
    def test_it_leads_to_the_list_which_says_so(self, sender: Sender, draft: Depot) -> None:
        sender.upload(draft, 1, a_photograph())
        answer = sender.post(draft, "complete", 1)
        assert answer.headers["Location"].startswith(sender.at("documents", draft.pk))
        page = text_of(sender.get(draft, "documents"))
        assert "Le document 1 est complet." in page
        assert "1 page, " in page

    def test_without_a_page_it_is_refused(self, sender: Sender, draft: Depot) -> None:
        answer = sender.post(draft, "complete", 1)
        assert answer.status_code == 422
        assert "aucune page" in text_of(answer)

    def test_a_change_of_its_pages_makes_it_incomplete_again(self, sender: Sender, draft: Depot) -> None:
        sender.upload(draft, 1, a_photograph("a"))
        sender.post(draft, "complete", 1)
        sender.upload(draft, 1, a_photograph("b"))
        assert "À compléter" in text_of(sender.get(draft, "documents"))
        assert sender.get(draft, "draft").headers["Location"] == sender.at("pages", draft.pk, 1)
