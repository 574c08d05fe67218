"""Reads of the Sirene register.

Every query names the tables in the order ``nom``, ``unite``, ``etablissement``: the swap at the end of an
import locks them in that order, so that a reader and an import never wait for each other.
"""

import re
from collections.abc import Mapping, Sequence

from django.db import connection, transaction

from guichet.entreprises.rules import (
    Etablissement,
    Row,
    UniteLegale,
    address_lines,
    city,
    day,
    given,
    unite_name,
)
from guichet.kernel.identifiers import Siren, Siret, compact, is_siren, is_siret

MAX_QUERY_LENGTH = 200
CANDIDATES = 500  # a trigram index with a small LIMIT plans badly: take some hundreds, then rank them
SIMILARITIES = (0.6, 0.4)  # how much of what was typed is to be found; the second for the rare and misspelt

_ETABLISSEMENT = """
    e.siret, e."statutDiffusionEtablissement", e."etablissementSiege", e."complementAdresseEtablissement",
    e."numeroVoieEtablissement", e."indiceRepetitionEtablissement", e."typeVoieEtablissement",
    e."libelleVoieEtablissement", e."codePostalEtablissement", e."libelleCommuneEtablissement",
    e."libelleCommuneEtrangerEtablissement", e."distributionSpecialeEtablissement",
    e."codeCedexEtablissement", e."libelleCedexEtablissement", e."libellePaysEtrangerEtablissement",
    e."etatAdministratifEtablissement", e."enseigne1Etablissement", e."denominationUsuelleEtablissement"
"""

_UNITE = f"""
    u.siren, u."denominationUniteLegale", u."denominationUsuelle1UniteLegale", u."prenomUsuelUniteLegale",
    u."prenom1UniteLegale", u."nomUsageUniteLegale", u."nomUniteLegale", u."sigleUniteLegale",
    u."categorieJuridiqueUniteLegale", u."identifiantAssociationUniteLegale",
    u."etatAdministratifUniteLegale", u."dateDebut", u."statutDiffusionUniteLegale",
    {_ETABLISSEMENT}
"""

# The parts put together here are constants of this module.
_BY_SIREN = f"""
    SELECT {_UNITE} FROM sirene.unite u
    LEFT JOIN sirene.etablissement e ON e.siret = u.siren || u."nicSiegeUniteLegale"
    WHERE u.siren = %s
"""

_BY_SIRENS = f"""
    SELECT {_UNITE} FROM sirene.unite u
    LEFT JOIN sirene.etablissement e ON e.siret = u.siren || u."nicSiegeUniteLegale"
    WHERE u.siren = ANY(%(sirens)s)
"""

_BY_SIRET = f"SELECT {_ETABLISSEMENT} FROM sirene.etablissement e WHERE e.siret = %s"
_BY_SIRETS = f"SELECT {_ETABLISSEMENT} FROM sirene.etablissement e WHERE e.siret = ANY(%(sirets)s)"

# By the index of the SIRET: there is none of the SIREN.
_OF_SIREN = f"""
    SELECT {_ETABLISSEMENT} FROM sirene.etablissement e WHERE e.siret BETWEEN %s AND %s
    ORDER BY e."etatAdministratifEtablissement" = 'F', e."etablissementSiege" <> 'true', e.siret
"""

# Rank: the whole name, then its beginning, then likeness; units that live before closed ones.
_BY_NAME = f"""
    WITH beginning AS MATERIALIZED (
        SELECT siren, search_key FROM sirene.nom
        WHERE search_key LIKE %(pattern)s LIMIT {CANDIDATES}
    ), alike AS MATERIALIZED (
        SELECT siren, search_key FROM sirene.nom
        WHERE %(key)s <%% search_key LIMIT {CANDIDATES}
    ), ranked AS (
        SELECT DISTINCT ON (siren) siren,
            CASE WHEN search_key = %(key)s THEN 0
                 WHEN starts_with(search_key, %(key)s) THEN 1 ELSE 2 END AS rank,
            word_similarity(%(key)s, search_key) AS likeness,
            similarity(%(key)s, search_key) AS closeness
        FROM (SELECT * FROM beginning UNION ALL SELECT * FROM alike) candidates
    )
    SELECT {_UNITE} FROM ranked r
    JOIN sirene.unite u ON u.siren = r.siren AND u."statutDiffusionUniteLegale" IS DISTINCT FROM 'P'
    LEFT JOIN sirene.etablissement e ON e.siret = u.siren || u."nicSiegeUniteLegale"
    ORDER BY r.rank, u."etatAdministratifUniteLegale" = 'C', r.likeness DESC, r.closeness DESC, u.siren
    LIMIT %(limit)s
"""

_WITHHOLDING = """
    SELECT siren FROM sirene.unite
    WHERE siren = ANY(%(sirens)s) AND "statutDiffusionUniteLegale" = 'P'
"""

# For statements of other rooms: the name of the unit ``u`` as ``rules.unite_name`` gives it; NULL where there
# is none, or where it refuses diffusion.
SHOWN_NAME = """
    CASE WHEN u."statutDiffusionUniteLegale" IS DISTINCT FROM 'P' THEN coalesce(
        nullif(nullif(u."denominationUniteLegale", '[ND]'), ''),
        nullif(concat_ws(' ',
            coalesce(
                nullif(nullif(u."prenomUsuelUniteLegale", '[ND]'), ''),
                nullif(nullif(u."prenom1UniteLegale", '[ND]'), '')
            ),
            coalesce(
                nullif(nullif(u."nomUsageUniteLegale", '[ND]'), ''),
                nullif(nullif(u."nomUniteLegale", '[ND]'), '')
            )
        ), ''),
        nullif(nullif(u."denominationUsuelle1UniteLegale", '[ND]'), '')
    ) END
"""

_SET_SIMILARITY = "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)"


def unite(*, siren: str) -> UniteLegale | None:
    """The unité légale of that number (nine digits), with its siège; None where the register has none."""
    rows = _rows(_BY_SIREN, [siren])
    return _unite(rows[0]) if rows else None


def unites(*, sirens: Sequence[str]) -> Mapping[str, UniteLegale]:
    """Those of ``sirens`` (nine digits each) that the register has, by their SIREN, in one query."""
    rows = _rows(_BY_SIRENS, {"sirens": list(sirens)}) if sirens else []
    return {row["siren"] or "": _unite(row) for row in rows}


def etablissement(*, siret: str) -> Etablissement | None:
    """The établissement of that number (fourteen digits); None where the register has none."""
    rows = _rows(_BY_SIRET, [siret])
    return _etablissement(rows[0]) if rows else None


def etablissements_of(*, sirets: Sequence[str]) -> Mapping[str, Etablissement]:
    """Those of ``sirets`` (fourteen digits each) that the register has, by their SIRET, in one query."""
    rows = _rows(_BY_SIRETS, {"sirets": list(sirets)}) if sirets else []
    return {row["siret"] or "": _etablissement(row) for row in rows}


def etablissements(*, siren: str) -> list[Etablissement]:
    """Every établissement of that unité légale (nine digits): its siège first, closed ones last."""
    return [_etablissement(row) for row in _rows(_OF_SIREN, [f"{siren}00000", f"{siren}99999"])]


def search(*, text: str, limit: int = 10) -> list[UniteLegale]:
    """Units for a public page (masked), best first, by what a person typed.

    A SIREN or SIRET in any grouping finds its unit. A name is forgiven accents, case, punctuation and typos;
    the whole name comes first, then names that begin so, then names alike; closed units after live ones.
    """
    number = compact(text)
    if is_siren(number) or is_siret(number):
        found = unite(siren=number[:9])
        return [found.masked()] if found else []
    key = _search_key(text[:MAX_QUERY_LENGTH])
    return [_unite(row).masked() for row in _by_name(key, limit)] if key else []


def withholding(*, sirens: Sequence[str]) -> frozenset[str]:
    """Those of ``sirens`` that refuse diffusion today: a list for the public shows less of them."""
    return frozenset(row["siren"] or "" for row in _rows(_WITHHOLDING, {"sirens": list(sirens)}))


def is_empty() -> bool:
    """Whether no register was ever imported."""
    return not _rows("SELECT siren FROM sirene.unite LIMIT 1", [])


def _rows(sql: str, params: Sequence[str] | Mapping[str, str | int | list[str]]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _search_key(text: str) -> str:
    """``text`` as names are indexed, blanks folded; empty where it holds no letter and no digit."""
    typed = "".join(sign if sign.isprintable() else " " for sign in text)
    rows = _rows("SELECT sirene.search_key(%s) AS key", [typed])
    key = " ".join((rows[0]["key"] or "").split())
    return key if any(sign.isalnum() for sign in key) else ""


def _by_name(key: str, limit: int) -> list[Row]:
    pattern = re.sub(r"([\\%_])", r"\\\1", key) + "%"
    params: dict[str, str | int] = {"key": key, "pattern": pattern, "limit": limit}
    rows: list[Row] = []
    for similarity in SIMILARITIES:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_SET_SIMILARITY, [str(similarity)])
            rows = _rows(_BY_NAME, params)
        if rows:
            break
    return rows


def _unite(row: Row) -> UniteLegale:
    is_closed = row["etatAdministratifUniteLegale"] == "C"
    return UniteLegale(
        siren=Siren(row["siren"]),
        name=unite_name(row),
        sigle=given(row["sigleUniteLegale"]),
        category_code=given(row["categorieJuridiqueUniteLegale"]),
        rna=given(row["identifiantAssociationUniteLegale"]),
        is_closed=is_closed,
        closed_on=day(row["dateDebut"]) if is_closed else None,
        diffusible=row["statutDiffusionUniteLegale"] != "P",
        siege=_etablissement(row) if row["siret"] else None,
    )


def _etablissement(row: Row) -> Etablissement:
    return Etablissement(
        siret=Siret(row["siret"]),
        name=given(row["enseigne1Etablissement"]) or given(row["denominationUsuelleEtablissement"]),
        address=address_lines(row),
        postcode=given(row["codeCedexEtablissement"]) or given(row["codePostalEtablissement"]),
        city=city(row),
        country=given(row["libellePaysEtrangerEtablissement"]),
        is_siege=row["etablissementSiege"] == "true",
        is_closed=row["etatAdministratifEtablissement"] == "F",
        diffusible=row["statutDiffusionEtablissement"] != "P",
    )
