"""What the public may read. Nothing here belongs to anybody: no query asks for whom."""

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Max

from guichet.entreprises import queries as entreprises
from guichet.files import queries as files
from guichet.kernel.refusals import N_, Refusal
from guichet.publications import reading, statements
from guichet.publications.exports import rows as rows
from guichet.publications.found import (
    Exercise,
    Organisation,
    Results,
    department_facets,
    year_facets,
)
from guichet.publications.models import Publication, Tally
from guichet.publications.rules import MAX_PAGE, MAX_RESULTS, PAGE_SIZE, Criteria, telling_words
from guichet.publications.states import State

KEPT_NAMES = 10  # former names that a page shows


class NotPublished(Refusal):
    """No publication at this address."""

    code = "not_published"
    title = N_("Publication introuvable")
    message = N_(
        "Aucun document n’est publié à cette adresse. Vérifiez-la, ou retrouvez l’association par la "
        "recherche des comptes publiés."
    )
    status = 404


class Withdrawn(Refusal):
    """The document is not shown any more; its trace is."""

    code = "withdrawn"
    title = N_("Document retiré")
    message = N_(
        "Ce document a été retiré de la publication : il n’est plus montré. La page de l’association en "
        "garde la trace, avec le motif du retrait."
    )
    status = 410


def search(*, criteria: Criteria, page: int = 1) -> Results:
    """One page of the publications in force that ``criteria`` finds, and the ways to narrow them.

    A name is forgiven accents, case, punctuation and unfinished words; where no name holds its words, words
    alike are looked for. A page beyond the last is the last.
    """
    if criteria.siren or criteria.rna:
        return _results(criteria, page, reading.numbered(criteria))
    if not criteria.name:
        return _listed(criteria, page)
    key = reading.search_key(criteria.name)
    words = telling_words(key)
    if not words:
        return _results(criteria, page, None)
    exact = _results(
        criteria, page, {"key": key, "words": reading.tsquery(reading.beginnings(words), criteria)}
    )
    if exact.total:
        return exact
    alike = {"key": key, "words": reading.tsquery(reading.alike(words), criteria)}
    return _results(criteria, page, alike, approximate=True)


def of_siren(*, siren: str) -> Organisation | None:
    """What the unit of that number published, versions and withdrawals included; None where it is nothing."""
    found = Publication.objects.filter(siren=siren)
    rows = list(found.order_by("-closing_date", "teleprocedure", "-version"))
    if not rows:
        return None
    unite = entreprises.unite(siren=siren)
    shown = unite.masked() if unite else None
    newest = max(rows, key=lambda row: row.published_at)
    # Of a unit that refuses diffusion, the register's name is withheld; that of its accounts is published.
    name = shown.name if shown and shown.diffusible else newest.name
    others = dict.fromkeys(row.name for row in rows if row.name.casefold() != name.casefold())
    return Organisation(
        siren=siren,
        name=name,
        former_names=list(others)[:KEPT_NAMES],
        rna=shown.rna if shown else newest.rna,
        city=shown.siege.city if shown and shown.siege else newest.city,
        unite=shown,
        exercises=[
            Exercise(closing_date=date, versions=list(versions))
            for (date, _), versions in itertools.groupby(
                rows, key=lambda row: (row.closing_date, row.teleprocedure)
            )
        ],
        changed_at=max(row.ended_at or row.published_at for row in rows),
    )


def one(*, siren: str, date: dt.date, version: int | None = None) -> Publication | None:
    """The publication of an address: ``version``, or the one in force, or the last one where none is.

    Where two téléprocédures publish for one date, the address goes on naming what was published there first.
    """
    rows = Publication.objects.filter(siren=siren, closing_date=date).select_related("stored")
    found = list(rows.order_by("pk"))
    same = [row for row in found if row.teleprocedure == found[0].teleprocedure]
    if version is not None:
        return next((row for row in same if row.version == version), None)
    in_force = (row for row in same if row.state == State.EN_VIGUEUR)
    return next(in_force, None) or max(same, key=lambda row: row.version, default=None)


def readable(*, siren: str, date: dt.date, version: int) -> Publication:
    """The publication whose document may be read.

    Raises ``NotPublished`` (404), ``Withdrawn`` (410), and what ``files.queries.check_showable`` raises: what
    is called infected after its publication is shown to nobody.
    """
    found = one(siren=siren, date=date, version=version)
    if found is None:
        raise NotPublished
    if found.state == State.RETIREE:
        raise Withdrawn
    files.check_showable(sha256=found.stored_id)
    return found


def stamp() -> str:
    """Changes with every publication, rectification and withdrawal, and with every import of the register.

    An import puts new tables in the place of the former ones; what it withholds may differ.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STAMP)
        (stamp,) = cursor.fetchone()
    return str(stamp)


def changed_at() -> dt.datetime | None:
    """When something was last published, superseded or withdrawn."""
    moment: dt.datetime | None = Tally.objects.aggregate(moment=Max("at"))["moment"]
    return moment


def siren_parts(*, size: int) -> list[str]:
    """The first SIREN of each part of ``size`` that the associations with publications are cut into."""
    with connection.cursor() as cursor:
        cursor.execute(_PARTS, [size])
        return [siren for (siren,) in cursor.fetchall()]


def sirens(*, first: str, size: int) -> list[tuple[str, dt.datetime]]:
    """``size`` associations with publications from ``first`` on, and when each of them last changed."""
    with connection.cursor() as cursor:
        cursor.execute(_SIRENS, [first, size])
        return list(cursor.fetchall())


_STAMP = """
    SELECT concat_ws('-', coalesce(max(id), 0), count(*), 'sirene.unite'::regclass::oid)
    FROM publications_tally
"""
_PARTS = """
    SELECT siren FROM (
        SELECT siren, row_number() OVER (ORDER BY siren) AS rank
        FROM (SELECT DISTINCT siren FROM publications_publication) units
    ) ranked WHERE rank %% %s = 1 ORDER BY siren
"""
_SIRENS = """
    SELECT siren, max(coalesce(ended_at, published_at)) FROM publications_publication
    WHERE siren >= %s GROUP BY siren ORDER BY siren LIMIT %s
"""


def _results(
    criteria: Criteria, page: int, params: Mapping[str, object] | None, *, approximate: bool = False
) -> Results:
    """What a name or a number finds; ``params`` is None where nothing can be found."""
    if params is None:
        return _page([], 0, 1, {}, approximate=approximate)
    total, departments, years, ids = reading.found(
        criteria, params, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE
    )
    last = _last_page(total)
    if page > last:
        return _results(criteria, last, params, approximate=approximate)
    facets = {
        "departement": [] if criteria.department else department_facets(departments),
        "annee": [] if criteria.year else year_facets(years),
    }
    return _page(ids, total, page, facets, approximate=approximate)


def _listed(criteria: Criteria, page: int) -> Results:
    """A list without a name: its total is known, and its page stands in an index."""
    departments, years = _tallies(criteria)
    total = sum(count for _, count in years)
    page = min(page, _last_page(min(total, MAX_RESULTS)))
    with connection.cursor() as cursor:
        bounds = {"limit": PAGE_SIZE, "offset": (page - 1) * PAGE_SIZE}
        cursor.execute(statements.listed(criteria), reading.narrowed(criteria) | bounds)
        (ids,) = cursor.fetchone()
    facets = {
        "departement": [] if criteria.department else department_facets(departments),
        "annee": [] if criteria.year else year_facets(years),
    }
    return _page(ids, total, page, facets, exact=True)


def _tallies(criteria: Criteria) -> tuple[list[tuple[str, int]], list[tuple[int, int]]]:
    departments: dict[str, int] = {}
    years: dict[int, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(statements.TALLIES, reading.narrowed(criteria))
        for department, year, number in cursor.fetchall():
            departments[department] = departments.get(department, 0) + number
            years[year] = years.get(year, 0) + number
    return list(departments.items()), list(years.items())


def _page(
    ids: Sequence[int],
    total: int,
    page: int,
    facets: dict[str, Any],
    *,
    approximate: bool = False,
    exact: bool = False,
) -> Results:
    return Results(
        lines=reading.lines(reading.read(ids)),
        total=total if exact else min(total, MAX_RESULTS),
        capped=not exact and total > MAX_RESULTS,
        approximate=approximate,
        facets=facets or {"departement": [], "annee": []},
        page=page,
        pages=_last_page(min(total, MAX_RESULTS)),
    )


def _last_page(total: int) -> int:
    return max(1, min(-(-total // PAGE_SIZE), MAX_PAGE))
