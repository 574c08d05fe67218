"""Filings made of documents, and a small téléprocédure of them with three types and a household of two."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.conf import settings

from guichet.accounts.models import Account
from guichet.depots import definitions
from guichet.depots.definitions import (
    Answer,
    Choice,
    Data,
    Document,
    DocumentRules,
    Instruction,
    Subject,
    Unique,
)
from guichet.depots.models import Depot
from guichet.files.operations import keep_bytes
from tests.depots import factories, small
from tests.instruction import people

TYPES = {
    "rib": "Relevé d’identité bancaire",
    "naissance": "Acte de naissance",
    "avis": "Avis d’imposition",
    "autre": "Un autre document",
}
RETIRED = {"vignette": "Vignette automobile"}
PERSONS = {"moi": "Vous", "p-lea": "Léa Exemple", "p-noe": "Noé Exemple"}
GONE: dict[str, str] = {}  # named still, offered no more
CODE = "essai_de_documents"


def described(depot: Depot) -> Sequence[Document]:
    """What was said of each document."""
    data = depot.data
    return [_document(data, number) for number in range(1, count(data) + 1)]


def _document(data: Data, number: int) -> Document:
    kind, person = data[f"type_{number}"], data[f"personne_{number}"]
    return Document(
        number=number, name=data[f"nom_{number}"], type=kind, type_label=type_label(kind), person=person,
        person_label=PERSONS[person], comment=data[f"commentaire_{number}"],
    )  # fmt: skip


def count(data: Data) -> int:
    """How many documents are announced."""
    return int(data.get("nombre", "0"))


def type_label(code: str) -> str:
    """The words of a type. Raises ``KeyError``."""
    return {**TYPES, **RETIRED}[code]


def types(text: str) -> Sequence[Choice]:
    """Those with a word of ``text``, and « un autre document » last."""
    words = text.casefold().split()
    found = [
        Choice(code=code, label=label)
        for code, label in TYPES.items()
        if code != "autre" and any(word in label.casefold() for word in words)
    ]
    return [*found, Choice(code="autre", label=TYPES["autre"])]


def persons(depot: Depot) -> Sequence[Choice]:
    """Whom a document may be about."""
    return [Choice(code=code, label=label) for code, label in PERSONS.items()]


def person_labels(depot: Depot, codes: Collection[str]) -> Mapping[str, str]:
    """Those who are known, whether or not they may be chosen."""
    known = {**PERSONS, **GONE}
    return {code: known[code] for code in codes if code in known}


def subject(account: Account, data: Data) -> Subject:
    """Somebody, and no company."""
    return Subject(siren="", name="Ondine Exemple", capacity="Pour elle-même")


def unique(account: Account, data: Data) -> Unique:
    """Any number of them."""
    return Unique(key="", label=f"envoi de {count(data)} documents", rectifies=False)


def answers(data: Data) -> Sequence[Answer]:
    """What was said of the whole."""
    return (Answer(label="Nombre de documents", value=data.get("nombre", ""), step="nombre"),)


PAPERS = replace(
    small.SMALL,
    code=CODE,
    label="Envoi d’essai",
    subject=subject,
    unique=unique,
    answers=answers,
    documents=DocumentRules(
        count=count,
        described=described,
        types=types,
        type_label=type_label,
        persons=persons,
        person_labels=person_labels,
    ),
    start_url="comptes_annuels:start",
    draft_url="comptes_annuels:draft",
    espace="association",
    legal_notice=definitions.no_notice,
    after=definitions.nothing_more,
    instruction=Instruction(accepting="Clore", accepted="Clos", accepting_may_say=True),
)


SILENT = replace(PAPERS, code="essai_sans_mot", label="Envoi sans mot", instruction=Instruction())


@contextmanager
def registered(*names: str) -> Iterator[None]:
    """``PAPERS``, and others of here by their ``names``, beside what is registered, as long as it lasts."""
    wanted = [f"{__name__}.{name}" for name in ("PAPERS", *names)]
    ours = [name for name in wanted if name not in settings.TELEPROCEDURES]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "TELEPROCEDURES", [*settings.TELEPROCEDURES, *ours])
        definitions.teleprocedures.cache_clear()
        try:
            yield
        finally:
            definitions.teleprocedures.cache_clear()


def sent(owner: Account, number: int = 2, *, pages: int = 1, **changes: object) -> Depot:
    """A filing of ``number`` documents that waits: each a bank's statement, of the person herself."""
    data = {"nombre": str(number)}
    for rank in range(1, number + 1):
        data |= {
            f"nom_{rank}": f"Papier {rank}", f"type_{rank}": "rib", f"personne_{rank}": "moi",
            f"commentaire_{rank}": f"Mon papier numéro {rank}",
        }  # fmt: skip
    answered = {**data, **changes.pop("data", {})}  # type: ignore[dict-item]  # a test's own answers
    values: dict[str, object] = {
        "teleprocedure": CODE, "siren": "", "subject_name": "Ondine Exemple", "capacity": "Pour elle-même",
        "data": answered, "unique_key": "", **changes,
    }  # fmt: skip
    depot = people.filed(owner, **values)  # type: ignore[arg-type]  # a state and an age among them
    Depot.objects.filter(pk=depot.pk).update(unique_key=str(depot.pk))
    stored = keep_bytes(content=factories.pdf(), media_type="application/pdf")
    for rank in range(1, number + 1):
        name = f"{answered[f'nom_{rank}']}.pdf"
        depot.files.create(
            kind="published", position=rank, name=name, stored=stored, size=stored.size, pages=pages
        )
    depot.refresh_from_db()
    return depot
