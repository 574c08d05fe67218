"""The pages of a registration, by people who jump, go back and come again; many places and colleagues."""

import re

import pytest
from django.test import Client

from guichet.accounts.models import PendingRegistration
from guichet.courriers.models import Courrier
from tests.entreprises import files
from tests.espaces.declarant import registrants as people
from tests.espaces.declarant.registrants import CREDENTIALS, ROOT, chosen
from tests.inscriptions import world
from tests.web.people import text_of

pytestmark = pytest.mark.django_db


class TestNothingIsJumpedOver:
    """Whatever stands in the address bar."""

    SLUGS = ("conditions", "etablissement", "authentification", "recapitulatif", "profil", "vous-etes")

    @pytest.mark.parametrize(
        "slug", [*SLUGS[1:], "services", "secteur", "declarations", "charte", "validation"]
    )
    def test_pages_ahead_lead_back(self, siret: str, slug: str) -> None:
        client = Client()
        page = people.send(client, ROOT, people.person(siret))
        assert client.get(f"{ROOT}1/{slug}/")["Location"] == page
        assert client.post(f"{ROOT}1/{slug}/", {"accepted": "on"})["Location"] == page
        assert not PendingRegistration.objects.exists()

    @pytest.mark.parametrize("slug", ["activation", "etablissements", "declarants", "charte"])
    def test_pages_of_others_are_none_of_mine(self, siret: str, slug: str) -> None:
        client = Client()
        page = people.to_the_profile(client, siret)
        assert client.get(f"{ROOT}1/{slug}/")["Location"] == page

    def test_a_page_that_is_none(self) -> None:
        assert Client().get(f"{ROOT}1/autre/").status_code == 404

    @pytest.mark.parametrize("page", ["conditions", "validation", "messagerie", "compte-rendu"])
    def test_a_registration_that_is_nobodys_begins_anew(self, siret: str, page: str) -> None:
        people.to_the_recap(Client(), siret)  # somebody else's number 1
        assert Client().get(f"{ROOT}1/{page}/")["Location"] == ROOT

    def test_one_that_is_not_sent_has_no_report(self, siret: str) -> None:
        client = Client()
        people.to_the_recap(client, siret)
        assert client.get(f"{ROOT}1/compte-rendu/")["Location"] == ROOT
        assert client.get(f"{ROOT}1/messagerie/")["Location"].endswith("/validation/")

    def test_an_answer_that_is_not_proposed_counts_for_nothing(self, siret: str) -> None:
        client = Client()
        page = people.walk(client, people.to_the_profile(client, siret), people.tree()[:4])
        answer = client.post(page, {"declarations": ["dsn", "c3s", "no_such"]})
        assert answer.status_code == 422
        assert "n’est plus proposée" in text_of(answer)

    def test_a_charter_that_is_not_accepted_holds_one_up(self, siret: str) -> None:
        client = Client()
        page = people.walk(client, people.to_the_profile(client, siret), people.tree()[:5])
        shown = text_of(client.get(page))
        assert "l’entreprise s’engage" in shown
        assert client.post(page, {}).status_code == 422
        assert client.get(f"{ROOT}1/validation/")["Location"] == page


class TestNothingIsLost:
    """Wherever one goes back to, in as many tabs as one likes."""

    def test_the_step_before_keeps_what_was_begun(self, siret: str) -> None:
        client = Client()
        page = people.to_the_password(client, siret)
        answer = client.post(page, {"answer": "un cerf", "previous": "1"})
        assert answer["Location"].endswith("/etablissement/")
        assert 'value="un cerf"' in text_of(client.get(page))

    def test_several_boxes_stay_ticked_on_the_way_back(self, siret: str) -> None:
        client = Client()
        page = people.walk(client, people.to_the_profile(client, siret), people.tree()[:2])
        sent = client.post(page, {"lies_a": ["cotisations_prive", "risques"], "previous": "1"})
        assert sent["Location"].endswith("/vous-etes/")
        shown = text_of(client.get(page))
        assert len(re.findall(r'name="lies_a"[^>]*checked', shown)) == 2

    def test_an_answer_that_changes_asks_again_what_follows_from_it(self, siret: str) -> None:
        client = Client()
        people.to_the_recap(client, siret)
        page = people.send(client, f"{ROOT}1/services/", {"lies_a": ["risques"]})
        assert page.endswith("/secteur/")
        page = people.send(client, page, {"secteurs": ["taux"]})
        assert page.endswith("/declarations/")
        recap = people.send(client, page, {"declarations": ["taux_atmp"]})
        people.send(client, recap, {})
        assert (chosen().declarations, chosen().charters) == (("taux_atmp",), ())

    def test_the_same_answer_again_leads_back_to_the_recap(self, siret: str) -> None:
        client = Client()
        recap = people.to_the_recap(client, siret)
        assert people.send(client, f"{ROOT}1/vous-etes/", {"vous_etes": "prive"}) == recap

    def test_another_siret_is_looked_at_again(self, siret: str) -> None:
        client, other = Client(), world.a_rank()
        world.put_into_register(other)
        people.to_the_recap(client, siret)
        page = people.send(client, f"{ROOT}1/identite/", people.person(files.siret(other)))
        assert page.endswith("/etablissement/")
        people.walk(client, page, [{}, {}])
        assert chosen().sirets == (files.siret(other),)

    def test_two_tabs_do_not_mix(self, siret: str) -> None:
        client = Client()
        first = people.send(client, ROOT, people.person(siret, first_name="Odile"))
        second = people.send(client, ROOT, people.person(siret, first_name="Zoé"))
        assert (first, second) == (f"{ROOT}1/conditions/", f"{ROOT}2/conditions/")
        assert 'value="Odile"' in text_of(client.get(f"{ROOT}1/identite/"))
        assert 'value="Zoé"' in text_of(client.get(f"{ROOT}2/identite/"))

    def test_the_latest_five_are_kept(self, siret: str) -> None:
        client = Client()
        for _ in range(6):
            people.send(client, ROOT, people.person(siret))
        assert client.get(f"{ROOT}1/conditions/")["Location"] == ROOT
        assert client.get(f"{ROOT}2/conditions/").status_code == 200

    def test_one_that_closed_meanwhile_is_asked_again(self, siret: str) -> None:
        client = Client()
        recap = people.to_the_recap(client, siret)
        world.close_place(siret)
        assert client.post(recap)["Location"].endswith("/identite/")
        assert not PendingRegistration.objects.exists()


class TestManyPlaces:
    """A company of 200 établissements."""

    @pytest.fixture
    def page(self, client: Client) -> str:
        """« Vos établissements »."""
        rank = world.a_rank()
        world.put_into_register(rank, places=199)
        world.put_place(rank, 200, libelleCommune="SÈTE")
        world.put_place(rank, 201, etatAdministratif="F")
        return people.walk(client, people.to_the_profile(client, files.siret(rank)), people.tree())

    def test_are_shown_by_fifty_and_ticked_across_pages(self, client: Client, page: str) -> None:
        shown = text_of(client.get(page))
        assert shown.count('name="sirets"') == 50
        assert "200 établissements ouverts" in shown
        assert "Page 1 sur 4" in shown
        before = re.findall(r'name="sirets" value="(\d+)"', shown)
        after = people.send(
            client, page, {"shown": " ".join(before), "sirets": before[:2], "action": "after"}
        )
        assert "page=2" in after
        shown = text_of(client.get(after))
        assert "2 établissements cochés" in shown
        second = re.findall(r'name="sirets" value="(\d+)"', shown)
        people.walk(client, after, [{"shown": " ".join(second), "sirets": second[:3]}, {}])
        assert sorted(chosen().sirets) == sorted([*before[:2], *second[:3]])

    def test_all_at_once_and_none(self, client: Client, page: str) -> None:
        people.send(client, page, {"action": "all"})
        assert "200 établissements cochés" in text_of(client.get(page))
        people.send(client, page, {"action": "none"})
        answer = client.post(page, {"shown": ""})
        assert answer.status_code == 422
        assert "Cochez au moins un établissement" in text_of(answer)

    def test_are_searched_and_those_found_are_ticked(self, client: Client, page: str) -> None:
        found = people.send(client, page, {"shown": "", "q": " sete ", "action": "search"})
        assert "1 correspond à votre recherche" in text_of(client.get(found))
        people.send(client, found, {"action": "all", "q": "sete"})
        assert "2 établissements cochés" in text_of(client.get(page))  # the one that registers, and this one

    def test_a_search_that_finds_nothing_says_so(self, client: Client, page: str) -> None:
        found = people.send(client, page, {"q": "Tombouctou", "action": "search"})
        assert "Aucun établissement ouvert ne correspond" in text_of(client.get(found))

    @pytest.mark.parametrize("number", ["0", "-1", "99", "x", "²", "9" * 20])
    def test_a_page_that_is_none_is_the_nearest(self, client: Client, page: str, number: str) -> None:
        assert client.get(page, {"page": number}).status_code == 200

    def test_those_of_others_are_not_ticked(self, client: Client, page: str, siret: str) -> None:
        shown = re.findall(r'name="sirets" value="(\d+)"', text_of(client.get(page)))
        people.walk(client, page, [{"shown": f"{shown[0]} {siret}", "sirets": [shown[0], siret]}, {}])
        assert chosen().sirets == (shown[0],)

    def test_its_page_is_light(self, client: Client, page: str) -> None:
        assert len(client.get(page).content) < 60_000


class TestColleagues:
    """Of a tiers déclarant: as many as one wants."""

    @pytest.fixture
    def page(self, client: Client, siret: str) -> str:
        """« Vos collaborateurs »."""
        return people.walk(client, people.to_the_profile(client, siret), people.tree("clients"))

    @staticmethod
    def one(rank: int) -> dict[str, str]:
        """Somebody."""
        letters = f"{chr(97 + rank // 26)}{chr(97 + rank % 26)}"
        return {"last_name": f"Modèle{letters}", "first_name": "Léa", "email": f"{letters}@atelier.example"}

    def test_forty_are_added_one_taken_away_again(self, client: Client, page: str) -> None:
        for rank in range(40):
            people.send(client, page, {**self.one(rank), "add": "1"})
        assert "40 personnes ajoutées" in text_of(client.get(page))
        people.send(client, page, {"remove": "3"})
        people.walk(client, page, [{}, {}])
        names = [one.last_name for one in chosen().colleagues]
        assert len(names) == 39
        assert "Modèleac" not in names

    def test_who_is_typed_and_not_added_yet_is_added_by_going_on(self, client: Client, page: str) -> None:
        people.walk(client, page, [self.one(0), {}])
        assert len(chosen().colleagues) == 1

    def test_who_is_half_typed_is_not_forgotten(self, client: Client, page: str) -> None:
        answer = client.post(page, {"last_name": "Modèle"})
        assert answer.status_code == 422
        assert "prénom de cette personne" in text_of(answer)
        client.post(page, {"last_name": "Modèle", "previous": "1"})
        assert 'value="Modèle"' in text_of(client.get(page))

    def test_the_names_of_the_administrateur_stay(self, client: Client, page: str) -> None:
        people.walk(client, page, [self.one(0), {}])
        assert PendingRegistration.objects.get().profile["last_name"] == "Exemple-Durand"

    @pytest.mark.parametrize("names", [("Exemple Durand", "ODILE"), ("MODELEAA", "lea")])
    def test_two_of_one_name_are_told_how_to_differ(
        self, client: Client, page: str, names: tuple[str, str]
    ) -> None:
        people.send(client, page, {**self.one(0), "add": "1"})
        typed = {"last_name": names[0], "first_name": names[1], "email": "autre@atelier.example"}
        answer = client.post(page, {**typed, "add": "1"})
        assert answer.status_code == 422
        assert "deuxième prénom" in text_of(answer)

    @pytest.mark.parametrize("number", ["0", "99", "-1", "x", "²", ""])
    def test_nobody_is_taken_away_by_a_number_that_is_none(
        self, client: Client, page: str, number: str
    ) -> None:
        people.send(client, page, {**self.one(0), "add": "1"})
        people.send(client, page, {"remove": number})
        assert "1 personne ajoutée" in text_of(client.get(page))


class TestTheRecap:
    """« Vérifiez vos réponses », each with its own way back."""

    def test_every_answer_has_its_way_back(self, siret: str) -> None:
        client = Client()
        page = text_of(client.get(people.to_the_recap(client, siret)))
        places = (
            "identite/#id_siret",
            "identite/#id_last_name",
            "identite/#id_email",
            "identite/#id_phone",
            "authentification/?mot-de-passe#id_password",
            "profil/#id_profil_0",
            "vous-etes/#id_vous_etes_0",
            "services/#id_lies_a_0",
            "secteur/#id_secteurs_0",
            "declarations/#id_declarations_0",
            "charte/",
        )
        for place in places:
            assert f'href="{ROOT}1/{place}' in page
        assert not PendingRegistration.objects.exists()

    def test_sent_twice_is_as_once(self, siret: str) -> None:
        client = Client()
        recap = people.to_the_recap(client, siret)
        assert client.post(recap)["Location"] == client.post(recap)["Location"]
        assert Courrier.objects.count() == 1

    def test_an_address_that_was_wrong_is_corrected_and_written_to(self, siret: str) -> None:
        client = Client()
        people.register(client, siret, email="faux@atelier.example")
        page = people.send(client, f"{ROOT}1/identite/", people.person(siret))
        assert page.endswith("/authentification/")  # the password is the accounts room's since
        people.walk(client, page, [CREDENTIALS, {}])
        assert Courrier.objects.filter(recipient=people.EMAIL).count() == 1
        assert PendingRegistration.objects.count() == 1

    def test_the_report_is_a_pdf_without_secrets(self, siret: str) -> None:
        client = Client()
        people.register(client, siret)
        answer = client.get(f"{ROOT}1/compte-rendu/")
        assert answer.content.startswith(b"%PDF-")
        assert answer["Content-Disposition"].startswith("attachment")


class TestTwoOfOneIdentity:
    """Who asks whether somebody has an account learns nothing."""

    def test_the_pages_are_the_same(self, siret: str, rank: int) -> None:
        people.somebody(rank)
        pages = []
        for first_name in ("Odile", "Ondine"):
            client = Client()
            page = text_of(client.get(people.register(client, siret, first_name=first_name)))
            pages.append(page.replace(first_name, "…"))
        assert pages[0] == pages[1]
        assert "deuxième prénom" in pages[0]
        told = Courrier.objects.filter(recipient=people.EMAIL, template="compte_existant")
        assert told.count() == 1

    def test_the_later_registration_replaces_the_one_before(self, siret: str) -> None:
        for email in ("une@atelier.example", "deux@atelier.example"):
            people.register(Client(), siret, email=email)
        assert PendingRegistration.objects.get().email == "deux@atelier.example"
