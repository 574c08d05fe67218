"""« Vos dépôts », the page of a filing, its files and its receipt; and who may see them."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from guichet.depots import operations
from guichet.depots.models import Depot
from guichet.depots.operations import upkeep
from guichet.files.models import StoredFile
from guichet.kernel import clock
from tests.teleprocedures.filer import OTHER_SIREN, Filer, a_browser, an_association
from tests.web.people import html_of as text

Queries = Callable[[int], AbstractContextManager[None]]


class TestTheList:
    def test_an_empty_one_says_how_to_begin(self, filer: Filer) -> None:
        page = text(filer.client.get(filer.at("depots")))
        assert "Vous n’avez encore rien déposé" in page
        assert f'href="{filer.at("start")}"' in page
        assert "<table" not in page

    def test_a_draft_looks_like_one_and_stands_apart(self, filer: Filer) -> None:
        draft = filer.begin()
        page = text(filer.client.get(filer.at("depots")))
        assert "À faire" in page
        assert "Tant qu’il n’est pas transmis, rien n’est déposé" in page
        assert filer.at("draft", draft.id) in page
        assert "<table" not in page

    def test_each_state_in_words_with_the_next_thing_to_do(self, filer: Filer) -> None:
        done = filer.confirmed("31/12/2023")
        waiting = filer.filed("31/12/2024")
        page = text(filer.client.get(filer.at("depots")))
        assert "Confirmé" in page
        assert filer.at("receipt", done.id) in page
        assert page.index("À faire") < page.index(str(waiting.reference)) < page.index("Déposés")
        assert "À confirmer" in page
        with clock.travel(dt.timedelta(days=16)):
            filer.client.force_login(filer.account)
            page = text(filer.client.get(filer.at("depots")))
        assert "Vous n’avez rien à faire" in page
        assert page.index("Sans effet") < page.index("Expiré : rien n’a été déposé")

    @pytest.mark.parametrize("many", [1, 20])
    def test_twenty_cost_as_few_queries_as_one(
        self, filer: Filer, assert_queries: Queries, many: int
    ) -> None:
        for year in range(2000, 2000 + many):
            filer.confirmed(f"31/12/{year}")
        with assert_queries(3):  # the session with its account; the filings; the questions of the service
            page = filer.client.get(filer.at("depots"))
        assert text(page).count("<tr>") == many + 1

    def test_only_one_s_own(self, filer: Filer) -> None:
        mine = filer.filed()
        other = Filer(a_browser(), an_association(OTHER_SIREN))
        assert str(mine.reference) not in text(other.client.get(other.at("depots")))


class TestOneFiling:
    def test_before_its_confirmation_it_says_where_the_message_went(
        self, filer: Filer, settings: Any
    ) -> None:
        depot = filer.filed()
        page = text(filer.client.get(filer.at("depot", depot.id)))
        assert "à confirmer" in page
        assert filer.account.email in page
        assert settings.SENDER in page
        assert "Renvoyer le message</button>" in page
        assert "accuse-de-reception" not in page

    def test_the_message_can_be_sent_again_and_not_too_often(self, filer: Filer) -> None:
        depot = filer.filed()
        again = filer.client.post(filer.at("resend", depot.id), follow=True)
        assert "Attendez une minute" in text(again)
        with clock.travel(dt.timedelta(minutes=2)):
            again = filer.client.post(filer.at("resend", depot.id), follow=True)
        assert "Un nouveau message « validation de dépôt de dossier » part" in text(again)
        assert filer.client.get(filer.link(depot)).status_code == 200

    def test_it_can_be_cancelled_once_asked_and_never_afterwards(self, filer: Filer) -> None:
        depot, link = (waiting := filer.filed()), filer.link(waiting)
        assert "Annuler ce dépôt ?" in text(filer.client.get(filer.at("cancel", depot.id)))
        assert "est annulé" in text(filer.client.post(filer.at("cancel", depot.id), follow=True))
        assert filer.client.post(link).status_code == 410
        done = filer.confirmed()
        assert filer.client.post(filer.at("cancel", done.id)).url == filer.at("depot", done.id)
        done.refresh_from_db()
        assert done.state == "confirme"

    def test_a_late_worker_does_not_delay_the_receipt(self, filer: Filer) -> None:
        depot = filer.confirmed()
        assert not hasattr(depot, "receipt")
        assert filer.client.get(filer.at("receipt", depot.id)).status_code == 200

    def test_no_receipt_before_the_confirmation(self, filer: Filer) -> None:
        depot = filer.filed()
        assert filer.client.get(filer.at("receipt", depot.id)).status_code == 404


class TestDownloads:
    def test_always_saved_and_never_a_page_of_ours(self, filer: Filer) -> None:
        depot = filer.confirmed()
        received = depot.files.get(kind="received")
        for address in (
            filer.at("receipt", depot.id),
            filer.at("document", depot.id),
            filer.at("original", depot.id, received.pk),
        ):
            answer = filer.client.get(address)
            assert answer["Content-Disposition"].startswith("attachment")
            assert answer["X-Content-Type-Options"] == "nosniff"
            assert answer["Content-Type"] == "application/pdf"
            assert b"".join(answer.streaming_content).startswith(b"%PDF-")

    def test_nothing_leaves_while_the_antivirus_has_not_spoken(self, filer: Filer) -> None:
        depot = filer.confirmed()
        StoredFile.objects.update(scan="pending")
        answer = filer.client.get(filer.at("document", depot.id))
        assert (answer.status_code, answer["Retry-After"]) == (409, "60")
        assert "<h1>Fichier en cours d’analyse</h1>" in text(answer)
        StoredFile.objects.update(scan="infected", scanned_at=clock.now())
        answer = filer.client.get(filer.at("document", depot.id))
        assert answer.status_code == 410
        assert "<h1>Fichier retenu</h1>" in text(answer)

    def test_files_of_a_cancelled_filing_that_were_erased_are_told(self, filer: Filer) -> None:
        depot = filer.filed()
        filer.client.post(filer.at("cancel", depot.id))
        assert "ont été effacés" not in text(filer.client.get(filer.at("depot", depot.id)))
        with clock.travel(upkeep.VOID_FILES_LIFETIME):
            operations.forget_void_files()
        assert "Les fichiers ont été effacés" in text(filer.client.get(filer.at("depot", depot.id)))

    def test_a_virus_found_late_is_told_on_the_filing_s_page(self, filer: Filer) -> None:
        depot = filer.confirmed()
        told = "Un virus a été trouvé dans un fichier de ce dépôt"
        assert told not in text(filer.client.get(filer.at("depot", depot.id)))
        StoredFile.objects.update(scan="infected", scanned_at=clock.now())
        page = text(filer.client.get(filer.at("depot", depot.id)))
        assert told in page
        assert "Infecté" in page
        assert filer.at("document", depot.id) not in page
        assert filer.at("original", depot.id, depot.files.get(kind="received").pk) not in page
        assert filer.at("receipt", depot.id) in page

    def test_a_file_of_another_filing_is_not_there(self, filer: Filer) -> None:
        one, other = filer.confirmed("31/12/2023"), filer.confirmed("31/12/2024")
        file = other.files.get(kind="received")
        assert filer.client.get(filer.at("original", one.id, file.pk)).status_code == 404


def every_address(filer: Filer, depot: Depot) -> list[str]:
    file = depot.files.get(kind="received").pk
    plain = (
        "draft",
        "documents",
        "check",
        "discard",
        "depot",
        "receipt",
        "document",
        "resend",
        "cancel",
        "rectify",
    )
    return [
        *(filer.at(name, depot.id) for name in plain),
        filer.at("step", depot.id, "exercice"),
        filer.at("page", depot.id, 1),
        filer.at("remove", depot.id, file),
        filer.at("move", depot.id, file, "monter"),
        filer.at("original", depot.id, file),
    ]


class TestOthers:
    @pytest.mark.parametrize("state", ["ready", "filed", "confirmed"])
    def test_a_stranger_finds_nothing_whatever_the_address_and_the_method(
        self, filer: Filer, state: str
    ) -> None:
        depot: Depot = getattr(filer, state)()
        stranger = Filer(a_browser(), an_association(OTHER_SIREN))
        before = Depot.objects.filter(pk=depot.pk).values().get()
        for address in every_address(filer, depot):
            for method in (stranger.client.get, stranger.client.post):
                answer = method(address)
                assert answer.status_code in (404, 405), address
                assert filer.account.email not in text(answer)
        assert Depot.objects.filter(pk=depot.pk).values().get() == before

    def test_nobody_gets_in_without_signing_in(self, filer: Filer) -> None:
        depot, nobody = filer.ready(), a_browser()
        for address in (filer.at("start"), filer.at("depots"), *every_address(filer, depot)):
            for method in (nobody.get, nobody.post):
                answer = method(address)
                assert answer.status_code == 405 or answer["Location"].startswith("/association/connexion/")

    @pytest.mark.parametrize("name", ["resend", "rectify"])
    def test_what_changes_something_is_not_done_by_a_link(self, filer: Filer, name: str) -> None:
        assert filer.client.get(filer.at(name, filer.filed().id)).status_code == 405

    def test_an_address_that_is_no_filing(self, filer: Filer) -> None:
        assert filer.client.get(filer.at("depots") + "pas-un-numero/").status_code == 404
        missing = "00000000-0000-4000-8000-000000000000"
        assert filer.client.get(filer.at("depot", missing)).status_code == 404


class TestOvernight:
    def test_a_form_left_open_is_given_back_after_signing_in(self, filer: Filer) -> None:
        draft = filer.begin()
        filer.exercice(draft, "30/06/2025")
        filer.client.logout()
        late = filer.exercice(draft, "31/12/2025")
        assert late["Location"].startswith("/association/connexion/")
        password = "tulipe-Gravier9-nuage"
        filer.account.set_password(password)
        filer.account.save()
        page = filer.client.post(
            late["Location"], {"identifier": filer.account.identifier, "password": password}, follow=True
        )
        assert "31/12/2025" in text(page)  # what was typed is offered back
        assert 'name="date_cloture"' in text(page)
        draft.refresh_from_db()
        assert draft.data["date_cloture"] == "2025-06-30"  # and what was kept before is still there
