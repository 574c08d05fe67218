"""Somebody who subscribes, and what they type."""

from typing import Any

from django.test import Client

from guichet.accounts.models import Account
from guichet.courriers.models import Courrier
from guichet.kernel import clock
from tests.parcours import register as sirene
from tests.web.people import Answer, text_of

ROOT = "/abonne/inscription/"
EMAIL, PASSWORD = "lila.rosemonde@cabinet.example", "wuq7zk3xtd"
ANSWER = "un cerf-volant rouge"
DETAILS = {
    "civility": "madame",
    "last_name": "Rosemonde",
    "first_name": "Lila",
    "company_number": sirene.SIRENS[0],
    "company_name": "",
    "company_country": "",
    "phone": "01 99 00 12 34",
    "street_number": "12 bis",
    "street_kind": "Rue",
    "street_name": "des Tilleuls",
    "address_extra": "Bâtiment B",
    "postcode": "37 000",
    "city": "Tours",
    "country": "FRANCE",
    "question": "lost_object",
    "answer": ANSWER,
}
FOREIGN = {
    "foreign": "on",
    "company_number": "BE 0428.759.497",
    "company_name": "Fiduciaire Exemple SA",
    "company_country": "Belgique",
}


def begin(client: Client) -> str:
    """Accept the conditions; where the identifiers are asked."""
    answer = client.post(ROOT, {"accepted": "on"})
    assert answer.status_code == 302, text_of(answer)
    return str(answer["Location"])


def identify(client: Client, page: str, **changes: str) -> Answer:
    """Step 2, as typed."""
    email, password = changes.pop("email", EMAIL), changes.pop("password", PASSWORD)
    typed = {"email": email, "email_again": email, "password": password, "password_again": password}
    return client.post(page, {**typed, **changes})


def to_the_form(client: Client, **changes: str) -> str:
    """Steps 1 and 2; the address of the form."""
    answer = identify(client, begin(client), **changes)
    assert answer.status_code == 302, text_of(answer)
    return str(answer["Location"])


def to_the_recap(client: Client, *, email: str = EMAIL, password: str = PASSWORD, **changes: str) -> str:
    """Steps 1 to 3; the address of the recap."""
    form = to_the_form(client, email=email, password=password, password_again=password)
    answer = client.post(form, {**DETAILS, **changes})
    assert answer.status_code == 302, text_of(answer)
    return str(answer["Location"])


def subscribe(client: Client, *, email: str = EMAIL, **changes: str) -> str:
    """All steps, « Confirmer » included; the address of the page that says what comes."""
    answer = client.post(to_the_recap(client, email=email, **changes))
    assert answer.status_code == 302, text_of(answer)
    return str(answer["Location"])


def code_for(email: str = EMAIL) -> str:
    """The code of the latest message to ``email``: alone on its line."""
    body = Courrier.objects.filter(recipient=email).latest("pk").body
    return next(word for word in body.split() if len(word) == 12 and word.isalnum())


def activate(client: Client, email: str = EMAIL, code: str = "", password: str = PASSWORD) -> Answer:
    """Send the page of activation; a browser that registered is not asked for the password."""
    typed = {"email": email, "code": code or code_for(email), "password": password}
    return client.post("/abonne/activation/", typed)


def a_subscriber(**values: Any) -> Account:
    """An account of the espace, with ``PASSWORD``, whatever the way that led there."""
    profile = {name: text for name, text in DETAILS.items() if name not in {"question", "answer"}}
    profile |= {"name": "Lila Rosemonde", "siren": sirene.SIRENS[0], "company": "LES AMIS DU LAVOIR"}
    known = {
        "identifier": EMAIL,
        "email": EMAIL,
        "profile": profile,
        "terms_version": "abonne-2026-11",
        "number": "20263250000001",
        "siren": sirene.SIRENS[0],
        "created_at": clock.now(),
    }
    account = Account(espace="abonne", **{**known, **values})
    account.set_password(PASSWORD)
    account.save()
    return account


def signed_in(account: Account) -> Client:
    """A browser where ``account`` has signed in by the page."""
    client = Client()
    answer = client.post("/abonne/connexion/", {"identifier": account.identifier, "password": PASSWORD})
    assert answer.status_code == 302, text_of(answer)
    return client
