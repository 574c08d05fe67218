"""The demonstration's agents: known passwords, and applications of codes that a page shows."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction

from guichet.accounts import operations as accounts
from guichet.accounts import totp
from guichet.accounts.definitions import espace
from guichet.accounts.models import Account, SecondFactor
from guichet.accounts.operations.second_factor import secret_of
from guichet.instruction.models import Agent
from guichet.instruction.rules import ESPACE, Role
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.refusals import N_


@dataclass(frozen=True, kw_only=True)
class DemoAgent:
    """Somebody who works at the desk."""

    label: str
    email: str
    name: str
    role: Role
    password: str


AGENTS = (
    DemoAgent(
        label=N_("Agent"),
        email="agent@guichet.example",
        name="Camille Exemple",
        role=Role.AGENT,
        password="Tampon-Lavande-26",
    ),
    DemoAgent(
        label=N_("Superviseur"),
        email="superviseur@guichet.example",
        name="Sacha Fictif",
        role=Role.SUPERVISEUR,
        password="Boussole-Verger-26",
    ),
    DemoAgent(
        label=N_("Gestionnaire des agents"),
        email="gestionnaire@guichet.example",
        name="Dominique Modele",
        role=Role.GESTIONNAIRE,
        password="Trousseau-Colline-26",
    ),
)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What an agent's application shows: a ``code``, empty where the next one is ``wait`` seconds away."""

    agent: DemoAgent
    code: str
    wait: int


@transaction.atomic
def open_account(one: DemoAgent) -> None:
    """The account, its application of codes and its place at the desk, where they are missing."""
    if Account.objects.filter(espace=ESPACE, identifier=one.email).exists():
        return
    account = Account.objects.create(
        espace=ESPACE,
        identifier=one.email,
        email=one.email,
        password=make_password(one.password),
        profile={"name": one.name},
        terms_version=espace(ESPACE).terms_version,
        created_at=clock.now(),
    )
    journal.record(subject=account.subject, kind="account.activated", actor="operator", data={"demo": True})
    Agent.objects.create(account=account, role=one.role, created_at=clock.now())
    secret = accounts.begin_enrolment(account=account).secret
    # The code of this moment: still good where the next one has begun meanwhile, which is then shown.
    accounts.enrol(account=account, secret=secret, code=totp.code_at(secret, totp.step_at(clock.now())))


def codes() -> list[Shown]:
    """What each application shows now: a code that was not used yet, or how long to wait for one."""
    factors = SecondFactor.objects.select_related("account").filter(account__espace=ESPACE)
    known = {factor.account.identifier: factor for factor in factors}
    return [_shown(one, known[one.email]) for one in AGENTS if one.email in known]


def _shown(one: DemoAgent, factor: SecondFactor) -> Shown:
    now = clock.now()
    step = max(totp.step_at(now), factor.last_step + 1)
    wait = (step - totp.DRIFT) * totp.PERIOD - int(now.timestamp())
    code = totp.code_at(secret_of(factor.account, factor), step) if wait <= 0 else ""
    return Shown(agent=one, code=code, wait=max(wait, 0))
