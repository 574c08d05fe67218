"""A fictitious StockUniteLegale and StockEtablissement with INSEE's columns, as long as wanted."""

import random
from collections.abc import Iterator
from pathlib import Path

from guichet.demo import register

UNITE = (
    "siren,statutDiffusionUniteLegale,unitePurgeeUniteLegale,dateCreationUniteLegale,sigleUniteLegale,"
    "sexeUniteLegale,prenom1UniteLegale,prenom2UniteLegale,prenom3UniteLegale,prenom4UniteLegale,"
    "prenomUsuelUniteLegale,pseudonymeUniteLegale,identifiantAssociationUniteLegale,"
    "trancheEffectifsUniteLegale,anneeEffectifsUniteLegale,dateDernierTraitementUniteLegale,"
    "nombrePeriodesUniteLegale,categorieEntreprise,anneeCategorieEntreprise,dateDebut,"
    "etatAdministratifUniteLegale,nomUniteLegale,nomUsageUniteLegale,denominationUniteLegale,"
    "denominationUsuelle1UniteLegale,denominationUsuelle2UniteLegale,denominationUsuelle3UniteLegale,"
    "categorieJuridiqueUniteLegale,activitePrincipaleUniteLegale,"
    "nomenclatureActivitePrincipaleUniteLegale,nicSiegeUniteLegale,economieSocialeSolidaireUniteLegale,"
    "societeMissionUniteLegale,caractereEmployeurUniteLegale,activitePrincipaleNAF25UniteLegale"
)
_PLACE = (
    "complementAdresse{0}Etablissement,numeroVoie{0}Etablissement,indiceRepetition{0}Etablissement,{1}"
    "typeVoie{0}Etablissement,libelleVoie{0}Etablissement,codePostal{0}Etablissement,"
    "libelleCommune{0}Etablissement,libelleCommuneEtranger{0}Etablissement,"
    "distributionSpeciale{0}Etablissement,codeCommune{0}Etablissement,codeCedex{0}Etablissement,"
    "libelleCedex{0}Etablissement,codePaysEtranger{0}Etablissement,libellePaysEtranger{0}Etablissement"
)
_LAST = "dernierNumeroVoieEtablissement,indiceRepetitionDernierNumeroVoieEtablissement,"
ETABLISSEMENT = (
    "siren,nic,siret,statutDiffusionEtablissement,dateCreationEtablissement,"
    "trancheEffectifsEtablissement,anneeEffectifsEtablissement,"
    "activitePrincipaleRegistreMetiersEtablissement,dateDernierTraitementEtablissement,"
    "etablissementSiege,nombrePeriodesEtablissement,"
    + _PLACE.format("", _LAST)
    + ",identifiantAdresseEtablissement,coordonneeLambertAbscisseEtablissement,"
    "coordonneeLambertOrdonneeEtablissement,"
    + _PLACE.format("2", "")
    + ",dateDebut,etatAdministratifEtablissement,enseigne1Etablissement,enseigne2Etablissement,"
    "enseigne3Etablissement,denominationUsuelleEtablissement,activitePrincipaleEtablissement,"
    "nomenclatureActivitePrincipaleEtablissement,caractereEmployeurEtablissement,"
    "activitePrincipaleNAF25Etablissement"
)


def write(folder: Path, count: int) -> tuple[Path, Path]:
    """Two files of ``count`` lines each, the same every time."""
    chance = random.Random(2026)
    paths = folder / "StockUniteLegale.csv", folder / "StockEtablissement.csv"
    _write(paths[0], UNITE, (_unit(rank, chance) for rank in range(count)))
    _write(paths[1], ETABLISSEMENT, (_siege(rank, chance) for rank in range(count)))
    return paths


def _unit(rank: int, chance: random.Random) -> dict[str, str]:
    created = f"{chance.randint(1950, 2025)}-0{chance.randint(1, 9)}-1{chance.randint(0, 9)}"
    line = {
        "siren": register.siren(rank),
        "statutDiffusionUniteLegale": "O",
        "dateCreationUniteLegale": created,
        "dateDernierTraitementUniteLegale": "2025-11-03T09:12:45.000",
        "nombrePeriodesUniteLegale": str(chance.randint(1, 9)),
        "dateDebut": "2020-07-01",
        "etatAdministratifUniteLegale": "A" if chance.random() < 0.55 else "C",
        "nicSiegeUniteLegale": register.siret(rank)[9:],
        "trancheEffectifsUniteLegale": "NN",
        "categorieEntreprise": "PME",
        "anneeCategorieEntreprise": "2023",
        "activitePrincipaleUniteLegale": f"{chance.randint(10, 98)}.{chance.randint(10, 99)}Z",
        "nomenclatureActivitePrincipaleUniteLegale": "NAFRev2",
        "economieSocialeSolidaireUniteLegale": "N",
        "caractereEmployeurUniteLegale": "N",
    }
    return line | (_person(chance) if chance.random() < 0.5 else _body(rank, chance))


def _person(chance: random.Random) -> dict[str, str]:
    first = chance.choice(register.FIRST_NAMES)
    return {
        "sexeUniteLegale": chance.choice("MF"),
        "prenom1UniteLegale": first,
        "prenom2UniteLegale": chance.choice(register.FIRST_NAMES),
        "prenomUsuelUniteLegale": first,
        "nomUniteLegale": f"{chance.choice(register.LAST_NAMES)}-{_syllables(chance)}",
        "categorieJuridiqueUniteLegale": "1000",
    }


def _body(rank: int, chance: random.Random) -> dict[str, str]:
    return {
        "denominationUniteLegale": f"{chance.choice(register.WHO)} {_syllables(chance)}",
        "identifiantAssociationUniteLegale": f"W75{rank:07}",
        "categorieJuridiqueUniteLegale": "9220",
    }


def _syllables(chance: random.Random) -> str:
    """A place that doesn't exist, so that names differ as they do in the real register."""
    parts = ("BEL", "MON", "VAL", "CLAIR", "ROCHE", "FON", "TAINE", "VIL", "LARD", "SUR", "ORME", "CHAN")
    return "".join(chance.choices(parts, k=3))


def _siege(rank: int, chance: random.Random) -> dict[str, str]:
    postcode, city = chance.choice(register.CITIES)
    return {
        "siren": register.siren(rank),
        "nic": register.siret(rank)[9:],
        "siret": register.siret(rank),
        "statutDiffusionEtablissement": "O",
        "dateCreationEtablissement": "2015-03-12",
        "trancheEffectifsEtablissement": "NN",
        "dateDernierTraitementEtablissement": "2025-11-03T09:12:45.000",
        "etablissementSiege": "true",
        "nombrePeriodesEtablissement": str(chance.randint(1, 9)),
        "numeroVoieEtablissement": str(chance.randint(1, 250)),
        "typeVoieEtablissement": chance.choice(register.KINDS),
        "libelleVoieEtablissement": chance.choice(register.STREETS),
        "codePostalEtablissement": postcode,
        "libelleCommuneEtablissement": city,
        "codeCommuneEtablissement": postcode,
        "identifiantAdresseEtablissement": f"{postcode}_{chance.randint(1000, 9999)}_B",
        "coordonneeLambertAbscisseEtablissement": f"{chance.uniform(1e5, 1e6):.2f}",
        "coordonneeLambertOrdonneeEtablissement": f"{chance.uniform(6e6, 7e6):.2f}",
        "dateDebut": "2015-03-12",
        "etatAdministratifEtablissement": "A" if chance.random() < 0.4 else "F",
        "activitePrincipaleEtablissement": f"{chance.randint(10, 98)}.{chance.randint(10, 99)}Z",
        "nomenclatureActivitePrincipaleEtablissement": "NAFRev2",
        "caractereEmployeurEtablissement": "N",
    }


def _write(path: Path, header: str, lines: Iterator[dict[str, str]]) -> None:
    columns = header.split(",")
    with path.open("w", encoding="utf-8") as file:
        file.write(header + "\n")
        file.writelines(",".join([line.get(column, "") for column in columns]) + "\n" for line in lines)
