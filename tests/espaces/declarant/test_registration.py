"""Registering a company, page by page (003, chapter 2), by people who hurry, doubt and go back."""

import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from guichet.accounts.models import Account, PendingRegistration, Session
from guichet.courriers.models import Courrier
from guichet.espaces.declarant.definition import TERMS_VERSION
from guichet.inscriptions.rules import Choice, Genre, Voie
from tests.entreprises import files
from tests.espaces.declarant import registrants as people
from tests.espaces.declarant.registrants import CREDENTIALS, ROOT
from tests.inscriptions import world
from tests.web.people import html_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def rank() -> int:
    """A company of one établissement, which nobody has inscribed."""
    found = world.a_rank()
    world.put_into_register(found)
    return found


@pytest.fixture
def siret(rank: int) -> str:
    """Its établissement."""
    return files.siret(rank)


def chosen() -> Choice:
    """What the only registration that waits has chosen."""
    return Choice.from_json(PendingRegistration.objects.get().profile["inscription"])


class TestACompany:
    """From the first page to the message, with what is kept."""

    def test_of_one_etablissement_registers(self, siret: str) -> None:
        client = Client()
        page = text_of(client.get(people.register(client, siret)))
        assert people.EMAIL in page
        assert settings.SENDER in page
        assert "8 jours au plus" in page
        assert "Une lettre informe le responsable" in page
        assert not Account.objects.exists()
        waits = PendingRegistration.objects.get()
        assert waits.identifier == f"{siret} EXEMPLEDURAND ODILE"
        assert waits.profile["name"] == "Odile Exemple-Durand"
        assert (waits.profile["siret"], waits.profile["phone"]) == (siret, "01 99 00 12 34")
        assert waits.terms_accepted_at
        assert chosen() == Choice(
            genre=Genre.MONO,
            vous_etes="prive",
            lies_a=("cotisations_prive",),
            secteurs=("regime_general",),
            declarations=("dsn",),
            charters=("dsn",),
            sirets=(siret,),
        )

    def test_of_several_ticks_those_that_declare(self) -> None:
        rank, client = world.a_rank(), Client()
        world.put_into_register(rank, places=3)
        page = people.walk(client, people.to_the_profile(client, files.siret(rank, 2)), people.tree())
        shown = text_of(client.get(page))
        assert "3 établissements ouverts" in shown
        assert re.search(rf'value="{files.siret(rank, 2)}"[^>]*checked', shown)
        assert not re.search(rf'value="{files.siret(rank, 1)}"[^>]*checked', shown)
        wanted = [files.siret(rank, 1), files.siret(rank, 3)]
        before = " ".join(files.siret(rank, place) for place in (1, 2, 3))
        people.walk(client, page, [{"shown": before, "sirets": wanted}, {}])
        assert (chosen().genre, sorted(chosen().sirets)) == (Genre.MULTI, sorted(wanted))

    def test_with_clients_adds_its_people(self, siret: str) -> None:
        client = Client()
        page = people.walk(client, people.to_the_profile(client, siret), people.tree("clients"))
        lea = {"last_name": "Modèle", "first_name": "Léa", "email": "lea@atelier.example"}
        people.send(client, page, {**lea, "add": "1"})
        assert "1 personne ajoutée" in text_of(client.get(page))
        people.walk(client, page, [{}, {}])
        assert chosen().genre == Genre.TIERS
        assert [one.email for one in chosen().colleagues] == ["lea@atelier.example"]
        assert PendingRegistration.objects.get().email == people.EMAIL

    def test_of_which_an_administrateur_is_known_chooses_a_way(self) -> None:
        inscription, client = world.company(), Client()
        page = people.to_the_profile(client, inscription.siret, last_name="Nouvelle")
        shown = text_of(client.get(page))
        assert page.endswith("/activation/")
        assert "Vous avez 15 jours" in shown
        sent = text_of(client.get(people.walk(client, page, [{"voie": "cle"}, {}])))
        assert "Vous saisissez la clé dans les 15 jours" in sent
        assert (chosen().voie, chosen().declarations) == (Voie.CLE, ())

    def test_becomes_a_candidate_if_another_inscribed_it_meanwhile(self, rank: int, siret: str) -> None:
        client = Client()
        recap = people.to_the_recap(client, siret)
        world.company(rank=rank, registered=False)
        assert client.post(recap)["Location"].endswith("/activation/")
        assert not PendingRegistration.objects.exists()


class TestTheWayOfTheC3S:
    """As its chapter shows it: every choice in the reference's own words."""

    def test_step_by_step(self, siret: str) -> None:
        client = Client()
        page = people.to_the_profile(client, siret)
        ways: list[tuple[str, dict[str, Any]]] = [
            ("Votre entreprise", {"profil": "entreprise"}),
            ("Une entreprise ou un organisme du secteur privé", {"vous_etes": "prive"}),
            (
                "Les cotisations sociales et contributions pour une entreprise ou un organisme du secteur "
                "privé",
                {"lies_a": ["cotisations_prive"]},
            ),
            ("C3S", {"secteurs": ["c3s"]}),
        ]
        for label, typed in ways:
            assert label in text_of(client.get(page))
            page = people.send(client, page, typed)
        shown = text_of(client.get(page))
        assert re.search(r'value="c3s"[^>]*checked', shown)
        assert shown.count('name="declarations"') == 1
        recap = people.send(client, page, {"declarations": ["c3s"]})
        shown = text_of(client.get(recap))
        assert recap.endswith("/validation/")
        assert "Contribution sociale de solidarité des sociétés (C3S) : accès 8 jours après" in shown
        assert "Valider l’inscription" in shown
        people.send(client, recap, {})
        assert (chosen().declarations, chosen().charters) == (("c3s",), ())


class TestTheFirstPage:
    """SIRET, nom and prénom."""

    def test_says_what_they_become_and_how_homonyms_differ(self) -> None:
        page = text_of(Client().get(ROOT))
        for words in ("vos données de connexion", "deuxième prénom", "nom d’usage", "Où trouver ce numéro"):
            assert words in page
        assert "<title>Créez votre compte déclarant" in page
        assert not Session.objects.exists()  # nothing is kept of who only looks

    @pytest.mark.parametrize(
        ("field", "typed", "said"),
        [
            ("siret", "", "14 chiffres"),
            ("siret", "732829320", "14"),
            ("last_name", "", "Saisissez votre nom"),
            ("last_name", "🙂", "🙂"),
            ("last_name", "123", "s’écrit avec des lettres"),
            ("first_name", "Odile 🙂", "🙂"),
            ("first_name", "<b>Odile</b>", "parenthèse"),
            ("first_name", "x" * 61, "60"),
            ("email", "odile", "@"),
            ("phone", "12", "téléphone"),
            ("phone", "", "téléphone"),
        ],
    )
    def test_each_mistake_is_explained_and_the_rest_is_kept(
        self, siret: str, field: str, typed: str, said: str
    ) -> None:
        client, sent = Client(), people.person(siret)
        answer = client.post(ROOT, {**sent, field: typed})
        shown = text_of(answer)
        assert answer.status_code == 422
        assert said in shown
        assert f'href="#id_{field}"' in shown
        assert "<title>Erreur : " in shown
        assert "<b>Odile" not in html_of(answer)
        for name, value in sent.items():
            if name != field:
                assert f'name="{name}" value="{value}"' in shown
        again = text_of(client.get(f"{ROOT}1/identite/"))  # a closed tab, or « back »
        assert not typed or typed in again

    def test_a_closed_etablissement_is_explained(self, rank: int) -> None:
        closed = world.put_place(rank, 2, etatAdministratif="F")
        answer = Client().post(ROOT, people.person(closed))
        assert answer.status_code == 422
        assert "est fermé" in text_of(answer)

    def test_a_company_that_ceased_is_explained(self) -> None:
        rank = world.a_rank()
        world.put_into_register(rank, etatAdministratif="C")
        assert "a cessé son activité" in text_of(Client().post(ROOT, people.person(files.siret(rank))))

    def test_one_that_the_register_does_not_know_is_explained(self) -> None:
        answer = Client().post(ROOT, people.person(files.siret(world.a_rank())))
        assert "ne figure pas dans le répertoire Sirene" in text_of(answer)

    def test_a_name_that_is_withheld_stays_so(self) -> None:
        rank, client = world.a_rank(), Client()
        world.put_into_register(rank, name="SECRETE", statutDiffusion="P")
        page = people.walk(client, ROOT, [people.person(files.siret(rank)), {"accepted": "on"}])
        shown = text_of(client.get(page))
        assert "Nom non diffusé" in shown
        assert "SECRETE" not in shown
        assert "LILAS" not in shown
        assert "Vous pouvez continuer" in shown

    @pytest.mark.parametrize(
        "names", [("Le Goff-Œuvrard", "Anne‑Lise"), ("D’Été", "Zoé"), ("Łukasik", "Đorđe")]
    )
    def test_names_of_all_kinds_become_letters(self, siret: str, names: tuple[str, str]) -> None:
        client = Client()
        people.register(client, siret, last_name=names[0], first_name=names[1])
        identifier = PendingRegistration.objects.get().identifier
        assert re.fullmatch(rf"{siret} [A-ZĐ]+ [A-ZĐ]+", identifier)
        assert PendingRegistration.objects.get().profile["last_name"] == names[0]


class TestTheConditions:
    """Downloadable, and nothing without them."""

    def test_they_are_read_kept_and_accepted(self, siret: str) -> None:
        client = Client()
        page = people.send(client, ROOT, people.person(siret))
        shown = text_of(client.get(page))
        assert f"/conditions/{TERMS_VERSION}/" in shown
        assert "Télécharger les conditions" in shown
        answer = client.post(page, {})
        assert answer.status_code == 422
        assert "sans votre accord" in text_of(answer)
        assert client.get(f"{ROOT}1/etablissement/")["Location"] == page

    def test_when_they_change_meanwhile_one_begins_anew(self, siret: str) -> None:
        client = Client()
        recap = people.to_the_recap(client, siret)
        session = client.session
        kept = session["declarant_registrations"]
        kept[0]["terms_version"] = "declarant-2020-01"
        session["declarant_registrations"] = kept
        session.save()
        assert client.post(recap)["Location"] == ROOT


class TestThePassword:
    """By the guide's criteria, with the secret question; sealed until it is sent."""

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"password": "", "password_again": ""}, "password"),
            ({"password": "tulipes42nuage", "password_again": "tulipes42nuage"}, "password"),
            ({"password": "Tul42", "password_again": "Tul42"}, "password"),
            ({"password": "Tulipes4nuage", "password_again": "Tulipes4nuage"}, "password"),
            (
                {"password": "Tulipes42nuageTulipes42", "password_again": "Tulipes42nuageTulipes42"},
                "password",
            ),
            ({"password": "Exempledurand12", "password_again": "Exempledurand12"}, "password"),
            ({"password_again": "Tulipes42nuagf"}, "password_again"),
            ({"question": ""}, "question"),
            ({"question": "no_such"}, "question"),
            ({"answer": ""}, "answer"),
            ({"answer": "!"}, "answer"),
        ],
    )
    def test_each_mistake_is_explained(self, siret: str, changes: dict[str, str], field: str) -> None:
        client = Client()
        page = people.to_the_password(client, siret)
        answer = client.post(page, {**CREDENTIALS, **changes})
        shown = text_of(answer)
        assert answer.status_code == 422
        assert f'href="#id_{field}"' in shown
        assert people.PASSWORD not in shown
        assert client.get(f"{ROOT}1/recapitulatif/")["Location"] == page

    @pytest.mark.parametrize("password", ["Nuage42x", "Ün$Nuages42!lavoirs1", "Éclairé98Vélo"])
    def test_those_at_the_edges_hold(self, siret: str, password: str) -> None:
        client = Client()
        typed = {**CREDENTIALS, "password": password, "password_again": password}
        assert people.send(client, people.to_the_password(client, siret), typed).endswith("/recapitulatif/")

    def test_no_table_tells_password_or_answer(self, siret: str) -> None:
        client = Client()
        recap = people.to_the_recap(client, siret)
        kept = json.dumps(client.session["declarant_registrations"])
        assert people.PASSWORD not in kept
        assert people.ANSWER not in kept
        people.send(client, recap, {})
        assert client.session["declarant_registrations"][0]["sealed"] == {}
        rows = str(list(PendingRegistration.objects.values()))
        assert people.PASSWORD not in rows
        assert people.ANSWER not in rows

    def test_one_that_holds_is_not_asked_again_when_something_else_is_wrong(self, siret: str) -> None:
        client = Client()
        page = people.to_the_password(client, siret)
        shown = text_of(client.post(page, {**CREDENTIALS, "answer": ""}))
        assert "Le mot de passe que vous avez choisi est conservé" in shown
        assert 'name="password"' not in shown
        rest = {name: CREDENTIALS[name] for name in ("question", "answer")}
        assert people.send(client, page, rest).endswith("/recapitulatif/")

    def test_one_that_the_name_gives_away_since_is_asked_again(self, siret: str) -> None:
        client = Client()
        people.to_the_recap(client, siret)
        changed = people.person(siret, last_name="Tulipes", first_name="Nuage")
        assert people.send(client, f"{ROOT}1/identite/", changed).endswith("/authentification/")

    def test_the_summary_shows_neither(self, siret: str) -> None:
        client = Client()
        shown = text_of(client.get(people.to_the_summary(client, siret)))
        assert "Exemple-Durand" in shown
        assert "Quel objet perdu" in shown
        assert people.PASSWORD not in shown
        assert people.ANSWER not in shown


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
