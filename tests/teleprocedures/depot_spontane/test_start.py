"""« Envoyer un document », and how many (001, steps 1 to 3)."""

import pytest
from django.test import Client

from guichet.depots.models import Depot
from tests.espaces.prive.people import somebody
from tests.teleprocedures.depot_spontane.sender import Sender, a_photograph
from tests.web.people import text_of

pytestmark = pytest.mark.django_db


class TestTheThreeButtons:
    @pytest.mark.parametrize("kind", ["particulier", "exploitant", "employeur"])
    def test_two_lead_to_declarations_and_the_third_alone_begins(self, kind: str) -> None:
        sender = Sender(somebody(kind))
        page = sender.client.get(sender.at("start"))
        html = page.content.decode()
        assert html.count('href="/prive/declarations/') == 2
        assert "D’autres documents" in text_of(page)
        assert "rien n’est transmis" not in text_of(page)
        assert not Depot.objects.exists()
        for part in html.split('href="/prive/declarations/')[1:]:
            assert sender.client.get("/prive/declarations/" + part.split('"')[0]).status_code == 200

    def test_opening_the_page_of_the_third_does_nothing(self, sender: Sender) -> None:
        assert sender.client.get(sender.at("begin")).status_code == 405
        assert not Depot.objects.exists()

    def test_beginning_twice_takes_up_the_same_draft(self, sender: Sender) -> None:
        draft = sender.begin(2)
        answer = sender.client.post(sender.at("begin"))
        assert answer.headers["Location"] == sender.at("draft", draft.pk)
        assert Depot.objects.count() == 1

    def test_a_draft_comes_first_and_is_no_filing(self, sender: Sender) -> None:
        draft = sender.begin(2)
        page = text_of(sender.client.get(sender.at("start")))
        assert "Vous avez un envoi commencé, rien n’est transmis" in page
        assert sender.at("draft", draft.pk) in page
        assert sender.at("discard", draft.pk) in page
        assert page.index("rien n’est transmis") < page.index("D’autres documents")

    def test_nobody_but_the_espace_comes_in(self, sender: Sender) -> None:
        answer = Client().get(sender.at("start"))
        assert answer.headers["Location"].startswith("/prive/connexion/?suite=")


class TestHowMany:
    @pytest.mark.parametrize("typed", ["1", "10"])
    def test_from_one_to_ten(self, sender: Sender, typed: str) -> None:
        draft = sender.begin()
        answer = sender.post(draft, "number", nombre=typed)
        assert answer.headers["Location"] == sender.at("documents", draft.pk)
        many = "1 document" if typed == "1" else "10 documents"
        assert f"Vous voulez transmettre {many}" in text_of(sender.get(draft, "documents"))

    @pytest.mark.parametrize("typed", ["0", "11", "", "deux"])
    def test_no_other_number(self, sender: Sender, typed: str) -> None:
        draft = sender.begin(3)
        answer = sender.post(draft, "number", nombre=typed)
        assert answer.status_code == 422
        assert f'value="{typed}"' in answer.content.decode() or not typed
        assert sender.again(draft).data["nombre"] == "3"

    def test_without_a_number_every_page_leads_there(self, sender: Sender) -> None:
        sender.client.post(sender.at("begin"))
        draft = Depot.objects.get()
        for name in ("draft", "documents"):
            assert sender.get(draft, name).headers["Location"] == sender.at("number", draft.pk)
        assert sender.get(draft, "name", 1).status_code == 404

    def test_a_lower_number_takes_empty_documents_away_without_asking(self, sender: Sender) -> None:
        draft = sender.begin(3)
        sender.post(draft, "name", 2, nom="relevé bancaire")
        assert sender.post(draft, "number", nombre="1").status_code == 302
        data = sender.again(draft).data
        assert (data["nombre"], data["nom_1"], data["nom_2"]) == ("1", "relevé bancaire", "")

    def test_what_is_filled_in_goes_only_where_it_was_named(self, sender: Sender) -> None:
        draft = sender.begin(3)
        for document, name in enumerate(("premier", "deuxième", "troisième"), 1):
            sender.say(draft, document, nom=name)
            sender.upload(draft, document, a_photograph(name))
        asked = sender.post(draft, "number", nombre="1")
        assert asked.status_code == 422
        page = text_of(asked)
        assert "cochez les 2 à retirer" in page
        assert "Document 2 : deuxième" in page
        for too_few in ({}, {"retires": ["1"]}, {"retires": ["1", "2", "3"]}, {"retires": ["1", "9"]}):
            assert sender.post(draft, "number", nombre="1", **too_few).status_code == 422
        assert sender.again(draft).data["nombre"] == "3"
        assert sender.again(draft).pages.count() == 3
        assert sender.post(draft, "number", nombre="1", retires=["1", "3"]).status_code == 302
        left = sender.again(draft)
        assert (left.data["nombre"], left.data["nom_1"], left.data["nom_2"]) == ("1", "deuxième", "")
        assert [(page.document, page.name) for page in left.pages.all()] == [(1, "deuxième.jpg")]

    def test_a_higher_number_keeps_what_is_there(self, sender: Sender) -> None:
        draft = sender.begin(1)
        sender.post(draft, "name", 1, nom="relevé bancaire")
        sender.post(draft, "number", nombre="4")
        data = sender.again(draft).data
        assert (data["nombre"], data["nom_1"]) == ("4", "relevé bancaire")


class TestGivingUp:
    def test_it_is_asked_once_and_says_what_goes(self, sender: Sender) -> None:
        draft = sender.begin(2)
        sender.post(draft, "name", 1, nom="relevé bancaire")
        page = text_of(sender.get(draft, "discard"))
        assert "Supprimer ce brouillon ?" in page
        assert "relevé bancaire" in page
        assert sender.again(draft).state == "brouillon"
        sender.post(draft, "discard")
        assert sender.again(draft).state == "abandonne"
        assert "rien n’est transmis" not in text_of(sender.client.get(sender.at("start"))).replace(
            "Rien n’a été transmis", ""
        )
