"""Registering a company, page by page (003, chapter 2), by people who hurry, doubt and go back."""

import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from guichet.accounts.models import Account, PendingRegistration, Session
from guichet.espaces.declarant.definition import TERMS_VERSION
from guichet.inscriptions.rules import Choice, Genre, Voie
from tests.entreprises import files
from tests.espaces.declarant import registrants as people
from tests.espaces.declarant.registrants import CREDENTIALS, ROOT, chosen
from tests.inscriptions import world
from tests.web.people import html_of, text_of

pytestmark = pytest.mark.django_db


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
