"""What the attackers of companies' accounts share: the pages, how one signs in, what a message shows."""

import re
from typing import Any

from django.test import Client

from guichet.accounts.models import Account
from guichet.courriers.models import Courrier
from guichet.espaces.declarant import urls
from guichet.inscriptions.models import Acteur
from tests.inscriptions import world
from tests.web.people import Answer, text_of

ROOT, DOOR = "/declarant/", "/declarant/connexion/"
PEOPLE = f"{ROOT}gestion/declarants/"
FORGOTTEN, HELP = f"{ROOT}mot-de-passe-oublie/", f"{ROOT}demander-a-mon-administrateur/"
POSSESSION = f"{ROOT}connexion/premiere/"
CHOSEN = "Bruzmi83vol"
TAKEN = {"password": CHOSEN, "question": "lost_object", "answer": "un cerf-volant rouge"}
GIVEN = re.compile(r'<p class="g-given">([0-9]{5})</p>')
HUGE = "9" * 25


def routes() -> list[str]:
    """The addresses of the door, each as it is written: ``declarant/gestion/declarants/<int:acteur_id>/``."""
    return [f"{ROOT}{one.pattern}" for one in urls.urlpatterns]


def names_of(account: Account) -> dict[str, str]:
    """What ``account`` types to say who it is."""
    return {name: str(account.profile[name]) for name in ("siret", "last_name", "first_name")}


def sign_in(account: Account, password: str, client: Client | None = None, **query: str) -> Answer:
    client = client or Client()
    return client.post(DOOR, {**names_of(account), "password": password, **query})


def is_in(client: Client) -> bool:
    return bool(client.get(ROOT, follow=True).wsgi_request.user.is_authenticated)


def a_pair(name: str = "Omar Petit", **values: Any) -> tuple[Acteur, Acteur]:
    """An administrateur, and a déclarant, of one company."""
    company = world.company(**values)
    return world.administrateur(company, "Anne Roux"), world.declarant(company, name)


def digits_for(acteur: Acteur, by: Client) -> str:
    """The provisional password that ``by`` is shown for a colleague."""
    answer = by.post(f"{PEOPLE}{acteur.pk}/mot-de-passe/")
    found = GIVEN.search(text_of(by.get(answer["Location"])))
    assert found
    return found[1]


def link_to(account: Account) -> str:
    """The latest link of a provisional password."""
    body = Courrier.objects.filter(recipient=account.email, template="mot_de_passe_provisoire").latest("pk")
    return str(re.findall(r"https?://[^/\s]+(/p/\S+)", body.body)[0])


def sent_digits(answer: Answer) -> str:
    return "".join(re.findall(r"\b(\d{4})\b", re.sub(r"<[^>]+>", " ", text_of(answer).split("<main")[1]))[:2])
