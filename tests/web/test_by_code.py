"""Forgotten passwords and changes at a door with codes, as pages (004, steps 2 and 3)."""

import pytest
from django.test import Client

from guichet.accounts import operations
from guichet.accounts.models import Account, Session
from guichet.accounts.sessions import SessionStore
from tests.accounts.subscribers import ANSWER, EMAIL, NEW, PASSWORD, a_subscriber, code_in
from tests.web.people import Answer, text_of

pytestmark = pytest.mark.django_db
ROOT = "/abonne/"
QUESTION = "Quel objet perdu avez-vous le plus regretté ?"
NEW_EMAIL = "l.rosemonde@ailleurs.example"
PROVEN = {"current": PASSWORD, "answer": ANSWER}
TWICE = {"password": NEW, "password_again": NEW}


@pytest.fixture
def lila() -> Account:
    return a_subscriber()


@pytest.fixture
def browser(lila: Account) -> Client:
    client = Client()
    came_in(client, PASSWORD)
    return client


def came_in(client: Client, password: str, identifier: str = EMAIL) -> None:
    answer = client.post(f"{ROOT}connexion/", {"identifier": identifier, "password": password})
    assert answer.status_code == 302, text_of(answer)


def forget(client: Client, identifier: str = EMAIL) -> Answer:
    return client.post(f"{ROOT}mot-de-passe-oublie/", {"identifier": identifier})


def give_code(client: Client, code: str, identifier: str = EMAIL) -> Answer:
    return client.post(f"{ROOT}mot-de-passe-oublie/code/", {"identifier": identifier, "code": code})


def prove(client: Client, page: str, **changes: str) -> Answer:
    return client.post(f"{ROOT}{page}/", {**PROVEN, **changes})


def refused(answer: Answer, *sentences: str, status: int = 422) -> str:
    page = text_of(answer)
    assert answer.status_code == status, page
    assert "<title>Erreur : " in page
    for sentence in sentences:
        assert sentence in page
    return page


def test_a_forgotten_password_goes_by_the_mailbox_then_by_the_question(lila: Account) -> None:
    client = Client()
    page = text_of(client.get(f"{ROOT}mot-de-passe-oublie/"))
    assert "Un code pour choisir un nouveau mot de passe" in page
    assert "Recevoir le code" in page
    sent = client.get(str(forget(client)["Location"]))
    told = text_of(sent)
    assert "Le code qu’il contient est valable 2 heures" in told
    assert "Le message n’arrive pas ?" in told
    assert "http »" not in told  # no link to copy
    assert f"{ROOT}mot-de-passe-oublie/code/" in told
    asked = text_of(client.get(f"{ROOT}mot-de-passe-oublie/code/"))
    assert f'value="{EMAIL}"' in asked  # it is not typed twice
    opened = give_code(client, code_in("nouveau_mot_de_passe_par_code"))
    assert opened["Location"] == f"{ROOT}mot-de-passe-oublie/nouveau/"
    page = text_of(client.get(opened["Location"]))
    assert QUESTION in page
    assert "8 caractères minimum et 20 caractères maximum" in page
    done = client.post(opened["Location"], {"answer": "un cerf volant rouge", **TWICE})
    assert done["Location"].startswith(f"{ROOT}connexion/?identifiant=")
    assert "Votre mot de passe est changé" in text_of(client.get(done["Location"]))
    came_in(client, NEW)


def test_known_and_unknown_addresses_get_the_same_pages(lila: Account) -> None:
    seen = []
    for identifier in (EMAIL, "nul@cabinet.example"):
        client = Client()
        where = forget(client, identifier)["Location"]
        wrong = give_code(client, "abcdefgh2345", identifier)
        seen.append((where, wrong.status_code, text_of(client.get(where)).replace(identifier, "")))
        refused(wrong, "Cet identifiant et ce code ne vont pas ensemble")
    assert seen[0][:2] == seen[1][:2]
    lead = [page.split("<h1>")[1].split("</main>")[0] for *_, page in seen]
    assert lead[0] == lead[1]


def test_the_page_of_the_question_wants_the_code_first(lila: Account) -> None:
    client = Client()
    answer = client.get(f"{ROOT}mot-de-passe-oublie/nouveau/", follow=True)
    assert answer.redirect_chain == [(f"{ROOT}mot-de-passe-oublie/code/", 302)]
    assert "Saisissez d’abord le code" in text_of(answer)
    assert QUESTION not in text_of(answer)
    posted = client.post(f"{ROOT}mot-de-passe-oublie/nouveau/", {"answer": ANSWER, **TWICE})
    assert posted.status_code == 302
    came_in(client, PASSWORD)


def test_what_is_wrong_is_said_at_its_field_and_the_answer_stays(lila: Account) -> None:
    client = Client()
    forget(client)
    page = give_code(client, code_in("nouveau_mot_de_passe_par_code"))["Location"]
    differ = client.post(page, {"answer": "un <b>ballon</b>", "password": NEW, "password_again": "autre1"})
    assert "un &lt;b&gt;ballon&lt;/b&gt;" in differ.content.decode()
    refused(differ, "Les deux mots de passe ne sont pas identiques")
    refused(client.post(page, {"answer": ANSWER, "password": "court1", "password_again": "court1"}), "8")
    wrong = refused(client.post(page, {"answer": "un ballon", **TWICE}), "Ce n’est pas la réponse")
    assert NEW not in wrong
    for _ in range(4):
        client.post(page, {"answer": "un ballon", **TWICE})
    locked = client.post(page, {"answer": ANSWER, **TWICE})
    refused(locked, "Trop de réponses inexactes. Réessayez dans 24 h", status=429)
    assert int(locked["Retry-After"]) > 23 * 3600


def test_no_session_keeps_the_secret_of_a_recovery_in_the_clear(lila: Account) -> None:
    client = Client()
    forget(client)
    before = client.cookies["sessionid"].value if "sessionid" in client.cookies else ""
    give_code(client, code_in("nouveau_mot_de_passe_par_code"))
    cookie = next(iter(client.cookies.values())).value
    assert cookie != before
    kept = dict(SessionStore(cookie).items())["recovery"]
    with pytest.raises(operations.LinkUnknown):
        operations.recovery_account(token=kept)
    assert Session.objects.count() == 1


def test_the_password_is_tried_out_while_it_is_typed(lila: Account) -> None:
    client = Client()
    forget(client)
    page = give_code(client, code_in("nouveau_mot_de_passe_par_code"))["Location"]
    assert client.post(page, {"live": "1", "password": NEW}).json()["holds"] is True
    told = client.post(page, {"live": "1", "password": "wuq7 zk3x"}).json()
    assert (told["holds"], "contient un espace" in told["sentence"]) == (False, True)


def test_changing_the_password_asks_who_one_is_then_for_the_code(lila: Account, browser: Client) -> None:
    page = text_of(browser.get(f"{ROOT}mot-de-passe/"))
    assert QUESTION in page
    assert EMAIL in page
    refused(prove(browser, "mot-de-passe", current="faux"), "Ce n’est pas votre mot de passe actuel")
    wrong = prove(browser, "mot-de-passe", answer="un ballon")
    assert 'value="un ballon"' in refused(wrong, "Ce n’est pas la réponse")
    where = prove(browser, "mot-de-passe")["Location"]
    assert where == f"{ROOT}mot-de-passe/code/"
    page = text_of(browser.get(where))
    assert "Un code vient d’être envoyé à" in page
    assert "Le message n’arrive pas ?" in page
    kept = refused(browser.post(where, {"code": "abcdefgh2345", **TWICE}), "Ce n’est pas le bon code")
    assert 'value="abcdefgh2345"' in kept
    assert NEW not in kept
    code = code_in("code_de_changement")
    short = {"password": "court1", "password_again": "court1"}
    assert f'value="{code}"' in refused(browser.post(where, {"code": code, **short}), "au moins 8")
    done = browser.post(where, {"code": code, **TWICE}, follow=True)
    assert "Votre mot de passe est changé" in text_of(done)
    came_in(Client(), NEW)


def test_the_live_verdict_stands_on_the_page_of_the_code(browser: Client) -> None:
    told = browser.post(f"{ROOT}mot-de-passe/code/", {"live": "1", "password": "wuq7zk3é"}).json()
    assert "« é »" in told["sentence"].replace("\u00a0", " ")


def test_changing_the_address_goes_by_both_mailboxes(lila: Account, browser: Client) -> None:
    where = prove(browser, "adresse")["Location"]
    code = code_in("code_de_changement")
    typed = {"code": code, "email": NEW_EMAIL, "email_again": "autre@ailleurs.example"}
    page = refused(browser.post(where, typed), "Les deux adresses ne sont pas identiques")
    assert f'value="{NEW_EMAIL}"' in page
    assert f'value="{code}"' in page
    confirm = browser.post(where, {**typed, "email_again": NEW_EMAIL})["Location"]
    page = text_of(browser.get(confirm))
    assert NEW_EMAIL in page
    assert "Corriger cette adresse" in page
    refused(browser.post(confirm, {"code": "abcdefgh2345"}), "Ce n’est pas le bon code")
    lila.refresh_from_db()
    assert lila.email == EMAIL
    done = browser.post(confirm, {"code": code_in("adresse_a_verifier_par_code")}, follow=True)
    assert "Votre adresse est changée" in text_of(done)
    came_in(Client(), PASSWORD, NEW_EMAIL)


def test_an_address_over_a_hundred_characters_is_refused_and_kept(browser: Client) -> None:
    where, long = prove(browser, "adresse")["Location"], f"{'a' * 60}@{'b' * 33}.example"
    assert len(long) == 102
    typed = {"code": code_in("code_de_changement"), "email": long, "email_again": long}
    assert f'value="{long}"' in refused(browser.post(where, typed), "100 caractères")


def test_nothing_is_confirmed_before_it_was_asked(browser: Client) -> None:
    assert browser.get(f"{ROOT}adresse/confirmation/")["Location"] == f"{ROOT}adresse/"


def test_another_question_is_chosen(lila: Account, browser: Client) -> None:
    page = text_of(browser.get(f"{ROOT}compte/"))
    assert "Question de confiance" in page
    assert QUESTION in page
    where = prove(browser, "question-de-confiance")["Location"]
    typed = {"code": code_in("code_de_changement"), "question": "hated_dish", "answer": "é"}
    page = refused(browser.post(where, typed), "Cette réponse est trop courte")
    assert typed["code"] in page
    done = browser.post(where, {**typed, "answer": "Les épinards"}, follow=True)
    assert "Votre question de confiance est enregistrée" in text_of(done)
    assert "Quel plat détestiez-vous à la cantine ?" in text_of(done)


def test_who_has_no_question_any_more_is_told_to_choose_one(lila: Account) -> None:
    operations.forget_answer(espace="abonne", identifier=EMAIL, actor="operator")
    client = Client()
    came_in(client, PASSWORD)
    assert "Aucune : choisissez-en une" in text_of(client.get(f"{ROOT}compte/"))
    assert QUESTION not in text_of(client.get(f"{ROOT}question-de-confiance/"))
    assert prove(client, "question-de-confiance")["Location"] == f"{ROOT}question-de-confiance/code/"


@pytest.mark.parametrize(
    "page",
    ["mot-de-passe", "mot-de-passe/code", "adresse", "adresse/code", "adresse/confirmation",
     "question-de-confiance", "question-de-confiance/code"],
)  # fmt: skip
def test_a_stranger_signs_in_first(page: str) -> None:
    assert Client().get(f"{ROOT}{page}/")["Location"].startswith(f"{ROOT}connexion/?suite=")


@pytest.mark.parametrize("page", ["mot-de-passe-oublie/code", "question-de-confiance", "adresse/code"])
def test_a_door_with_links_has_none_of_these_pages(page: str) -> None:
    assert Client().get(f"/association/{page}/").status_code == 404
