"""« Votre inscription », what comes after it, and two tabs at once (002; 004, step 2)."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from guichet.accounts.models import Account, PendingRegistration
from guichet.courriers.models import Courrier
from guichet.entreprises.operations import import_sirene
from guichet.espaces.abonne import drafts
from tests.espaces.abonne.people import (
    ANSWER,
    DETAILS,
    EMAIL,
    FOREIGN,
    PASSWORD,
    ROOT,
    activate,
    begin,
    identify,
    subscribe,
    to_the_form,
    to_the_recap,
)
from tests.parcours import register as sirene
from tests.web.people import text_of

pytestmark = pytest.mark.django_db
KNOWN, CLOSED, DISCREET, UNKNOWN = sirene.SIRENS[0], sirene.CLOSED, sirene.DISCREET, sirene.UNKNOWN
HUNDRED = f"{'a' * 60}@{'b' * 31}.example"


@pytest.fixture(autouse=True)
def _register(tmp_path: Path) -> None:
    unites, etablissements = sirene.write(tmp_path)
    import_sirene(unites=unites, etablissements=etablissements)


class TestRecap:
    """« Votre inscription »."""

    def test_everything_once_more_each_with_its_way_back(self) -> None:
        client = Client()
        page = text_of(client.get(to_the_recap(client)))
        for said in (
            "Votre inscription",
            "Madame",
            "Rosemonde",
            "Lila",
            sirene.name_of(KNOWN),
            "01 99 00 12 34",
            "12 bis",
            "des Tilleuls",
            "37000",
            "Quel objet perdu avez-vous le plus regretté ?",
            "Si la raison sociale affichée est erronée, veuillez prendre contact avec",
        ):
            assert said in page
        for field in (
            "civility_0",
            "last_name",
            "company_number",
            "phone",
            "street_kind",
            "question",
            "answer",
        ):
            assert f'href="{ROOT}1/formulaire/#id_{field}"' in page
        assert f'href="{ROOT}1/identifiants/#id_email"' in page
        assert not PendingRegistration.objects.exists()

    def test_the_answer_is_shown_on_demand_alone(self) -> None:
        client = Client()
        page = text_of(client.get(to_the_recap(client)))
        assert re.search(rf"<details><summary>[^<]+</summary><span>{ANSWER}</span></details>", page)
        assert page.count(ANSWER) == 1
        assert PASSWORD not in page

    def test_a_company_that_refuses_diffusion_stays_unnamed(self) -> None:
        client = Client()
        page = text_of(client.get(to_the_recap(client, company_number=DISCREET)))
        assert sirene.name_of(DISCREET) not in page
        assert "a demandé que son nom ne soit pas diffusé" in page
        client.post(f"{ROOT}1/verification/")
        assert PendingRegistration.objects.get().profile["company"] == ""

    def test_a_foreign_company_shows_its_country(self) -> None:
        client = Client()
        page = text_of(client.get(to_the_recap(client, **FOREIGN)))
        assert "Belgique" in page
        assert "Si la raison sociale affichée est erronée" not in page

    def test_a_password_like_ones_own_name_is_refused_at_last_with_its_way_back(self) -> None:
        client = Client()
        page = to_the_form(client, password="rosemonde1lila", email="compta@x.example")
        client.post(page, DETAILS)
        answer = client.post(f"{ROOT}1/verification/")
        assert answer.status_code == 422
        assert "deviné" in text_of(answer)
        assert f'href="{ROOT}1/identifiants/?mot-de-passe#id_password"' in text_of(answer)
        assert not PendingRegistration.objects.exists()

    def test_a_company_that_closes_meanwhile_is_asked_again(self) -> None:
        client = Client()
        page = to_the_recap(client)
        draft = client.session
        (kept,) = draft[drafts.SESSION_KEY]
        draft[drafts.SESSION_KEY] = [{**kept, "answers": {**kept["answers"], "company_number": CLOSED}}]
        draft.save()
        assert client.post(page)["Location"] == f"{ROOT}1/formulaire/"
        assert not PendingRegistration.objects.exists()

    def test_too_many_registrations_say_how_long_to_wait_and_keep_everything(self) -> None:
        client = Client()
        for _ in range(30):
            answer = client.post(to_the_recap(client))
            if answer.status_code == 429:
                break
        assert answer.status_code == 429
        assert int(answer["Retry-After"]) > 0
        assert "Rosemonde" in text_of(answer)


class TestSent:
    """What comes next."""

    def test_the_words_of_the_references(self) -> None:
        client = Client()
        page = text_of(client.get(subscribe(client)))
        for words in (
            "Madame Rosemonde Lila",
            "Un code d’activation de votre espace abonné a été envoyé dans votre boîte aux lettres",
            "Vous disposez d’un délai de 48h, à compter de l’envoi du code ci-dessus",
            "ce code n’est pas un mot de passe",
            "Il ne doit être utilisé qu’une seule fois pour activer votre espace abonné",
            "Courrier indésirable",
            "Activez votre espace abonné",
            "demandez un nouveau code",
            EMAIL,
            settings.SENDER,
        ):
            assert words in page, words

    def test_the_message_holds_a_code_and_no_link(self) -> None:
        subscribe(Client())
        body = " ".join(Courrier.objects.get().body.replace("\u00a0", " ").split())
        assert "un délai de 48 heures, à compter de l’envoi de ce message" in body
        assert "http" not in body
        assert "www." not in body

    def test_the_secrets_are_forgotten_once_it_is_sent(self) -> None:
        client = Client()
        subscribe(client)
        (kept,) = client.session[drafts.SESSION_KEY]
        assert kept["sealed_password"] == kept["sealed_answer"] == ""

    def test_confirming_twice_sends_one_message(self) -> None:
        client = Client()
        page = to_the_recap(client)
        first, second = client.post(page), client.post(page)
        assert first["Location"] == second["Location"] == f"{ROOT}1/messagerie/"
        assert Courrier.objects.count() == 1

    def test_a_wrong_address_is_corrected_and_the_form_is_still_filled_in(self) -> None:
        client = Client()
        subscribe(client, email="lilla@cabinet.example")
        page = f"{ROOT}1/identifiants/"
        assert f'href="{page}#id_email"' in text_of(client.get(f"{ROOT}1/messagerie/"))
        assert identify(client, page).status_code == 302
        shown = text_of(client.get(f"{ROOT}1/formulaire/"))
        assert 'name="last_name" value="Rosemonde"' in shown
        assert ANSWER not in shown
        client.post(f"{ROOT}1/formulaire/", DETAILS)
        client.post(f"{ROOT}1/verification/")
        assert Courrier.objects.latest("pk").recipient == EMAIL

    def test_the_answer_does_not_tell_that_an_account_exists(self) -> None:
        first = Client()
        subscribe(first)
        activate(first)
        other = Client()
        shown = text_of(other.get(subscribe(other)))
        assert "a été envoyé dans votre boîte aux lettres" in shown
        assert Account.objects.count() == 1


class TestTwoTabs:
    """Two registrations in one browser, and pages that are reached too early."""

    def test_they_do_not_mix(self) -> None:
        client = Client()
        to_the_recap(client)
        to_the_recap(client, email="zoe@cabinet.example", last_name="Exemple")
        assert "Rosemonde" in text_of(client.get(f"{ROOT}1/verification/"))
        client.post(f"{ROOT}2/verification/")
        pending = PendingRegistration.objects.get()
        assert (pending.identifier, pending.profile["last_name"]) == ("zoe@cabinet.example", "Exemple")

    def test_a_session_keeps_a_few_only(self) -> None:
        client = Client()
        for _ in range(7):
            begin(client)
        assert [kept["number"] for kept in client.session[drafts.SESSION_KEY]] == [3, 4, 5, 6, 7]
        assert client.get(f"{ROOT}1/identifiants/")["Location"] == ROOT

    @pytest.mark.parametrize("page", ["identifiants", "formulaire", "verification", "messagerie"])
    def test_without_a_registration_one_begins_at_the_conditions(self, page: str) -> None:
        assert Client().get(f"{ROOT}1/{page}/")["Location"] == ROOT

    @pytest.mark.parametrize("page", ["formulaire", "verification"])
    def test_no_step_is_jumped_over(self, page: str) -> None:
        client = Client()
        begin(client)
        assert client.get(f"{ROOT}1/{page}/")["Location"] == f"{ROOT}1/identifiants/"
        assert client.get(f"{ROOT}1/messagerie/")["Location"] == f"{ROOT}1/verification/"

    def test_what_is_typed_by_strangers_is_kept_in_no_cache(self) -> None:
        client = Client()
        assert client.get(to_the_recap(client))["Cache-Control"] == "no-store"

    def test_when_the_key_of_the_portal_changes_the_secrets_are_asked_again(self) -> None:
        client = Client()
        page = to_the_recap(client)
        found = client.session
        (kept,) = found[drafts.SESSION_KEY]
        found[drafts.SESSION_KEY] = [{**kept, "sealed_answer": "AAAA", "sealed_password": "AAAA"}]
        found.save()
        assert client.get(page)["Location"] == f"{ROOT}1/identifiants/"
