"""Registering as a professional, page by page (002; 004, step 2), by people who hurry, doubt and go back."""

import datetime as dt
import json
import re
from pathlib import Path

import pytest
from django.test import Client

from guichet.accounts.models import Account, PendingRegistration, Session
from guichet.entreprises.operations import import_sirene
from guichet.espaces.abonne import drafts
from guichet.kernel import clock
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
from tests.web.people import html_of, text_of

pytestmark = pytest.mark.django_db
KNOWN, CLOSED, DISCREET, UNKNOWN = sirene.SIRENS[0], sirene.CLOSED, sirene.DISCREET, sirene.UNKNOWN
HUNDRED = f"{'a' * 60}@{'b' * 31}.example"


@pytest.fixture(autouse=True)
def _register(tmp_path: Path) -> None:
    unites, etablissements = sirene.write(tmp_path)
    import_sirene(unites=unites, etablissements=etablissements)


class TestConditions:
    """Step 1."""

    def test_the_words_of_the_references(self) -> None:
        page = text_of(Client().get(ROOT))
        assert "Création de votre espace abonné" in page
        assert (
            "Je reconnais avoir pris connaissance des conditions générales et les accepte sans restriction."
            in page
        )
        for step in (
            "1ère étape : accepter les conditions générales",
            "2ème étape : créer vos identifiants",
            "3ème étape : remplir le formulaire d’inscription",
            "4ème étape : activer votre espace abonné",
        ):
            assert step in page

    def test_they_can_be_read_and_kept_in_the_exact_version(self) -> None:
        page = text_of(Client().get(ROOT))
        assert "Lire les conditions générales" in page
        for address in ("/conditions/abonne-2026-11/", "/conditions/abonne-2026-11.txt"):
            assert f'href="{address}"' in page
            assert "48 heures à compter de son envoi" in text_of(Client().get(address))

    def test_without_the_box_nobody_goes_on(self) -> None:
        client = Client()
        answer = client.post(ROOT)
        assert answer.status_code == 422
        assert "Cochez cette case pour vous abonner" in text_of(answer)
        assert drafts.SESSION_KEY not in client.session

    def test_version_and_moment_are_kept(self) -> None:
        client = Client()
        moment = clock.now()
        page = begin(client)
        with clock.travel(dt.timedelta(minutes=20)):
            identify(client, page)
            client.post(f"{ROOT}1/formulaire/", DETAILS)
            client.post(f"{ROOT}1/verification/")
        pending = PendingRegistration.objects.get()
        assert pending.terms_version == "abonne-2026-11"
        assert pending.terms_accepted_at is not None
        assert abs(pending.terms_accepted_at - moment) < dt.timedelta(minutes=1)

    def test_when_they_change_meanwhile_they_are_asked_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        client = Client()
        page = to_the_recap(client)
        monkeypatch.setattr(drafts, "TERMS_VERSION", "abonne-2099-01")
        assert client.post(page)["Location"] == ROOT
        assert not PendingRegistration.objects.exists()


class TestIdentifiers:
    """Step 2."""

    def test_the_words_of_the_references(self) -> None:
        client = Client()
        page = text_of(client.get(begin(client)))
        for words in (
            "Créer vos identifiants",
            "cette adresse électronique ne pourra être utilisée que pour un seul et unique espace",
            "Confirmer votre adresse électronique",
            "Confirmer votre mot de passe",
            "8 caractères minimum et 20 caractères maximum. Les chiffres et les lettres sont autorisés",
            "Pensez à noter votre mot de passe",
        ):
            assert words in page

    @pytest.mark.parametrize(
        ("changes", "field", "said"),
        [
            ({"email": "lila"}, "email", "@"),
            ({"email": f"a{HUNDRED}"}, "email", "101 caractères"),
            ({"email_again": "lilla@cabinet.example"}, "email_again", "ne sont pas identiques"),
            ({"email_again": ""}, "email_again", "deuxième fois"),
            ({"password": "wuq7zk3"}, "password", "au moins 8"),
            ({"password": "wuq7zk3xwuq9pk3xhtd5v"}, "password", "plus de 20"),
            ({"password": "wuq7 zk3xt"}, "password", "espace"),
            ({"password": "wuq7zk3é"}, "password", "accent"),
            ({"password": "wuq7-zk3x"}, "password", "lettres et les chiffres"),
            ({"password": "lilarosemonde1"}, "password", "deviné"),
            ({"password_again": "wuq7zk3xte"}, "password_again", "ne sont pas identiques"),
            ({"password": ""}, "password", "Choisissez un mot de passe"),
        ],
    )
    def test_each_mistake_is_explained_and_only_passwords_are_lost(
        self, changes: dict[str, str], field: str, said: str
    ) -> None:
        client = Client()
        answer = identify(client, begin(client), **changes)
        page = text_of(answer)
        assert answer.status_code == 422
        assert f'href="#id_{field}"' in page
        assert said in page
        assert f'value="{changes.get("email", EMAIL)}"' in page
        assert changes.get("password") or PASSWORD not in page
        assert client.get(f"{ROOT}1/formulaire/")["Location"] == f"{ROOT}1/identifiants/"

    @pytest.mark.parametrize("password", ["wuq7zk3x", "wuq7zk3xwuq9pk3xhtd5"])
    def test_8_and_20_characters_and_an_address_of_100_go_on(self, password: str) -> None:
        client = Client()
        assert to_the_form(client, email=HUNDRED, password=password) == f"{ROOT}1/formulaire/"
        assert HUNDRED in text_of(client.get(f"{ROOT}1/formulaire/"))

    def test_both_addresses_are_one_whatever_the_case(self) -> None:
        client = Client()
        answer = identify(
            client, begin(client), email="Lila@Cabinet.EXAMPLE", email_again="lila@cabinet.example"
        )
        assert answer.status_code == 302

    @pytest.mark.parametrize(
        ("typed", "holds", "said"),
        [("wuq7zk3x", True, "convient"), ("wuq7", False, "8"), ("wuq7zké3x", False, "accent")],
    )
    def test_a_password_is_tried_out_while_it_is_typed(self, typed: str, holds: bool, said: str) -> None:
        client = Client()
        answer = client.post(begin(client), {"live": "1", "password": typed})
        found = json.loads(answer.content)
        assert found["holds"] is holds
        assert said in found["sentence"]

    def test_the_password_waits_sealed(self) -> None:
        client = Client()
        to_the_recap(client)
        (kept,) = client.session[drafts.SESSION_KEY]
        assert PASSWORD not in str(kept)
        assert ANSWER not in str(kept)
        for session in Session.objects.all():
            decoded = str(session.get_decoded())
            assert PASSWORD not in decoded
            assert ANSWER not in decoded

    def test_a_password_that_was_chosen_is_kept_and_may_be_replaced(self) -> None:
        client = Client()
        page = to_the_form(client).replace("formulaire", "identifiants")
        shown = text_of(client.get(page))
        assert "Le mot de passe que vous avez choisi est conservé" in shown
        assert 'name="password"' not in shown
        assert client.post(page, {"email": "b@x.example", "email_again": "b@x.example"}).status_code == 302
        assert 'name="password"' in text_of(client.get(f"{page}?mot-de-passe"))
        identify(client, f"{page}?mot-de-passe", password="hx4pmv9k")
        client.post(f"{ROOT}1/formulaire/", DETAILS)
        client.post(f"{ROOT}1/verification/")
        activate(client)
        assert Account.objects.get().check_password("hx4pmv9k")


class TestForm:
    """Step 3."""

    def test_the_words_of_the_references(self) -> None:
        client = Client()
        page = text_of(client.get(to_the_form(client)))
        for words in (
            "Usager",
            "Entreprise d’appartenance",
            "Il ne s’agit pas ici de saisir le SIREN pour lequel vous souhaitez adhérer",
            "il s’agit du SIREN du cabinet et non pas de celui d’un de vos clients",
            "Entreprise étrangère",
            "S.I.R.E.N. ou équivalent",
            "Numéro de téléphone professionnel",
            "Adresse électronique professionnelle",
            "Numéro de la voie",
            "Nature de la voie",
            "Libellé de la voie",
            "Complément d’adresse",
            "Code postal",
            "Ville",
            "Pays",
            "Question de confiance",
            "Étape précédente",
        ):
            assert words in page
        assert 'value="FRANCE"' in page

    def test_the_address_is_shown_and_can_not_be_edited(self) -> None:
        client = Client()
        page = text_of(client.get(to_the_form(client)))
        assert EMAIL in page
        assert 'name="email"' not in page
        assert f'value="{EMAIL}"' not in page

    @pytest.mark.parametrize(
        ("field", "typed", "said"),
        [
            ("civility", "", "civilité"),
            ("last_name", "", "nom"),
            ("first_name", "Lila 🙂", "🙂"),
            ("company_number", "", "SIREN de l’entreprise"),
            ("company_number", "123456789", "erreur de saisie"),
            ("company_number", UNKNOWN, "ne figure pas dans le répertoire"),
            ("company_number", CLOSED, "a cessé son activité"),
            ("phone", "12", "téléphone"),
            ("street_kind", "Boyau", "liste"),
            ("postcode", "370", "5 chiffres"),
            ("city", "", "ville"),
            ("country", "", "pays"),
            ("question", "", "question"),
            ("question", "surnom", "liste"),
            ("answer", "", "Répondez"),
            ("answer", "x", "trop courte"),
        ],
    )
    def test_each_mistake_is_explained_and_everything_typed_is_kept(
        self, field: str, typed: str, said: str
    ) -> None:
        client = Client()
        answer = client.post(to_the_form(client), {**DETAILS, field: typed})
        page = text_of(answer)
        assert answer.status_code == 422
        assert f'href="#id_{field}' in page
        assert said in page
        for name, value in DETAILS.items():
            if name != field and value and name not in {"civility", "street_kind", "question"}:
                assert f'name="{name}" value="{value}"' in page
        assert client.get(f"{ROOT}1/verification/")["Location"] == f"{ROOT}1/formulaire/"

    def test_the_optional_answers_are_optional(self) -> None:
        bare = dict.fromkeys(("street_number", "street_kind", "street_name", "address_extra", "postcode"), "")
        client = Client()
        assert client.post(to_the_form(client), {**DETAILS, **bare}).status_code == 302

    def test_the_previous_step_keeps_everything_even_what_does_not_hold(self) -> None:
        client = Client()
        page = to_the_form(client)
        answer = client.post(page, {**DETAILS, "phone": "12", "previous": "1"})
        assert answer["Location"] == f"{ROOT}1/identifiants/"
        assert text_of(client.get(answer["Location"])).count(f'value="{EMAIL}"') == 2
        shown = text_of(client.get(page))
        assert 'name="phone" value="12"' in shown
        assert f'value="{ANSWER}"' in shown
        assert re.search(r'value="Rue"\s+selected', shown)
        assert re.search(r'value="madame"[^>]*checked', shown)

    @pytest.mark.parametrize("missing", ["company_number", "company_name", "company_country"])
    def test_a_foreign_company_tells_its_number_name_and_country(self, missing: str) -> None:
        client = Client()
        answer = client.post(to_the_form(client), {**DETAILS, **FOREIGN, missing: ""})
        assert answer.status_code == 422
        assert f'href="#id_{missing}"' in text_of(answer)

    def test_what_a_foreign_company_must_tell_is_not_called_optional(self) -> None:
        client = Client()
        page = text_of(client.get(to_the_form(client)))
        for label in ("Raison sociale", "Pays de l’entreprise"):
            assert "(obligatoire)" in page.partition(f">{label}")[2][:60]

    def test_what_is_typed_of_a_french_company_is_not_its_name(self) -> None:
        client = Client()
        subscribe(client, company_name="Autre Raison 🙂", company_country="Belgique")
        profile = PendingRegistration.objects.get().profile
        assert (profile["siren"], profile["company"]) == (KNOWN, sirene.name_of(KNOWN))
        assert "Belgique" not in profile.values()

    def test_a_foreign_company_belongs_to_no_unite_legale(self) -> None:
        client = Client()
        subscribe(client, **FOREIGN)
        activate(client)
        account = Account.objects.get()
        assert account.siren == account.profile["siren"] == ""
        assert account.profile["foreign_number"] == "BE 0428.759.497"
        assert account.profile["company"] == "Fiduciaire Exemple SA"

    @pytest.mark.parametrize(("country", "postcode"), [("Belgique", "B-1000"), ("france", "37000")])
    def test_only_french_postcodes_have_five_digits(self, country: str, postcode: str) -> None:
        client = Client()
        answer = client.post(to_the_form(client), {**DETAILS, "country": country, "postcode": postcode})
        assert answer.status_code == 302

    def test_nothing_typed_becomes_markup(self) -> None:
        client = Client()
        answer = client.post(to_the_form(client), {**DETAILS, "last_name": "<script>alert(1)</script>"})
        assert "<script>alert" not in html_of(answer)
