"""A small fictitious Sirene register: a fresh association for every walk, and the awkward cases."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

COUNT = 60
_FIRST = 970_000_00  # eight digits, before the key: numbers that INSEE gives to nobody in the demo

_UNITE = (
    "siren,statutDiffusionUniteLegale,sigleUniteLegale,prenom1UniteLegale,prenomUsuelUniteLegale,"
    "identifiantAssociationUniteLegale,dateDebut,etatAdministratifUniteLegale,nomUniteLegale,"
    "nomUsageUniteLegale,denominationUniteLegale,denominationUsuelle1UniteLegale,"
    "categorieJuridiqueUniteLegale,nicSiegeUniteLegale"
)
_ETABLISSEMENT = (
    "siren,nic,siret,statutDiffusionEtablissement,etablissementSiege,"
    "complementAdresseEtablissement,numeroVoieEtablissement,indiceRepetitionEtablissement,"
    "typeVoieEtablissement,libelleVoieEtablissement,codePostalEtablissement,"
    "libelleCommuneEtablissement,libelleCommuneEtrangerEtablissement,"
    "distributionSpecialeEtablissement,codeCedexEtablissement,libelleCedexEtablissement,"
    "libellePaysEtrangerEtablissement,etatAdministratifEtablissement,enseigne1Etablissement,"
    "denominationUsuelleEtablissement"
)


def with_key(digits: str) -> str:
    """``digits`` with the Luhn key that makes them a valid number."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return f"{digits}{-total % 10}"


SIRENS = [with_key(str(_FIRST + number)) for number in range(COUNT)]
CLOSED = with_key("97000900")
DISCREET = with_key("97000901")  # has refused that its data be told
UNKNOWN = with_key("97000902")
SEVERAL = with_key("97000903")  # a company of many établissements
PLACES = 60


def name_of(siren: str) -> str:
    """The name under which the register knows ``siren``."""
    return f"LES AMIS DU LAVOIR DE LA PLACE {siren[5:8]}"


def write(folder: Path) -> tuple[Path, Path]:
    """INSEE's two files, for ``guichet sirene import``."""
    known = [*SIRENS, CLOSED, DISCREET, SEVERAL]
    unites, places = folder / "unites.csv", folder / "etablissements.csv"
    _write(unites, _UNITE, map(_unite, known))
    more = [_etablissement(SEVERAL, place) for place in range(2, PLACES + 1)]
    _write(places, _ETABLISSEMENT, [*map(_etablissement, known), *more])
    return unites, places


def siret(siren: str, place: int = 1) -> str:
    """An établissement of ``siren``; the first is its siège."""
    return with_key(f"{siren}{place:04}")


def _write(path: Path, columns: str, rows: Iterable[Mapping[str, str]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns.split(","), restval="")
        writer.writeheader()
        writer.writerows(rows)


def _unite(siren: str) -> dict[str, str]:
    return {
        "siren": siren,
        "statutDiffusionUniteLegale": "P" if siren == DISCREET else "O",
        "dateDebut": "2024-03-01",
        "etatAdministratifUniteLegale": "C" if siren == CLOSED else "A",
        "denominationUniteLegale": name_of(siren),
        "categorieJuridiqueUniteLegale": "9220",
        "nicSiegeUniteLegale": siret(siren)[9:],
    }


def _etablissement(siren: str, place: int = 1) -> dict[str, str]:
    return {
        "siren": siren,
        "nic": siret(siren, place)[9:],
        "siret": siret(siren, place),
        "statutDiffusionEtablissement": "P" if siren == DISCREET else "O",
        "etablissementSiege": "true" if place == 1 else "false",
        "numeroVoieEtablissement": str(11 + place),
        "typeVoieEtablissement": "RUE",
        "libelleVoieEtablissement": "DES TILLEULS",
        "codePostalEtablissement": "37000",
        "libelleCommuneEtablissement": "TOURS",
        "etatAdministratifEtablissement": "F" if siren == CLOSED else "A",
    }
