"""A household: whose it is, who is of it, and what is known of them."""

import datetime as dt
import itertools
from typing import Any

from guichet.accounts.models import Account
from guichet.foyers.models import Personne
from guichet.foyers.rules import CONJOINT, ENFANT, Identity
from guichet.kernel import clock

_numbers = itertools.count(1)
EMMA = Identity(lien=ENFANT, last_name="Exemple", first_name="Emma", born_on=dt.date(2015, 3, 2))
LUCAS = Identity(lien=ENFANT, last_name="Exemple", first_name="Lucas", born_on=dt.date(2018, 9, 30))
CLAUDE = Identity(lien=CONJOINT, last_name="Exemple", first_name="Claude", born_on=dt.date(1985, 1, 31))


def an_account(name: str = "Noé Exemple", **values: Any) -> Account:
    """Somebody of the espace privé."""
    address = f"personne-{next(_numbers)}@foyer.example"
    known = {
        "identifier": address,
        "email": address,
        "profile": {"kind": "particulier", "name": name},
        "terms_version": "1",
        "created_at": clock.now(),
    }
    account = Account(espace="prive", **{**known, **values})
    account.set_unusable_password()
    account.save()
    return account


def somebody(account: Account, known: Identity = EMMA, **values: Any) -> Personne:
    """Somebody of the household of ``account``."""
    now = clock.now()
    names = {"last_name": known.last_name, "first_name": known.first_name}
    dates = {"born_on": known.born_on, "created_at": now, "updated_at": now}
    made: Personne = Personne.objects.create(
        **{"account": account, "lien": known.lien, **names, **dates, **values}
    )
    return made
