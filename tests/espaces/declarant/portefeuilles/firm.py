"""A tiers déclarant with a portfolio, clients and rights on them; browsers of its people."""

import re
from typing import Any
from uuid import UUID

from django.test import Client

from guichet.habilitations.models import Habilitation
from guichet.inscriptions.models import Acteur
from guichet.portefeuilles.models import Cliente, Portefeuille
from tests.espaces.declarant.acting import rights
from tests.portefeuilles import world

ROOT = "/declarant/portefeuilles/"
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
_TEXT = re.compile(r"<textarea[^>]*>\r?\n?(.*?)</textarea>", re.DOTALL)


class Firm:
    """``chief`` administers and declares, ``lila`` declares; a portfolio « Lyon » with one client of two
    établissements, whose DSN Lila may file for both."""

    def __init__(self) -> None:
        self.cabinet = world.tiers(declarants=2)
        self.inscription = self.cabinet.inscription
        self.chief = self.cabinet.administrateur
        self.lila, self.omar = self.cabinet.declarants
        self.lyon = world.portefeuille(self.inscription, "Lyon")
        self.bakery = world.cliente(self.lyon, places=2, name="BOULANGERIE DES TILLEULS")
        rights(self.lila, world.sirets(self.bakery), ["dsn"])


def browser(acteur: Acteur) -> Any:
    """Where ``acteur`` has signed in."""
    client: Any = Client()
    client.force_login(acteur.account)
    return client


def of(portefeuille: Portefeuille | UUID, what: str = "") -> str:
    """An address of a portfolio."""
    pk = portefeuille.pk if isinstance(portefeuille, Portefeuille) else portefeuille
    return f"{ROOT}{pk}/{what}"


def at(cliente: Cliente | int, what: str = "") -> str:
    """An address of a client."""
    pk = cliente.pk if isinstance(cliente, Cliente) else cliente
    return f"{ROOT}entreprises/{pk}/{what}"


def hidden(text: str) -> dict[str, Any]:
    """What a page sends along without being asked; several of a name as a list."""
    sent: dict[str, Any] = {}
    for name, value in _HIDDEN.findall(text):
        if name != "csrfmiddlewaretoken":
            sent.setdefault(name, []).append(value)
    return sent


def kept(text: str) -> str:
    """The list that a page keeps in a field."""
    found = _TEXT.search(text)
    assert found
    return found[1]


def held(acteur: Acteur) -> set[tuple[str, str]]:
    """The rights of somebody now: (SIRET, declaration)."""
    rows = Habilitation.objects.filter(acteur=acteur, closed_at=None)
    return set(rows.values_list("siret", "declaration"))
