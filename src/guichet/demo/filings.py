"""Filings for the demonstration's desk, made by the operations that everybody's filings are made by."""

import hashlib
import io
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pikepdf
from django.contrib.auth.hashers import make_password
from django.db import transaction

from guichet.accounts.definitions import espace
from guichet.accounts.models import Account
from guichet.courriers.models import Courrier
from guichet.demo import register
from guichet.demo.agents import AGENTS
from guichet.depots import operations
from guichet.depots.models import Depot
from guichet.depots.states import State
from guichet.entreprises import queries
from guichet.entreprises.rules import UniteLegale
from guichet.files import stores
from guichet.instruction import operations as instruction
from guichet.instruction.models import Agent
from guichet.kernel import clock

CODE = "comptes_annuels"
RANKS = range(10, 70)  # of the register's units; those that are no open association are left out
CLOSING = ("2025-12-31", "2024-12-31", "2025-06-30")
_LINK = re.compile(r"/c/(\w+)")
UNREADABLE = "Le bilan est illisible. Déposez de nouveau vos comptes, avec une copie nette."


@dataclass
class Upload:
    """A file as a browser would have sent it."""

    name: str | None
    size: int | None
    sha256: str
    path: Path


def fill() -> int:
    """File for some dozens of associations, then decide on a few; how many were filed now. Idempotent.

    Of every six filings one is published and one refused; the others wait. Job ``demo.fill``.
    """
    agent = Agent.objects.filter(account__identifier=AGENTS[0].email).first()
    units = [queries.unite(siren=register.siren(rank)) for rank in RANKS]
    made = 0
    for number, unit in enumerate(
        unit for unit in units if unit and unit.is_association and not unit.is_closed
    ):
        depot = _file(unit, CLOSING[number % len(CLOSING)])
        made += depot is not None
        if agent and depot:
            _decide(agent, depot, number)
    return made


def _decide(agent: Agent, depot: Depot, number: int) -> None:
    if number % 6 == 4:
        instruction.publish(agent=agent, depot_id=depot.pk)
    elif number % 6 == 5:
        instruction.refuse(agent=agent, depot_id=depot.pk, motif_id=None, text=UNREADABLE)


def _file(unit: UniteLegale, closing: str) -> Depot | None:
    account = _account(unit)
    if Depot.objects.filter(account=account).exclude(state=State.BROUILLON).exists():
        return None
    depot = operations.start_draft(account=account, teleprocedure=CODE)
    operations.answer(account=account, depot_id=depot.pk, data=_answers(account, closing))
    if not depot.files.exists():
        operations.attach(account=account, depot=depot, upload=_upload(unit.name, closing))
    with transaction.atomic():  # read before it can be sent: a link is erased from what was sent
        operations.submit(account=account, depot_id=depot.pk, accepted_terms=True)
        letter = Courrier.objects.filter(about=depot.evidence, body__contains="/c/").latest("pk")
    found = _LINK.search(letter.body)
    return operations.confirm(token=found[1]) if found else None


def _account(unit: UniteLegale) -> Account:
    siege = unit.siege
    profile = {
        "name": unit.name,
        "address": " ".join(siege.address) if siege else "1 PLACE DU MARCHE",
        "postcode": siege.postcode if siege else "75011",
        "city": siege.city if siege else "PARIS",
        "contact": "Claude Specimen",
        "phone": "01 99 00 00 00",
        "in_register": True,
    }
    values = {
        "email": f"contact@association-{unit.siren}.example",
        "password": make_password(None),
        "profile": profile,
        "terms_version": espace("association").terms_version,
        "created_at": clock.now(),
    }
    found, _ = Account.objects.get_or_create(espace="association", identifier=unit.siren, defaults=values)
    return found


def _answers(account: Account, closing: str) -> dict[str, str]:
    kept = account.profile
    address = f"{kept['address']}\n{kept['postcode']} {kept['city']}"
    return {"date_cloture": closing, "nature": "initial", "adresse": address, "courriel": account.email}


def _upload(name: str, closing: str) -> Upload:
    content = _accounts(name, closing)
    with tempfile.NamedTemporaryFile(dir=stores.incoming(), delete=False) as written:
        written.write(content)
    digest = hashlib.sha256(content).hexdigest()
    return Upload(f"comptes-{closing[:4]}.pdf", len(content), digest, Path(written.name))


def _accounts(name: str, closing: str) -> bytes:
    """Two pages of figures that nobody has earned."""
    seed = int(hashlib.sha256(f"{name}{closing}".encode()).hexdigest()[:6], 16)
    income, spent = 20_000 + seed % 60_000, 18_000 + seed % 59_000
    pages = (
        ["Compte de résultat", f"Produits : {income} euros", f"Charges : {spent} euros"],
        ["Bilan", f"Actif : {income * 2} euros", f"Passif : {income * 2} euros"],
    )
    pdf, content = pikepdf.new(), io.BytesIO()
    for title, *lines in pages:
        _page(pdf, [title, name, f"Exercice clos le {closing}", *lines, "Données fictives"])
    pdf.save(content)
    return content.getvalue()


def _page(pdf: pikepdf.Pdf, lines: list[str]) -> None:
    page = pdf.add_blank_page(page_size=(595, 842))
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type1,
        BaseFont=pikepdf.Name.Helvetica,
        Encoding=pikepdf.Name.WinAnsiEncoding,
    )
    page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    told = "".join(f"{_text(line)} Tj 0 -30 Td\n" for line in lines)
    page.obj.Contents = pdf.make_stream(f"BT /F1 16 Tf 60 740 Td\n{told}ET".encode("cp1252", "replace"))


def _text(line: str) -> str:
    return "(" + re.sub(r"([()\\])", r"\\\1", line) + ")"
