"""Choosing another question of trust where messages hold links (003, chapter 5)."""

import pytest
from django.test import Client

from guichet.accounts.models import Account
from tests.web.companies import ANSWER, PASSWORD, QUESTION, a_declarant, come_in, question_kept
from tests.web.people import text_of

pytestmark = pytest.mark.django_db
PAGE = "/declarant/question-de-confiance/"
RIGHT = {"current": PASSWORD, "answer": ANSWER, "question": "hated_dish", "new_answer": "Les épinards"}


@pytest.fixture
def paul() -> Account:
    return a_declarant(question=True)


def test_the_profile_names_the_question_and_leads_to_the_page(paul: Account) -> None:
    page = text_of(come_in(paul).get("/declarant/compte/"))
    assert "Question secrète" in page
    assert QUESTION in page
    assert f'href="{PAGE}"' in page


def test_the_password_and_the_present_answer_give_another_question(paul: Account) -> None:
    client = come_in(paul)
    page = text_of(client.get(PAGE))
    assert QUESTION in page
    assert "Nouvelle question" in page
    answer = client.post(PAGE, {**RIGHT, "answer": "un cerf volant ROUGE"})
    assert answer["Location"] == "/declarant/compte/"
    assert "Quel plat détestiez-vous à la cantine ?" in text_of(client.get(answer["Location"]))


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"current": "faux"}, "current", "Ce n’est pas votre mot de passe actuel"),
        ({"answer": "un ballon"}, "answer", "Ce n’est pas la réponse"),
        ({"answer": ""}, "answer", "Répondez à cette question."),
        ({"question": ""}, "question", "Choisissez une question dans la liste."),
        ({"question": "surnom"}, "question", "Choisissez dans la liste."),
        ({"new_answer": ""}, "new_answer", "Répondez à la question que vous avez choisie."),
        ({"new_answer": "é"}, "new_answer", "au moins deux lettres ou chiffres"),
        ({"new_answer": "…!"}, "new_answer", "au moins deux lettres ou chiffres"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_changes(
    paul: Account, changed: dict[str, str], field: str, said: str
) -> None:
    answer = come_in(paul).post(PAGE, {**RIGHT, **changed})
    page = text_of(answer)
    assert answer.status_code == 422
    assert f'href="#id_{field}"' in page
    assert said in page
    assert PASSWORD not in page
    assert question_kept(paul) == "lost_object"


def test_whoever_has_no_question_yet_chooses_one_by_the_password() -> None:
    account = a_declarant()
    client = come_in(account)
    assert "Choisir une question et sa réponse" in text_of(client.get(PAGE))
    answer = client.post(PAGE, {name: RIGHT[name] for name in ("current", "question", "new_answer")})
    assert answer.status_code == 302, text_of(answer)
    assert question_kept(account) == "hated_dish"


def test_nobody_else_sees_it() -> None:
    assert Client().get(PAGE)["Location"].startswith("/declarant/connexion/")
