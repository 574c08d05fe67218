"""Somebody at the door of companies, whose identifier has three parts."""

from typing import Any

from django.contrib.auth.hashers import make_password
from django.test import Client

from guichet.accounts.models import Account, TrustAnswer
from guichet.accounts.rules import folded_answer
from guichet.courriers.models import Courrier
from guichet.kernel import clock

SIRET = "73282932000082"
IDENTIFIER = f"{SIRET} DUPONTMARTIN JEANPIERRE"
TYPED = {"siret": SIRET, "last_name": "Dupont-Martin", "first_name": "Jean-Pierre"}
PASSWORD = "Lavande47Trombone"
QUESTION = "Quel objet perdu avez-vous le plus regretté ?"
ANSWER = "Un Cerf-volant rouge"
PROFILE = {
    "name": "Jean-Pierre Dupont-Martin",
    "last_name": "Dupont-Martin",
    "first_name": "Jean-Pierre",
    "siret": SIRET,
    "phone": "",
}


def a_declarant(*, question: bool = False, **values: Any) -> Account:
    """An account of the espace declarant, with ``PASSWORD``, and where ``question`` says so a question."""
    known = {"identifier": IDENTIFIER, "email": "jp@entreprise.example", "profile": PROFILE}
    account = Account(espace="declarant", created_at=clock.now(), **{"terms_version": "1", **known, **values})
    account.set_password(PASSWORD)
    account.save()
    if question:
        TrustAnswer.objects.create(
            account=account,
            question="lost_object",
            answer=make_password(folded_answer(ANSWER)),
            chosen_at=clock.now(),
        )
    return account


def question_kept(account: Account) -> str:
    """The code of the question of ``account``."""
    return TrustAnswer.objects.get(account=account).question


def letters() -> list[str]:
    """The templates of all messages, in their order."""
    return list(Courrier.objects.order_by("pk").values_list("template", flat=True))


def come_in(account: Account, password: str = PASSWORD) -> Client:
    """A browser where ``account`` has signed in by the page."""
    client = Client()
    typed = dict(account.profile, password=password)
    answer = client.post("/declarant/connexion/", typed)
    assert answer.status_code == 302, answer.content.decode()
    return client
