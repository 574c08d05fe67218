"""Somebody at the door of associations, and how they send a form."""

from html import unescape
from typing import Any

from django.test import Client

from guichet.accounts.models import Account
from guichet.kernel import clock

Answer = Any  # what the test client gives: the stubs keep its class to themselves
SIREN = "732829320"
PASSWORD = "tulipe-Gravier9-nuage"
PROFILE = {
    "name": "Les Amis du Lavoir",
    "address": "3 rue du Lavoir",
    "postcode": "37000",
    "city": "Tours",
    "contact": "Anne Exemple",
    "phone": "",
    "in_register": False,
}


def an_association(**values: Any) -> Account:
    """An account of the espace association, with ``PASSWORD``."""
    known = {"identifier": SIREN, "email": "bureau@asso.example", "profile": PROFILE, "terms_version": "1"}
    account = Account(espace="association", created_at=clock.now(), **{**known, **values})
    account.set_password(PASSWORD)
    account.save()
    return account


def signed_in(account: Account) -> Client:
    """A browser where ``account`` has signed in by the page."""
    client = Client()
    answer = client.post("/association/connexion/", {"identifier": account.identifier, "password": PASSWORD})
    assert answer.status_code == 302, text_of(answer)
    return client


def text_of(answer: Answer) -> str:
    """The page as one reads it, no-break spaces taken for spaces."""
    return unescape(html_of(answer))


def html_of(answer: Answer) -> str:
    """The page as it is written, no-break spaces taken for spaces: nothing typed may become markup in it."""
    content: bytes = answer.content
    return content.decode().replace("\u00a0", " ")
