"""Agents, and filings that wait for them."""

import datetime as dt
import itertools

from guichet.accounts.models import Account
from guichet.depots.models import Depot
from guichet.depots.states import WITHDRAWN, State
from guichet.files.operations import keep_bytes
from guichet.instruction.models import Agent, Motif
from guichet.instruction.rules import ESPACE, MotifKind, Role
from guichet.kernel import clock
from guichet.kernel.reference import Reference
from guichet.kernel.tokens import new_token
from tests.depots import factories

NAMES = ("Camille Aubert", "Dominique Besson", "Éloi Charrier", "Fanny Delmas")
_numbers = itertools.count(1)


def agent(role: Role = Role.AGENT, *teleprocedures: str, name: str = "") -> Agent:
    """Somebody at the agents' door."""
    number = next(_numbers)
    email = f"agent-{number}@administration.exemple"
    account = Account.objects.create(
        espace=ESPACE,
        identifier=email,
        email=email,
        profile={"name": name or f"{NAMES[number % len(NAMES)]} {number}"},
        terms_version="2026-1",
        created_at=clock.now(),
    )
    made: Agent = Agent.objects.create(
        account=account, role=role, teleprocedures=list(teleprocedures), created_at=clock.now()
    )
    return made


def filed(owner: Account, *, days: float = 0, state: State = State.CONFIRME, **changes: object) -> Depot:
    """A filing's row alone, confirmed ``days`` ago: quicker than a whole filing, where the row is enough."""
    number = next(_numbers)
    then = clock.now() - dt.timedelta(days=days)
    date = f"{1950 + number % 70}-{1 + number // 70 % 12:02}-{1 + number // 840 % 28:02}"
    decided = {"decided_at": clock.now()} if state not in (State.CONFIRME, State.REMPLACE) else {}
    ended = {"decision_text": "Illisible."} if state in (State.REFUSE, State.RETIRE) else {}
    withdrawn = {"withdrawn_at": clock.now()} if state in WITHDRAWN else {}
    values = {
        "account": owner, "espace": owner.espace, "teleprocedure": factories.CODE, "revision": "2026-1",
        "siren": owner.identifier, "subject_name": owner.profile["name"], "capacity": "L’association",
        "data": factories.answers(date), "state": state, "created_at": then, "updated_at": then,
        "reference": str(Reference.new()), "verification_code": new_token(), "unique_key": date,
        "terms_version": "2026-1", "submitted_at": then, "expires_at": then + dt.timedelta(days=15),
        "confirmed_at": then,
    }  # fmt: skip
    made: Depot = Depot.objects.create(**{**values, **decided, **ended, **withdrawn, **changes})
    return made


def with_pdf(depot: Depot) -> Depot:
    """``depot`` with a document to publish, as a whole filing has it."""
    stored = keep_bytes(content=factories.pdf(), media_type="application/pdf")
    for kind in ("received", "published"):
        depot.files.create(
            kind=kind, position=1, name="comptes.pdf", stored=stored, size=stored.size, pages=1
        )
    return depot


def motif(kind: MotifKind = MotifKind.REFUS, **changes: object) -> Motif:
    """A reason of the operator's list."""
    values = {"teleprocedure": factories.CODE, "kind": kind, "label": f"Motif {next(_numbers)}"}
    made: Motif = Motif.objects.create(
        **{**values, "text": "Les pages sont illisibles.", "created_at": clock.now(), **changes}
    )
    return made
