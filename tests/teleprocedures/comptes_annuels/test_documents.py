"""The step « Documents »: files added, refused, put in order, removed, looked at."""

from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from PIL import Image

from guichet.depots import queries
from guichet.depots.models import Depot
from guichet.files.models import StoredFile
from tests.teleprocedures.filer import OTHER_SIREN, Filer, a_file, a_pdf, an_association
from tests.web.people import html_of as text


@pytest.fixture
def draft(filer: Filer) -> Depot:
    """A draft that has come to its documents."""
    draft = filer.begin()
    filer.exercice(draft)
    filer.coordonnees(draft)
    return draft


def names(draft: Depot) -> list[str]:
    return [file.name for file in queries.received(Depot.objects.get(pk=draft.pk))]


def ids(draft: Depot) -> dict[str, int]:
    return {file.name: file.pk for file in queries.received(Depot.objects.get(pk=draft.pk))}


class TestUpload:
    def test_several_at_once_each_with_its_pages_and_size(self, filer: Filer, draft: Depot) -> None:
        filer.upload(draft, a_file("bilan.pdf", a_pdf(2)), a_file("annexe.pdf"))
        page = text(filer.client.get(filer.at("documents", draft.id)))
        assert "2 fichiers ajoutés" in page
        assert "2 pages, " in page
        assert "Un PDF de 3 pages." in page
        assert "noms des donateurs" in page

    @pytest.mark.parametrize("page", ["documents", "check"])
    def test_what_joining_changes_is_told_before_the_submission(
        self, filer: Filer, draft: Depot, page: str
    ) -> None:
        told = "Plusieurs fichiers ont été réunis en un seul PDF"
        filer.upload(draft, a_file("bilan.pdf", a_pdf(2)))
        assert told not in text(filer.client.get(filer.at(page, draft.id)))
        filer.upload(draft, a_file("annexe.pdf"))
        assert text(filer.client.get(filer.at(page, draft.id))).count(told) == 1

    def test_what_is_there_comes_first_then_its_pages_then_more(self, filer: Filer, draft: Depot) -> None:
        assert "Continuer vers la vérification" not in text(filer.client.get(filer.at("documents", draft.id)))
        filer.upload(draft, a_file("bilan.pdf"))
        page = text(filer.client.get(filer.at("documents", draft.id)))
        order = ["1 fichier ajouté<", "Ce qui sera publié", "Ajouter d’autres fichiers", "Continuer vers"]
        assert sorted(order, key=page.index) == order

    def test_a_refused_file_is_explained_and_the_others_stay(self, filer: Filer, draft: Depot) -> None:
        page = filer.upload(draft, a_file("bon.pdf"), a_file("faux.pdf", b"bonjour"), a_file("vide.pdf", b""))
        assert page.status_code == 422
        assert "« faux.pdf » : " in text(page)
        assert "« vide.pdf » : " in text(page)
        assert 'href="#id_upload"' in text(page)
        assert names(draft) == ["bon.pdf"]
        assert "bon.pdf" in text(page)

    def test_what_is_there_already_is_not_added_twice(self, filer: Filer, draft: Depot) -> None:
        """An upload begun again, when the first one had arrived after all."""
        same = a_pdf()
        filer.upload(draft, a_file("bilan.pdf", same))
        page = filer.client.get(filer.upload(draft, a_file("bilan.pdf", same)).url)
        assert "« bilan.pdf » est déjà dans votre dépôt" in text(page)
        assert names(draft) == ["bilan.pdf"]

    def test_none_chosen(self, filer: Filer, draft: Depot) -> None:
        page = filer.client.post(filer.at("documents", draft.id), {})
        assert page.status_code == 422
        assert "Choisissez au moins un fichier" in text(page)

    def test_one_over_the_ceiling_costs_nothing_of_the_others(
        self, filer: Filer, draft: Depot, settings: Any
    ) -> None:
        settings.UPLOAD_MAX_SIZE = 2000
        page = filer.upload(draft, a_file("bon.pdf"), a_file("gros.pdf", a_pdf() + b" " * 4000))
        assert page.status_code in (413, 422)
        assert "gros.pdf" in text(page)
        assert names(draft) == ["bon.pdf"]

    def test_a_name_that_is_markup_stays_a_name(self, filer: Filer, draft: Depot) -> None:
        filer.upload(draft, a_file("<script>alert(1)</script>.pdf"), a_file("exe.\u202efdp.pdf"))
        page = text(filer.client.get(filer.at("documents", draft.id)))
        assert "<script>alert" not in page
        assert "\u202e" not in page

    def test_a_refused_file_keeps_what_was_uploaded_before(self, filer: Filer, draft: Depot) -> None:
        filer.upload(draft, a_file("bon.pdf"))
        filer.upload(draft, a_file("faux.pdf", b"bonjour"))
        assert names(draft) == ["bon.pdf"]


class TestOrder:
    def test_up_and_down_by_buttons(self, filer: Filer, draft: Depot) -> None:
        with connection.cursor() as cursor:  # a file in its thousands: no number of a page is grouped for it
            cursor.execute("SELECT setval(pg_get_serial_sequence('depots_depotfile', 'id'), 1078)")
        filer.upload(draft, a_file("un.pdf"), a_file("deux.pdf", a_pdf(2)))
        move = filer.at("move", draft.id, ids(draft)["deux.pdf"], "monter")
        moved = filer.client.post(move)
        mark = f"fichier-{ids(draft)['deux.pdf']}"
        assert moved.url.endswith(f"#{mark}")  # which takes the focus
        assert f'id="{mark}" tabindex="-1"' in text(filer.client.get(moved.url))
        assert names(draft) == ["deux.pdf", "un.pdf"]
        filer.client.post(filer.at("move", draft.id, ids(draft)["deux.pdf"], "descendre"))
        assert names(draft) == ["un.pdf", "deux.pdf"]

    def test_a_direction_that_is_none(self, filer: Filer, draft: Depot) -> None:
        filer.upload(draft, a_file("un.pdf"), a_file("deux.pdf", a_pdf(2)))
        assert (
            filer.client.post(filer.at("move", draft.id, ids(draft)["un.pdf"], "ailleurs")).status_code == 404
        )
        assert names(draft) == ["un.pdf", "deux.pdf"]

    def test_removal_is_asked_once_in_words(self, filer: Filer, draft: Depot) -> None:
        filer.upload(draft, a_file("un.pdf"))
        address = filer.at("remove", draft.id, ids(draft)["un.pdf"])
        assert "Retirer « un.pdf » ?" in text(filer.client.get(address))
        assert names(draft) == ["un.pdf"]
        assert filer.client.post(address).url.endswith("#contenu")
        assert names(draft) == []
        assert filer.client.post(address).status_code == 404


class TestPages:
    def test_the_pages_that_will_be_published_are_shown_to_their_owner(
        self, filer: Filer, draft: Depot, tmp_path: Any
    ) -> None:
        filer.upload(draft, a_file("un.pdf", a_pdf(2)))
        picture = filer.client.get(filer.at("page", draft.id, 2))
        assert picture["Content-Type"] == "image/png"
        assert picture["Cache-Control"] == "no-store"
        seen = tmp_path / "page.png"
        seen.write_bytes(picture.content)
        with Image.open(seen) as image:
            assert image.width <= 700

    @pytest.mark.parametrize("number", [0, 2, 99999])
    def test_there_is_no_other_page(self, filer: Filer, draft: Depot, number: int) -> None:
        filer.upload(draft, a_file("un.pdf"))
        assert filer.client.get(filer.at("page", draft.id, number)).status_code == 404

    def test_nothing_is_shown_before_the_antivirus_has_said_so(self, filer: Filer, draft: Depot) -> None:
        filer.upload(draft, a_file("un.pdf"))
        StoredFile.objects.update(scan="pending")
        assert filer.client.get(filer.at("page", draft.id, 1)).status_code == 404
        page = text(filer.client.get(filer.at("documents", draft.id)))
        assert "L’antivirus examine vos fichiers" in page
        assert "<img" not in page

    def test_a_long_document_is_shown_by_eight_pages(self, filer: Filer, draft: Depot) -> None:
        filer.upload(draft, a_file("long.pdf", a_pdf(10)))
        first = text(filer.client.get(filer.at("documents", draft.id)))
        assert first.count("<img") == 8
        last = text(filer.client.get(filer.at("documents", draft.id), {"page": "2"}))
        assert "Pages 9 à 10 sur 10" in last
        assert filer.client.get(filer.at("documents", draft.id), {"page": "x"}).status_code == 200

    def test_a_stranger_sees_nothing(self, filer: Filer, draft: Depot) -> None:
        filer.upload(draft)
        Filer(filer.client, an_association(OTHER_SIREN))
        with patch("guichet.files.checks.page_image") as drawn:
            assert filer.client.get(filer.at("page", draft.id, 1)).status_code == 404
        drawn.assert_not_called()
