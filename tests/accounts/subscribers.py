"""Somebody at a door whose messages bring codes, and asks a question of trust."""

import re
from typing import Any

from guichet.accounts import operations
from guichet.accounts.models import Account, PendingRegistration
from guichet.accounts.rules import TrustChoice
from guichet.courriers.models import Courrier
from tests.accounts.people import HERE, mail

EMAIL = "lila.rosemonde@cabinet.example"
PASSWORD, NEW = "wuq7zk3xtd", "gfr8vpy2bn"
ANSWER = "Un Cerf-volant rouge"
TRUST = TrustChoice("lost_object", ANSWER)
PROFILE = {"name": "Lila Rosemonde", "siren": "732829320", "city": "Tours"}
CODE = re.compile(r"^[A-Za-z2-9]{12}$", re.MULTILINE)


def subscribe(**changes: Any) -> None:
    """Ask for an account."""
    asked: dict[str, Any] = {
        "espace": "abonne",
        "identifier": EMAIL,
        "email": EMAIL,
        "profile": PROFILE,
        "client": HERE,
        "password": PASSWORD,
        "trust": TRUST,
    }
    operations.register(**{**asked, **changes})


def code_in(template: str, *, to: str = "") -> str:
    """The code in the last message made from ``template``."""
    found = Courrier.objects.filter(template=template)
    message = found.filter(recipient=to).latest("pk") if to else mail(template)
    codes = CODE.findall(message.body)
    assert len(codes) == 1, message.body
    return str(codes[0])


def activate(code: str = "", **changes: Any) -> Account:
    """Type a code, in the browser that registered; without one, that of the last message."""
    asked: dict[str, Any] = {"espace": "abonne", "identifier": EMAIL, "client": HERE, **changes}
    code = code or code_in("code_d_activation")
    if not {"registration", "password"} & set(changes):
        waiting = PendingRegistration.objects.filter(identifier=asked["identifier"]).first()
        asked["registration"] = waiting and waiting.account_id
    return operations.activate_by_code(**asked, code=code)


def a_subscriber(email: str = EMAIL, **changes: Any) -> Account:
    """An account with its number and its question."""
    subscribe(identifier=email, email=email, **changes)
    return activate(code_in("code_d_activation", to=email), identifier=email)


def sign_in(password: str = PASSWORD, **changes: Any) -> Account:
    """Sign in by the password."""
    asked: dict[str, Any] = {"espace": "abonne", "identifier": EMAIL, "client": HERE}
    return operations.sign_in(**{**asked, "password": password, **changes})


def proof(account: Account) -> str:
    """The code that allows a change."""
    operations.ask_proof(account=account, current=PASSWORD, answer=ANSWER)
    return code_in("code_de_changement")


def recovery(identifier: str = EMAIL, code: str = "", **changes: Any) -> str:
    """The secret of a recovery, by the code of its message."""
    asked: dict[str, Any] = {"espace": "abonne", "identifier": identifier, "client": HERE}
    code = code or code_in("nouveau_mot_de_passe_par_code")
    return operations.open_recovery(**{**asked, "code": code, **changes})


def ask_recovery(identifier: str = EMAIL) -> None:
    """Say that the password is forgotten."""
    operations.ask_recovery(espace="abonne", identifier=identifier, client=HERE)
