"""The demonstration's people with an espace privé: one of each kind (001)."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction

from guichet.accounts.definitions import espace
from guichet.accounts.models import Account
from guichet.demo import register
from guichet.espaces.prive.kinds import EMPLOYEUR, EXPLOITANT, PARTICULIER
from guichet.espaces.prive.person import sealed_number
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.refusals import N_

ESPACE = "prive"
WORKSHOP, WORKSHOP_NAME = 308, "MENUISERIE DE ROCHEBRUNE-LES-BAINS"  # of the register


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody with an espace privé. ``rank``: of their company in the register, whose name is ``company``;
    ``number``: of their file, a NIR of nobody (born in a country that there is not)."""

    label: str
    kind: str
    email: str
    first_name: str
    last_name: str
    password: str
    number: str = ""
    rank: int | None = None
    company: str = ""


PEOPLE = (
    Person(
        label=N_("Particulier, avec un foyer, des envois et des messages"),
        kind=PARTICULIER.code,
        email="ines.exemple@foyer-exemple.example",
        first_name="Inès",
        last_name="Exemple",
        password="Cerise-Lampadaire-26",
        number="285019999999936",
    ),
    Person(
        label=N_("Exploitant agricole"),
        kind=EXPLOITANT.code,
        email="yann.modele@pres-fictifs.example",
        first_name="Yann",
        last_name="Modele",
        password="Brouette-Myrtille-26",
        rank=register.FARM,
        company=register.FARM_NAME,
    ),
    Person(
        label=N_("Employeur"),
        kind=EMPLOYEUR.code,
        email="awa.fictif@menuiserie-exemple.example",
        first_name="Awa",
        last_name="Fictif",
        password="Rabot-Nuage-Colline-26",
        rank=WORKSHOP,
        company=WORKSHOP_NAME,
    ),
)


def open_accounts() -> None:
    """The accounts that are missing."""
    emails = [one.email for one in PEOPLE]
    there = Account.objects.filter(espace=ESPACE, identifier__in=emails).values_list("identifier", flat=True)
    for one in PEOPLE:
        if one.email not in there:
            _open(one)


@transaction.atomic
def _open(one: Person) -> None:
    profile = _profile(one)
    account = Account.objects.create(
        espace=ESPACE,
        identifier=one.email,
        email=one.email,
        password=make_password(one.password),
        profile=profile,
        siren=profile["siren"],
        terms_version=espace(ESPACE).terms_version,
        terms_accepted_at=clock.now(),
        created_at=clock.now(),
    )
    journal.record(subject=account.subject, kind="account.activated", actor="operator", data={"demo": True})


def _profile(one: Person) -> dict[str, str]:
    return {
        "kind": one.kind,
        "name": f"{one.first_name} {one.last_name}",
        "last_name": one.last_name,
        "first_name": one.first_name,
        "siren": register.siren(one.rank) if one.rank is not None else "",
        "company": one.company,
        "file_number": sealed_number(one.number),
        "phone": "01 99 00 00 00",
    }
