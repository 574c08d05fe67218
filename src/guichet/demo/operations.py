"""Loading the demonstration. Only ever called where ``settings.DEMO`` is on."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext
from procrastinate.contrib.django import app

from guichet.accounts.definitions import espace
from guichet.accounts.models import Account
from guichet.demo import declarants, people, register, subscribers
from guichet.demo.accounts import NO_ACCOUNT_YET, SIGN_INS, SignIn
from guichet.demo.agents import AGENTS, DemoAgent, open_account
from guichet.demo.declarants import Declarant
from guichet.demo.people import Person
from guichet.demo.subscribers import Subscriber
from guichet.depots.models import Depot
from guichet.entreprises import operations as entreprises
from guichet.entreprises import queries
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.refusals import N_


class NotADemo(RuntimeError):  # noqa: N818 - says what is wrong
    """Fictitious accounts with known passwords have no place in a real portal."""


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """What ``make run`` prints: ``url`` is whole; no ``password`` where the account is still to be made."""

    label: str
    url: str
    identifier: str
    password: str


def load() -> list[Invitation]:
    """Import the fictitious register where there is none, open the accounts where they are missing.

    Done already, it takes a few queries. A real register that somebody imported stays. Raises ``NotADemo``.
    """
    if not (settings.DEMO or settings.TESTING):
        raise NotADemo("GUICHET_DEMO is off")
    if queries.is_empty():
        _import_register()
    for sign_in in SIGN_INS:
        _open(sign_in)
    subscribers.open_accounts()
    people.open_accounts()
    declarants.open_accounts()
    for agent in AGENTS:
        open_account(agent)
    _enqueue_filings()
    return [
        *(_invitation(sign_in) for sign_in in SIGN_INS),
        *(_subscriber(one) for one in subscribers.SUBSCRIBERS),
        *(_person(one) for one in people.PEOPLE),
        *(_declarant(one) for one in declarants.DECLARANTS),
        *(_at_the_desk(agent) for agent in AGENTS),
        _to_register(),
        _company_to_register(),
    ]


def _enqueue_filings() -> None:
    """The agents' desk has something to do; once, and without keeping the portal from starting."""
    if settings.DEMO_FILINGS and not Depot.objects.exists():
        app.configure_task("demo.fill", lock="demo.fill").defer()


def _import_register() -> None:
    with tempfile.TemporaryDirectory() as folder:
        unites, etablissements = register.write(Path(folder))
        entreprises.import_sirene(unites=unites, etablissements=etablissements)


@transaction.atomic
def _open(sign_in: SignIn) -> None:
    if Account.objects.filter(espace=sign_in.espace, identifier=sign_in.identifier).exists():
        return
    account = Account.objects.create(
        espace=sign_in.espace,
        identifier=sign_in.identifier,
        email=f"contact@association-{sign_in.rank + 1}.example",
        password=make_password(sign_in.password),
        profile=_profile(sign_in),
        siren=sign_in.identifier,
        terms_version=espace(sign_in.espace).terms_version,
        created_at=clock.now(),
    )
    journal.record(subject=account.subject, kind="account.activated", actor="operator", data={"demo": True})


def _profile(sign_in: SignIn) -> dict[str, object]:
    unit = queries.unite(siren=sign_in.identifier)
    siege = unit.siege if unit else None
    return {
        "name": sign_in.name,
        "address": " ".join(siege.address) if siege else "1 PLACE DU MARCHE",
        "postcode": siege.postcode if siege else "75011",
        "city": siege.city if siege else "PARIS",
        "contact": "Camille Exemple",
        "phone": "01 99 00 00 00",
        "in_register": unit is not None,
    }


def _invitation(sign_in: SignIn) -> Invitation:
    return Invitation(
        label=sign_in.label,
        url=settings.BASE_URL + reverse(sign_in.url_name),
        identifier=sign_in.identifier,
        password=sign_in.password,
    )


def _subscriber(one: Subscriber) -> Invitation:
    url = settings.BASE_URL + reverse("abonne:sign_in")
    return Invitation(label=one.label, url=url, identifier=one.email, password=one.password)


def _person(one: Person) -> Invitation:
    url = settings.BASE_URL + reverse("prive:sign_in")
    return Invitation(label=one.label, url=url, identifier=one.email, password=one.password)


def _declarant(one: Declarant) -> Invitation:
    url = settings.BASE_URL + reverse("declarant:sign_in")
    return Invitation(label=one.label, url=url, identifier=one.shown, password=one.password)


def _at_the_desk(agent: DemoAgent) -> Invitation:
    label = gettext("{who} (code à saisir : {url})").format(
        who=gettext(agent.label), url=settings.BASE_URL + reverse("demo:codes")
    )
    url = settings.BASE_URL + reverse("agents:sign_in")
    return Invitation(label=label, url=url, identifier=agent.email, password=agent.password)


def _to_register() -> Invitation:
    return Invitation(
        label=N_("Association à inscrire vous-même"),
        url=settings.BASE_URL + reverse("association:register"),
        identifier=register.siren(NO_ACCOUNT_YET),
        password="",
    )


def _company_to_register() -> Invitation:
    return Invitation(
        label=N_("Entreprise à inscrire vous-même"),
        url=settings.BASE_URL + reverse("declarant:register"),
        identifier=register.siret(declarants.TO_REGISTER),
        password="",
    )
