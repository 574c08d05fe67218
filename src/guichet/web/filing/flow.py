"""Where a draft stands: which steps hold, which one is next, and the stepper that says so."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext

from guichet.accounts.models import Account
from guichet.depots import queries
from guichet.depots.definitions import Data
from guichet.depots.models import Depot, DepotFile
from guichet.depots.states import IN_FORCE, NUMBERED, State
from guichet.kernel import clock
from guichet.web.filing.screens import CHECK, DOCUMENTS, Context, Filed, Filing, Step, StepForm
from guichet.web.requests import PortalRequest


@dataclass(frozen=True, kw_only=True)
class Stepper:
    """The place of one page among the steps. ``following`` and ``back`` are empty at the ends."""

    number: int
    total: int
    title: str
    following: str
    back: str


@dataclass(frozen=True)
class Draft:
    """A filing that is not submitted yet, with the screens that it passes through."""

    filing: Filing
    depot: Depot
    context: Context

    @cached_property
    def files(self) -> list[DepotFile]:
        """The files as received, in the order that the person chose."""
        return [file for file in self.depot.files.all() if file.kind == DepotFile.Kind.RECEIVED]

    @cached_property
    def reached(self) -> str:
        """The slug of the first step that does not hold yet, else that of the last one."""
        for step in self.filing.steps:
            if not self.kept_form(step).is_valid():
                return step.slug
        return CHECK if self.files or self.filing.definition.files is None else DOCUMENTS

    def may_open(self, slug: str) -> bool:
        """Whether the step ``slug`` may be opened: it is one of this filing's, and none is jumped over."""
        order = list(self.filing.titles())
        return slug in order and order.index(slug) <= order.index(self.reached)

    def again(self) -> "Draft":
        """The same draft as it stands by now, held against what is filed by now."""
        account = self.context.account
        depot = queries.one(account=account, depot_id=self.depot.id)
        return Draft(self.filing, depot, context_of(self.filing, account, depot.data))

    def kept_form(self, step: Step) -> StepForm:
        """The step's form as the draft left it: not bound where it was never answered."""
        kept = {name: self.depot.data[name] for name in step.form.base_fields if name in self.depot.data}
        return step.form(kept or None, context=self.context)

    def shown_form(self, step: Step) -> StepForm:
        """The step's form to show again: answers as one would type them, or with their error."""
        form = self.kept_form(step)
        if not form.is_valid():
            return form
        return step.form(None, context=self.context, initial=form.cleaned_data)

    def url(self, slug: str) -> str:
        """The address of one step."""
        shared = {DOCUMENTS: "documents", CHECK: "check"}
        if slug in shared:
            return reverse(f"{self.filing.namespace}:{shared[slug]}", args=[self.depot.id])
        return reverse(f"{self.filing.namespace}:step", args=[self.depot.id, slug])

    def stepper(self, slug: str) -> Stepper:
        """The stepper of the page ``slug``."""
        titles = self.filing.titles()
        order = list(titles)
        at = order.index(slug)
        return Stepper(
            number=at + 1,
            total=len(order),
            title=gettext(titles[slug]),
            following=gettext(titles[order[at + 1]]) if at + 1 < len(order) else "",
            back=self.url(order[at - 1]) if at else "",
        )


def on_draft(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Gives a view the draft that its address names.

    Anybody else's, or none: 404. One that was submitted meanwhile (the back button, another tab): on to the
    page of the filing, which says where it stands.
    """

    @wraps(view)
    def wrapped(
        request: PortalRequest, *, depot_id: uuid.UUID, filing: Filing, **kwargs: Any
    ) -> HttpResponse:
        depot = queries.one(account=request.account, depot_id=depot_id)
        if depot.teleprocedure != filing.definition.code:
            raise Http404
        if depot.state != State.BROUILLON:
            return redirect(f"{filing.namespace}:depot", depot.id)
        context = context_of(filing, request.account, depot.data, asked=request.GET)
        return view(request, Draft(filing, depot, context), **kwargs)

    return wrapped


def context_of(
    filing: Filing, account: Account, answers: Data, asked: Mapping[str, str] | None = None
) -> Context:
    """What the steps may ask of the filings of ``account``, of the ``answers`` of the draft, and of what the
    address asks."""

    def find() -> list[Filed]:
        depots = queries.of_account(account=account)
        mine = [depot for depot in depots if depot.teleprocedure == filing.definition.code]
        return [_filed(filing, depot) for depot in mine if _stands(depot)]

    return Context(account=account, today=clock.today(), answers=answers, find=find, asked=asked or {})


def _stands(depot: Depot) -> bool:
    return depot.state in NUMBERED and not (depot.state == State.A_CONFIRMER and queries.is_past(depot))


def _filed(filing: Filing, depot: Depot) -> Filed:
    if depot.submitted_at is None:
        raise ValueError("a filing that stands has been submitted")
    return Filed(
        depot_id=depot.id,
        siren=depot.siren,
        unique=filing.definition.unique(depot.account, depot.data),
        version=depot.version,
        is_final=depot.state != State.A_CONFIRMER,
        in_force=depot.state in IN_FORCE,
        submitted_on=depot.submitted_at.astimezone(clock.PARIS).date(),
    )
