"""What the pages of rights share: filters that the address keeps, the way around, names that differ."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from guichet.entreprises.queries import withholding
from guichet.espaces.declarant.access import ActeurRequest
from guichet.habilitations.rules import GridFilters
from guichet.inscriptions import queries as inscriptions
from guichet.inscriptions.models import Acteur
from guichet.kernel.refusals import N_, Refusal
from guichet.portefeuilles import queries as portefeuilles
from guichet.portefeuilles.queries.lists import shown_name
from guichet.web.forms import PortalForm, show

PAGE = "page"
# Address, words, and whether it is for administrateurs alone.
NAV = (
    ("grid", _("Gérer les habilitations"), True),
    ("changes", _("Changements des droits"), True),
    ("recap", _("Récapitulatif des droits"), False),
    ("history", _("Historique des droits"), False),
    ("who", _("Qui pouvait transmettre ?"), True),
    ("may_file", _("Qui peut transmettre ?"), False),
)
_LABELS = {name: label for name, label, _reserved in NAV}
# A déclarant sees there what is theirs alone.
_OWN = {
    "recap": _("Mes droits"),
    "history": _("Historique de mes droits"),
    "may_file": _("Puis-je transmettre ?"),
}


class UnknownPerson(Refusal):
    """An address names somebody who does not act for this company."""

    code = "unknown_person"
    message = N_("Cette personne n’agit pas, ou n’agit plus, pour votre entreprise.")
    status = 404


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where one is: the filters and the page, as the addresses keep them."""

    filters: GridFilters
    page: int = 1

    @classmethod
    def of(cls, query: QueryDict) -> Self:
        """The place that an address keeps; what can't be read in it counts for nothing."""
        text = query.get(PAGE, "")
        page = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1
        return cls(filters=GridFilters.parse(query), page=max(page, 1))

    def query(self) -> str:
        """The parameters of an address that ``of`` reads back."""
        said = [*self.filters.query(), *([(PAGE, str(self.page))] if self.page > 1 else [])]
        return urlencode(said)

    def at(self, name: str, *args: object) -> str:
        """The address ``name`` of this door, with the filters behind it."""
        address, query = reverse(f"declarant:{name}", args=args), self.query()
        return f"{address}?{query}" if query else address

    def but(self, **changes: Any) -> "Place":
        """The first page of other filters."""
        return Place(filters=replace(self.filters, **changes))

    def turned(self, page: int) -> "Place":
        """Another page of the same filters."""
        return replace(self, page=page)


def page(request: ActeurRequest, name: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """The page ``declarant/rights/<name>.html``."""
    return render(request, _template(name), {**context, **_around(request)}, status=status)


def form_page(
    request: ActeurRequest, name: str, form: PortalForm, context: Mapping[str, Any] | None = None
) -> HttpResponse:
    """The same of a page that holds a form: with errors 422."""
    return show(request, _template(name), form, {**(context or {}), **_around(request)})


def pager(found: Any, address: Callable[[int], str]) -> dict[str, Any]:
    """Where one is in ``found``, which has ``page`` and ``pages``, and the addresses beside it."""
    at, last = found.page, found.pages
    return {
        "total": found.total,
        "page": at,
        "pages": last,
        "previous_url": address(at - 1) if at > 1 else "",
        "next_url": address(at + 1) if at < last else "",
    }


def names_of(acteur: Acteur) -> dict[int, str]:
    """The people of the inscription by their id; those of one name are told apart by their e-mail."""
    people = inscriptions.people(acteur=acteur)
    same = Counter(one.name for one in people)
    return {one.acteur.pk: f"{one.name} ({one.email})" if same[one.name] > 1 else one.name for one in people}


def places_of(acteur: Acteur) -> dict[str, str]:
    """The établissements of the inscription: SIRET → name, or address where there is none."""
    places = inscriptions.etablissements(inscription=acteur.inscription)
    return {one.siret: one.name or one.address for one in places}


def labels_of(acteur: Acteur) -> dict[str, str]:
    """The declarations of the inscription: code → label."""
    return {one.code: one.label for one in inscriptions.declarations(inscription=acteur.inscription)}


def filter_choices(
    place: Place, *, people: Mapping[int, str], declarations: Mapping[str, str]
) -> dict[str, Any]:
    """What the form of filters shows, and what is chosen in it."""
    filters = place.filters
    return {
        "people": _boxes(people.items(), filters.personnes),
        "people_chosen": len(filters.personnes),
        "declarations": _boxes(declarations.items(), filters.declarations),
        "declarations_chosen": len(filters.declarations),
        "etablissement": filters.etablissement,
        "droits": filters.droits,
        "filtered": bool(place.turned(1).query()),
        "kept": [one for one in filters.query() if one[0] in ("portefeuille", "cliente")],
    }


def clients_of(acteur: Acteur, place: Place) -> dict[str, str] | None:
    """The portfolio, or the client, that the filters keep to: ``name``, ``url``; nothing without one."""
    filters = place.filters
    try:
        if filters.cliente is not None:
            cliente = portefeuilles.cliente(acteur=acteur, cliente_id=filters.cliente)
            name = shown_name(cliente, withholding(sirens=[cliente.siren]))
            return {"name": name, "url": reverse("declarant:cliente", args=[cliente.pk])}
        if filters.portefeuille is not None:
            found = portefeuilles.portefeuille(acteur=acteur, portefeuille_id=filters.portefeuille)
            return {"name": found.name, "url": reverse("declarant:portefeuille", args=[found.pk])}
    except Refusal:  # closed since, or another firm's: the grid is empty then
        return None
    return None


def grouped(siret: str) -> str:
    """« 732 829 320 00017 »."""
    return f"{siret[:3]} {siret[3:6]} {siret[6:9]} {siret[9:]}"


def _boxes(values: Iterable[tuple[Any, str]], chosen: Iterable[Any]) -> list[dict[str, Any]]:
    ticked = set(chosen)
    return [{"value": str(value), "label": label, "checked": value in ticked} for value, label in values]


def _template(name: str) -> str:
    return f"declarant/rights/{name}.html"


def _around(request: ActeurRequest) -> dict[str, Any]:
    """``nav``: the pages of rights that this person may open; ``here``: what the present one is called."""
    match = request.resolver_match
    here = (match and match.url_name) or ""
    labels = _LABELS if request.acteur.administrateur else _LABELS | _OWN
    nav = [
        {
            "url": reverse(f"declarant:{name}"),
            "label": labels[name],
            "current": "page" if name == here else "",
        }
        for name, _label, reserved in NAV
        if request.acteur.administrateur or not reserved
    ]
    return {"nav": nav, "here": labels.get(here, "")}
