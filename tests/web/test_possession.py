"""Signing in by a provisional password: a password and a question of one's own, and nothing else (003, 3)."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from guichet.accounts import operations
from guichet.accounts.models import Account, Provisional, Session
from guichet.espaces.declarant.urls import urlpatterns
from guichet.kernel import clock
from tests.accounts.factor import Telephone
from tests.web.companies import IDENTIFIER, PASSWORD, PROFILE, TYPED, a_declarant, come_in, question_kept
from tests.web.people import Answer, text_of

pytestmark = pytest.mark.django_db
SIGN_IN = "/declarant/connexion/"
PAGE = "/declarant/connexion/premiere/"
PROPOSED = "/declarant/second-facteur/"  # once, at a first sign-in; then on to where one wanted to go
CHOSEN = {"password": PASSWORD, "question": "hated_dish", "answer": "Les épinards"}


@pytest.fixture
def given() -> tuple[Account, str]:
    return operations.give(
        espace="declarant",
        identifier=IDENTIFIER,
        email="jp@entreprise.example",
        profile=PROFILE,
        actor="account:administrateur",
    )


def signed_in_by(digits: str, client: Client | None = None, suite: str = "") -> Client:
    client = client or Client()
    data = {**TYPED, "password": digits, **({"suite": suite} if suite else {})}
    answer = client.post(SIGN_IN, data)
    assert answer.status_code == 302, text_of(answer)
    assert answer["Location"].startswith(PAGE)
    return client


def take(client: Client, **changes: str) -> Answer:
    return client.post(PAGE, {**CHOSEN, **changes})


def test_a_first_sign_in_leads_to_a_password_and_a_question_of_ones_own(given: tuple[Account, str]) -> None:
    account, digits = given
    client = signed_in_by(f" {digits} ")
    page = text_of(client.get(PAGE))
    assert "732 829 320 00082 Dupont-Martin Jean-Pierre" in page
    assert "data-criteria" in page
    assert "Question secrète" in page
    answer = take(client)
    assert answer["Location"] == PROPOSED
    assert "Votre mot de passe et votre question sont enregistrés." in text_of(client.get(PROPOSED))
    assert client.get("/declarant/compte/").status_code == 200
    assert question_kept(account) == "hated_dish"
    assert not Provisional.objects.exists()
    come_in(account)


def test_nothing_else_is_reachable_meanwhile(given: tuple[Account, str]) -> None:
    client, nobody = signed_in_by(given[1]), Client()
    walked = 0
    for pattern in urlpatterns:
        try:
            address = reverse(f"declarant:{getattr(pattern, 'name', '')}")
        except NoReverseMatch:
            continue
        if not nobody.get(address).get("Location", "").startswith(f"{SIGN_IN}?suite="):
            continue  # open to anybody, or not to be opened at all
        assert client.get(address)["Location"].startswith(f"{PAGE}?suite="), address
        walked += 1
    assert walked >= 10
    assert not Session.objects.filter(account__isnull=False).exists()


def test_what_one_wanted_to_see_comes_afterwards(given: tuple[Account, str]) -> None:
    client = signed_in_by(given[1], suite="/declarant/compte/")
    first = client.get("/declarant/sessions/")
    assert first["Location"] == f"{PAGE}?suite=%2Fdeclarant%2Fsessions%2F"
    assert 'name="suite" value="/declarant/sessions/"' in text_of(client.get(first["Location"]))
    taken = take(client, suite="/declarant/sessions/")
    assert taken["Location"] == f"{PROPOSED}?suite=%2Fdeclarant%2Fsessions%2F"


def test_nobody_is_led_outside(given: tuple[Account, str]) -> None:
    assert take(signed_in_by(given[1]), suite="https://ailleurs.example/")["Location"] == PROPOSED


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"password": ""}, "password", "Choisissez un mot de passe."),
        ({"password": "abc"}, "password", "chiffre"),
        ({"password": "Dupont-Martin75"}, "password", "deviné"),
        ({"question": ""}, "question", "Choisissez une question dans la liste."),
        ({"answer": ""}, "answer", "Répondez à la question que vous avez choisie."),
        ({"answer": "!"}, "answer", "au moins deux lettres ou chiffres"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_the_rest_stays(
    given: tuple[Account, str], changed: dict[str, str], field: str, said: str
) -> None:
    client = signed_in_by(given[1])
    answer = take(client, **changed)
    page = text_of(answer)
    assert answer.status_code == 422
    assert "<title>Erreur : " in page
    assert f'href="#id_{field}"' in page
    assert said in page
    assert PASSWORD not in page
    if field == "password":
        assert 'value="Les épinards"' in page
        assert '<option value="hated_dish" selected>' in page
    assert take(client).status_code == 302


def test_what_misses_of_everything_is_said_at_once(given: tuple[Account, str]) -> None:
    page = text_of(take(signed_in_by(given[1]), password="abc1", question="", answer=""))
    for field in ("password", "question", "answer"):
        assert f'href="#id_{field}"' in page


def test_the_provisional_digits_are_no_password_of_ones_own(given: tuple[Account, str]) -> None:
    assert take(signed_in_by(given[1]), password=given[1]).status_code == 422


def test_the_page_answers_while_one_types_and_knows_the_person(given: tuple[Account, str]) -> None:
    client = signed_in_by(given[1])
    answer = client.post(PAGE, {"live": "1", "password": "Dupont-Martin75"}).json()
    assert (answer["level"], answer["holds"]) == (1, False)
    assert client.post(PAGE, {"live": "1", "password": PASSWORD}).json()["word"] == "fort"


def test_without_a_provisional_password_there_is_no_such_page() -> None:
    for answer in (Client().get(PAGE), Client().post(PAGE, CHOSEN)):
        assert answer["Location"] == SIGN_IN
    assert come_in(a_declarant()).get(PAGE)["Location"] == SIGN_IN


def test_another_browser_that_took_possession_leaves_this_one_outside(given: tuple[Account, str]) -> None:
    late = signed_in_by(given[1])
    take(signed_in_by(given[1]))
    assert take(late, password="Girafe29Trombone").status_code in (302, 409)
    assert late.get("/declarant/compte/")["Location"].startswith(SIGN_IN)
    come_in(given[0])


def test_who_waits_too_long_signs_in_again(given: tuple[Account, str]) -> None:
    client = signed_in_by(given[1])
    with clock.travel(dt.timedelta(minutes=21)):
        assert take(client)["Location"] == SIGN_IN
        assert take(signed_in_by(given[1], client)).status_code == 302


def test_signing_out_gives_it_up(given: tuple[Account, str]) -> None:
    client = signed_in_by(given[1])
    client.post("/declarant/deconnexion/")
    assert client.get(PAGE)["Location"] == SIGN_IN
    assert Provisional.objects.exists()


def test_a_wrong_provisional_password_is_told_like_any_other(given: tuple[Account, str]) -> None:
    wrong = "00000" if given[1] != "00000" else "11111"
    seen = []
    for typed in (TYPED, {**TYPED, "first_name": "Personne"}):
        answer = Client().post(SIGN_IN, {**typed, "password": wrong})
        assert answer.status_code == 422
        seen.append(text_of(answer).split("<h1>")[1].replace(typed["first_name"], ""))
    assert "Mot de passe oublié" in seen[0]


def test_a_second_factor_is_still_owed(given: tuple[Account, str]) -> None:
    account = a_declarant(identifier=f"{IDENTIFIER}X", question=True)
    Telephone(account)
    digits = operations.give_provisional(account=account, actor="account:administrateur")
    client = Client()
    client.post(SIGN_IN, {**TYPED, "first_name": "Jean-Pierre X", "password": digits})
    assert take(client)["Location"] == "/declarant/connexion/code/"
    assert client.get("/declarant/compte/")["Location"].startswith(SIGN_IN)
