"""Somebody at a door where one signs in with a SIRET, a nom and a prénom, and messages hold links."""

from typing import Any

from guichet.accounts import operations
from guichet.accounts.models import Account, PendingRegistration
from guichet.accounts.rules import TrustChoice
from tests.accounts.people import HERE, token_in

DOOR = "societe"
IDENTIFIER = "73282932000074 LERICHEMOREL ADELE"
EMAIL = "adele@lavoir.example"
PROFILE = {"name": "Adèle Leriche-Morel", "last_name": "Leriche-Morel", "first_name": "Adèle"}
PASSWORD, NEW = "Txvgkq47-lune", "Bruzmi83+vol"
ANSWER = "Un Cerf-volant rouge"
TRUST, OTHER_TRUST = TrustChoice("lost_object", ANSWER), TrustChoice("hated_dish", "Les épinards")


def enrol(**changes: Any) -> None:
    """Ask for an account."""
    asked: dict[str, Any] = {
        "espace": DOOR,
        "identifier": IDENTIFIER,
        "email": EMAIL,
        "profile": PROFILE,
        "client": HERE,
        "password": PASSWORD,
        "trust": TRUST,
    }
    operations.register(**{**asked, **changes})


def activate() -> Account:
    """Open the link, in the browser that registered."""
    waiting = PendingRegistration.objects.get()
    return operations.activate(token=token_in("votre_compte"), registration=waiting.account_id)


def an_employee(**changes: Any) -> Account:
    """An account with its question."""
    enrol(**changes)
    return activate()


def sign_in(password: str = PASSWORD, **changes: Any) -> Account:
    """Sign in by a password."""
    asked: dict[str, Any] = {"espace": DOOR, "identifier": IDENTIFIER, "client": HERE}
    return operations.sign_in(**{**asked, "password": password, **changes})


def recovery() -> str:
    """The token of a recovery that was asked for."""
    operations.ask_recovery(espace=DOOR, identifier=IDENTIFIER, client=HERE)
    return token_in("nouveau_mot_de_passe")
