"""Where a draft stands, document by document: what is said, what is joined, what comes next."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guichet.accounts.models import Account
from guichet.depots import operations, queries
from guichet.depots.definitions import Choice
from guichet.depots.models import Depot, DepotFile, Page
from guichet.kernel.refusals import N_
from guichet.teleprocedures.depot_spontane import nomenclature, persons, rules
from guichet.teleprocedures.depot_spontane.definition import DEPOT_SPONTANE, DUE_AFTER
from guichet.web.filing.flow import Draft, Stepper, on_draft
from guichet.web.filing.screens import Filing
from guichet.web.requests import PortalRequest

SCREENS = Filing(
    definition=DEPOT_SPONTANE,
    namespace="depot_spontane",
    steps=(),
    intro_template="",
    begin=N_("D’autres documents"),
    decision_template="depot_spontane/standing.html",
    more=lambda account, depot: {"due_after": DUE_AFTER},  # noqa: ARG005 - the same for every filing
)
# The name of each page → what the stepper calls it, in the order of the guide.
STEPS = {
    "number": N_("Nombre de documents"),
    "name": N_("Nom du document"),
    "type": N_("Type de document"),
    "person": N_("Personne concernée"),
    "comment": N_("Commentaire"),
    "pages": N_("Pages du document"),
    "documents": N_("Vérification et envoi"),
}
QUESTIONS = {"name": rules.NAME, "type": rules.TYPE, "person": rules.PERSON, "comment": rules.COMMENT}
OF_DOCUMENT = (*QUESTIONS, "pages")


@dataclass(frozen=True)
class Envoi:
    """A draft of documents to send, with what is joined to each of them."""

    draft: Draft

    @property
    def depot(self) -> Depot:
        """Its row."""
        return self.draft.depot

    @property
    def account(self) -> Account:
        """Whose it is."""
        return self.draft.context.account

    @cached_property
    def count(self) -> int:
        """How many documents are announced, 0 while nobody said."""
        return rules.count(self.depot.data)

    @cached_property
    def pages(self) -> dict[int, list[Page]]:
        """The pages of each document, in their order."""
        found: dict[int, list[Page]] = {}
        for page in queries.pages(self.depot):
            found.setdefault(page.document, []).append(page)
        return found

    @cached_property
    def made(self) -> dict[int, DepotFile]:
        """The PDF of each document that is complete."""
        return {file.position: file for file in queries.documents(self.depot)}

    @cached_property
    def refused(self) -> frozenset[str]:
        """The names of the answers that do not hold."""
        _good, bad = rules.clean(self.depot.data, types=nomenclature.types())
        known = {choice.code for choice in persons.persons_of(self.account)}
        asked = {rules.key(rules.PERSON, n): n for n in range(1, self.count + 1)}
        strangers = {name for name in asked if self.depot.data.get(name) not in known}
        return frozenset(bad) | strangers

    def missing(self, document: int) -> str:
        """The first step of the document that does not hold yet; empty where it is complete."""
        for step, field in QUESTIONS.items():
            wanted = {rules.key(field, document)}
            wanted |= {rules.key(rules.WHO, document)} if step == "person" else set()
            if wanted & self.refused:
                return step
        return "" if document in self.made else "pages"

    def may_open(self, step: str, document: int) -> bool:
        """Whether this step of the document may be opened: none is jumped over."""
        missing = self.missing(document)
        return not missing or OF_DOCUMENT.index(step) <= OF_DOCUMENT.index(missing)

    def is_begun(self, document: int) -> bool:
        """Whether anything was said of the document, or joined to it."""
        return rules.is_begun(self.depot.data, document) or document in self.pages

    @property
    def filled(self) -> list[Choice]:
        """The documents that are begun, by their number."""
        numbers = [n for n in range(1, self.count + 1) if self.is_begun(n)]
        return [Choice(code=str(n), label=self.title(n)) for n in numbers]

    @property
    def incomplete(self) -> list[int]:
        """The documents that are not complete."""
        return [document for document in range(1, self.count + 1) if self.missing(document)]

    def title(self, document: int) -> str:
        """« Document 1 : acte de naissance »."""
        name = self.depot.data.get(rules.key(rules.NAME, document), "").strip()
        words = _("Document {n} : {name}") if name else _("Document {n}")
        return words.format(n=document, name=name)

    def url(self, name: str, *args: object) -> str:
        """The address of one of its pages."""
        return reverse(f"{SCREENS.namespace}:{name}", args=[self.depot.id, *args])

    @property
    def resumed_at(self) -> str:
        """The address of the first step that does not hold; of the last one where all do."""
        if not self.count:
            return self.url("number")
        if not self.incomplete:
            return self.url("documents")
        document = self.incomplete[0]
        return self.url(self.missing(document), document)

    def after(self, document: int) -> str:
        """Where one goes on to after a step of ``document``: what it still lacks, else all documents."""
        missing = self.missing(document)
        return self.url(missing, document) if missing else self.url("documents")

    def keep(self, document: int, **answers: str) -> "Envoi":
        """Keep answers of a document, by field, and see the draft as it stands then."""
        data = {rules.key(field, document): text for field, text in answers.items()}
        operations.answer(account=self.account, depot_id=self.depot.id, data=data)
        return Envoi(self.draft.again())

    def page(self, step: str, document: int = 0) -> dict[str, Any]:
        """What every page of the draft knows."""
        return {
            "draft": self.depot,
            "at": SCREENS.at,
            "stepper": self._stepper(step, document),
            "document": str(document),
            "document_title": self.title(document) if document else "",
            "many": str(self.count) if self.count else "",
            "documents_url": self.url("documents") if self.count else "",
        }

    def _stepper(self, step: str, document: int) -> Stepper:
        order = list(STEPS)
        at = order.index(step)
        return Stepper(
            number=at + 1,
            total=len(order),
            title=_(STEPS[step]),
            following=_(STEPS[order[at + 1]]) if at + 1 < len(order) else "",
            back=self._back(step, document),
        )

    def _back(self, step: str, document: int) -> str:
        if step == "number":
            return self.url("documents") if self.count else reverse(f"{SCREENS.namespace}:start")
        if step == "documents":
            return self.url("number")
        former = OF_DOCUMENT.index(step) - 1
        return self.url(OF_DOCUMENT[former], document) if former >= 0 else self.url("documents")


View = Callable[..., HttpResponse]


def on_envoi(view: View) -> View:
    """Gives a view the draft that its address names; what others see is said by ``on_draft``."""

    @on_draft
    def wrapped(request: PortalRequest, draft: Draft, **kwargs: Any) -> HttpResponse:
        return view(request, Envoi(draft), **kwargs)

    return wraps(view)(wrapped)


def on_document(step: str) -> Callable[[View], View]:
    """Gives a view of ``step`` the draft and one of its documents: 404 where there is no such document.

    A step that is not reached yet leads to the one that is.
    """

    def guard(view: View) -> View:
        @on_envoi
        def wrapped(request: PortalRequest, envoi: Envoi, *, document: int, **kwargs: Any) -> HttpResponse:
            if not 1 <= document <= envoi.count:
                raise Http404
            if not envoi.may_open(step, document):
                return redirect(envoi.after(document))
            return view(request, envoi, document, **kwargs)

        return wraps(view)(wrapped)

    return guard


def page_of(envoi: Envoi, document: int, page_id: int) -> Page:
    """A page of a document. Raises ``Http404``."""
    found = next((page for page in envoi.pages.get(document, ()) if page.pk == page_id), None)
    if found is None:
        raise Http404
    return found
