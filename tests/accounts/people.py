"""Small factories: people at the door."""

import re
from typing import Any

from guichet.accounts import operations
from guichet.accounts.models import Account
from guichet.courriers.models import Courrier
from guichet.kernel import clock

SIREN = "732829320"
PASSWORD = "tulipe-Gravier9-nuage"
HERE = operations.Client(address="192.0.2.7", agent="Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
ELSEWHERE = operations.Client(address="198.51.100.4", agent="")
LINK = re.compile(r"https://guichet\.example/([amecp])/(\S+)")


def an_account(identifier: str = "anne@exemple.fr", *, espace: str = "porte", **values: Any) -> Account:
    """An account that exists, with ``PASSWORD``."""
    defaults = {"email": "anne@exemple.fr", "profile": {"name": "Anne"}, "terms_version": "1", **values}
    account = Account(espace=espace, identifier=identifier, created_at=clock.now(), **defaults)
    account.set_password(PASSWORD)
    account.save()
    return account


def register(**changes: Any) -> None:
    """Ask for an account at the door of associations."""
    asked: dict[str, Any] = {
        "espace": "association",
        "identifier": SIREN,
        "email": "bureau@asso.example",
        "profile": {"name": "Les Amis du Lavoir", "city": "Tours"},
        "client": HERE,
    }
    operations.register(**{**asked, **changes})


def sign_in(password: str = PASSWORD, **changes: Any) -> Account:
    """Sign Anne in at the second door."""
    asked: dict[str, Any] = {"espace": "porte", "identifier": "anne@exemple.fr", "client": HERE}
    return operations.sign_in(**{**asked, "password": password, **changes})


def mail(template: str) -> Courrier:
    """The last message made from ``template``."""
    return Courrier.objects.filter(template=template).latest("pk")


def token_in(template: str) -> str:
    """The token in the link of the last message made from ``template``."""
    found = LINK.search(mail(template).body)
    assert found
    return found[2]


def password_in(template: str) -> str:
    """The password that a message tells."""
    return mail(template).body.split("Mot de passe : ")[1].splitlines()[0]


def mails() -> list[tuple[str, str]]:
    """Every message written: template and address."""
    return list(Courrier.objects.order_by("pk").values_list("template", "recipient"))
