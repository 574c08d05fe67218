"""Agents at the desk, and filings that wait there."""

from typing import Any

from django.test import Client

from guichet.accounts.models import Account
from guichet.accounts.sessions import FACTOR_KEY
from guichet.depots.models import Depot
from guichet.instruction.models import Agent, Motif
from guichet.instruction.operations import seed_motifs
from guichet.instruction.rules import MotifKind, Role
from guichet.kernel import clock
from tests.depots import factories
from tests.parcours.register import SIRENS

CODE = factories.CODE


def an_agent(name: str = "Camille Exemple", role: Role = Role.AGENT, **values: Any) -> Agent:
    """Somebody who may sit at the desk, of whatever téléprocédures unless ``values`` say which."""
    address = f"{name.lower().replace(' ', '.')}@service.example"
    account = Account(
        espace="agents",
        identifier=address,
        email=address,
        profile={"name": name},
        terms_version="1",
        created_at=clock.now(),
    )
    account.set_unusable_password()
    account.save()
    made: Agent = Agent.objects.create(account=account, role=role, created_at=clock.now(), **values)
    return made


def at_the_desk(agent: Agent) -> Any:
    """The browser of an agent who has signed in, with the second factor."""
    client = Client()
    client.force_login(agent.account)
    session = client.session
    session[FACTOR_KEY] = True
    session.save()
    return client


def a_filing(rank: int = 0, **changes: str) -> Depot:
    """A confirmed filing of the association number ``rank``."""
    siren = SIRENS[rank]
    account = Account.objects.filter(identifier=siren).first() or factories.account(siren=siren)
    return factories.confirmed(account, **changes)


def published(agent: Agent, rank: int = 0) -> Depot:
    """A filing that ``agent`` has published."""
    depot = a_filing(rank)
    at_the_desk(agent).post(f"/agents/depots/{depot.pk}/publier/")
    depot.refresh_from_db()
    assert depot.state == "publie"
    return depot


def a_motif(kind: MotifKind = MotifKind.REFUS) -> Motif:
    """The first reason of the list."""
    seed_motifs()
    return Motif.objects.filter(kind=kind)[0]
