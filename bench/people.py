"""Filers who are signed in, and what they have begun. Django must be set up."""

import datetime as dt
import hashlib
import secrets
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from guichet.accounts import sessions
from guichet.accounts.models import Account
from guichet.accounts.rules import Client
from guichet.demo import register
from guichet.depots import operations
from guichet.depots.definitions import Confirmation, teleprocedure
from guichet.depots.models import Depot, DepotFile
from guichet.depots.states import State
from guichet.files import operations as files
from guichet.files import stores
from guichet.files.rules import PDF
from guichet.kernel import clock
from guichet.kernel.reference import Reference
from guichet.kernel.tokens import new_token
from guichet.teleprocedures.comptes_annuels.forms import postal_address

FIRST_RANK = 10_000  # beyond the demo's register
CODE = "comptes_annuels"
PASSWORD = "ValclairOrme26"


@dataclass(frozen=True)
class Filer:
    """An account, and the cookie of its open session."""

    account: Account
    cookie: str


@dataclass
class Upload:
    """What ``operations.attach`` wants."""

    name: str | None
    sha256: str
    path: Path
    size: int | None


def filers(count: int) -> Iterator[Filer]:
    """So many accounts, each with a session, opened by the operation that the sign-in page calls."""
    password = make_password(PASSWORD)
    first = FIRST_RANK + Account.objects.count()
    for rank in range(first, first + count):
        yield _signed_in(Account.objects.create(**_account(rank, password)))


def senders(count: int, *, documents: int) -> Iterator[tuple[Filer, Depot]]:
    """So many people with an espace privé, each with a draft of ``documents`` that lack their pages alone."""
    for rank in range(count):
        email = f"personne-{rank}-{secrets.token_hex(4)}@foyer.bench"
        account = Account.objects.create(
            espace="prive",
            identifier=email,
            email=email,
            password="",
            profile={
                "kind": "particulier",
                "name": "Noé Exemple",
                "last_name": "Exemple",
                "first_name": "Noé",
            },
            terms_version="2026-1",
            created_at=clock.now(),
        )
        depot = operations.start_draft(account=account, teleprocedure="depot_spontane")
        said = {"nombre": str(documents)}
        for number in range(1, documents + 1):
            asked = {
                "nom": "acte de naissance",
                "type": "autre",
                "personne": "moi",
                "commentaire": "Pour moi.",
            }
            said |= {f"{field}_{number}": text for field, text in asked.items()}
        yield _signed_in(account), operations.answer(account=account, depot_id=depot.pk, data=said)


def subscribers(count: int) -> list[Account]:
    """So many accounts of the espace abonné, whose people are not signed in; all with ``PASSWORD``."""
    password = make_password(PASSWORD)
    emails = (f"abonne-{rank}@cabinet.example" for rank in range(count))
    return Account.objects.bulk_create(
        Account(
            espace="abonne",
            identifier=email,
            email=email,
            password=password,
            profile={"name": "Camille Exemple"},
            terms_version="2026-1",
            created_at=clock.now(),
        )
        for email in emails
    )


def draft(account: Account) -> Depot:
    """A filing begun and answered, to which only the document is missing."""
    begun = operations.start_draft(account=account, teleprocedure=CODE)
    return operations.answer(account=account, depot_id=begun.pk, data=_answers(account))


def attach(account: Account, depot: Depot, content: bytes) -> None:
    """Join a document to a draft."""
    path = stores.incoming() / uuid.uuid4().hex
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    upload = Upload("comptes.pdf", digest, path, len(content))
    operations.attach(account=account, depot=depot, upload=upload)


def filed(account: Account, count: int) -> list[Depot]:
    """So many confirmed filings, one for each closing date, as they stand in the database."""
    now = clock.now()
    years = range(2024, 2024 - count, -1)
    depots = Depot.objects.bulk_create(
        _confirmed(account, _answers(account) | {"date_cloture": f"{year}-12-31"}, now) for year in years
    )
    stored = files.keep_bytes(content=b"%PDF-1.7 of nobody", media_type=PDF)
    kinds = (DepotFile.Kind.RECEIVED, DepotFile.Kind.PUBLISHED)
    DepotFile.objects.bulk_create(
        DepotFile(
            depot=depot, kind=kind, position=1, name="comptes.pdf", stored=stored, size=stored.size, pages=1
        )
        for depot in depots
        for kind in kinds
    )
    return depots


def _answers(account: Account) -> dict[str, str]:
    """Answers that hold; the addresses are the account's, as its filer has checked them."""
    data, _ = teleprocedure(CODE).sample()
    return dict(data) | {"adresse": postal_address(account), "courriel": account.email}


def _confirmed(account: Account, data: dict[str, str], now: dt.datetime) -> Depot:
    definition = teleprocedure(CODE)
    subject = definition.subject(account, data)
    return Depot(
        account=account,
        espace=definition.espace,
        teleprocedure=CODE,
        revision=definition.revision,
        siren=subject.siren,
        subject_name=subject.name,
        capacity=subject.capacity,
        data=data,
        state=State.CONFIRME,
        created_at=now,
        updated_at=now,
        reference=str(Reference.new()),
        verification_code=new_token(),
        unique_key=data["date_cloture"],
        terms_version=definition.terms_version,
        submitted_at=now,
        expires_at=now + Confirmation().expires_after,
        confirmed_at=now,
    )


def _account(rank: int, password: str) -> dict[str, object]:
    return {
        "espace": "association",
        "identifier": register.siren(rank),
        "email": f"contact@association-{rank}.example",
        "password": password,
        "profile": {
            "name": f"LES AMIS DE VALCLAIR {rank}",
            "address": "1 PLACE DU MARCHE",
            "postcode": "75011",
            "city": "PARIS",
            "contact": "Camille Exemple",
            "phone": "01 99 00 00 00",
            "in_register": False,
        },
        "terms_version": "2026-1",
        "created_at": clock.now(),
    }


def _signed_in(account: Account) -> Filer:
    request = HttpRequest()
    request.session = sessions.SessionStore()
    sessions.begin(request, account=account, client=Client(address="127.0.0.1", agent="bench"))
    request.session.save()
    return Filer(account, f"{settings.SESSION_COOKIE_NAME}={request.session.session_key}")
