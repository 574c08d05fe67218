"""A firm for the tests: its people, their client files, as they stand in the database."""

import itertools
from typing import Any

from procrastinate.contrib.django.models import ProcrastinateJob

from guichet.accounts.models import Account
from guichet.adhesions.models import Demande, Remise
from guichet.adhesions.operations import colleagues, handover
from guichet.adhesions.rules import LAPSES_AFTER, firm_key
from guichet.adhesions.states import By
from guichet.demo import register
from guichet.depots.models import Depot
from guichet.depots.states import State
from guichet.kernel import clock
from guichet.kernel.reference import Reference
from guichet.kernel.tokens import new_token

FIRM, OTHER_FIRM = "732829320", "443061841"
PASSWORD = "Trombone7lavande"
_numbers = itertools.count(1)


def an_abonne(name: str = "Lila Exemple", *, siren: str = FIRM, **values: Any) -> Account:
    """Somebody with an espace abonné, who says that they work for ``siren``; nobody has recognised them."""
    number = next(_numbers)
    email = values.pop("email", f"{name.split()[0].lower()}-{number}@cabinet.example")
    account = Account(
        espace="abonne",
        identifier=email,
        email=email,
        profile={"name": name, "siren": siren, "company": "CABINET DU PONT"},
        siren=siren,
        number=f"2026325{number:07d}",
        terms_version="abonne-2026-11",
        created_at=clock.now(),
        **values,
    )
    account.set_password(PASSWORD)
    account.save()
    return account


def a_pair() -> tuple[Account, Account]:
    """Two people of one firm, who have recognised each other."""
    first, second = an_abonne("Lila Exemple"), an_abonne("Omar Exemple")
    colleagues.present(account=first)
    colleagues.present(account=second)
    colleagues.recognise(account=first, colleague_id=second.pk)
    return first, second


def a_client(account: Account, *, name: str = "", state: State = State.ACCEPTE) -> Demande:
    """A client file of ``account``: in force, or as ``state`` says."""
    rank = 30_000 + next(_numbers)
    return client_files(account, [rank], name=name, state=state)[0]


def client_files(
    account: Account, ranks: list[int], *, name: str = "", state: State = State.ACCEPTE
) -> list[Demande]:
    """The files of ``account`` for the fictitious companies of these ranks."""
    depots = Depot.objects.bulk_create(_depot(account, rank, name, state) for rank in ranks)
    return Demande.objects.bulk_create(_demande(account, depot) for depot in depots)


def handed(remise: Remise) -> Remise:
    """The proposal once its job has run."""
    handover.run_handover(remise_id=remise.pk)
    remise.refresh_from_db()
    return remise


def jobs(name: str) -> int:
    """How many jobs of that name wait."""
    return ProcrastinateJob.objects.filter(task_name=name, status="todo").count()


def _depot(account: Account, rank: int, name: str, state: State) -> Depot:
    now = clock.now()
    decided = {} if state == State.CONFIRME else {"decided_at": now}
    told = {"decision_text": "Nous n’y donnons pas suite."} if state == State.REFUSE else {}
    withdrawn = {"withdrawn_at": now} if state == State.TERMINE else {}
    siren = register.siren(rank)
    return Depot(
        account=account,
        espace="abonne",
        teleprocedure="adhesion",
        revision="2026-1",
        siren=siren,
        subject_name=name or f"CLIENT {rank}",
        capacity="Expert-comptable",
        data={"siren": siren, "services": "tva", "qualite": "expert_comptable"},
        state=state,
        created_at=now,
        updated_at=now,
        reference=str(Reference.new()),
        verification_code=new_token(),
        unique_key=firm_key(account),
        terms_version="abonne-2026-11",
        submitted_at=now,
        expires_at=now + LAPSES_AFTER,
        confirmed_at=now,
        **decided,
        **told,
        **withdrawn,
    )


def _demande(account: Account, depot: Depot) -> Demande:
    settled, asked = depot.state != State.CONFIRME, depot.updated_at
    return Demande(
        depot=depot,
        siren=depot.siren,
        firm=firm_key(account),
        services=["tva"],
        qualite="expert_comptable",
        code_hash=new_token(),
        asked_at=asked,
        lapses_at=asked + LAPSES_AFTER,
        settled_at=asked if settled else None,
        answered_by=By.CODE if settled else "",
        ended_by=By.FIRM if depot.state == State.TERMINE else "",
    )
