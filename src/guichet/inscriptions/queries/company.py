"""A company that declares: its établissements, as the register has them, and its declarations."""

import datetime as dt
from collections.abc import Collection

from guichet.entreprises import queries as entreprises
from guichet.entreprises.rules import Etablissement
from guichet.inscriptions import catalogue, rules
from guichet.inscriptions.models import DeclarationInscrite, EtablissementInscrit, Inscription
from guichet.inscriptions.values import Filed, Inscrite, Place
from guichet.kernel import clock
from guichet.kernel.identifiers import Siren


def living(*, siren: str) -> Inscription | None:
    """The inscription of that unité légale (nine digits), where it has one."""
    return Inscription.objects.filter(siren=siren, ended_at=None).first()


def name_of_company(inscription: Inscription) -> str:
    """As the register has it today; its SIREN, grouped, where it has it no more."""
    unite = entreprises.unite(siren=inscription.siren)
    return unite.name if unite else Siren(inscription.siren).grouped


def declarations(*, inscription: Inscription, at: dt.datetime | None = None) -> list[Inscrite]:
    """What a company chose, as it was ``at`` that moment (now), in the order of the catalogue."""
    at = at or clock.now()
    rows = DeclarationInscrite.objects.filter(inscription=inscription, added_at__lte=at)
    chosen = [row for row in rows if row.removed_at is None or row.removed_at > at]
    order = {code: rank for rank, code in enumerate(catalogue.declarations())}
    chosen.sort(key=lambda row: (order.get(row.code, len(order)), row.code))
    return [_inscrite(row, at) for row in chosen]


def etablissements(*, inscription: Inscription, sirets: Collection[str] | None = None) -> list[Place]:
    """Its établissements, the siège first, then by number; closed ones and those ended for good too.

    ``sirets``: of those alone that are among them.
    """
    rows = EtablissementInscrit.objects.filter(inscription=inscription)
    if sirets is None:
        known = {str(one.siret): one for one in entreprises.etablissements(siren=inscription.siren)}
    else:
        rows = rows.filter(siret__in=sirets)
        known = dict(entreprises.etablissements_of(sirets=list(sirets)))
    places = [_place(row, known.get(row.siret), inscription.began_at) for row in rows]
    return sorted(
        places, key=lambda one: (one.resilie_at is not None, one.closed, not one.is_siege, one.siret)
    )


def _inscrite(row: DeclarationInscrite, at: dt.datetime) -> Inscrite:
    try:
        known = catalogue.declaration(row.code)
    except KeyError:  # of a file that the operator changed since: its history stays readable
        known = None
    return Inscrite(
        code=row.code,
        label=catalogue.label(row.code),
        summary=known.summary if known else "",
        colour=known.colour if known else "",
        filed=known.filed if known else Filed.FILE,
        address=known.address if known else "",
        added_at=row.added_at,
        opens_at=row.opens_at,
        is_open=row.opens_at <= at,
        days_left=rules.begun_days(row.opens_at, now=at),
    )


def _place(row: EtablissementInscrit, known: Etablissement | None, began_at: dt.datetime) -> Place:
    lines = (*known.address, f"{known.postcode} {known.city}".strip(), known.country) if known else ()
    closed = row.closed_at is not None or bool(known and known.is_closed)
    late = began_at < row.found_at and clock.now() < row.found_at + rules.NEW_FOR
    return Place(
        siret=row.siret,
        name=known.name if known else "",
        address=", ".join(line for line in lines if line),
        is_siege=bool(known and known.is_siege),
        ticked=row.ticked_at is not None,
        closed=closed,
        new=late and row.ticked_at is None and row.resilie_at is None and not closed,
        closed_at=row.closed_at,
        resilie_at=row.resilie_at,
    )
