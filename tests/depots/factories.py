"""An account, a small PDF, an upload, a filing at each state."""

import hashlib
import io
import itertools
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pikepdf

from guichet.accounts.models import Account
from guichet.courriers.models import Courrier
from guichet.depots import operations
from guichet.depots.definitions import teleprocedure
from guichet.depots.models import Depot
from guichet.files import stores
from guichet.kernel import clock

CODE = "comptes_annuels"
SIRENS = ("732829320", "443061841", "552100554")
_numbers = itertools.count()
sent: list[Path] = []  # uploads of this test, which a request would remove at its end


@dataclass
class FakeUpload:
    """What the upload handler gives: a file on disk that is hashed already."""

    name: str | None
    size: int | None
    sha256: str
    path: Path


def account(*, siren: str = SIRENS[0], espace: str = "association") -> Account:
    """Somebody who may file."""
    made: Account = Account.objects.create(
        espace=espace,
        identifier=siren,
        email=f"tresorier-{siren}@exemple.fr",
        profile={
            "name": "Les Amis du Tilleul",
            "address": "12 rue des Tilleuls",
            "postcode": "37000",
            "city": "Tours",
        },
        terms_version="2026-1",
        created_at=clock.now(),
    )
    return made


def pdf(pages: int = 1) -> bytes:
    """A valid PDF; no two are the same."""
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(595, 842 + next(_numbers)))
    return saved(document)


def saved(document: pikepdf.Pdf) -> bytes:
    """``document`` as a file."""
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def upload(content: bytes | None = None, name: str = "comptes.pdf") -> FakeUpload:
    """``content`` (a small PDF by default) as it arrives."""
    content = pdf() if content is None else content
    with tempfile.NamedTemporaryFile(dir=stores.incoming(), delete=False) as written:
        written.write(content)
    sent.append(Path(written.name))
    return FakeUpload(name, len(content), hashlib.sha256(content).hexdigest(), Path(written.name))


def answers(date: str = "2024-12-31", nature: str = "initial") -> dict[str, str]:
    """Answers of an annual accounts filing that hold."""
    data, _ = teleprocedure(CODE).sample()
    return {**data, "date_cloture": date, "nature": nature}


def draft(owner: Account, **changes: str) -> Depot:
    """A draft that only has to be submitted."""
    depot = operations.start_draft(account=owner, teleprocedure=CODE)
    operations.answer(account=owner, depot_id=depot.pk, data=answers(**changes))
    operations.attach(account=owner, depot=depot, upload=upload())
    return depot


def submitted(owner: Account, **changes: str) -> Depot:
    """A filing that waits for its confirmation."""
    return operations.submit(account=owner, depot_id=draft(owner, **changes).pk, accepted_terms=True)


def confirmed(owner: Account, **changes: str) -> Depot:
    """A filing that counts."""
    depot = submitted(owner, **changes)
    return operations.confirm(token=token_of(depot))


def token_of(depot: Depot) -> str:
    """The secret in the last message about ``depot``."""
    letter = Courrier.objects.filter(about=depot.evidence, body__contains="/c/").latest("pk")
    return letter.body.split("/c/")[1].split()[0]


def subjects_of(depot: Depot) -> list[str]:
    """The subjects of all messages about ``depot``, the first one first."""
    return list(
        Courrier.objects.filter(about=depot.evidence).order_by("pk").values_list("subject", flat=True)
    )
