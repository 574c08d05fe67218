"""A small téléprocédure of the tests' own whose filings are made of documents, and what is sent to it."""

import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from PIL import Image

from guichet.accounts.models import Account
from guichet.depots import operations, queries
from guichet.depots.definitions import (
    Answer,
    Choice,
    Data,
    Document,
    DocumentRules,
    Instruction,
    Subject,
    Unique,
    teleprocedure,
)
from guichet.depots.models import Depot, DepotFile, Page
from guichet.depots.rules import InvalidAnswers
from guichet.kernel.refusals import Refusal
from tests.depots import factories, small

CODE = "essai_en_documents"
TYPES = {"carte": "Carte d’identité", "facture": "Facture", "autre": "Un autre document"}
PERSONS = {"moi": "Vous", "lea": "Léa Exemple"}


def count(data: Data) -> int:
    """How many documents are announced."""
    return int(data.get("nombre", "0"))


def described(depot: Depot) -> Sequence[Document]:
    """What was said of each, as far as it was."""
    data = depot.data
    return [
        Document(
            number=number,
            name=data.get(f"nom_{number}", ""),
            type=data.get(f"type_{number}", "autre"),
            type_label=TYPES[data.get(f"type_{number}", "autre")],
            person=data.get(f"personne_{number}", "moi"),
            person_label=PERSONS[data.get(f"personne_{number}", "moi")],
            comment=data.get(f"commentaire_{number}", ""),
        )
        for number in range(1, count(data) + 1)
    ]


def types(text: str) -> Sequence[Choice]:
    """All of them."""
    return [Choice(code=code, label=label) for code, label in TYPES.items()]


def persons(depot: Depot) -> Sequence[Choice]:
    """Whom a document may be about."""
    return [Choice(code=code, label=label) for code, label in PERSONS.items()]


def person_labels(depot: Depot, codes: Collection[str]) -> Mapping[str, str]:
    """Those who are known."""
    return {code: PERSONS[code] for code in codes if code in PERSONS}


def subject(account: Account, data: Data) -> Subject:
    """A person, who has no SIREN."""
    return Subject(siren="", name="Camille Exemple", capacity="Pour elle-même")


def unique(account: Account, data: Data) -> Unique:
    """Any number of them."""
    return Unique(key="", label=f"envoi de {int(data['nombre'])} document(s)", rectifies=False)


def clean(data: Data, today: object) -> Data:
    """A number, and a name for each."""
    names = {key: value.strip() for key, value in data.items() if key.startswith(("nom_", "type_"))}
    if not data.get("nombre", "").isdigit():
        raise InvalidAnswers(errors={"nombre": Refusal()})
    return {"nombre": data["nombre"], **names}


def answers(data: Data) -> Sequence[Answer]:
    """What was asked."""
    return (Answer(label="Nombre de documents", value=data["nombre"], step="nombre"),)


def sample() -> tuple[Data, Iterable[tuple[str, bytes]]]:
    """Two documents: a photograph and two pages of a PDF, and a PNG."""
    files = [("photo.jpg", photo()), ("facture.png", photo("PNG")), ("verso.pdf", factories.pdf(2))]
    return said(2), files


def said(number: int) -> dict[str, str]:
    """Answers that hold, for ``number`` documents."""
    told = {"nombre": str(number)}
    for rank in range(1, number + 1):
        told |= {f"nom_{rank}": f"Papier {rank}", f"type_{rank}": "carte" if rank == 1 else "facture"}
    return told


RULES = DocumentRules(
    count=count,
    described=described,
    types=types,
    type_label=lambda code: TYPES[code],
    persons=persons,
    person_labels=person_labels,
)
WITH_DOCUMENTS = replace(
    small.SMALL,
    code=CODE,
    label="Envoi d’essai",
    start_url="essai_en_documents:start",
    draft_url="essai_en_documents:draft",
    subject=subject,
    clean=clean,
    unique=unique,
    answers=answers,
    sample=sample,
    documents=RULES,
    instruction=Instruction(accepting="Clore", accepted="Traité", accepting_may_say=True, correctable=False),
)


def limited(**limits: object) -> None:
    """Other limits, until the end of the test (with the fixture ``documents``)."""
    teleprocedure(CODE).__dict__["documents"] = replace(RULES, **limits)  # type: ignore[arg-type]  # a test's own


def photo(format_: str = "JPEG", size: tuple[int, int] = (120, 90)) -> bytes:
    """A photograph that does not compress well; no two are the same."""
    written = io.BytesIO()
    Image.effect_noise(size, 80).convert("RGB").save(written, format_)
    return written.getvalue()


def begun(account: Account, number: int = 2) -> Depot:
    """A draft of ``number`` documents, without any page."""
    depot = operations.start_draft(account=account, teleprocedure=CODE)
    operations.answer(account=account, depot_id=depot.pk, data=said(number))
    return seen(account, depot)


def seen(account: Account, depot: Depot) -> Depot:
    """The filing as a view has it."""
    return queries.one(account=account, depot_id=depot.pk)


def add(
    account: Account, depot: Depot, document: int = 1, content: bytes | None = None, name: str = "photo.jpg"
) -> list[Page]:
    """Send a file (a photograph by default) to a document."""
    upload = factories.upload(photo() if content is None else content, name)
    return operations.pages.add(account=account, depot=depot, document=document, upload=upload)


def complete(account: Account, depot: Depot, document: int = 1) -> DepotFile:
    """« Mon document est complet. »"""
    return operations.pages.complete(account=account, depot_id=depot.pk, document=document)


def ready(account: Account, number: int = 2) -> Depot:
    """A draft that only has to be submitted: a photograph a document."""
    depot = begun(account, number)
    for document in range(1, number + 1):
        add(account, depot, document)
        complete(account, depot, document)
    return seen(account, depot)


def submit(account: Account, depot: Depot) -> Depot:
    """« Transmettre ces documents. »"""
    return operations.submit(account=account, depot_id=depot.pk, accepted_terms=True)


def fill(account: Account, depot: Depot, files: Iterable[tuple[str, bytes]]) -> None:
    """Join the files of a sample, whatever the téléprocédure makes of them; its answers are given already."""
    rules = teleprocedure(depot.teleprocedure).documents
    if rules is None:
        depot.refresh_from_db()  # which files are taken may hang on the answers
        for name, content in files:
            operations.attach(account=account, depot=depot, upload=factories.upload(content, name))
        return
    depot = seen(account, depot)
    number = rules.count(depot.data)
    for rank, (name, content) in enumerate(files):
        add(account, depot, rank % number + 1, content, name)
    for document in range(1, number + 1):
        complete(account, depot, document)


def layout(depot: Depot) -> Mapping[int, list[str]]:
    """The names of the pages of each document, in their order."""
    told: dict[int, list[str]] = {}
    for page in queries.pages(depot):
        told.setdefault(page.document, []).append(page.name)
    return told
