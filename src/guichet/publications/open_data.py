"""A publication under the field names of the Journal officiel's open data (« dca »: dépôts de comptes)."""

from typing import Any

from guichet.kernel.clock import PARIS
from guichet.kernel.refusals import N_
from guichet.publications.found import Line

SOURCE = "dca"
ASSOCIATION_1901 = ("assoLoi1901", "Associations loi du 1er juillet 1901")
OTHER_CATEGORIES = ("9240", "9260")  # congregations, local law: no associations of 1901

# Field → what it holds.
FIELDS = {
    "id": N_("Numéro SIREN et date de clôture (JJMMAAAA), réunis par un tiret bas"),
    "dca_siren": N_("Numéro SIREN, 9 chiffres"),
    "dca_datecloture": N_("Date de clôture de l’exercice, AAAA-MM-JJ"),
    "dca_datevalidation": N_("Date à laquelle le déposant a validé son dépôt, AAAA-MM-JJ"),
    "dca_rectificatif_version": N_("0 pour un dépôt initial, puis le rang du rectificatif"),
    "dca_codepostal": N_("Code postal du siège au moment de la publication"),
    "dateparution": N_("Date de publication sur ce portail, AAAA-MM-JJ"),
    "numero_rna": N_("Numéro au répertoire national des associations : W et 9 signes"),
    "titre": N_("Nom sous lequel les comptes ont été déposés"),
    "titre_search": N_("Le même nom sans accents, sans majuscules et sans ponctuation"),
    "siteweb": N_("Toujours vide : ce portail ne le demande pas"),
    "source": N_("Toujours « dca » : dépôt de comptes annuels"),
    "association_type": N_("« assoLoi1901 », ou vide"),
    "association_type_libelle": N_("Le même en toutes lettres"),
    "annonce_type_facette": N_("Type d’association, nature et version, séparés par des barres obliques"),
    "cronosort": N_("Date et heure de publication, avec le décalage horaire"),
    "departement_code": N_("Code Insee du département, déduit du code postal du siège"),
    "departement_libelle": N_("Nom du département"),
    "region_code": N_("Code Insee de la région"),
    "region_libelle": N_("Nom de la région"),
    "localisation_facette": N_("Région et département, séparés par une barre oblique"),
}


def record(line: Line) -> dict[str, Any]:
    """``line`` under those names, in their order: texts, one whole number, dates as ISO 8601 has them."""
    kind, kind_label = _association_type(line.category_code)
    place = line.department
    nature = "Rectificatif" if line.version else "Initial"
    return {
        "id": f"{line.siren}_{line.closing_date:%d%m%Y}",
        "dca_siren": line.siren,
        "dca_datecloture": line.closing_date.isoformat(),
        "dca_datevalidation": line.filed_on.isoformat(),
        "dca_rectificatif_version": line.version,
        "dca_codepostal": line.postcode,
        "dateparution": line.published_at.astimezone(PARIS).date().isoformat(),
        "numero_rna": line.rna,
        "titre": line.name,
        "titre_search": line.search_key,
        "siteweb": "",
        "source": SOURCE,
        "association_type": kind,
        "association_type_libelle": kind_label,
        "annonce_type_facette": "/".join(part for part in (kind_label, line.label, nature) if part),
        "cronosort": line.published_at.isoformat(timespec="seconds"),
        "departement_code": place.code,
        "departement_libelle": place.label,
        "region_code": place.region_code,
        "region_libelle": place.region_label,
        "localisation_facette": "/".join(part for part in (place.region_label, place.label) if part),
    }


def _association_type(category_code: str) -> tuple[str, str]:
    is_1901 = category_code.startswith("92") and category_code not in OTHER_CATEGORIES
    return ASSOCIATION_1901 if is_1901 else ("", "")
