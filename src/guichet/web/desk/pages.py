"""What every page of the desk has: the way around, and the filters that its address keeps."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from guichet.instruction.rules import Filters, Role, Sort
from guichet.web.desk.access import DeskRequest
from guichet.web.forms import PortalForm, show

SORT, PAGE = "tri", "page"
# Address, words, and from which role on it is shown.
NAV = (
    ("desk:queue", _("File d’attente"), Role.AGENT),
    ("desk:lots", _("Actions groupées"), Role.AGENT),
    ("desk:figures", _("Chiffres"), Role.AGENT),
    ("desk:load", _("Charge de l’équipe"), Role.SUPERVISEUR),
    ("desk:motifs", _("Motifs"), Role.SUPERVISEUR),
    ("desk:agents", _("Agents"), Role.GESTIONNAIRE),
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where one is in the queue: its filters, its order and its page, as the addresses keep them."""

    filters: Filters
    sort: Sort
    page: int = 1

    def query(self) -> str:
        """The parameters of an address that ``place_of`` reads back."""
        said = self.filters.query()
        if self.sort != Sort.OLDEST:
            said[SORT] = self.sort
        if self.page > 1:
            said[PAGE] = str(self.page)
        return urlencode(said)

    def at(self, name: str, *args: object) -> str:
        """The address ``name`` of the desk, with the filters behind it."""
        return with_query(reverse(f"desk:{name}", args=args), self.query())

    def but(self, **changes: Any) -> "Place":
        """The first page of other filters."""
        return replace(self, filters=replace(self.filters, **changes), page=1)

    def turned(self, page: int) -> "Place":
        """Another page of the same filters."""
        return replace(self, page=page)


def with_query(address: str, query: str) -> str:
    """``address?query``, without the mark where there is no query."""
    return f"{address}?{query}" if query else address


def with_parameter(address: str, name: str, value: object) -> str:
    """``address`` with one parameter more."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode({name: value})}"


def place_of(query: QueryDict) -> Place:
    """The place that an address keeps; what does not hold in it is left out."""
    said = {name: str(query.get(name, "")) for name in query}
    return Place(
        filters=Filters.parse(said), sort=Sort.parse(query.get(SORT, "")), page=number_in(query, PAGE)
    )


def number_in(query: QueryDict, name: str) -> int:
    """The number, from 1 on, that an address gives under ``name``."""
    text = query.get(name, "")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def desk(request: DeskRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A page of the desk."""
    return render(request, template, {**context, "nav": _nav(request)}, status=status)


def desk_form(
    request: DeskRequest, template: str, form: PortalForm, context: dict[str, Any] | None = None
) -> HttpResponse:
    """A page of the desk that holds a form: with errors 422, or an operation's refusal's."""
    return show(request, template, form, {**(context or {}), "nav": _nav(request)})


def _nav(request: DeskRequest) -> list[dict[str, object]]:
    match = request.resolver_match
    here = f"desk:{match.url_name}" if match else ""
    return [
        {"url": reverse(name), "label": label, "current": "page" if name == here else ""}
        for name, label, role in NAV
        if request.agent.rank.includes(role)
    ]
