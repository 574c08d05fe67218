"""Somebody who registers a company, and what they type."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.test import Client

from guichet.accounts.models import Account, PendingRegistration
from guichet.courriers.models import Courrier
from guichet.espaces.declarant.definition import DECLARANT
from guichet.inscriptions.rules import Choice
from guichet.kernel import clock
from tests.entreprises import files
from tests.web.people import Answer, text_of

ROOT = "/declarant/inscription/"
CHOICE = "/declarant/choix/"
EMAIL, PASSWORD = "odile.exemple@atelier.example", "Tulipes42nuage"
ANSWER = "un cerf-volant rouge"
NAMES = {"last_name": "Exemple-Durand", "first_name": "Odile"}
PERSON = {**NAMES, "email": EMAIL, "phone": "01 99 00 12 34"}
CREDENTIALS = {
    "password": PASSWORD,
    "password_again": PASSWORD,
    "question": "lost_object",
    "answer": ANSWER,
}
PRIVE, COTISATIONS, GENERAL = "prive", "cotisations_prive", "regime_general"
Typed = Mapping[str, Any]


def send(client: Client, page: str, typed: Typed) -> str:
    """Send a page that holds; where it leads."""
    answer = client.post(page, typed)
    assert answer.status_code == 302, text_of(answer)
    return str(answer["Location"])


def walk(client: Client, page: str, answers: Sequence[Typed]) -> str:
    """Send one page after the other; where the last one leads."""
    for typed in answers:
        page = send(client, page, typed)
    return page


def person(siret: str, **changes: str) -> dict[str, str]:
    """The first page."""
    return {"siret": siret, **PERSON, **changes}


def to_the_password(client: Client, siret: str, **changes: str) -> str:
    """Sign-in data, conditions, établissement; the page of the password."""
    return walk(client, ROOT, [person(siret, **changes), {"accepted": "on"}, {}])


def to_the_summary(client: Client, siret: str, **changes: str) -> str:
    """All about the person; « Vos données d’authentification »."""
    return send(client, to_the_password(client, siret, **changes), CREDENTIALS)


def to_the_profile(client: Client, siret: str, **changes: str) -> str:
    """The first page about the company: its profile, or how to become administrateur."""
    return send(client, to_the_summary(client, siret, **changes), {})


def tree(
    profil: str = "entreprise",
    *,
    secteurs: Sequence[str] = (GENERAL,),
    declarations: Sequence[str] = ("dsn",),
) -> list[Typed]:
    """From the profile to the charter."""
    charter = [{f"charte_{code}": "on"} for code in declarations if code == "dsn"]
    return [
        {"profil": profil},
        {"vous_etes": PRIVE},
        {"lies_a": [COTISATIONS]},
        {"secteurs": list(secteurs)},
        {"declarations": list(declarations)},
        *charter,
    ]


def to_the_recap(client: Client, siret: str, profil: str = "entreprise", **changes: str) -> str:
    """« Vérifiez vos réponses » of a company of one établissement, or of a tiers déclarant alone."""
    page = walk(client, to_the_profile(client, siret, **changes), tree(profil))
    return send(client, page, {}) if profil == "clients" else page


def register(client: Client, siret: str, profil: str = "entreprise", **changes: str) -> str:
    """All of it; the address of the page that says what comes."""
    return send(client, to_the_recap(client, siret, profil, **changes), {})


def apply_as_candidate(client: Client, siret: str, voie: str = "cooptation", **changes: str) -> str:
    """The registration of a company's further administrateur; the page that says what comes."""
    page = to_the_profile(client, siret, **changes)
    return walk(client, page, [{"voie": voie}, {}])


def confirm(client: Client, email: str = EMAIL) -> Answer:
    """Open the link on the browser that registered, and confirm."""
    return client.post(link_for(email))


def link_for(email: str = EMAIL) -> str:
    """The link of the latest message to ``email``."""
    body = Courrier.objects.filter(recipient=email, template="votre_compte").latest("pk").body
    return str(re.findall(r"https?://[^/\s]+(/a/\S+)", body)[0])


def somebody(rank: int, **values: Any) -> Account:
    """An account of the door with ``PASSWORD``, that acts for nobody, whatever the way that led there."""
    siret = files.siret(rank)
    profile = {**NAMES, "name": "Odile Exemple-Durand", "siret": siret, "phone": PERSON["phone"]}
    known = {
        "identifier": DECLARANT.identifier.parse(f"{siret} EXEMPLEDURAND ODILE"),
        "email": EMAIL,
        "profile": profile,
        "siren": siret[:9],
        "terms_version": DECLARANT.terms_version,
        "created_at": clock.now(),
    }
    account = Account(espace="declarant", **{**known, **values})
    account.set_password(PASSWORD)
    account.save()
    return account


def sign_in(client: Client, siret: str, **names: str) -> Answer:
    """Send the page of sign-in."""
    typed = {"siret": siret, **NAMES, **names, "password": PASSWORD}
    return client.post("/declarant/connexion/", typed)


def signed_in(account: Account) -> Client:
    """A browser where ``account`` has signed in by the page."""
    client = Client()
    answer = sign_in(client, account.identifier[:14])
    assert answer.status_code == 302, text_of(answer)
    return client


def chosen() -> Choice:
    """What the only registration that waits has chosen."""
    return Choice.from_json(PendingRegistration.objects.get().profile["inscription"])
