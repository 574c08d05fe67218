"""Registering an association, page by page (000, steps 1 to 3), by people who hurry, doubt and go back."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from guichet.accounts.models import Account, PendingRegistration
from guichet.courriers.models import Courrier
from guichet.entreprises.operations import import_sirene
from tests.parcours import register as sirene
from tests.web.people import Answer, text_of

pytestmark = pytest.mark.django_db
KNOWN, CLOSED, DISCREET, UNKNOWN = sirene.SIRENS[0], sirene.CLOSED, sirene.DISCREET, sirene.UNKNOWN
ROOT = "/association/inscription/"
TYPED = {
    "address": "3 rue du Lavoir",
    "postcode": "37 000",
    "city": "Tours",
    "contact": "Anne Exemple",
    "phone": "",
    "email": "bureau@asso.example",
    "email_again": "bureau@asso.example",
}


@pytest.fixture(autouse=True)
def _register(tmp_path: Path) -> None:
    unites, etablissements = sirene.write(tmp_path)
    import_sirene(unites=unites, etablissements=etablissements)


def _number(client: Client, typed: str) -> Answer:
    return client.post(ROOT, {"siren": typed})


def _details(client: Client, siren: str = KNOWN, **changes: str) -> Answer:
    return client.post(f"{ROOT}{siren}/coordonnees/", {**TYPED, **changes})


def _register_whole(client: Client, siren: str = KNOWN, **changes: str) -> str:
    assert _details(client, siren, **changes)["Location"] == f"{ROOT}{siren}/verification/"
    return str(client.post(f"{ROOT}{siren}/verification/")["Location"])


def _links() -> list[str]:
    bodies = Courrier.objects.filter(template="votre_compte").order_by("pk").values_list("body", flat=True)
    return [re.findall(r"https?://[^/\s]+(/a/\S+)", body)[0] for body in bodies]


@pytest.mark.parametrize(
    "typed", [KNOWN, f"{KNOWN[:3]} {KNOWN[3:6]} {KNOWN[6:]}", f" {KNOWN[:3]}-{KNOWN[3:]}"]
)
def test_a_known_number_goes_straight_to_the_form(typed: str) -> None:
    assert _number(Client(), typed)["Location"] == f"{ROOT}{KNOWN}/coordonnees/"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Saisissez le numéro SIREN"),
        ("12345678", "8"),
        (f"{KNOWN}0", "10"),
        ("73282932I", "« I »"),
        ("123456789", "erreur de saisie"),
        ("W751234567", "RNA"),
        (f"{KNOWN}00012", "SIRET"),
    ],
)
def test_a_wrong_number_is_explained_and_kept(typed: str, said: str) -> None:
    answer = _number(Client(), typed)
    page = text_of(answer)
    assert answer.status_code == 422
    assert "<title>Erreur : " in page
    assert said in page
    assert f'value="{typed}"' in page or not typed


def test_an_unknown_number_is_explained_and_may_go_on() -> None:
    client = Client()
    page = text_of(client.get(_number(client, UNKNOWN)["Location"]))
    assert "n’est pas dans le répertoire" in page
    assert f'href="{ROOT}?siren={UNKNOWN}"' in page
    assert f'href="{ROOT}{UNKNOWN}/coordonnees/"' in page


def test_a_closed_unit_is_explained_and_may_go_on() -> None:
    client = Client()
    page = text_of(client.get(_number(client, CLOSED)["Location"]))
    assert "Cet organisme est fermé" in page
    assert "derniers comptes" in page
    assert f'href="{ROOT}{CLOSED}/coordonnees/"' in page


def test_a_known_unit_needs_no_explanation() -> None:
    assert Client().get(f"{ROOT}{KNOWN}/")["Location"] == f"{ROOT}{KNOWN}/coordonnees/"


@pytest.mark.parametrize("siren", ["123456789", "12345678", "abcdefghi", "1234567890"])
def test_no_address_holds_a_wrong_number(siren: str) -> None:
    assert Client().get(f"{ROOT}{siren}/coordonnees/").status_code == 404


def test_the_form_is_prefilled_from_the_register() -> None:
    page = text_of(Client().get(f"{ROOT}{KNOWN}/coordonnees/"))
    assert sirene.name_of(KNOWN) in page
    assert re.search(r'name="city" value="\w+', page)
    assert re.search(r'name="postcode" value="\d{5}"', page)
    assert 'name="name"' not in page


def test_what_a_unit_wants_hidden_is_shown_to_nobody_who_types_its_number() -> None:
    page = text_of(Client().get(f"{ROOT}{DISCREET}/coordonnees/"))
    assert sirene.name_of(DISCREET) not in page
    assert 'name="name"' in page
    assert 'name="address" value' not in page
    assert 'name="postcode" value' not in page


def test_an_unknown_unit_types_its_name_and_is_marked() -> None:
    client = Client()
    assert "absent du répertoire" in text_of(client.get(f"{ROOT}{UNKNOWN}/coordonnees/"))
    assert _details(client, UNKNOWN).status_code == 422  # without its name
    _register_whole(client, UNKNOWN, name="Les Petits Nouveaux")
    pending = PendingRegistration.objects.get()
    assert pending.profile["name"] == "Les Petits Nouveaux"
    assert pending.profile["in_register"] is False
    assert "Absent du répertoire Sirene" in text_of(client.get(f"{ROOT}{UNKNOWN}/verification/"))


def test_a_known_unit_can_not_be_given_another_name() -> None:
    _register_whole(Client(), name="Autre")
    assert PendingRegistration.objects.get().profile["name"] == sirene.name_of(KNOWN)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("email", "Anne <anne@exemple.fr>", "anne@exemple.fr"),
        ("email", f"{'a' * 300}@exemple.fr", "caractères"),
        ("email", "anne", "@"),
        ("email_again", "bureau@asso.exemple", "identiques"),
        ("contact", "Anne 🙂", "🙂"),
        ("contact", "<script>alert(1)</script>", "parenthèse"),
        ("contact", "Anne\u202eenna", "invisible"),
        ("postcode", "37", "5 chiffres"),
        ("phone", "12", "téléphone"),
        ("city", "", "commune"),
    ],
)
def test_each_mistake_is_explained_and_everything_typed_is_kept(field: str, typed: str, said: str) -> None:
    client = Client()
    answer = _details(client, **{field: typed})
    page = text_of(answer)
    assert answer.status_code == 422
    assert f'href="#id_{field}"' in page
    assert said in page
    assert "<script>alert" not in answer.content.decode()
    for name, value in TYPED.items():
        if name != field and value:
            assert f'name="{name}" value="{value}"' in page
    assert client.get(f"{ROOT}{KNOWN}/verification/").status_code == 302


def test_an_international_address_is_shown_as_it_is_read() -> None:
    client = Client()
    _details(client, email="anne@café.example", email_again="anne@café.example")
    assert "anne@café.example" in text_of(client.get(f"{ROOT}{KNOWN}/verification/"))


def test_the_recap_shows_the_address_large_and_every_answer_with_its_way_back() -> None:
    client = Client()
    _details(client)
    page = text_of(client.get(f"{ROOT}{KNOWN}/verification/"))
    assert '<p class="g-large">bureau@asso.example</p>' in page
    for field in ("address", "contact", "phone", "email"):
        assert f'href="{ROOT}{KNOWN}/coordonnees/#id_{field}"' in page
    assert "#id_name" not in page  # the register's: the form before does not ask it
    assert "D’après le répertoire Sirene" in page
    assert "Anne Exemple" in page
    assert not PendingRegistration.objects.exists()


def test_going_back_shows_every_answer_again() -> None:
    client = Client()
    _details(client, contact="Zoé Exemple")
    page = text_of(client.get(f"{ROOT}{KNOWN}/coordonnees/"))
    for typed in ("Zoé Exemple", "3 rue du Lavoir", "37000"):
        assert f'value="{typed}"' in page
    assert page.count('value="bureau@asso.example"') == 2


def test_two_tabs_with_two_associations_do_not_mix() -> None:
    client, other = Client(), sirene.SIRENS[1]
    _details(client, KNOWN, contact="Anne")
    _details(client, other, contact="Zoé")
    assert "Anne" in text_of(client.get(f"{ROOT}{KNOWN}/verification/"))
    client.post(f"{ROOT}{KNOWN}/verification/")
    pending = PendingRegistration.objects.get()
    assert (pending.identifier, pending.profile["contact"]) == (KNOWN, "Anne")


def test_a_session_keeps_a_few_registrations_only() -> None:
    client = Client()
    for siren in sirene.SIRENS[:8]:
        _details(client, siren)
    assert list(client.session["registrations"]) == sirene.SIRENS[3:8]


def test_afterwards_the_page_says_which_message_to_expect() -> None:
    client = Client()
    page = text_of(client.get(_register_whole(client)))
    assert "Inscription : consultez votre messagerie</title>" in page.replace(" - Guichet", "")
    assert '<p class="g-large">bureau@asso.example</p>' in page
    assert settings.SENDER in page
    assert "expéditeur autorisé" in page
    assert "15 jours" in page


def test_a_wrong_address_is_corrected_and_the_second_link_is_the_one_that_counts() -> None:
    client = Client()
    _register_whole(client, email="bureua@asso.example", email_again="bureua@asso.example")
    assert 'value="bureua@asso.example"' in text_of(client.get(f"{ROOT}{KNOWN}/coordonnees/"))
    _register_whole(client)
    first, second = _links()
    assert Client().get(first).status_code == 410
    assert "Votre compte est créé" in text_of(Client().get(second))
    assert Account.objects.get().email == "bureau@asso.example"


def test_from_the_form_to_the_home_of_the_espace() -> None:
    client = Client()
    _register_whole(client)
    body = Courrier.objects.get(template="votre_compte").body
    password = body.split("Mot de passe : ")[1].splitlines()[0]
    Client().get(_links()[0])
    answer = client.post("/association/connexion/", {"identifier": KNOWN, "password": f" {password}\n"})
    assert sirene.name_of(KNOWN) in text_of(client.get(answer["Location"]))


def test_the_answer_does_not_tell_that_an_account_exists() -> None:
    first = Client()
    _register_whole(first)
    Client().get(_links()[0])
    again = Client()
    page = text_of(again.get(_register_whole(again, email="autre@x.example", email_again="autre@x.example")))
    assert "autre@x.example" in page
    assert Courrier.objects.latest("pk").recipient == "bureau@asso.example"


@pytest.mark.parametrize("page", ["verification", "messagerie"])
def test_a_page_reached_too_early_leads_to_the_form(page: str) -> None:
    assert Client().get(f"{ROOT}{KNOWN}/{page}/")["Location"] == f"{ROOT}{KNOWN}/coordonnees/"


def test_too_many_registrations_say_how_long_to_wait_and_keep_everything() -> None:
    client = Client()
    _details(client)
    answers = [client.post(f"{ROOT}{KNOWN}/verification/") for _ in range(30)]
    refused = answers[-1]
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert "Anne Exemple" in text_of(refused)


def test_what_is_typed_by_strangers_is_kept_in_no_cache() -> None:
    client = Client()
    _details(client)
    assert client.get(f"{ROOT}{KNOWN}/verification/")["Cache-Control"] == "no-store"
