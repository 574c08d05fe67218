"""What pages of portfolios show."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext

from guichet.entreprises import queries as entreprises
from guichet.entreprises.rules import NON_DIFFUSIBLE, Etablissement
from guichet.inscriptions import catalogue
from guichet.inscriptions import rules as inscriptions
from guichet.inscriptions.models import Acteur, DeclarationInscrite
from guichet.inscriptions.values import Declaration
from guichet.kernel import clock
from guichet.kernel.identifiers import Siren, compact
from guichet.portefeuilles import rules
from guichet.portefeuilles.models import (
    Cliente,
    DeclarationCliente,
    DeclarationPortefeuille,
    EtablissementClient,
    Portefeuille,
)
from guichet.portefeuilles.queries.finding import cliente as one_cliente
from guichet.portefeuilles.queries.finding import portefeuille as one_portefeuille
from guichet.portefeuilles.values import Contained, Declared, Line, Missing, Page, Place, Summary

Key = TypeVar("Key", int, str)

MAX_SEARCH = 100  # signs of what is looked for

_WINDOW = " LIMIT %s OFFSET (SELECT %s::bigint)"

# As ``sort_key`` was made.
_SORT_KEY = "SELECT upper(btrim(regexp_replace(sirene.search_key(%s), ' +', ' ', 'g')))"

# What is there is looked up by the collation of our index, which is not the register's.
_MISSING = """
SELECT r.siret, r."etatAdministratifEtablissement" IS NOT DISTINCT FROM 'F'
FROM sirene.etablissement r
WHERE r.siret BETWEEN %(first)s AND %(last)s AND NOT EXISTS (
    SELECT FROM portefeuilles_etablissementclient e
    WHERE e.cliente_id = %(cliente)s AND e.siret = r.siret COLLATE "default" AND e.closed_at IS NULL
)
ORDER BY r.siret
"""


def portefeuilles(*, acteur: Acteur) -> list[Summary]:
    """The living portfolios of the inscription of ``acteur`` (a candidate sees none), by name."""
    if acteur.is_candidate or acteur.ended_at:
        return []
    rows = Portefeuille.objects.filter(inscription=acteur.inscription_id, closed_at=None)
    clientes = _counts(Cliente.objects.filter(portefeuille__in=rows, closed_at=None), "portefeuille")
    places = _counts(
        EtablissementClient.objects.filter(
            closed_at=None, cliente__portefeuille__in=rows, cliente__closed_at=None
        ),
        "cliente__portefeuille",
    )
    codes = _codes(DeclarationPortefeuille.objects.filter(portefeuille__in=rows), "portefeuille")
    return [
        Summary(
            id=row.pk,
            name=row.name,
            clientes=clientes.get(row.pk, 0),
            etablissements=places.get(row.pk, 0),
            codes=codes.get(row.pk, ()),
        )
        for row in rows.order_by("key", "pk")
    ]


def clientes(*, acteur: Acteur, portefeuille_id: UUID, search: str = "", page: int = 1) -> Page[Line]:
    """The clients of a portfolio, by name, a page at a time.

    ``search``: a SIREN or SIRET (its first digits do), or a part of the name. Raises
    ``PortefeuilleNotFound``.
    """
    found = one_portefeuille(acteur=acteur, portefeuille_id=portefeuille_id)
    rows = _searched(Cliente.objects.filter(portefeuille=found, closed_at=None), search)
    total, page, pages, ids = _page(rows.order_by("sort_key", "pk").values_list("pk", flat=True), page)
    shown = Cliente.objects.in_bulk(ids)
    lines = _lines([shown[pk] for pk in ids if pk in shown])
    return Page(lines=lines, total=total, page=page, pages=pages)


def etablissements(*, acteur: Acteur, cliente_id: int, page: int = 1) -> Page[Place]:
    """Where a client is declared for, by SIRET, a page at a time. Raises ``ClienteNotFound``."""
    found = one_cliente(acteur=acteur, cliente_id=cliente_id)
    rows = EtablissementClient.objects.filter(cliente=found, closed_at=None).order_by("siret")
    total, page, pages, sirets = _page(rows.values_list("siret", flat=True), page)
    known = entreprises.etablissements_of(sirets=sirets)
    lines = [_place(row, known.get(row.siret)) for row in rows.filter(siret__in=sirets)]
    return Page(lines=lines, total=total, page=page, pages=pages)


def missing(*, acteur: Acteur, cliente_id: int) -> Missing:
    """What the register has of a client, and its portfolio has not. Raises ``ClienteNotFound``."""
    found = one_cliente(acteur=acteur, cliente_id=cliente_id)
    first, last = f"{found.siren}00000", f"{found.siren}99999"
    with connection.cursor() as cursor:
        cursor.execute(_MISSING, {"first": first, "last": last, "cliente": found.pk})
        others = cursor.fetchall()
    return Missing(
        active=[siret for siret, is_closed in others if not is_closed],
        closed=[siret for siret, is_closed in others if is_closed],
    )


def codes(*, acteur: Acteur, portefeuille_id: UUID) -> list[str]:
    """The codes of what a portfolio contains, in the order of the catalogue. Raises
    ``PortefeuilleNotFound``."""
    found = one_portefeuille(acteur=acteur, portefeuille_id=portefeuille_id)
    return in_order(found.declarations.filter(closed_at=None).values_list("code", flat=True))


def contained(*, acteur: Acteur, portefeuille_id: UUID) -> list[Contained]:
    """What a portfolio contains, and how many clients have each, in the order of the catalogue.

    Raises ``PortefeuilleNotFound``. Every declaration of every client is counted: ``codes`` counts none.
    """
    found = one_portefeuille(acteur=acteur, portefeuille_id=portefeuille_id)
    rows = DeclarationPortefeuille.objects.filter(portefeuille=found, closed_at=None)
    declared = DeclarationCliente.objects.filter(
        closed_at=None, cliente__portefeuille=found, cliente__closed_at=None
    )
    counts = dict(declared.order_by().values_list("code").annotate(Count("pk")))
    since = dict(rows.values_list("code", "opened_at"))
    return [
        Contained(code=code, label=catalogue.label(code), since=since[code], clientes=counts.get(code, 0))
        for code in in_order(since)
    ]


def containable(*, acteur: Acteur, portefeuille_id: UUID) -> list[Declaration]:
    """What the firm declares and a portfolio does not contain yet, in the order of the catalogue.

    Raises ``PortefeuilleNotFound``.
    """
    found = one_portefeuille(acteur=acteur, portefeuille_id=portefeuille_id)
    there = found.declarations.filter(closed_at=None).values("code")
    rows = DeclarationInscrite.objects.filter(inscription=found.inscription_id, removed_at=None)
    codes = set(rows.exclude(code__in=there).values_list("code", flat=True))
    return [one for code, one in catalogue.declarations().items() if code in codes]


def declarations(*, acteur: Acteur, cliente_id: int) -> list[Declared]:
    """What is declared for a client, in the order of the catalogue. Raises ``ClienteNotFound``."""
    found, now = one_cliente(acteur=acteur, cliente_id=cliente_id), clock.now()
    starts = dict(found.declarations.filter(closed_at=None).values_list("code", "starts_at"))
    return [_declared(code, starts[code], now) for code in in_order(starts)]


def in_order(codes: Iterable[str]) -> list[str]:
    """``codes`` in the order of the catalogue; those that it lost come last."""
    order = {code: rank for rank, code in enumerate(catalogue.declarations())}
    return sorted(codes, key=lambda code: (order.get(code, len(order)), code))


def _page(keys: "QuerySet[Any, Key]", page: int) -> tuple[int, int, int, list[Key]]:
    """How many there are, which page is shown, out of how many, and its keys.

    Of the keys alone: an index holds them in their order, and whole rows are read for one page. The planner
    is not told how far it is (``SELECT``): it would rather sort everything, four times as slow.
    """
    total = keys.count()
    page, pages = rules.pages_of(total, page)
    statement: tuple[str, tuple[Any, ...]] = keys.query.sql_with_params()
    window = (rules.PAGE_SIZE, (page - 1) * rules.PAGE_SIZE)
    with connection.cursor() as cursor:
        cursor.execute("".join((statement[0], _WINDOW)), statement[1] + window)
        return total, page, pages, [key for (key,) in cursor.fetchall()]


def _searched(rows: QuerySet[Cliente], search: str) -> QuerySet[Cliente]:
    text = "".join(sign if sign.isprintable() else " " for sign in search[:MAX_SEARCH]).strip()
    if not text:
        return rows
    number = compact(text)
    if number.isascii() and number.isdecimal() and len(number) <= 14:
        return _numbered(rows, number)
    for word in _sort_key(text).split() or ["\N{REPLACEMENT CHARACTER}"]:
        rows = rows.filter(sort_key__contains=word)
    return rows


def _numbered(rows: QuerySet[Cliente], number: str) -> QuerySet[Cliente]:
    """Numbers that begin so, or names that hold it."""
    if len(number) <= 9:
        return rows.filter(Q(siren__startswith=number) | Q(sort_key__contains=number))
    places = EtablissementClient.objects.filter(cliente=OuterRef("pk"), closed_at=None)
    return rows.filter(Exists(places.filter(siret__startswith=number)), siren=number[:9])


def _sort_key(text: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(_SORT_KEY, [text])
        return str(cursor.fetchone()[0] or "")


def _lines(rows: Sequence[Cliente]) -> list[Line]:
    ids = [row.pk for row in rows]
    places = _counts(EtablissementClient.objects.filter(cliente__in=ids, closed_at=None), "cliente")
    codes = _codes(DeclarationCliente.objects.filter(cliente__in=ids), "cliente")
    hidden = entreprises.withholding(sirens=[row.siren for row in rows])
    return [
        Line(
            id=row.pk,
            siren=row.siren,
            name=shown_name(row, hidden),
            etablissements=places.get(row.pk, 0),
            codes=codes.get(row.pk, ()),
            began_at=row.began_at,
        )
        for row in rows
    ]


def shown_name(cliente: Cliente, hidden: Collection[str]) -> str:
    """A client's name; ``hidden``: the SIRENs that refuse diffusion today."""
    if cliente.siren in hidden:
        return gettext(NON_DIFFUSIBLE)
    return cliente.name or Siren(cliente.siren).grouped


def _place(row: EtablissementClient, known: Etablissement | None) -> Place:
    seen = known.masked() if known else None
    lines = (*seen.address, f"{seen.postcode} {seen.city}".strip(), seen.country) if seen else ()
    return Place(
        siret=row.siret,
        name=seen.name if seen else "",
        address=", ".join(line for line in lines if line),
        since=row.opened_at,
        closed=bool(seen and seen.is_closed),
    )


def _declared(code: str, starts_at: dt.datetime, now: dt.datetime) -> Declared:
    try:
        colour = catalogue.declaration(code).colour
    except KeyError:
        colour = ""
    return Declared(
        code=code,
        label=catalogue.label(code),
        colour=colour,
        starts_at=starts_at,
        is_open=starts_at <= now,
        days_left=inscriptions.begun_days(starts_at, now=now),
    )


def _counts(rows: "QuerySet[Cliente] | QuerySet[EtablissementClient]", by: str) -> Mapping[object, int]:
    return dict(rows.order_by().values_list(by).annotate(Count("pk")))


def _codes(
    rows: "QuerySet[DeclarationPortefeuille] | QuerySet[DeclarationCliente]", by: str
) -> Mapping[object, Sequence[str]]:
    found: dict[object, list[str]] = defaultdict(list)
    for owner, code in rows.filter(closed_at=None).values_list(by, "code"):
        found[owner].append(code)
    return {owner: in_order(codes) for owner, codes in found.items()}
