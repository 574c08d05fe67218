"""Who files the samples of the espace ``declarant``: the one whose right, or candidature, they need."""

from guichet.accounts.models import Account
from guichet.depots.definitions import Teleprocedure
from guichet.habilitations.models import Habilitation
from guichet.inscriptions.models import Acteur, Changement
from guichet.inscriptions.rules import Genre
from guichet.inscriptions.states import Origine
from guichet.kernel import clock
from tests.entreprises import files
from tests.inscriptions import world

DOOR = world.DOOR
RANK = -610  # of the company of the samples
DECLARATIONS = ("dsn", "pasrau", "c3s")


def filer_of(definition: Teleprocedure) -> Account:
    """An administrateur who may file everything for the company of the samples; of ``acces``, a candidate."""
    inscription = world.company(Genre.MULTI, declarations=DECLARATIONS, rank=RANK)
    if definition.code == "acces":
        return world.candidate(inscription).account
    acteur = world.administrateur(inscription, "Lila Exemple")
    for code in DECLARATIONS:
        for siret in world.sirets(inscription):
            give(acteur, siret, code)
    return acteur.account


def give(acteur: Acteur, siret: str, declaration: str) -> Habilitation:
    """A right from now on."""
    now = clock.now()
    change = Changement.objects.create(
        inscription=acteur.inscription, at=now, by="system", origine=Origine.MANUELLE, opened=1
    )
    return Habilitation.objects.create(
        acteur=acteur, siret=siret, declaration=declaration, opened_at=now, opened_in=change
    )


def take(right: Habilitation) -> None:
    """The right ends now."""
    now = clock.now()
    change = Changement.objects.create(
        inscription=right.acteur.inscription, at=now, by="system", origine=Origine.MANUELLE, closed=1
    )
    right.closed_at, right.closed_in = now, change
    right.save()


SIREN = files.siren(RANK)
