"""Somebody at a door where one signs in with a SIRET, a nom and a prénom, and messages hold links."""

from typing import Any

import pytest

from guichet.accounts import operations
from guichet.accounts.models import Account, PendingRegistration
from guichet.accounts.rules import TrustChoice
from guichet.journal import queries as journal
from tests.accounts.people import ELSEWHERE, HERE, token_in

DOOR = "societe"
IDENTIFIER = "73282932000074 LERICHEMOREL ADELE"
EMAIL = "adele@lavoir.example"
PROFILE = {"name": "Adèle Leriche-Morel", "last_name": "Leriche-Morel", "first_name": "Adèle"}
ADMINISTRATEUR = "account:00000000-0000-4000-8000-000000000001"
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


def given(**changes: Any) -> tuple[Account, str]:
    """An account that an administrateur gave, and its provisional password."""
    asked: dict[str, Any] = {
        "espace": DOOR,
        "identifier": IDENTIFIER,
        "email": EMAIL,
        "profile": PROFILE,
        "actor": ADMINISTRATEUR,
    }
    return operations.give(**{**asked, **changes})


def shown() -> str:
    """The provisional password that a link shows to who asked for it."""
    operations.ask_provisional(espace=DOOR, identifier=IDENTIFIER, client=HERE)
    return operations.open_provisional(token=token_in("mot_de_passe_provisoire"))


def another(password: str) -> str:
    """Digits of the same length, and not those."""
    return f"{(int(password) + 1) % 10 ** len(password):0{len(password)}}"


def take(account: Account, password: str = NEW, trust: TrustChoice = OTHER_TRUST) -> Account:
    """Choose a password and a question."""
    return operations.take_possession(account=account, password=password, trust=trust)


def fail(password: str, times: int = 1) -> None:
    """Sign in by a wrong one, so many times."""
    for _ in range(times):
        with pytest.raises(operations.SignInRefused):
            sign_in(password, client=ELSEWHERE)


def kinds(account: Account) -> list[tuple[str, str]]:
    """What the journal says of an account, and who did it."""
    return [(event.kind, event.actor) for event in journal.history(subject=account.subject)]
