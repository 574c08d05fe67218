"""A company whose rights are looked at: an administrateur, déclarants, établissements; and its browser."""

import re
from collections.abc import Iterable
from typing import Any

from django.test import Client

from guichet.habilitations import operations
from guichet.habilitations.models import Habilitation
from guichet.habilitations.rules import Wanted
from guichet.inscriptions.models import Acteur, Changement, Inscription
from tests.inscriptions import world
from tests.web.people import text_of

ROOT = "/declarant/habilitations/"
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
_FORM = re.compile(r'<form method="post" action="([^"]*)"[^>]*>(.*?)</form>', re.DOTALL)
_BOX = re.compile(r'<input type="checkbox" name="c" value="([\d.]+)"( checked)? aria-label="([^"]*)">')


class Company:
    """``chief`` administers and declares, ``lila`` declares; three établissements, two declarations."""

    def __init__(self, **values: Any) -> None:
        self.inscription: Inscription = world.company("multi", **values)
        self.chief = world.administrateur(self.inscription, "Anne Chef", email="anne@entreprise.example")
        self.lila = world.declarant(self.inscription, "Lila Rosemonde", email="lila@entreprise.example")
        self.sirets = world.sirets(self.inscription)

    def wanted(
        self, on: bool = True, *, acteur: Acteur | None = None, place: int = 0, code: str = "dsn"
    ) -> Wanted:
        """A cell of the grid, of Lila if nobody else."""
        whose = acteur or self.lila
        return Wanted(acteur_id=whose.pk, siret=self.sirets[place], declaration=code, on=on)

    def apply(self, *wanted: Wanted, by: Acteur | None = None) -> Changement:
        """Give and take at once."""
        return operations.apply(by=by or self.chief, wanted=wanted)

    def held(self, acteur: Acteur | None = None) -> set[tuple[str, str]]:
        """What somebody has now: (SIRET, declaration)."""
        rows = Habilitation.objects.filter(acteur=acteur or self.lila, closed_at=None)
        return set(rows.values_list("siret", "declaration"))


def browser(acteur: Acteur) -> Any:
    """Where ``acteur`` has signed in."""
    client: Any = Client()
    client.force_login(acteur.account)
    return client


def boxes(answer: Any) -> dict[str, str]:
    """The boxes of a grid: accessible name → value."""
    return {name: value for value, _checked, name in _BOX.findall(text_of(answer))}


def ticked(answer: Any) -> set[str]:
    """The names of those that are ticked."""
    return {name for _value, checked, name in _BOX.findall(text_of(answer)) if checked}


def page_form(answer: Any) -> tuple[str, dict[str, Any]]:
    """The form of the grid's page as a browser would send it untouched, and where to."""
    address, inside = next(
        (address, inside) for address, inside in _FORM.findall(text_of(answer)) if 'name="lignes"' in inside
    )
    sent: dict[str, Any] = dict(_HIDDEN.findall(inside))
    sent["c"] = [value for value, checked, _name in _BOX.findall(inside) if checked]
    return address, sent


def toggled(sent: dict[str, Any], values: Iterable[str]) -> dict[str, Any]:
    """``sent``, the boxes of ``values`` turned over."""
    return {**sent, "c": sorted(set(sent["c"]) ^ set(values))}


def confirmation(answer: Any) -> tuple[str, dict[str, str]]:
    """The form of the page that tells what will change."""
    address, inside = next(
        (address, inside)
        for address, inside in _FORM.findall(text_of(answer))
        if 'name="empreinte"' in inside
    )
    return address, dict(_HIDDEN.findall(inside))
