"""A firm with portfolios and requests, and how a browser asks for things there."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guichet.imports.models import Demande
from guichet.imports.states import Etat, Kind, Verdict
from guichet.inscriptions.models import Acteur
from guichet.kernel import clock
from tests.imports import world as requests
from tests.portefeuilles import world as portfolios

ROOT = "/declarant/imports/"
NEW = f"{ROOT}nouvelle/"
COUNTS = {"lignes": 3, "ajouts": 2, "suppressions": 1, "deja": 0, "impossibles": 1}


class Firm:
    """``chief`` administers; « Clients » has one client of two établissements, « Cabinet Est » none."""

    def __init__(self) -> None:
        self.cabinet = portfolios.tiers()
        self.inscription = self.cabinet.inscription
        self.chief = self.cabinet.administrateur
        self.portefeuille = portfolios.portefeuille(self.inscription)
        self.other = portfolios.portefeuille(self.inscription, "Cabinet Est")
        self.cliente = portfolios.cliente(self.portefeuille, places=2, name="BOULANGERIE EXEMPLE")
        self.sirets = portfolios.sirets(self.cliente)

    def demande(self, etat: Etat = Etat.PRETE, kind: Kind = Kind.ETABLISSEMENTS, **values: Any) -> Demande:
        """A request of the chief in that state, with no line yet."""
        if etat is Etat.VALIDEE:
            values.setdefault("validated_at", clock.now())
        given = {"file_name": "Clients.csv", "counts": COUNTS, "total": 3, "done": 3, **values}
        return requests.demande(self.portefeuille, self.chief, kind, etat=etat, **given)

    def lines(self, demande: Demande) -> None:
        """Its lines: an addition, a removal, and one that is no SIRET."""
        one, two = self.sirets
        requests.ligne(
            demande, 2, typed=[one, "1"], siret=one, given=[True], verdict=Verdict.AJOUT, reasons=[""]
        )
        requests.ligne(
            demande, 3, typed=[two, "0"], siret=two, given=[False], verdict=Verdict.SUPPRESSION, reasons=[""]
        )
        requests.ligne(
            demande,
            4,
            typed=["7,32829E+13", "1"],
            given=[True],
            problem="siret_rounded",
            verdict=Verdict.IMPOSSIBLE,
            reasons=["siret_rounded"],
        )


def browser(acteur: Acteur) -> Any:
    """Where ``acteur`` has signed in."""
    client: Any = Client()
    client.force_login(acteur.account)
    return client


def page_of(demande: Demande) -> str:
    """The address of a request."""
    return f"{ROOT}{demande.pk}/"


def sent(content: bytes, name: str = "Clients.csv") -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, content, content_type="text/csv")
