"""Somebody who opens an espace privé, and what they type."""

import re
from typing import Any

from django.test import Client

from guichet.accounts.models import Account
from guichet.courriers.models import Courrier
from guichet.espaces.prive.person import sealed_number
from guichet.kernel import clock
from tests.parcours import register as sirene
from tests.web.people import Answer, text_of

ROOT = "/prive/inscription/"
EMAIL, PASSWORD = "noe.exemple@foyer.example", "lavoir-Trombone-4-orties"
NUMBER = "185129999912371"  # of nobody
PERSON = {"last_name": "Exemple", "first_name": "Noé", "file_number": NUMBER, "phone": "01 99 00 12 34"}
IDENTIFIERS = {
    "email": EMAIL,
    "email_again": EMAIL,
    "password": PASSWORD,
    "password_again": PASSWORD,
    "accepted": "on",
}


def send(client: Client, page: str, typed: dict[str, str]) -> str:
    """Send a page that holds; where it leads."""
    answer = client.post(page, typed)
    assert answer.status_code == 302, text_of(answer)
    return str(answer["Location"])


def to_the_person(client: Client, kind: str = "particulier", *, siren: str = sirene.SIRENS[0]) -> str:
    """The kind, and the company where one is asked; the address of the next page."""
    page = send(client, ROOT, {"kind": kind})
    return page if kind == "particulier" else send(client, page, {"siren": siren})


def to_the_identifiers(client: Client, kind: str = "particulier", **changes: str) -> str:
    """All that comes before the identifiers; their address."""
    return send(client, to_the_person(client, kind), {**PERSON, **changes})


def to_the_recap(client: Client, kind: str = "particulier", *, email: str = EMAIL, **changes: str) -> str:
    """Everything but the last button; the address of the recap."""
    page = to_the_identifiers(client, kind, **changes)
    return send(client, page, {**IDENTIFIERS, "email": email, "email_again": email})


def register(client: Client, kind: str = "particulier", *, email: str = EMAIL, **changes: str) -> str:
    """All of it; the address of the page that says what comes."""
    return send(client, to_the_recap(client, kind, email=email, **changes), {})


def confirm(client: Client, email: str = EMAIL) -> Answer:
    """Open the link on the browser that registered, and confirm."""
    return client.post(link_for(email))


def link_for(email: str = EMAIL) -> str:
    """The link of the latest message to ``email``."""
    body = Courrier.objects.filter(recipient=email, template="votre_compte").latest("pk").body
    return str(re.findall(r"https?://[^/\s]+(/a/\S+)", body)[0])


def somebody(kind: str = "particulier", **values: Any) -> Account:
    """An account of the espace, with ``PASSWORD`` and ``NUMBER``, whatever the way that led there."""
    siren = "" if kind == "particulier" else sirene.SIRENS[0]
    profile = {**PERSON, "kind": kind, "name": "Noé Exemple", "siren": siren}
    profile |= {"company": sirene.name_of(siren) if siren else "", "file_number": sealed_number(NUMBER)}
    known = {
        "identifier": EMAIL,
        "email": EMAIL,
        "profile": profile,
        "siren": siren,
        "terms_version": "prive-2026-11",
        "created_at": clock.now(),
    }
    account = Account(espace="prive", **{**known, **values})
    account.set_password(PASSWORD)
    account.save()
    return account


def signed_in(account: Account) -> Client:
    """A browser where ``account`` has signed in by the page."""
    client = Client()
    answer: Answer = client.post(
        "/prive/connexion/", {"identifier": account.identifier, "password": PASSWORD}
    )
    assert answer.status_code == 302, text_of(answer)
    return client
