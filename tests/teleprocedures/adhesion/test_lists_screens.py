"""Requests by list: verdicts first, nothing sent before, then progress and a result a line."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from guichet.adhesions.models import Liste
from guichet.adhesions.operations import send_batch
from guichet.depots.models import Depot
from tests.adhesions import world
from tests.adhesions.firm import an_abonne
from tests.entreprises import files
from tests.teleprocedures.adhesion.cabinet import Cabinet
from tests.web.people import html_of, text_of

MIXED = "\n".join([world.ALIVE, world.CLOSED, "12345", world.OTHER, world.ALIVE, world.NOBODYS])


def page(cabinet: Cabinet, liste: Liste, query: str = "") -> str:
    answer = cabinet.client.get(cabinet.at("list", liste.pk) + query)
    assert answer.status_code == 200
    return text_of(answer)


class TestGiving:
    def test_the_page_says_that_nothing_is_sent_yet(self, cabinet: Cabinet) -> None:
        assert "Rien n’est transmis à cette étape" in text_of(cabinet.client.get(cabinet.at("list_new")))

    def test_a_paste_leads_to_its_verdicts(self, cabinet: Cabinet) -> None:
        liste = cabinet.listed(MIXED)
        shown = page(cabinet, liste)
        assert "2 demandes peuvent être transmises" in shown
        assert "4 lignes sont écartées" in shown
        assert "Transmettre ces 2 demandes" in shown
        assert "fermée" in shown
        assert "ne compte pas 9 chiffres" in shown
        assert "déjà plus haut dans la liste" in shown
        assert not Depot.objects.exists()

    def test_a_file_does_as_well(self, cabinet: Cabinet) -> None:
        content = f"nom;siren\nBoulangerie;{world.ALIVE}\nGarage;{world.OTHER}\n".encode("cp1252")
        file = SimpleUploadedFile("clients.csv", content, "text/csv")
        assert cabinet.give(fichier=file).status_code == 302
        shown = page(cabinet, Liste.objects.get())
        assert "2 demandes peuvent être transmises" in shown
        assert "titres des colonnes" in shown

    def test_neither_or_both_are_refused_and_nothing_typed_is_lost(self, cabinet: Cabinet) -> None:
        nothing = cabinet.give("", services=["cfe"])
        assert nothing.status_code == 422
        assert "La liste est vide" in text_of(nothing)
        assert 'value="cfe" checked' in " ".join(
            html_of(nothing).replace('id="id_services_3"', "").split()
        ) or (html_of(nothing).count("checked") == 2)
        both = cabinet.give(world.ALIVE, fichier=SimpleUploadedFile("a.csv", b"x", "text/csv"))
        assert both.status_code == 422
        assert "Gardez l’un des deux" in text_of(both)
        assert world.ALIVE in text_of(both)
        assert not Liste.objects.exists()

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04rest", b"%PDF-1.7", b"\x00\x01\x02"])
    def test_a_file_that_is_no_list_says_what_to_do(self, cabinet: Cabinet, content: bytes) -> None:
        answer = cabinet.give(fichier=SimpleUploadedFile("clients.xlsx", content, "application/zip"))
        assert answer.status_code == 422
        assert "Il y a 1 point à corriger" in text_of(answer)

    def test_services_and_capacity_are_asked_for(self, cabinet: Cabinet) -> None:
        answer = cabinet.client.post(cabinet.at("list_new"), {"text": world.ALIVE})
        assert answer.status_code == 422
        assert "Choisissez au moins un service" in text_of(answer)
        assert "en quelle qualité" in text_of(answer)

    def test_what_was_pasted_is_never_markup(self, cabinet: Cabinet) -> None:
        liste = cabinet.listed(f"<script>alert(1)</script>\n{world.ALIVE}\n<b>x")
        assert "<script>alert" not in html_of(cabinet.client.get(cabinet.at("list", liste.pk)))


class TestBeforeTheSending:
    @pytest.mark.parametrize(("only", "lines"), [("", 6), ("bonnes", 2), ("ecartees", 4), ("nimporte", 6)])
    def test_one_may_look_at_some_of_the_lines(self, cabinet: Cabinet, only: str, lines: int) -> None:
        liste = cabinet.listed(MIXED)
        assert page(cabinet, liste, f"?voir={only}").count('scope="row"') == lines

    def test_long_lists_have_pages(self, cabinet: Cabinet) -> None:
        liste = cabinet.listed("\n".join(files.siren(rank) for rank in world.MANY))
        first = page(cabinet, liste)
        assert "Page 1 sur 2" in first
        assert "voir=bonnes&page=2" in page(cabinet, liste, "?voir=bonnes")
        assert page(cabinet, liste, "?page=2").count('scope="row"') == 10

    def test_the_terms_are_accepted_first(self, cabinet: Cabinet) -> None:
        liste = cabinet.listed(MIXED)
        answer = cabinet.client.post(cabinet.at("list_send", liste.pk), {})
        assert answer.status_code == 422
        liste.refresh_from_db()
        assert liste.sent_at is None

    def test_a_list_without_a_good_line_offers_another(self, cabinet: Cabinet) -> None:
        liste = cabinet.listed(f"{world.CLOSED}\n{world.NOBODYS}")
        shown = page(cabinet, liste)
        assert "Transmettre" not in shown
        assert "Donner une autre liste" in shown
        forced = cabinet.client.post(cabinet.at("list_send", liste.pk), {"accepted_terms": "on"})
        assert forced.status_code == 422
        assert "Aucune ligne" in text_of(forced)


class TestTheSending:
    def test_it_can_be_left_and_tells_how_far_it_is(self, cabinet: Cabinet) -> None:
        liste = cabinet.listed(MIXED)
        cabinet.client.post(cabinet.at("list_send", liste.pk), {"accepted_terms": "on"})
        shown = page(cabinet, liste)
        assert "0 demandes sur 2 transmises" in shown
        assert "même si vous quittez cette page" in shown
        assert "Actualiser l’avancement" in shown
        assert "En cours d’envoi : 0 sur 2" in text_of(cabinet.client.get(cabinet.at("lists")))

    def test_each_line_has_its_result_with_its_reference(self, cabinet: Cabinet) -> None:
        liste = cabinet.listed(MIXED)
        cabinet.send(liste)
        shown = page(cabinet, liste)
        assert "2 demandes sont transmises" in shown
        for depot in Depot.objects.all():
            assert str(depot.reference) in shown
            assert cabinet.at("depot", depot.pk) in shown
        assert Depot.objects.count() == 2

    def test_twice_is_as_once(self, cabinet: Cabinet) -> None:
        liste = cabinet.listed(MIXED)
        cabinet.send(liste)
        assert cabinet.send(liste).status_code == 302
        assert Depot.objects.count() == 2

    def test_what_changed_meanwhile_is_told_at_its_line(self, cabinet: Cabinet) -> None:
        liste = cabinet.listed(MIXED)
        cabinet.asked(world.ALIVE)
        cabinet.send(liste)
        shown = page(cabinet, liste, "?voir=refusees")
        assert "déjà une demande en attente" in shown
        assert shown.count('scope="row"') == 1
        assert "1 n’a pas pu l’être" in shown

    def test_the_file_has_every_line_and_no_formula(self, cabinet: Cabinet) -> None:
        liste = cabinet.listed(f"{MIXED}\n=1+1")
        cabinet.send(liste)
        answer = cabinet.client.get(cabinet.at("list_csv", liste.pk))
        content = b"".join(answer.streaming_content).decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(content), delimiter=";"))
        assert len(rows) == 7
        assert {row["référence"] for row in rows} - {""} == set(
            Depot.objects.values_list("reference", flat=True)
        )
        assert not [cell for row in rows for cell in row.values() if cell.startswith("=")]


@pytest.mark.parametrize("name", ["list", "list_csv", "list_send"])
def test_somebody_elses_list_is_not_there(cabinet: Cabinet, name: str) -> None:
    liste = cabinet.listed(MIXED)
    other = Cabinet(an_abonne("Omar Autre", siren="443061841"))
    ask = other.client.post if name == "list_send" else other.client.get
    assert ask(other.at(name, liste.pk), {"accepted_terms": "on"}).status_code == 404
    assert send_batch(liste_id=liste.pk) == 0


def test_no_list_yet_says_how_to_begin(cabinet: Cabinet) -> None:
    assert "Vous n’avez encore donné aucune liste" in text_of(cabinet.client.get(cabinet.at("lists")))
