"""Browsers of people who act for a company, and rights that they have."""

from collections.abc import Collection

from django.test import Client

from guichet.accounts.models import Account
from guichet.habilitations.models import Habilitation
from guichet.inscriptions.models import Acteur, Changement
from guichet.inscriptions.states import Origine
from guichet.kernel import clock
from tests.inscriptions.world import PASSWORD
from tests.web.people import text_of


def browser(account: Account) -> Client:
    """A browser where ``account`` has signed in by the page."""
    client = Client()
    typed = {
        "siret": account.profile["siret"],
        "last_name": account.profile["last_name"],
        "first_name": account.profile["first_name"],
        "password": PASSWORD,
    }
    answer = client.post("/declarant/connexion/", typed)
    assert answer.status_code == 302, text_of(answer)
    return client


def rights(acteur: Acteur, sirets: Collection[str], declarations: Collection[str] = ("dsn", "c3s")) -> None:
    """``acteur`` may file each of these for each of those, since now."""
    now = clock.now()
    made = Changement.objects.create(
        inscription=acteur.inscription, at=now, by="system", origine=Origine.MANUELLE
    )
    Habilitation.objects.bulk_create(
        Habilitation(acteur=acteur, siret=siret, declaration=code, opened_at=now, opened_in=made)
        for siret in sirets
        for code in declarations
    )


def held(acteur: Acteur) -> int:
    """How many rights ``acteur`` has now."""
    return Habilitation.objects.filter(acteur=acteur, closed_at=None).count()
