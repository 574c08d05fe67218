"""Small fictitious files in the layouts that INSEE publishes."""

import csv
from collections.abc import Sequence
from pathlib import Path

from stdnum import luhn

UNITE = (
    "siren",
    "statutDiffusionUniteLegale",
    "unitePurgeeUniteLegale",
    "dateCreationUniteLegale",
    "sigleUniteLegale",
    "sexeUniteLegale",
    "prenom1UniteLegale",
    "prenom2UniteLegale",
    "prenomUsuelUniteLegale",
    "pseudonymeUniteLegale",
    "identifiantAssociationUniteLegale",
    "dateDernierTraitementUniteLegale",
    "dateDebut",
    "etatAdministratifUniteLegale",
    "nomUniteLegale",
    "nomUsageUniteLegale",
    "denominationUniteLegale",
    "denominationUsuelle1UniteLegale",
    "categorieJuridiqueUniteLegale",
    "activitePrincipaleUniteLegale",
    "nicSiegeUniteLegale",
)
ETABLISSEMENT = (
    "siren",
    "nic",
    "siret",
    "statutDiffusionEtablissement",
    "dateCreationEtablissement",
    "etablissementSiege",
    "complementAdresseEtablissement",
    "numeroVoieEtablissement",
    "indiceRepetitionEtablissement",
    "typeVoieEtablissement",
    "libelleVoieEtablissement",
    "codePostalEtablissement",
    "libelleCommuneEtablissement",
    "libelleCommuneEtrangerEtablissement",
    "distributionSpecialeEtablissement",
    "codeCommuneEtablissement",
    "codeCedexEtablissement",
    "libelleCedexEtablissement",
    "libellePaysEtrangerEtablissement",
    "etatAdministratifEtablissement",
    "enseigne1Etablissement",
    "denominationUsuelleEtablissement",
)

Line = dict[str, str]


def siren(rank: int) -> str:
    """A SIREN with a right key, in a range that nobody has."""
    body = f"{2_000 + rank:08}"
    return body + luhn.calc_check_digit(body)


def siret(rank: int, place: int = 1) -> str:
    """A SIRET of that unit with a right key."""
    body = f"{siren(rank)}{place:04}"
    return body + luhn.calc_check_digit(body)


def unite(rank: int, name: str = "ASSOCIATION", **values: str) -> Line:
    """A unit that lives; ``values`` are columns without their « UniteLegale »."""
    line = {
        "siren": siren(rank),
        "statutDiffusionUniteLegale": "O",
        "dateDebut": "2015-01-01",
        "etatAdministratifUniteLegale": "A",
        "denominationUniteLegale": name,
        "categorieJuridiqueUniteLegale": "9220",
        "nicSiegeUniteLegale": siret(rank)[9:],
    }
    return line | {key if key in UNITE else f"{key}UniteLegale": value for key, value in values.items()}


def etablissement(rank: int, place: int = 1, **values: str) -> Line:
    """Its siège; ``values`` are columns without their « Etablissement »."""
    line = {
        "siren": siren(rank),
        "nic": siret(rank, place)[9:],
        "siret": siret(rank, place),
        "statutDiffusionEtablissement": "O",
        "etablissementSiege": "true" if place == 1 else "false",
        "numeroVoieEtablissement": "12",
        "indiceRepetitionEtablissement": "B",
        "typeVoieEtablissement": "AV",
        "libelleVoieEtablissement": "DES LILAS",
        "codePostalEtablissement": "44000",
        "libelleCommuneEtablissement": "NANTES",
        "etatAdministratifEtablissement": "A",
    }
    suffix = "Etablissement"
    return line | {key if key in ETABLISSEMENT else f"{key}{suffix}": value for key, value in values.items()}


def write(path: Path, lines: Sequence[Line], columns: Sequence[str] = ()) -> Path:
    """Write ``lines`` as CSV, with ``columns`` (those of the file that the lines are for, if not given)."""
    header = columns or (ETABLISSEMENT if lines and "siret" in lines[0] else UNITE)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=header, restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(lines)
    return path
