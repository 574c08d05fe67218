"""Opening an espace privé, page by page (001), by people who hurry, doubt and go back."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from guichet.accounts.definitions import Lockout
from guichet.accounts.models import Account, PendingRegistration, Session
from guichet.courriers.models import Courrier
from guichet.entreprises.operations import import_sirene
from guichet.espaces.prive.definition import TERMS_VERSION
from guichet.espaces.prive.person import file_number
from tests.espaces.prive import people
from tests.espaces.prive.people import IDENTIFIERS, PERSON, ROOT
from tests.parcours import register as sirene
from tests.web.people import html_of, text_of

pytestmark = pytest.mark.django_db
STRANGER = "lavoir-Trombone-4-cerises"


@pytest.fixture(autouse=True)
def _register(tmp_path: Path) -> None:
    unites, etablissements = sirene.write(tmp_path)
    import_sirene(unites=unites, etablissements=etablissements)


@pytest.mark.parametrize("kind", ["particulier", "exploitant", "employeur"])
def test_each_kind_registers_confirms_and_signs_in(kind: str) -> None:
    client = Client()
    page = text_of(client.get(people.register(client, kind)))
    assert people.EMAIL in page
    assert settings.SENDER in page
    assert "valable 2 jours" in page
    assert not Account.objects.exists()
    assert "mot de passe que vous avez choisi" in text_of(people.confirm(client))
    account = Account.objects.get()
    assert (account.identifier, account.email) == (people.EMAIL, people.EMAIL)
    assert account.profile["kind"] == kind
    assert account.profile["name"] == "Noé Exemple"
    assert account.siren == ("" if kind == "particulier" else sirene.SIRENS[0])
    assert account.profile["company"] == ("" if kind == "particulier" else sirene.name_of(sirene.SIRENS[0]))
    assert file_number(account) == people.NUMBER
    assert account.terms_version == TERMS_VERSION
    assert account.terms_accepted_at
    assert "Mon espace privé" in text_of(people.signed_in(account).get("/prive/"))


def test_what_is_facultative_may_be_left_out() -> None:
    client = Client()
    page = text_of(client.get(people.to_the_recap(client, file_number="", phone="")))
    assert page.count("Non indiqué") == 2
    people.send(client, f"{ROOT}1/verification/", {})
    people.confirm(client)
    assert file_number(Account.objects.get()) is None


class TestOneDecisionAPage:
    """The stepper names the steps, of which a particulier has one less."""

    def test_the_kind_is_asked_first_and_each_is_explained(self) -> None:
        page = text_of(Client().get(ROOT))
        assert "Étape 1 sur 4" in page
        for kind in ("particulier", "exploitant", "employeur"):
            assert f'value="{kind}"' in page
        assert page.count('<span class="fr-hint-text">') == 3
        assert not Session.objects.exists()  # nothing is kept of who only looks

    @pytest.mark.parametrize(
        ("kind", "following", "steps"),
        [("particulier", "identite", 4), ("exploitant", "entreprise", 5), ("employeur", "entreprise", 5)],
    )
    def test_a_company_is_asked_of_those_who_have_one(self, kind: str, following: str, steps: int) -> None:
        client = Client()
        page = people.send(client, ROOT, {"kind": kind})
        assert page == f"{ROOT}1/{following}/"
        assert f"Étape 2 sur {steps}" in text_of(client.get(page))

    def test_without_an_answer_nothing_goes_on(self) -> None:
        answer = Client().post(ROOT, {})
        assert answer.status_code == 422
        assert "Choisissez votre situation" in text_of(answer)
        assert 'href="#id_kind_0"' in text_of(answer)

    @pytest.mark.parametrize("slug", ["entreprise", "identifiants"])
    def test_no_step_is_skipped(self, slug: str) -> None:
        client = Client()
        people.send(client, ROOT, {"kind": "exploitant"})
        answer = client.get(f"{ROOT}1/{slug}/")
        assert answer.status_code == (200 if slug == "entreprise" else 302)
        assert client.get(f"{ROOT}1/verification/")["Location"] == f"{ROOT}1/entreprise/"

    def test_a_page_that_is_none(self) -> None:
        assert Client().get(f"{ROOT}1/autre/").status_code == 404

    @pytest.mark.parametrize("page", ["identite", "verification", "messagerie"])
    def test_a_registration_that_is_nobodys_begins_anew(self, page: str) -> None:
        assert Client().get(f"{ROOT}7/{page}/")["Location"] == ROOT


class TestTheCompany:
    """Of the register, open, and shown by its name."""

    def test_its_name_is_shown_on_the_next_page_and_in_the_recap(self) -> None:
        client = Client()
        name = sirene.name_of(sirene.SIRENS[0])
        assert name in text_of(client.get(people.to_the_person(client, "employeur")))
        assert name in text_of(client.get(people.to_the_recap(client, "employeur")))

    def test_a_name_that_is_withheld_stays_so(self) -> None:
        client = Client()
        page = text_of(client.get(people.to_the_person(client, "exploitant", siren=sirene.DISCREET)))
        assert "Nom non diffusé" in page
        assert sirene.name_of(sirene.DISCREET) not in page

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("", "Saisissez le numéro SIREN"),
            ("12345678", "8"),
            (sirene.SIRENS[0][:-1] + str((int(sirene.SIRENS[0][-1]) + 1) % 10), "erreur de saisie"),
            (sirene.UNKNOWN, "ne figure pas dans le répertoire Sirene"),
            (sirene.CLOSED, "a cessé son activité"),
        ],
    )
    def test_another_one_is_explained_and_kept(self, typed: str, said: str) -> None:
        client = Client()
        page = people.send(client, ROOT, {"kind": "exploitant"})
        answer = client.post(page, {"siren": typed})
        assert answer.status_code == 422
        shown = text_of(answer)
        assert said in shown
        assert "<title>Erreur : " in shown
        assert 'href="#id_siren"' in shown
        assert f'value="{typed}"' in shown or not typed
        assert client.get(f"{ROOT}1/identite/")["Location"] == f"{ROOT}1/entreprise/"

    def test_one_that_closed_meanwhile_is_asked_again(self) -> None:
        client = Client()
        recap = people.to_the_recap(client, "employeur")
        session = client.session
        drafts = session["prive_registrations"]
        drafts[0]["answers"]["siren"] = sirene.CLOSED
        session["prive_registrations"] = drafts
        session.save()
        assert client.post(recap)["Location"] == f"{ROOT}1/entreprise/"
        assert not PendingRegistration.objects.exists()


class TestNothingIsLost:
    """Whatever is wrong, and wherever one goes back to."""

    @pytest.mark.parametrize(
        ("field", "typed", "said"),
        [
            ("last_name", "", "Saisissez votre nom"),
            ("first_name", "Noé 🙂", "🙂"),
            ("first_name", "<script>alert(1)</script>", "parenthèse"),
            ("file_number", people.NUMBER[:-1] + "9", "clé"),
            ("file_number", "1 85 13", "vous en avez saisi 5"),
            ("file_number", people.NUMBER[:13], "Il manque la clé"),
            ("phone", "12", "téléphone"),
        ],
    )
    def test_each_mistake_is_explained_and_the_rest_is_kept(self, field: str, typed: str, said: str) -> None:
        client = Client()
        page = people.to_the_person(client)
        answer = client.post(page, {**PERSON, field: typed})
        shown = text_of(answer)
        assert answer.status_code == 422
        assert f'href="#id_{field}"' in shown
        assert said in shown
        assert "<script>alert" not in html_of(answer)
        for name, value in PERSON.items():
            if name != field:
                assert f'name="{name}" value="{value}"' in shown
        again = text_of(client.get(page))  # a closed tab, or « back »
        assert not typed or typed in again

    def test_the_step_before_keeps_what_was_begun(self) -> None:
        client = Client()
        page = people.to_the_person(client)
        answer = client.post(page, {"last_name": "Ex", "file_number": "12", "previous": "1"})
        assert answer["Location"] == f"{ROOT}1/situation/"
        kind = text_of(client.get(f"{ROOT}1/situation/"))
        assert re.search(r'<input[^>]*value="particulier"[^>]*checked', kind)
        again = text_of(client.get(page))
        assert 'name="last_name" value="Ex"' in again
        assert 'name="file_number" value="12"' in again

    def test_a_change_from_the_recap_leads_back_to_it(self) -> None:
        client = Client()
        recap = people.to_the_recap(client)
        assert people.send(client, f"{ROOT}1/identite/", {**PERSON, "last_name": "Autre"}) == recap
        assert "Autre" in text_of(client.get(recap))

    def test_who_becomes_an_employeur_is_asked_for_a_company_alone(self) -> None:
        client = Client()
        recap = people.to_the_recap(client)
        page = people.send(client, f"{ROOT}1/situation/", {"kind": "employeur"})
        assert page == f"{ROOT}1/entreprise/"
        assert people.send(client, page, {"siren": sirene.SIRENS[1]}) == recap

    def test_who_turns_particulier_leaves_the_company_behind(self) -> None:
        client = Client()
        people.to_the_recap(client, "exploitant")
        people.send(client, f"{ROOT}1/situation/", {"kind": "particulier"})
        people.send(client, f"{ROOT}1/verification/", {})
        assert PendingRegistration.objects.get().profile["siren"] == ""

    def test_two_tabs_do_not_mix(self) -> None:
        client = Client()
        first = people.to_the_person(client)
        second = people.to_the_person(client)
        assert (first, second) == (f"{ROOT}1/identite/", f"{ROOT}2/identite/")
        people.send(client, first, {**PERSON, "first_name": "Noé"})
        people.send(client, second, {**PERSON, "first_name": "Zoé"})
        assert 'value="Noé"' in text_of(client.get(first))
        assert 'value="Zoé"' in text_of(client.get(second))

    def test_the_latest_five_are_kept(self) -> None:
        client = Client()
        for _ in range(6):
            people.to_the_person(client)
        assert client.get(f"{ROOT}1/identite/")["Location"] == ROOT
        assert client.get(f"{ROOT}2/identite/").status_code == 200


class TestTheIdentifiers:
    """Address and password twice, and the conditions."""

    @pytest.mark.parametrize(
        ("changes", "field", "said"),
        [
            ({"email": "noe"}, "email", "@"),
            ({"email_again": "autre@foyer.example"}, "email_again", "identiques"),
            ({"password": "", "password_again": ""}, "password", "Choisissez un mot de passe"),
            ({"password": "orties-7-aze", "password_again": ""}, "password_again", "deuxième fois"),
            ({"password_again": STRANGER}, "password_again", "identiques"),
            ({"password": "Court-1", "password_again": "Court-1"}, "password", "12"),
            ({"password": "exemple-noe1", "password_again": "exemple-noe1"}, "password", "devin"),
            (
                {"password": people.NUMBER, "password_again": people.NUMBER},
                "password",
                "devin",
            ),
            ({"accepted": ""}, "accepted", "sans votre accord"),
        ],
    )
    def test_each_mistake_is_explained(self, changes: dict[str, str], field: str, said: str) -> None:
        client = Client()
        page = people.to_the_identifiers(client)
        answer = client.post(page, {**IDENTIFIERS, **changes})
        shown = text_of(answer)
        assert answer.status_code == 422
        assert f'href="#id_{field}"' in shown
        assert said in shown
        assert people.PASSWORD not in shown
        assert client.get(f"{ROOT}1/verification/")["Location"] == page

    def test_the_rule_is_said_in_plain_words(self) -> None:
        client = Client()
        page = text_of(client.get(people.to_the_identifiers(client)))
        assert "Au moins 12 caractères" in page
        assert "difficile à deviner" in page
        assert f"/conditions/{TERMS_VERSION}/" in page

    def test_a_password_that_holds_is_not_asked_again_when_something_else_is_wrong(self) -> None:
        client = Client()
        page = people.to_the_identifiers(client)
        shown = text_of(client.post(page, {**IDENTIFIERS, "email_again": "autre@foyer.example"}))
        assert "Le mot de passe que vous avez choisi est conservé" in shown
        assert 'name="password"' not in shown
        rest = {name: IDENTIFIERS[name] for name in ("email", "email_again", "accepted")}
        assert people.send(client, page, rest) == f"{ROOT}1/verification/"

    def test_another_one_may_be_chosen(self) -> None:
        client = Client()
        recap = people.to_the_recap(client)
        page = f"{ROOT}1/identifiants/?mot-de-passe"
        assert 'name="password"' in text_of(client.get(page))
        people.send(client, page, {**IDENTIFIERS, "password": STRANGER, "password_again": STRANGER})
        people.send(client, recap, {})
        people.confirm(client)
        assert Account.objects.get().check_password(STRANGER)

    def test_one_that_the_name_gives_away_since_is_asked_again(self) -> None:
        client = Client()
        people.to_the_recap(client)
        changed = {**PERSON, "last_name": "Trombone", "first_name": "Lavoir Orties"}
        assert people.send(client, f"{ROOT}1/identite/", changed).endswith("/identifiants/")

    def test_no_table_tells_it(self) -> None:
        client = Client()
        recap = people.to_the_recap(client)
        assert people.PASSWORD not in json.dumps(client.session["prive_registrations"])
        people.send(client, recap, {})
        assert "password" not in client.session["prive_registrations"][0]["sealed"]
        assert people.PASSWORD not in str(list(PendingRegistration.objects.values()))

    def test_it_is_tried_out_while_it_is_typed(self) -> None:
        client = Client()
        page = people.to_the_identifiers(client)
        said = [
            client.post(page, {"live": "1", "password": text}).json()["holds"]
            for text in (people.PASSWORD, "exemple-noe1")
        ]
        assert said == [True, False]

    def test_case_tells_no_two_addresses_apart(self) -> None:
        client = Client()
        page = people.to_the_identifiers(client)
        people.send(client, page, {**IDENTIFIERS, "email": "Noe.Exemple@Foyer.EXAMPLE"})
        people.send(client, f"{ROOT}1/verification/", {})
        assert PendingRegistration.objects.get().identifier == people.EMAIL


class TestTheRecap:
    """« Vérifiez vos réponses », each with its own way back."""

    def test_every_answer_has_its_way_back_and_the_number_is_masked(self) -> None:
        client = Client()
        page = text_of(client.get(people.to_the_recap(client, "exploitant")))
        assert f'<p class="g-large">{people.EMAIL}</p>' in page
        places = (
            "situation/#id_kind_0",
            "entreprise/#id_siren",
            "identite/#id_last_name",
            "identite/#id_file_number",
            "identite/#id_phone",
            "identifiants/#id_email",
            "identifiants/?mot-de-passe#id_password",
        )
        for place in places:
            assert f'href="{ROOT}1/{place}"' in page
        assert "1 85 12 ·· ··· ··· ··" in page
        assert not PendingRegistration.objects.exists()

    def test_names_stay_text(self) -> None:
        client = Client()
        page = html_of(client.get(people.to_the_recap(client, last_name="O'&amp;Hara")))
        assert "O&#x27;&amp;amp;Hara" in page

    def test_an_address_that_was_wrong_is_corrected_and_written_to(self) -> None:
        client = Client()
        people.register(client, email="faux@foyer.example")
        page = f"{ROOT}1/identifiants/"
        assert 'value="faux@foyer.example"' in text_of(client.get(page))
        people.send(client, page, IDENTIFIERS)
        people.send(client, f"{ROOT}1/verification/", {})
        assert Courrier.objects.filter(recipient=people.EMAIL).count() == 1

    def test_sent_twice_is_as_once(self) -> None:
        client = Client()
        recap = people.to_the_recap(client)
        assert client.post(recap)["Location"] == client.post(recap)["Location"]
        assert Courrier.objects.count() == 1


def test_who_asks_whether_somebody_has_an_account_learns_nothing() -> None:
    account = people.somebody()
    pages = []
    for email in (people.EMAIL, "nouveau@foyer.example"):
        client = Client()
        pages.append(text_of(client.get(people.register(client, email=email))).replace(email, "…"))
    assert pages[0] == pages[1]
    assert not PendingRegistration.objects.filter(identifier=people.EMAIL).exists()
    told = Courrier.objects.get(recipient=people.EMAIL)
    assert told.template == "compte_existant"
    account.refresh_from_db()
    assert account.check_password(people.PASSWORD)


def test_who_asks_too_often_is_told_when_to_come_back() -> None:
    client = Client()
    for _ in range(Lockout().messages_per_account):
        people.register(client)
    answer = client.post(people.to_the_recap(client))
    assert answer.status_code == 429
    assert answer["Retry-After"]
