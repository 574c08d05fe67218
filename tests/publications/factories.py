"""Filings that agents have published, and the register behind them."""

import datetime as dt
import hashlib
import itertools
from pathlib import Path

from guichet.accounts.models import Account
from guichet.depots.models import Depot, DepotFile
from guichet.depots.states import State
from guichet.entreprises.operations import import_sirene
from guichet.files.models import StoredFile
from guichet.files.operations import keep_bytes
from guichet.kernel import clock
from guichet.publications import operations
from guichet.publications.models import Publication
from tests.entreprises import files as sirene
from tests.entreprises.files import siren as siren_of

__all__ = ["filing", "published", "register", "siren_of"]
_numbers = itertools.count(1)


def register(folder: Path, *units: sirene.Line, places: tuple[sirene.Line, ...] = ()) -> None:
    """Put a register of ``units`` in service."""
    paths = [sirene.write(folder / "u.csv", units)]
    if places:
        paths.append(sirene.write(folder / "e.csv", places))
    import_sirene(unites=paths[0], etablissements=paths[1] if places else None)


def account(siren: str) -> Account:
    """The association's account, or the one that it has already."""
    made: Account = Account.objects.get_or_create(
        espace="association",
        identifier=siren,
        defaults={
            "email": f"tresorier-{siren}@exemple.fr",
            "profile": {"name": "ASSOCIATION"},
            "terms_version": "1",
            "created_at": clock.now(),
        },
    )[0]
    return made


def filing(
    rank: int = 1,
    name: str = "LES AMIS DU LAVOIR",
    date: str = "2024-12-31",
    version: int = 0,
    content: bytes | None = None,
) -> Depot:
    """A filing whose state is « publié », with the PDF that is published."""
    number = next(_numbers)
    now = clock.now()
    depot: Depot = Depot.objects.create(
        account=account(siren_of(rank)),
        espace="association",
        teleprocedure="comptes_annuels",
        revision="2026-1",
        siren=siren_of(rank),
        subject_name=name,
        capacity="L’association elle-même",
        data={"date_cloture": date, "nature": "rectificatif" if version else "initial"},
        state=State.PUBLIE,
        created_at=now,
        updated_at=now,
        reference=f"R{number}",
        verification_code=f"V{number}",
        unique_key=f"{date}#{number}",
        version=version,
        submitted_at=now,
        expires_at=now,
        confirmed_at=now,
        decided_at=now,
    )
    stored = keep_bytes(content=content, media_type="application/pdf") if content else _row(number)
    DepotFile.objects.create(
        depot=depot,
        kind=DepotFile.Kind.PUBLISHED,
        position=1,
        name="comptes.pdf",
        stored=stored,
        size=stored.size,
        pages=2,
    )
    return depot


def published(
    rank: int = 1,
    name: str = "LES AMIS DU LAVOIR",
    date: str = "2024-12-31",
    version: int = 0,
    content: bytes | None = None,
) -> Publication:
    """A filing that the public finds."""
    return operations.publish(depot=filing(rank, name, date, version, content))


def _row(number: int) -> StoredFile:
    """A content that nobody reads in this test: its row alone."""
    made: StoredFile = StoredFile.objects.create(
        sha256=hashlib.sha256(str(number).encode()).hexdigest(),
        size=1234,
        media_type="application/pdf",
        stored_at=clock.now(),
        scan=StoredFile.Scan.OFF,
    )
    return made


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)
