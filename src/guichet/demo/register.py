"""A fictitious register in INSEE's own format: numbers that nobody has, names of nobody."""

import csv
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from stdnum import luhn

SIZE = 400
SEED = 2026
FIRM, FIRM_NAME = SIZE, "CABINET EXEMPLE ET ASSOCIES"  # after the others: it changes none of them
FARM, FARM_NAME = SIZE + 1, "GAEC DES PRES FICTIFS"
CARRIER, CARRIER_NAME = SIZE + 2, "TRANSPORTS DU CANAL FICTIF"
CARRIER_PLACES = 5  # établissements, of which the last one is closed
GROCER, GROCER_NAME = SIZE + 3, "EPICERIE DU MOULIN FICTIF"
CLIENTS = range(SIZE + 4, SIZE + 49)  # of the firm that declares for others
WITH_BRANCH, CLOSED_BRANCH = (
    5,
    11,
)  # one in so many of them has a second établissement; of this one it is closed
FIRST_NUMBER = 1_000  # SIRENs from « 000 010 00x »: INSEE's lowest stand above 000 300 000

CITIES = (
    ("75011", "PARIS"),
    ("69007", "LYON"),
    ("13006", "MARSEILLE"),
    ("31000", "TOULOUSE"),
    ("44000", "NANTES"),
    ("67000", "STRASBOURG"),
    ("59000", "LILLE"),
    ("35000", "RENNES"),
    ("29200", "BREST"),
    ("63000", "CLERMONT-FERRAND"),
    ("97400", "SAINT-DENIS"),
    ("20000", "AJACCIO"),
)
STREETS = ("DES LILAS", "DE L'EGLISE", "DU MOULIN", "DES ECOLES", "DU CANAL", "DE LA FONTAINE")
KINDS = ("RUE", "AVENUE", "PLACE", "CHEMIN")
WHO = (
    "LES AMIS DE",
    "COMITE DES FETES DE",
    "CLUB NAUTIQUE DE",
    "CHORALE DE",
    "HARMONIE DE",
    "FOYER RURAL DE",
    "UNION SPORTIVE DE",
    "ECOLE DE CIRQUE DE",
    "JARDINS PARTAGES DE",
    "ENTRAIDE DE",
    "CINE-CLUB DE",
    "LES PARENTS D'ELEVES DE",
)
WHERE = (
    "VALCLAIR",
    "MONTFEUILLU",
    "ROCHEBRUNE-LES-BAINS",
    "SAINT-ALBIN",
    "LA CHAPELLE-AUX-HETRES",
    "PONTSABLE",
    "BOISMENU",
    "VILLEFICTIVE",
    "PORT-AUX-MOUETTES",
    "CHATEL-SUR-ORME",
)
TRADES = (
    "GARAGE",
    "FLEURISTE",
    "BOUCHERIE",
    "PHARMACIE",
    "COIFFURE",
    "PLOMBERIE",
    "TRAITEUR",
    "AUTO-ECOLE",
    "OPTIQUE",
)
COMPANIES = ("BOULANGERIE", "MENUISERIE", "IMPRIMERIE", "LIBRAIRIE", "CYCLES")
FIRST_NAMES = ("CAMILLE", "SACHA", "CLAUDE", "DOMINIQUE")
LAST_NAMES = ("EXEMPLE", "FICTIF", "MODELE", "SPECIMEN")

Line = dict[str, str]


@dataclass(frozen=True)
class Kept:
    """A unit that the demonstration speaks of by name."""

    name: str
    category: str = "9220"
    closed_on: str = ""
    diffusible: bool = True


KEPT = (
    Kept("LES AMIS DE LA FORET DE VALCLAIR"),
    Kept("HARMONIE DE SAINT-ALBIN", category="9230"),
    Kept("FONDATION DU PHARE DE PORT-AUX-MOUETTES", category="9300"),
    Kept("ECOLE DE MUSIQUE DE VILLEFICTIVE"),
    Kept("CLUB D'ECHECS DE BOISMENU", closed_on="2024-06-30"),
    Kept("ENTRAIDE DISCRETE", diffusible=False),
)


def siren(rank: int) -> str:
    """The SIREN of the unit of that rank: right by its key, and nobody's."""
    body = f"{FIRST_NUMBER + rank:08}"
    return body + luhn.calc_check_digit(body)


def siret(rank: int, place: int = 1) -> str:
    """The SIRET of one of that unit's établissements, the first of which is its siège."""
    body = f"{siren(rank)}{place:04}"
    return body + luhn.calc_check_digit(body)


def write(folder: Path) -> tuple[Path, Path]:
    """Write StockUniteLegale and StockEtablissement into ``folder``: the same lines every time."""
    chance = random.Random(SEED)  # noqa: S311 - plausible data, no secret
    units = [_unit(rank, chance) for rank in range(SIZE)]
    units.append(_unit_line(FIRM, "5499", "", diffusible=True, name=FIRM_NAME))
    units.append(_unit_line(FARM, "6533", "", diffusible=True, name=FARM_NAME))
    units.append(_unit_line(CARRIER, "5710", "", diffusible=True, name=CARRIER_NAME))
    units.append(_unit_line(GROCER, "5499", "", diffusible=True, name=GROCER_NAME))
    places = [_siege(rank, unit, chance) for rank, unit in enumerate(units)]
    places += [
        _branch(CARRIER, units[CARRIER], place, chance, closed=place == CARRIER_PLACES)
        for place in range(2, CARRIER_PLACES + 1)
    ]
    for number, rank in enumerate(CLIENTS):
        unit = _unit_line(rank, "5499", "", diffusible=True, name=_client(number))
        units.append(unit)
        places.append(_siege(rank, unit, chance))
        if number % WITH_BRANCH == 1:
            places.append(_branch(rank, unit, 2, chance, closed=number == CLOSED_BRANCH))
    paths = folder / "StockUniteLegale.csv", folder / "StockEtablissement.csv"
    _write(paths[0], units)
    _write(paths[1], places)
    return paths


def _unit(rank: int, chance: random.Random) -> Line:
    if rank < len(KEPT):
        kept = KEPT[rank]
        return _unit_line(rank, kept.category, kept.closed_on, diffusible=kept.diffusible, name=kept.name)
    closed_on = f"20{chance.randint(15, 25)}-0{chance.randint(1, 9)}-15" if chance.random() < 0.1 else ""
    diffusible = chance.random() > 0.04
    draw = chance.random()
    if draw < 0.08:
        person = {"prenom": chance.choice(FIRST_NAMES), "nom": chance.choice(LAST_NAMES)}
        return _unit_line(rank, "1000", closed_on, diffusible=diffusible, **person)
    if draw < 0.18:
        name = f"{chance.choice(COMPANIES)} DE {chance.choice(WHERE)}"
        return _unit_line(rank, "5710", closed_on, diffusible=diffusible, name=name)
    name = f"{chance.choice(WHO)} {chance.choice(WHERE)}"
    return _unit_line(
        rank, chance.choice(("9220", "9220", "9230")), closed_on, diffusible=diffusible, name=name
    )


def _client(number: int) -> str:
    return f"{TRADES[number % len(TRADES)]} DE {WHERE[number % len(WHERE)]}"


def _unit_line(
    rank: int,
    category: str,
    closed_on: str,
    *,
    diffusible: bool,
    name: str = "",
    prenom: str = "",
    nom: str = "",
) -> Line:
    hidden = "" if diffusible else "[ND]"
    is_association = category.startswith("92")
    return {
        "siren": siren(rank),
        "statutDiffusionUniteLegale": "O" if diffusible else "P",
        "sigleUniteLegale": hidden,
        "prenom1UniteLegale": hidden or prenom,
        "prenomUsuelUniteLegale": hidden or prenom,
        "identifiantAssociationUniteLegale": f"W75{rank:07}" if is_association else "",
        "dateDebut": closed_on or "2015-01-01",
        "etatAdministratifUniteLegale": "C" if closed_on else "A",
        "nomUniteLegale": hidden or nom,
        "nomUsageUniteLegale": "",
        "denominationUniteLegale": hidden or name,
        "denominationUsuelle1UniteLegale": "",
        "categorieJuridiqueUniteLegale": category,
        "nicSiegeUniteLegale": siret(rank)[9:],
    }


def _siege(rank: int, unit: Line, chance: random.Random) -> Line:
    diffusible = unit["statutDiffusionUniteLegale"] == "O"
    postcode, city = chance.choice(CITIES)
    way = {
        "numeroVoieEtablissement": str(chance.randint(1, 120)),
        "typeVoieEtablissement": chance.choice(KINDS),
        "libelleVoieEtablissement": chance.choice(STREETS),
        "codePostalEtablissement": postcode,
    }
    return {
        "siren": siren(rank),
        "nic": siret(rank)[9:],
        "siret": siret(rank),
        "statutDiffusionEtablissement": "O" if diffusible else "P",
        "etablissementSiege": "true",
        **{column: value if diffusible else "[ND]" for column, value in way.items()},
        "libelleCommuneEtablissement": city,
        "etatAdministratifEtablissement": "A" if unit["etatAdministratifUniteLegale"] == "A" else "F",
        **dict.fromkeys(_EMPTY, ""),
    }


def _branch(rank: int, unit: Line, place: int, chance: random.Random, *, closed: bool) -> Line:
    number = siret(rank, place)
    return {
        **_siege(rank, unit, chance),
        "nic": number[9:],
        "siret": number,
        "etablissementSiege": "false",
        "etatAdministratifEtablissement": "F" if closed else "A",
    }


_EMPTY = (
    "complementAdresseEtablissement",
    "indiceRepetitionEtablissement",
    "libelleCommuneEtrangerEtablissement",
    "distributionSpecialeEtablissement",
    "codeCedexEtablissement",
    "libelleCedexEtablissement",
    "libellePaysEtrangerEtablissement",
    "enseigne1Etablissement",
    "denominationUsuelleEtablissement",
)


def _write(path: Path, lines: Iterable[Line]) -> None:
    rows: Iterator[Line] = iter(lines)
    first = next(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(first))
        writer.writeheader()
        writer.writerow(first)
        writer.writerows(rows)
