"""The filings of somebody, of each téléprocédure: one of each kind, and what its addresses take."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from guichet.accounts.models import Account
from guichet.depots import operations
from guichet.depots.definitions import Data, teleprocedure
from guichet.depots.models import Depot, DepotFile
from guichet.files.operations import keep_bytes
from guichet.instruction.models import Message, MessageFile
from guichet.kernel import clock
from tests.autorisations.reading import namespaces
from tests.depots.declarants import RANK
from tests.depots.documents import fill
from tests.depots.factories import sent, token_of
from tests.entreprises import files as companies
from tests.teleprocedures.filer import a_pdf

OWNER = "owner@lavoir.example"

# Where there may be one filing of each thing: what turns the sample into one of another thing.
ANOTHER: Mapping[str, Callable[[Data, int], Data]] = {
    "comptes_annuels": lambda data, number: {
        **data,
        "date_cloture": f"{2026 - number}-12-31",
        "courriel": OWNER,
    },
    "adhesion": lambda data, number: {**data, "siren": companies.siren(99 + number)},
    # One place each, as two requests about the same don't wait at once; the draft's is the company's.
    "resiliation": lambda data, number: {
        **data,
        "objet": companies.siret(RANK, 2 if number == 5 else 10 + number),
    },
    "foyer": lambda data, number: {**data, "prenom": f"Jeanne {number}"},
}


class Filings:
    """The owner's filings of one téléprocédure, one of each kind, made from its ``sample``."""

    def __init__(self, owner: Account, code: str) -> None:
        self.owner, self.code = owner, code
        self.confirmed, confirmed = self._confirmed(1), self._confirmed(2)
        self.refused = operations.refuse(depot_id=confirmed.pk, actor="operator", reason="Illisible.")
        self.decided = self._confirmed(3)
        self.waiting = self._submitted(4)
        self.draft = self._draft(5)

    def places(self) -> dict[str, dict[str, Any]]:
        """What fills in the addresses of its screens."""
        on = {
            name: {"depot_id": getattr(self, name).pk}
            for name in ("draft", "confirmed", "waiting", "refused")
        }
        namespace = namespaces()[self.code]
        if teleprocedure(self.code).documents:
            return {f"{namespace}:{name}": place for name, place in self._of_documents(on).items()}
        file, kept = map(_a_file, (self.draft, self.confirmed))
        places: dict[str, dict[str, Any]] = {
            **dict.fromkeys(("draft", "documents", "check", "discard"), on["draft"]),
            **dict.fromkeys(("depot", "receipt", "document", "rectify", "answer"), on["confirmed"]),
            **dict.fromkeys(("resend", "cancel"), on["waiting"]),
            "correct": on["refused"],
            "remove": {**on["draft"], "file_id": file},
            "move": {**on["draft"], "file_id": file, "direction": "monter"},
            "page": {**on["draft"], "number": 1},
            "step": {**on["draft"], "slug": self._first_step()},
            "original": {**on["confirmed"], "file_id": kept},
            "message_file": {**on["confirmed"], "message_id": _a_message(self.confirmed)},
        }
        return {f"{namespace}:{name}": place for name, place in places.items()}

    def _of_documents(self, on: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        """The same of a filing made of documents, the first one and its first page."""
        one = {**on["draft"], "document": 1}
        page = {**one, "page_id": self.draft.pages.filter(document=1)[0].pk}
        of_document = ("name", "type", "person", "comment", "pages", "complete", "remove_document")
        return {
            **dict.fromkeys(("draft", "number", "documents", "add_document", "discard"), on["draft"]),
            **dict.fromkeys(of_document, one),
            **dict.fromkeys(("page_image", "page_turn", "page_remove"), page),
            "page_move": {**page, "direction": "monter"},
            **dict.fromkeys(("depot", "receipt", "answer"), on["confirmed"]),
            "document": {**on["confirmed"], "number": 1},
            "message_file": {**on["confirmed"], "message_id": _a_message(self.confirmed)},
        }

    def _confirmed(self, number: int) -> Depot:
        submitted = self._submitted(number)
        if submitted.confirmed_at:  # submitting has confirmed it
            return submitted
        return operations.confirm(token=token_of(submitted))

    def _draft(self, number: int) -> Depot:
        data, files = teleprocedure(self.code).sample()
        data = ANOTHER[self.code](data, number) if self.code in ANOTHER else data
        depot = operations.start_draft(account=self.owner, teleprocedure=self.code)
        operations.answer(account=self.owner, depot_id=depot.pk, data=data)
        fill(self.owner, depot, files)
        while sent:  # what pages were made of is not what was sent
            sent.pop().unlink(missing_ok=True)
        return depot

    def _submitted(self, number: int) -> Depot:
        return operations.submit(account=self.owner, depot_id=self._draft(number).pk, accepted_terms=True)

    def _first_step(self) -> str:
        pattern = dict(patterns(get_resolver()))[f"{namespaces()[self.code]}:step"]
        slug: str = pattern.default_args["filing"].steps[0].slug
        return slug


def _a_file(depot: Depot) -> int:
    """One of its files as it came; where nothing is joined, a number that none has."""
    found = depot.files.filter(kind=DepotFile.Kind.RECEIVED).first()
    return found.pk if found else 0


def _a_message(depot: Depot) -> int:
    """An answer about it, with a page that was missing."""
    stored = keep_bytes(content=a_pdf(), media_type="application/pdf")
    message = Message.objects.create(depot=depot, text="La voici.", at=clock.now())
    MessageFile.objects.create(
        message=message, name="page.pdf", stored_id=stored.pk, size=stored.size, pages=1
    )
    return int(message.pk)


def patterns(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address, by its full name."""
    for found in resolver.url_patterns:
        if isinstance(found, URLResolver):
            yield from patterns(found, f"{namespace}{found.namespace}:" if found.namespace else namespace)
        else:
            yield f"{namespace}{found.name}", found
