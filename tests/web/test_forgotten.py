"""A forgotten password at a door with provisional ones: three ways on one page (003, chapter 5)."""

import datetime as dt
import re

import pytest
from django.test import Client

from guichet.accounts.definitions import espace
from guichet.accounts.models import Account, Provisional
from guichet.courriers.models import Courrier
from guichet.kernel import clock
from tests.web.companies import ANSWER, PASSWORD, QUESTION, SIRET, TYPED, a_declarant, come_in, letters
from tests.web.people import Answer, html_of, text_of

pytestmark = pytest.mark.django_db
DOOR = espace("declarant")
ROOT = "/declarant/mot-de-passe-oublie/"
SENT = f"{ROOT}envoye/"
NEW = "Trombone83Girafe"
BOTH = pytest.mark.parametrize("way", ["question", "provisoire"])


@pytest.fixture
def paul() -> Account:
    return a_declarant(question=True)


def ask(way: str, client: Client | None = None, **typed: str) -> Answer:
    return (client or Client()).post(ROOT, {**TYPED, "voie": way, **typed})


def link(template: str, letter: str) -> str:
    body = Courrier.objects.filter(template=template).latest("pk").body
    (found,) = re.findall(rf"https?://[^/\s]+(/{letter}/\S+)", body)
    return str(found)


def digits_of(page: str) -> str:
    (shown,) = re.findall(r'<p class="g-provisional[^>]*>(.*?)</p>', page)
    return re.sub(r"<[^>]+>", "", shown)


def test_one_page_explains_the_three_ways() -> None:
    page = text_of(Client().get(ROOT))
    for title in ("Par votre question secrète", "Par un mot de passe provisoire"):
        assert f"<h2>{title}</h2>" in page
    for name in TYPED:
        assert f'name="{name}"' in page
    assert "provisoire de 8 chiffres" in page
    assert "valable 2 heures" in page
    assert "valable 30 minutes" in page
    assert page.index("Recevoir le lien vers ma question") < page.index("Recevoir un mot de passe provisoire")


def test_the_administrateur_is_a_way_where_the_door_has_that_page() -> None:
    page = text_of(Client().get(ROOT))
    assert ("Demander à mon administrateur" in page) == bool(DOOR.helpers_url)
    assert ("Si vous êtes vous-même administrateur" in page) == bool(DOOR.helpers_url)


@BOTH
def test_the_answer_is_the_same_with_and_without_an_account(paul: Account, way: str) -> None:
    seen = []
    for first_name in ("Jean-Pierre", "Personne"):
        client = Client()
        answer = ask(way, client, first_name=first_name)
        page = text_of(client.get(answer["Location"]))
        seen.append((answer.status_code, answer["Location"], page))
        assert "Si un compte correspond à votre saisie" in page
    assert seen[0] == seen[1]
    assert letters() == ["mot_de_passe_provisoire" if way == "provisoire" else "nouveau_mot_de_passe"]


@BOTH
def test_what_to_try_next_is_said(way: str) -> None:
    page = text_of(Client().get(SENT, {"voie": way}))
    assert "Vérifiez votre saisie" in page
    other = "votre question secrète" if way == "provisoire" else "un mot de passe provisoire"
    assert f"Essayez l’autre façon : {other}." in page
    assert DOOR.service.email in page
    assert f'href="{ROOT}"' in page
    assert f"valable {'30 minutes' if way == 'provisoire' else '2 heures'}" in page


@BOTH
def test_a_part_that_is_wrong_keeps_the_others_and_sends_nothing(paul: Account, way: str) -> None:
    answer = ask(way, siret="123")
    page = text_of(answer)
    assert answer.status_code == 422
    assert 'href="#id_siret"' in page
    assert 'value="Dupont-Martin"' in page
    assert letters() == []


@BOTH
def test_whoever_asks_too_often_waits(paul: Account, way: str) -> None:
    answers = [ask(way) for _ in range(DOOR.lockout.messages_per_account + 1)]
    assert [one.status_code for one in answers][-2:] == [302, 429]
    assert answers[-1]["Retry-After"]


def test_the_link_of_the_question_asks_it_and_a_new_password(paul: Account) -> None:
    ask("question")
    client, page = Client(), link("nouveau_mot_de_passe", "m")
    shown = text_of(client.get(page))
    assert QUESTION in shown
    assert "data-criteria" in shown
    assert "732 829 320 00082 Dupont-Martin Jean-Pierre" in shown
    wrong = client.post(page, {"answer": "un ballon", "password": NEW})
    assert wrong.status_code == 422
    assert "Ce n’est pas la réponse" in text_of(wrong)
    assert 'value="un ballon"' in text_of(wrong)
    done = client.post(page, {"answer": ANSWER.upper(), "password": NEW})
    assert done["Location"].startswith("/declarant/connexion/?identifiant=")
    landed = text_of(client.get(done["Location"]))
    assert f'value="{SIRET}"' in landed
    assert "Votre mot de passe est changé" in landed
    come_in(paul, NEW)


def test_the_question_alone_never_suffices_and_neither_does_the_link(paul: Account) -> None:
    ask("question")
    answer = Client().post(link("nouveau_mot_de_passe", "m"), {"password": NEW})
    assert answer.status_code == 422
    assert "Répondez à cette question." in text_of(answer)
    come_in(paul, PASSWORD)


def test_the_page_of_the_question_answers_while_one_types(paul: Account) -> None:
    ask("question")
    page = link("nouveau_mot_de_passe", "m")
    assert Client().post(page, {"live": "1", "password": NEW}).json()["word"] == "fort"
    assert Client().get(page).status_code == 200


def test_opening_the_link_shows_no_password_and_spends_nothing(paul: Account) -> None:
    ask("provisoire")
    page = link("mot_de_passe_provisoire", "p")
    for _ in range(2):
        assert Client().head(page).status_code == 200
        asked = Client().get(page)
        assert "Afficher le mot de passe provisoire" in text_of(asked)
        assert "g-provisional" not in text_of(asked)
        assert asked["Cache-Control"] == "no-store"
    assert not Provisional.objects.exists()


def test_the_button_shows_eight_digits_once_to_be_copied_without_blanks(paul: Account) -> None:
    ask("provisoire")
    client, page = Client(), link("mot_de_passe_provisoire", "p")
    answer = client.post(page)
    shown = html_of(answer)
    assert re.fullmatch(r"\d{8}", digits_of(shown))
    assert shown.count('<span class="g-digits">') == 2
    assert "no-store" in answer["Cache-Control"]
    assert f'href="/declarant/connexion/?identifiant={SIRET}' in shown
    again = client.post(page)
    assert again.status_code == 410
    assert "déjà servi" in text_of(again)
    assert 'href="/declarant/mot-de-passe-oublie/"' in text_of(again)


def test_the_former_password_works_until_it_is_replaced(paul: Account) -> None:
    ask("provisoire")
    Client().post(link("mot_de_passe_provisoire", "p"))
    come_in(paul, PASSWORD)


@pytest.mark.parametrize(("later", "status"), [(dt.timedelta(0), 200), (dt.timedelta(seconds=1), 410)])
def test_the_link_lives_thirty_minutes_to_the_second(paul: Account, later: dt.timedelta, status: int) -> None:
    assert DOOR.provisionals
    ask("provisoire")
    page = link("mot_de_passe_provisoire", "p")
    row = paul.tokens.get()
    end = row.expires_at - dt.timedelta(seconds=1) - clock.now()
    with clock.travel(end + later):
        answer = Client().get(page)
    assert answer.status_code == status
    if status == 410:
        assert "expiré" in text_of(answer)


@pytest.mark.parametrize("token", ["coupe", "x" * 200, "%00", "é"])
def test_a_link_cut_in_half_is_explained(token: str) -> None:
    for answer in (Client().get(f"/p/{token}"), Client().post(f"/p/{token}")):
        assert answer.status_code == 404
        assert "copiez l’adresse entière" in text_of(answer)
        assert "no-store" in answer["Cache-Control"]


def test_nothing_but_the_button_shows_it(paul: Account) -> None:
    ask("provisoire")
    page = link("mot_de_passe_provisoire", "p")
    assert Client(enforce_csrf_checks=True).post(page).status_code == 403
    assert Client().put(page).status_code == 405
    assert not Provisional.objects.exists()
