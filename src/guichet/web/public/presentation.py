"""Publications as plain data, in words."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guichet.depots.receipts.content import version_in_words
from guichet.kernel.clock import PARIS
from guichet.publications.found import Exercise, Line, Organisation, Results
from guichet.publications.models import Publication
from guichet.publications.rules import MAX_RESULTS, Criteria, Sort
from guichet.publications.states import State
from guichet.publications.territories import DEPARTMENTS

SORTS = {
    Sort.RELEVANCE: gettext_lazy("pertinence"),
    Sort.NEWEST: gettext_lazy("publication la plus récente"),
    Sort.CLOSING: gettext_lazy("clôture la plus récente"),
    Sort.NAME: gettext_lazy("nom"),
}
STATES = {
    State.EN_VIGUEUR: (gettext_lazy("En vigueur"), "success"),
    State.REMPLACEE: (gettext_lazy("Remplacé par un rectificatif"), "info"),
    State.RETIREE: (gettext_lazy("Retiré de la publication"), "warning"),
}


def address(criteria: Criteria, **changes: str) -> str:
    """The address of the search that says ``criteria`` and ``changes``."""
    query = criteria.query(**changes)
    return reverse("public:search") + (f"?{urlencode(query)}" if query else "")


def line_card(line: Line) -> dict[str, Any]:
    """One line of the list."""
    return {
        "name": line.name,
        "siren": line.siren,
        "rna": line.rna,
        "place": _place(line.city, line.department.label, line.department.code),
        "closing_date": line.closing_date,
        "version": version_in_words(line.version),
        "published_on": _day(line.published_at),
        "url": reverse("public:filing", args=[line.siren, line.closing_date.isoformat()]),
        "organisation_url": reverse("public:organisation", args=[line.siren]),
    }


def search_page(criteria: Criteria, results: Results) -> dict[str, Any]:
    """Everything that the page of results shows."""
    return {
        "criteria": criteria,
        "results": results,
        "lines": [line_card(line) for line in results.lines],
        "most": MAX_RESULTS,
        "beyond": results.total > MAX_RESULTS or results.capped,
        "departments": [(one.code, f"{one.label} ({one.code})") for one in DEPARTMENTS.values()],
        "facets": _facets(criteria, results),
        "chosen": _chosen(criteria),
        "sorts": _sorts(criteria),
        "previous": _page(criteria, results.page - 1) if results.page > 1 else "",
        "next": _page(criteria, results.page + 1) if results.page < results.pages else "",
        "everything": reverse("public:search"),
        "unfiltered": address(criteria, departement="", annee=""),
        "about": reverse("public:open_data"),
        "csv": _export("public:csv", criteria),
        "json": _export("public:json", criteria),
    }


def organisation_page(found: Organisation) -> dict[str, Any]:
    """An association and its accounts over the years."""
    return {
        "organisation": found,
        "exercises": [_exercise(found.siren, exercise) for exercise in found.exercises],
        "category": found.unite.category if found.unite else "",
        "closed_on": found.unite.closed_on if found.unite and found.unite.is_closed else None,
        "is_closed": bool(found.unite and found.unite.is_closed),
        "url": reverse("public:organisation", args=[found.siren]),
        "canonical": settings.BASE_URL + reverse("public:organisation", args=[found.siren]),
    }


def version_card(publication: Publication) -> dict[str, Any]:
    """One version: what it is, where it stands, where it is read."""
    words, badge = STATES[State(publication.state)]
    return {
        "title": version_in_words(publication.version),
        "state": publication.state,
        "state_words": words,
        "badge": badge,
        "name": publication.name,
        "published_on": _day(publication.published_at),
        "filed_on": publication.filed_on,
        "ended_on": _day(publication.ended_at),
        "reason": publication.reason,
        "url": version_url(publication),
    }


def version_url(publication: Publication, name: str = "version", **more: object) -> str:
    """An address under that of one version of a filing."""
    place = {
        "siren": publication.siren,
        "date": publication.closing_date.isoformat(),
        "version": publication.version,
    }
    return reverse(f"public:{name}", kwargs=place | more)


def _exercise(siren: str, exercise: Exercise) -> dict[str, Any]:
    shown = exercise.in_force or exercise.newest
    return {
        "closing_date": exercise.closing_date,
        "url": reverse("public:filing", args=[siren, exercise.closing_date.isoformat()]),
        "shown": version_card(shown),
        "others": [version_card(one) for one in exercise.versions if one.pk != shown.pk],
    }


def _day(moment: dt.datetime | None) -> dt.date | None:
    return moment.astimezone(PARIS).date() if moment else None


def _place(city: str, department: str, code: str) -> str:
    named = f"{department} ({code})" if department else ""
    return ", ".join(part for part in (city, named) if part)


def _facets(criteria: Criteria, results: Results) -> list[dict[str, Any]]:
    titles = {"departement": _("Département"), "annee": _("Année de clôture")}
    return [
        {
            "title": titles[name],
            "values": [
                {"label": one.label, "count": one.count, "url": address(criteria, **{name: one.value})}
                for one in values
            ],
        }
        for name, values in results.facets.items()
        if len(values) > 1
    ]


def _chosen(criteria: Criteria) -> list[dict[str, str]]:
    """The filters that are on, each with the address of the same search without it."""
    chosen = []
    if criteria.department:
        known = DEPARTMENTS.get(criteria.department)
        label = f"{known.label} ({known.code})" if known else criteria.department
        chosen.append({"label": label, "url": address(criteria, departement="")})
    if criteria.year:
        label = _("clos en {year}").format(year=criteria.year)
        chosen.append({"label": label, "url": address(criteria, annee="")})
    return chosen


def _sorts(criteria: Criteria) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": address(criteria, tri=sort.value), "current": sort == criteria.sort}
        for sort, label in SORTS.items()
        if criteria.name or sort != Sort.RELEVANCE
    ]


def _page(criteria: Criteria, page: int) -> str:
    return address(criteria, page=str(page) if page > 1 else "")


def _export(name: str, criteria: Criteria) -> str:
    query = criteria.query(tri="")
    return reverse(name) + (f"?{urlencode(query)}" if query else "")
