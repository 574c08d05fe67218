"""What the Sirene register says of a unité légale and its établissements, and what of it may be shown."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from guichet.kernel.identifiers import Siren, Siret
from guichet.kernel.refusals import N_

Row = Mapping[str, str | None]  # a line of INSEE's files: column → text

NON_DIFFUSIBLE = N_("Non diffusible")
NOT_GIVEN = "[ND]"  # what INSEE writes in the fields of a unit that refuses diffusion

# INSEE, nomenclature des catégories juridiques: level 1, then what a counter for associations meets.
CATEGORIES = {
    "1": N_("Entrepreneur individuel"),
    "2": N_("Groupement de droit privé non doté de la personnalité morale"),
    "3": N_("Personne morale de droit étranger"),
    "4": N_("Personne morale de droit public soumise au droit commercial"),
    "5": N_("Société commerciale"),
    "6": N_("Autre personne morale immatriculée au registre du commerce et des sociétés"),
    "7": N_("Personne morale et organisme soumis au droit administratif"),
    "8": N_("Organisme privé spécialisé"),
    "9": N_("Groupement de droit privé"),
    "91": N_("Syndicat de propriétaires"),
    "92": N_("Association loi 1901 ou assimilé"),
    "93": N_("Fondation"),
    "9210": N_("Association non déclarée"),
    "9220": N_("Association déclarée"),
    "9221": N_("Association déclarée d’insertion par l’économique"),
    "9222": N_("Association intermédiaire"),
    "9223": N_("Groupement d’employeurs"),
    "9224": N_("Association d’avocats à responsabilité professionnelle individuelle"),
    "9230": N_("Association déclarée, reconnue d’utilité publique"),
    "9240": N_("Congrégation"),
    "9260": N_("Association de droit local (Bas-Rhin, Haut-Rhin et Moselle)"),
}

# The abbreviations of INSEE's files up to 2023; later ones have the words.
STREET_TYPES = {
    "ALL": "ALLEE",
    "AV": "AVENUE",
    "BD": "BOULEVARD",
    "CHE": "CHEMIN",
    "CRS": "COURS",
    "FG": "FAUBOURG",
    "IMP": "IMPASSE",
    "LD": "LIEU DIT",
    "LOT": "LOTISSEMENT",
    "PAS": "PASSAGE",
    "PL": "PLACE",
    "QU": "QUAI",
    "RES": "RESIDENCE",
    "RTE": "ROUTE",
    "SQ": "SQUARE",
}


@dataclass(frozen=True, kw_only=True)
class Etablissement:
    """A place where a unité légale works. ``address``: the lines above postcode and city, in capitals."""

    siret: Siret
    name: str
    address: tuple[str, ...]
    postcode: str
    city: str
    country: str = ""
    is_siege: bool
    is_closed: bool
    diffusible: bool

    @property
    def siren(self) -> Siren:
        """The unité légale that it belongs to."""
        return self.siret.siren

    @property
    def envelope(self) -> tuple[str, ...]:
        """The lines under a name on an envelope; none where a letter would not arrive."""
        if self.is_closed or not (self.city and (self.postcode or self.country)):
            return ()
        lines = (*self.address, f"{self.postcode} {self.city}".strip(), self.country)
        return tuple(line for line in lines if line)

    def masked(self) -> Self:
        """What a public page may show: of one that refuses diffusion, the city alone (as INSEE does)."""
        if self.diffusible:
            return self
        return replace(self, name="", address=(), postcode="")


@dataclass(frozen=True, kw_only=True)
class UniteLegale:
    """An association, a company, a public body or a person that works on its own.

    ``category_code``: INSEE's catégorie juridique (four digits). ``closed_on`` is absent where the register
    gives no date. ``siege`` is absent where the établissements were never imported.
    """

    siren: Siren
    name: str
    sigle: str
    category_code: str
    rna: str
    is_closed: bool
    closed_on: dt.date | None
    diffusible: bool
    siege: Etablissement | None = None

    @property
    def category(self) -> str:
        """The label of its catégorie juridique, as exact as our table has it; an msgid."""
        return category_label(self.category_code)

    @property
    def is_association(self) -> bool:
        """Whether it is an association or a foundation (catégories 92 and 93)."""
        return self.category_code[:2] in {"92", "93"}

    def masked(self) -> Self:
        """What a public page may show: of a unit that refuses diffusion, its number, state and city."""
        siege = self.siege.masked() if self.siege else None
        if self.diffusible:
            return replace(self, siege=siege)
        if siege:
            siege = replace(siege, diffusible=False).masked()
        return replace(self, name=NON_DIFFUSIBLE, sigle="", rna="", siege=siege)


def category_label(code: str) -> str:
    """The most exact label that we have for a catégorie juridique; « » for an unknown one."""
    prefixes = (code, code[:2], code[:1])
    return next((CATEGORIES[prefix] for prefix in prefixes if prefix in CATEGORIES), "")


def given(text: str | None) -> str:
    """``text``, or « » where INSEE left it out or withheld it."""
    return "" if text is None or text == NOT_GIVEN else text


def day(text: str | None) -> dt.date | None:
    """The date that INSEE wrote as YYYY-MM-DD, or None where it wrote anything else."""
    try:
        return dt.date.fromisoformat(text or "")
    except ValueError:
        return None


def unite_name(row: Row) -> str:
    """The name of a unité légale: its denomination, or a person's first name and name in use."""
    person = (
        given(row["prenomUsuelUniteLegale"]) or given(row["prenom1UniteLegale"]),
        given(row["nomUsageUniteLegale"]) or given(row["nomUniteLegale"]),
    )
    return (
        given(row["denominationUniteLegale"])
        or " ".join(part for part in person if part)
        or given(row["denominationUsuelle1UniteLegale"])
        or NON_DIFFUSIBLE
    )


def address_lines(row: Row) -> tuple[str, ...]:
    """The lines of an address above postcode and city: complément, voie, distribution spéciale."""
    kind = given(row["typeVoieEtablissement"])
    way = (
        given(row["numeroVoieEtablissement"]),
        given(row["indiceRepetitionEtablissement"]),
        STREET_TYPES.get(kind, kind),
        given(row["libelleVoieEtablissement"]),
    )
    lines = (
        given(row["complementAdresseEtablissement"]),
        " ".join(part for part in way if part),
        given(row["distributionSpecialeEtablissement"]),
    )
    return tuple(line for line in lines if line)


def city(row: Row) -> str:
    """The city of an address, in France (with its cedex) or abroad."""
    names = (
        "libelleCedexEtablissement",
        "libelleCommuneEtablissement",
        "libelleCommuneEtrangerEtablissement",
    )
    return next((given(row[name]) for name in names if given(row[name])), "")
