"""What the demonstration's people have sent: made by the operations that everybody's filings are made by."""

import datetime as dt
import hashlib
import io
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from guichet.accounts.models import Account
from guichet.demo.agents import AGENTS
from guichet.demo.filings import Upload
from guichet.demo.people import ESPACE, PEOPLE
from guichet.depots import operations
from guichet.depots.models import Depot
from guichet.depots.operations import pages
from guichet.depots.states import State
from guichet.files import stores
from guichet.foyers import operations as foyers
from guichet.foyers.rules import CONJOINT, ENFANT, Identity
from guichet.instruction import operations as instruction
from guichet.instruction.models import Agent
from guichet.teleprocedures.depot_spontane import rules
from guichet.teleprocedures.depot_spontane.definition import CODE

SHEET = (1240, 1754)  # pixels: an A4 sheet at 150 dots an inch
SPOUSE = Identity(lien=CONJOINT, last_name="Exemple", first_name="Malo", born_on=dt.date(1984, 3, 9))
CHILD = Identity(lien=ENFANT, last_name="Exemple", first_name="Emma", born_on=dt.date(2014, 9, 21))
YOUNGER = Identity(lien=ENFANT, last_name="Exemple", first_name="Oscar", born_on=dt.date(2018, 1, 30))
QUESTION = "La deuxième page du certificat manque. Pouvez-vous nous l’envoyer ?"
DONE = "Votre relevé d’identité bancaire est enregistré. Vous n’avez rien d’autre à faire."


@dataclass(frozen=True, kw_only=True)
class Said:
    """One document. ``about``: somebody of the household, or nobody but the sender; ``sheets`` of paper."""

    name: str
    type: str
    comment: str
    about: Identity | None = None
    sheets: int = 1


@dataclass(frozen=True, kw_only=True)
class Sending:
    """Some documents, sent at once by whoever has this rank among ``PEOPLE``. ``question``: what an agent
    asks; ``closed``: what an agent said."""

    who: int
    documents: Sequence[Said]
    question: str = ""
    closed: str = ""


SENDINGS = (
    Sending(
        who=0,
        documents=[Said(name="RIB", type="rib", comment="Mon compte a changé le 1er du mois.")],
        closed=DONE,
    ),
    Sending(
        who=0,
        documents=[
            Said(
                name="certificat de scolarité",
                type="certificat_scolarite",
                comment="Emma entre en sixième.",
                about=CHILD,
            ),
            Said(
                name="facture de cantine",
                type="cantine",
                comment="Facture du premier trimestre.",
                about=YOUNGER,
                sheets=2,
            ),
        ],
        question=QUESTION,
    ),
    Sending(
        who=1,
        documents=[
            Said(
                name="relevé parcellaire", type="releve_parcellaire", comment="Après l’échange de parcelles."
            ),
            Said(
                name="registre d’élevage", type="registre_elevage", comment="Demandé par téléphone.", sheets=2
            ),
        ],
    ),
    Sending(
        who=2,
        documents=[Said(name="contrat saisonnier", type="contrat_saisonnier", comment="Embauche de juin.")],
    ),
)


def fill() -> int:
    """Keep the household, send what is not sent yet; how many were sent now. Idempotent.."""
    agent = Agent.objects.filter(account__identifier=AGENTS[0].email).first()
    found = Account.objects.filter(espace=ESPACE, identifier__in=[one.email for one in PEOPLE])
    accounts = {account.identifier: account for account in found}
    made = 0
    for who, one in enumerate(PEOPLE):
        if agent and one.email in accounts:
            made += _fill(agent, accounts[one.email], who)
    return made


def _fill(agent: Agent, account: Account, who: int) -> int:
    people = _household(agent, account) if who == 0 else {}
    mine = Depot.objects.filter(account=account, teleprocedure=CODE)
    sent = mine.exclude(state__in=(State.BROUILLON, State.ABANDONNE)).count()
    wanted = [one for one in SENDINGS if one.who == who][sent:]
    for one in wanted:
        _decide(agent, one, _send(account, one, people))
    return len(wanted)


def _household(agent: Agent, account: Account) -> dict[Identity, str]:
    """Who is known in the file of the first: somebody who is known already is not added twice."""
    return {
        one: str(foyers.keep(agent=agent, account_id=account.pk, data=one).pk)
        for one in (SPOUSE, CHILD, YOUNGER)
    }


def _send(account: Account, sending: Sending, people: dict[Identity, str]) -> Depot:
    for stopped in Depot.objects.filter(account=account, teleprocedure=CODE, state=State.BROUILLON):
        operations.discard(account=account, depot_id=stopped.pk)
    draft = operations.start_draft(account=account, teleprocedure=CODE)
    data = {rules.NUMBER: str(len(sending.documents))}
    for number, one in enumerate(sending.documents, start=1):
        said = {
            rules.NAME: one.name,
            rules.TYPE: one.type,
            rules.PERSON: people[one.about] if one.about else rules.MYSELF,
            rules.COMMENT: one.comment,
        }
        data |= {rules.key(field, number): text for field, text in said.items()}
    draft = operations.answer(account=account, depot_id=draft.pk, data=data)
    for number, one in enumerate(sending.documents, start=1):
        for sheet in range(1, one.sheets + 1):
            photograph = _photograph(account, one, sheet)
            pages.add(account=account, depot=draft, document=number, upload=photograph)
            photograph.path.unlink(missing_ok=True)  # what is kept was made of it
        pages.complete(account=account, depot_id=draft.pk, document=number)
    return operations.submit(account=account, depot_id=draft.pk, accepted_terms=True)


def _decide(agent: Agent, sending: Sending, depot: Depot) -> None:
    if sending.question:
        instruction.ask(agent=agent, depot_id=depot.pk, text=sending.question)
    if sending.closed:
        instruction.accept(agent=agent, depot_id=depot.pk, text=sending.closed)


def _photograph(account: Account, one: Said, sheet: int) -> Upload:
    """A sheet of paper as a telephone takes it."""
    lines = (one.name.capitalize(), str(account.profile["name"]), f"Page {sheet}", "Données fictives")
    image, content = Image.new("RGB", SHEET, "#f4f1e8"), io.BytesIO()
    draw = ImageDraw.Draw(image)
    for rank, line in enumerate(lines):
        draw.text((120, 160 + 120 * rank), line, fill="#222222", font=ImageFont.load_default(size=56))
    image.save(content, "JPEG", quality=85)
    with tempfile.NamedTemporaryFile(dir=stores.incoming(), delete=False) as written:
        written.write(content.getvalue())
    digest = hashlib.sha256(content.getvalue()).hexdigest()
    return Upload(f"photo-{sheet}.jpg", len(content.getvalue()), digest, Path(written.name))
