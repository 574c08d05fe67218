"""A firm: who leaves hands the client files over to a colleague, who is recognised first and accepts."""

import pytest

from tests.adhesions.firm import PASSWORD
from tests.parcours import register
from tests.parcours.conftest import Visitors
from tests.parcours.portal import Portal
from tests.parcours.test_adhesion import CLIENTS, FIRMS, Cabinet, ask, sign_in
from tests.parcours.visitor import EITHER, Variant

pytestmark = pytest.mark.parcours
_ACCOUNT = """
from django.contrib.auth.hashers import make_password
from django.db import transaction
from guichet.accounts.definitions import espace
from guichet.accounts.models import Account
from guichet.accounts.operations.numbers import next_number
from guichet.kernel import clock
with transaction.atomic():
    Account.objects.create(
        espace="abonne", identifier={email!r}, email={email!r}, password=make_password({password!r}),
        profile={{"name": {name!r}, "siren": {siren!r}, "company": "CABINET DU PONT"}}, siren={siren!r},
        number=next_number(espace("abonne")), terms_version="1", created_at=clock.now())
"""


def somebody(visitors: Visitors, portal: Portal, variant: Variant, name: str, siren: str) -> Cabinet:
    """Somebody of the firm ``siren``, signed in."""
    made = Cabinet(visitors(variant), f"{name.split()[0].lower()}-{siren}@cabinet.example", siren)
    code = _ACCOUNT.format(siren=siren, email=made.email, password=PASSWORD, name=name)
    portal.guichet("django", "shell", "-v", "0", "-c", code)
    sign_in(made)
    return made


@pytest.mark.parametrize("variant", EITHER, ids=str)
def test_client_files_go_to_a_colleague(variant: Variant, visitors: Visitors, portal: Portal) -> None:
    siren, client = next(FIRMS), next(CLIENTS)
    lila = somebody(visitors, portal, variant, "Lila Rosemonde", siren)
    lila.visitor.open("/abonne/collegues/")
    lila.visitor.reads("Personne d’autre de votre entreprise")
    ask(lila, client)

    omar = somebody(visitors, portal, variant, "Omar Exemple", siren)
    omar.visitor.open("/abonne/collegues/")
    omar.visitor.reads("Une autre personne de votre entreprise a un espace abonné.")
    assert "Lila" not in omar.visitor.text
    told = portal.mailbox.expect(lila.email, "Une personne dit travailler dans votre entreprise")
    assert "http" not in told.text

    lila.visitor.open("/abonne/collegues/")
    lila.visitor.reads("Les connaissez-vous ?", "Omar Exemple", "o…@cabinet.example")
    lila.visitor.press("Je la connais")
    lila.visitor.press("Oui, je la connais")
    lila.visitor.reads("vous êtes désormais collègues")

    lila.visitor.open("/abonne/fermer-le-compte/")
    lila.visitor.fill(current=PASSWORD)
    lila.visitor.press("Fermer définitivement mon compte", status=409)
    lila.visitor.reads("Vous suivez encore un dossier de client")

    lila.visitor.open("/abonne/remettre/")
    lila.visitor.press("Vérifier avant de proposer", status=422)
    lila.visitor.choose("Omar Exemple")
    lila.visitor.choose("Mon seul dossier")
    lila.visitor.press("Vérifier avant de proposer")
    lila.visitor.reads("Vérifiez avant de proposer", register.name_of(client))
    lila.visitor.press("Proposer ce dossier")
    lila.visitor.reads("attend sa réponse")

    portal.mailbox.expect(omar.email, "Lila Rosemonde vous propose un dossier de client")
    omar.visitor.open("/abonne/collegues/")
    omar.visitor.press("1 dossier proposé par Lila Rosemonde")
    omar.visitor.press("Accepter ce dossier")
    portal.mailbox.expect(lila.email, "Remise de dossiers terminée")
    omar.visitor.open("/abonne/adhesions/dossiers/")
    omar.visitor.reads(register.name_of(client))

    lila.visitor.open("/abonne/fermer-le-compte/")
    lila.visitor.fill(current=PASSWORD)
    lila.visitor.press("Fermer définitivement mon compte")
