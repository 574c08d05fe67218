"""Somebody at the door of companies, whose identifier has three parts."""

from typing import Any

from guichet.accounts.models import Account
from guichet.kernel import clock

SIRET = "73282932000082"
IDENTIFIER = f"{SIRET} DUPONTMARTIN JEANPIERRE"
TYPED = {"siret": SIRET, "last_name": "Dupont-Martin", "first_name": "Jean-Pierre"}
PASSWORD = "Lavande47Trombone"
PROFILE = {
    "name": "Jean-Pierre Dupont-Martin",
    "last_name": "Dupont-Martin",
    "first_name": "Jean-Pierre",
    "siret": SIRET,
    "phone": "",
}


def a_declarant(**values: Any) -> Account:
    """An account of the espace declarant, with ``PASSWORD``."""
    known = {"identifier": IDENTIFIER, "email": "jp@entreprise.example", "profile": PROFILE}
    account = Account(espace="declarant", created_at=clock.now(), **{"terms_version": "1", **known, **values})
    account.set_password(PASSWORD)
    account.save()
    return account
