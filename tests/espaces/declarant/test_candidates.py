"""After the link: whoever is the first, whoever waits, and whoever begins again (003, chapter 2)."""

import datetime as dt
import io
import re

import pikepdf
import pytest
from django.test import Client
from django.urls import reverse

from guichet.accounts.models import Account
from guichet.courriers.models import Courrier
from guichet.habilitations import queries as habilitations
from guichet.inscriptions import operations, queries
from guichet.inscriptions.models import Inscription
from guichet.inscriptions.rules import Genre, Voie
from guichet.kernel import clock
from tests.entreprises import files
from tests.espaces.declarant import registrants as people
from tests.espaces.declarant.registrants import CHOICE, ROOT
from tests.inscriptions import world
from tests.web.people import text_of

pytestmark = pytest.mark.django_db
WAITING, HELP = "/declarant/attente/", "/declarant/demander-a-mon-administrateur/"


def a_company(places: int = 1) -> int:
    """The rank of a company that nobody has inscribed."""
    rank = world.a_rank()
    world.put_into_register(rank, places=places)
    return rank


def waiting_for(inscription: Inscription, voie: Voie = Voie.COOPTATION) -> Client:
    """The browser of a candidate."""
    acteur = world.candidate(inscription, "Odile Exemple-Durand", voie=voie)
    return people.signed_in(acteur.account)


def key_of(letter: Courrier) -> str:
    """The key that a letter brings."""
    return str(re.findall(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}\b", letter.body)[0])


class TestTheLink:
    """What the registration held counts from then on."""

    def test_the_first_is_administrateur_and_files_after_the_delay(self) -> None:
        siret, client = files.siret(a_company()), Client()
        people.register(client, siret)
        people.confirm(client)
        account = Account.objects.get()
        acteur = queries.acteur_of(account=account)
        assert acteur is not None
        assert (acteur.administrateur, acteur.declarant, acteur.inscription.genre) == (True, True, Genre.MONO)
        assert "inscription" not in account.profile
        assert account.siren == siret[:9]
        before = habilitations.may_file(account=account, siret=siret, declaration="dsn")
        assert before.reason == "not_open_yet"
        with world.after(8):
            assert habilitations.may_file(account=account, siret=siret, declaration="dsn").ok
        assert (
            people.sign_in(Client(), siret, first_name="ODILE", last_name="exemple durand").status_code == 302
        )

    def test_the_colleagues_of_a_tiers_come_with_it(self) -> None:
        siret, client = files.siret(a_company()), Client()
        page = people.walk(client, people.to_the_profile(client, siret), people.tree("clients"))
        lea = {"last_name": "Modèle", "first_name": "Léa", "email": "lea@atelier.example"}
        people.walk(client, page, [{**lea, "add": "1"}, {}, {}])
        people.confirm(client)
        acteur = queries.acteur_of(account=Account.objects.get(email=people.EMAIL))
        assert acteur is not None
        assert acteur.inscription.genre == Genre.TIERS
        assert {one.name for one in queries.people(acteur=acteur)} == {"Odile Exemple-Durand", "Léa Modèle"}

    def test_who_was_overtaken_between_validation_and_link_is_a_candidate(self) -> None:
        rank, client = a_company(), Client()
        people.register(client, files.siret(rank))
        inscription = world.company(rank=rank, registered=False, genre="mono")
        other = world.administrateur(inscription, "Jeanne Première")
        people.confirm(client)
        acteur = queries.acteur_of(account=Account.objects.get(email=people.EMAIL))
        assert acteur is not None
        assert acteur.is_candidate
        assert [one.acteur.pk for one in queries.candidates(acteur=other)] == [acteur.pk]

    def test_who_was_candidate_of_an_inscription_that_ended_meanwhile_chooses(self) -> None:
        inscription, client = world.company(Genre.MONO), Client()
        administrateur = world.administrateur(inscription)
        people.apply_as_candidate(client, inscription.siret)
        operations.end(
            inscription_id=inscription.pk, because="resiliation", actor=administrateur.account.subject
        )
        people.confirm(client)
        account = Account.objects.get(email=people.EMAIL)
        assert queries.acteur_of(account=account) is None
        assert people.signed_in(account).get("/declarant/")["Location"] == CHOICE

    def test_an_etablissement_that_closed_meanwhile_leaves_an_account_that_chooses(self) -> None:
        siret, client = files.siret(a_company()), Client()
        people.register(client, siret)
        world.close_place(siret)
        assert people.confirm(client).status_code in {200, 302}
        account = Account.objects.get()
        assert queries.acteur_of(account=account) is None
        assert "est fermé, ou ne figure plus" in text_of(people.signed_in(account).get(CHOICE))

    def test_two_who_register_one_company_are_first_and_candidate(self) -> None:
        siret = files.siret(a_company())
        browsers = {name: Client() for name in ("Odile", "Ondine")}
        for name, client in browsers.items():
            people.register(client, siret, first_name=name, email=f"{name.lower()}@atelier.example")
        for name, client in browsers.items():
            people.confirm(client, f"{name.lower()}@atelier.example")
        found = [queries.acteur_of(account=one) for one in Account.objects.order_by("created_at", "email")]
        assert sorted(one.is_candidate for one in found if one) == [False, True]


class TestTheReport:
    """What it holds, as one reads it."""

    def test_it_names_the_choice_and_no_secret(self) -> None:
        siret, client = files.siret(a_company()), Client()
        people.register(client, siret)
        with pikepdf.open(io.BytesIO(client.get(f"{ROOT}1/compte-rendu/").content)) as pdf:
            assert pdf.docinfo["/Title"] == "Compte rendu de votre inscription"
            assert len(pdf.pages) == 1


class TestWaiting:
    """The only home of a candidate."""

    def test_it_says_how_long_which_way_and_what_else(self) -> None:
        inscription = world.company()
        world.administrateur(inscription, "Jeanne Première")
        world.administrateur(inscription, "Karim Deuxième")
        client = waiting_for(inscription)
        assert client.get("/declarant/")["Location"] == WAITING
        page = text_of(client.get(WAITING))
        assert "Il reste 15 jours" in page
        assert "2 administrateurs de votre entreprise ont reçu un message" in page
        for name in ("Jeanne", "Karim"):
            assert name not in page  # nobody has admitted the candidate yet
        assert f'href="{reverse("acces:start")}"' in page

    @pytest.mark.parametrize(
        ("days", "less", "left"), [(14, 0, "1 jour<"), (14, 60, "2 jours"), (15, 60, "1 jour<")]
    )
    def test_the_days_that_are_left_are_counted(self, days: int, less: int, left: str) -> None:
        client = waiting_for(world.company())
        account = Account.objects.get(espace="declarant", profile__first_name="Odile")
        with world.after(days, less=dt.timedelta(seconds=less)):
            assert f"Il reste {left}" in text_of(people.signed_in(account).get(WAITING))
        assert client.get(WAITING).status_code == 200

    def test_after_15_days_one_chooses_again(self) -> None:
        inscription = world.company()
        acteur = world.candidate(inscription, "Odile Exemple-Durand")
        with world.after(15):
            assert people.signed_in(acteur.account).get(WAITING)["Location"] == CHOICE

    def test_the_way_changes_and_the_key_opens(self) -> None:
        inscription = world.company()
        world.administrateur(inscription)
        client = waiting_for(inscription)
        assert people.send(client, f"{WAITING}choix/", {"voie": "cle"}) == WAITING
        assert "Saisissez la clé de la lettre" in text_of(client.get(WAITING))
        letter = Courrier.objects.filter(kind=Courrier.Kind.LETTER).latest("pk")
        wrong = client.post(WAITING, {"key": "K7RM-3VXP-9QTC"})
        assert wrong.status_code == 422
        assert "K7RM-3VXP-9QTC" in text_of(wrong)
        key = key_of(letter)
        assert people.send(client, WAITING, {"key": f" {key.lower()} "}) == "/declarant/"
        assert client.get("/declarant/").status_code == 200

    def test_without_a_choice_nothing_changes(self) -> None:
        client = waiting_for(world.company())
        assert client.post(f"{WAITING}choix/", {"voie": "ami"}).status_code == 422
        assert client.post(WAITING, {"key": ""}).status_code == 422

    def test_nobody_to_ask_is_said(self) -> None:
        client = waiting_for(world.company(), Voie.CLE)
        answer = client.post(f"{WAITING}choix/", {"voie": "cooptation"})
        assert answer.status_code == 409
        assert "plus d’administrateur" in text_of(answer)

    @pytest.mark.parametrize("administered", [True, False])
    def test_no_letter_that_did_not_go_is_spoken_of(self, administered: bool) -> None:
        inscription = world.company()
        if administered:
            world.administrateur(inscription)
        page = text_of(waiting_for(inscription, Voie.CLE).get(WAITING))
        assert "Aucune lettre n’a pu partir" in page
        for words in ("Elle peut mettre", "Saisissez la clé", "Changez de façon :"):
            assert words not in page
        assert f'href="{reverse("acces:start")}"' in page
        assert ("demander l’accord d’un administrateur" in page) is administered

    def test_a_message_that_nobody_reads_is_not_spoken_of(self) -> None:
        inscription = world.company()
        world.administrateur(inscription, suspended_at=clock.now())
        page = text_of(waiting_for(inscription).get(WAITING))
        assert "plus d’administrateur qui puisse vous répondre" in page
        assert "reçu un message" not in page

    def test_it_is_taken_back_once_asked(self) -> None:
        client = waiting_for(world.company())
        assert "Votre compte reste ouvert" in text_of(client.get(f"{WAITING}retrait/"))
        assert people.send(client, f"{WAITING}retrait/", {}) == CHOICE
        assert client.post(f"{WAITING}retrait/")["Location"] == CHOICE

    def test_account_pages_stay_open_and_the_rest_does_not(self) -> None:
        client = waiting_for(world.company())
        assert client.get("/declarant/compte/").status_code == 200
        for name in ("people", "grid", "declarations"):
            assert client.get(reverse(f"declarant:{name}"))["Location"] == WAITING
        assert client.get(CHOICE)["Location"] == "/declarant/"

    def test_whoever_acts_has_nothing_to_wait_for(self) -> None:
        acteur = world.administrateur(world.company(), "Odile Exemple-Durand")
        client = people.signed_in(acteur.account)
        for page in (WAITING, f"{WAITING}choix/", f"{WAITING}retrait/"):
            assert client.get(page)["Location"] == "/declarant/"
            assert client.post(page, {"voie": "cle"})["Location"] == "/declarant/"


class TestBeginningAgain:
    """With an account that acts for nobody."""

    def test_the_company_is_inscribed_from_the_profile_on(self) -> None:
        rank = a_company()
        client = people.signed_in(people.somebody(rank))
        assert client.get("/declarant/")["Location"] == CHOICE
        assert "Commencer l’inscription" in text_of(client.get(CHOICE))
        page = people.send(client, CHOICE, {})
        assert page == f"{CHOICE}1/profil/"
        recap = people.walk(client, page, people.tree())
        shown = text_of(client.get(recap))
        assert "Type d’inscription" in shown
        assert "Mot de passe" not in shown
        assert people.send(client, recap, {}) == "/declarant/"
        acteur = queries.acteur_of(account=Account.objects.get())
        assert acteur is not None
        assert acteur.administrateur
        assert client.get(f"{CHOICE}1/profil/")["Location"] == "/declarant/"

    def test_of_a_company_with_an_inscription_one_is_candidate_again(self) -> None:
        inscription = world.company()
        world.administrateur(inscription)
        account = world.account(inscription.siret, "Odile Exemple-Durand")
        client = people.signed_in(account)
        page = people.send(client, CHOICE, {})
        assert page.endswith("/activation/")
        assert people.walk(client, page, [{"voie": "cooptation"}, {}]) == WAITING

    def test_no_page_of_the_person_is_asked_again(self) -> None:
        client = people.signed_in(people.somebody(a_company()))
        people.send(client, CHOICE, {})
        for slug in ("identite", "conditions", "authentification"):
            assert client.get(f"{CHOICE}1/{slug}/")["Location"] == f"{CHOICE}1/profil/"
        assert client.get(f"{CHOICE}1/autre/").status_code == 404

    def test_a_registration_of_another_account_is_not_mine(self) -> None:
        rank = a_company()
        mine = people.somebody(rank)
        client = people.signed_in(mine)
        people.send(client, CHOICE, {})
        session = client.session
        kept = session["declarant_registrations"]
        kept[0]["account"] = "00000000-0000-0000-0000-000000000000"
        session["declarant_registrations"] = kept
        session.save()
        assert client.get(f"{CHOICE}1/profil/")["Location"] == CHOICE
        assert client.get(f"{ROOT}1/profil/")["Location"] == ROOT

    def test_who_registers_anew_while_signed_in_mixes_nothing(self) -> None:
        rank, other = a_company(), a_company()
        client = people.signed_in(people.somebody(rank))
        people.send(client, CHOICE, {})
        page = people.send(client, ROOT, people.person(files.siret(other), first_name="Ondine"))
        assert page == f"{ROOT}2/conditions/"
        assert client.get(f"{CHOICE}2/profil/")["Location"] == CHOICE

    def test_an_etablissement_that_closed_says_what_to_do(self) -> None:
        rank = a_company()
        client = people.signed_in(people.somebody(rank))
        world.close_place(files.siret(rank))
        assert "Créer un autre compte" in text_of(client.get(CHOICE))
        answer = client.post(CHOICE)
        assert answer.status_code == 422
        assert "est fermé" in text_of(answer)


class TestAskingForHelp:
    """« Demander à mon administrateur »: the same answer for everybody."""

    def test_whoever_is_named_the_answer_is_the_same(self) -> None:
        inscription = world.company()
        administrateur = world.administrateur(inscription, "Jeanne Première")
        odile = world.declarant(inscription, "Odile Exemple-Durand")
        pages = []
        for first_name in ("Odile", "Ondine", "Jeanne"):
            client, last = Client(), "Première" if first_name == "Jeanne" else "Exemple-Durand"
            typed = {"siret": inscription.siret, "last_name": last, "first_name": first_name}
            pages.append(text_of(client.get(people.send(client, HELP, typed))))
        assert len(set(pages)) == 1
        for acteur in (odile, administrateur):  # as the job does, some moments later
            operations.tell_help_asked(account_id=acteur.account_id)
        assert world.boxed(administrateur.account) == ["inscriptions/aide_demandee"]

    def test_what_is_mistyped_is_explained(self) -> None:
        answer = Client().post(HELP, {"siret": "1", "last_name": "", "first_name": "Odile"})
        assert answer.status_code == 422
        assert 'href="#id_siret"' in text_of(answer)
        assert 'value="Odile"' in text_of(answer)

    def test_who_asks_too_often_is_told_when_to_come_back(self) -> None:
        typed = {"siret": files.siret(a_company()), "last_name": "Exemple", "first_name": "Odile"}
        answers = [Client().post(HELP, typed) for _ in range(8)]
        assert answers[-1].status_code == 429
        assert answers[-1]["Retry-After"]
