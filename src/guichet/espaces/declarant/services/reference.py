"""The reference tables: the codes that this portal uses, from its own catalogue (003, chapter 3)."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guichet.entreprises.rules import CATEGORIES
from guichet.inscriptions import catalogue
from guichet.inscriptions.catalogue import Branch, Declaration, Filed
from guichet.kernel.refusals import N_, Refusal

Row = tuple[str, ...]


class NoSuchTable(Refusal):
    """No table is called so."""

    code = "no_such_table"
    message = N_("Cette table n’existe pas. Revenez à la liste des tables.")
    status = 404


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table: its ``title`` and ``columns`` in words, its rows when they are asked for. The first column is
    what a line is called by."""

    slug: str
    title: str
    summary: str
    columns: tuple[str, ...]
    rows: Callable[[], Sequence[Row]]


WAYS = {
    Filed.FILE: N_("Dépôt d’un fichier ici"),
    Filed.SERVICE: N_("Sur une page de ce portail"),
    Filed.LINK: N_("Sur un autre site"),
}
PERIODS = {"mois": N_("Mois"), "trimestre": N_("Trimestre"), "annee": N_("Année"), "": N_("Aucune")}


def tables() -> Mapping[str, Table]:
    """Every table, by its slug."""
    return {table.slug: table for table in _TABLES}


def table(slug: str) -> Table:
    """The table of that slug. Raises ``NoSuchTable``."""
    found = tables().get(slug)
    if found is None:
        raise NoSuchTable
    return found


def search(found: Sequence[Row], text: str) -> list[Row]:
    """The rows that hold every word of ``text``, whatever its accents and capitals; all for no word."""
    words = _folded(text).split()
    return [row for row in found if all(word in _folded(" ".join(row)) for word in words)]


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold()


def _declarations() -> Sequence[Row]:
    return [_declaration(one) for one in catalogue.declarations().values()]


def _declaration(one: Declaration) -> Row:
    days = one.delay.days
    wait = ngettext("{n} jour", "{n} jours", days).format(n=days) if days else _("aucun")
    files = ", ".join(f".{extension}" for extension in one.extensions)
    return (one.label, one.code, one.organism, _(PERIODS[one.periods]), wait, _(WAYS[one.filed]), files)


def _sectors() -> Sequence[Row]:
    tree = catalogue.tree()
    return [
        (sector.label, sector.code, service.label, you.label, _labels(sector))
        for sector in tree.secteurs
        for service in tree.lies_a
        for you in tree.vous_etes
        if service.code in sector.under and you.code in service.under
    ]


def _labels(sector: Branch) -> str:
    offered = catalogue.declarations()
    return ", ".join(offered[code].label for code in sector.declarations if code in offered)


def _categories() -> Sequence[Row]:
    return [(_(label), code) for code, label in CATEGORIES.items()]


def _services() -> Sequence[Row]:
    return [(one.label, one.code, one.kind, one.summary) for one in catalogue.complements().values()]


_TABLES = (
    Table(
        slug="declarations",
        title=N_("Déclarations"),
        summary=N_(
            "Leur code, l’organisme, la période qu’on y déclare, le délai d’accès et les fichiers reçus."
        ),
        columns=(
            N_("Déclaration"),
            N_("Code"),
            N_("Organisme"),
            N_("Période"),
            N_("Délai d’accès"),
            N_("Transmission"),
            N_("Fichiers"),
        ),
        rows=_declarations,
    ),
    Table(
        slug="secteurs",
        title=N_("Régimes et secteurs"),
        summary=N_("Les réponses de l’inscription, et les déclarations auxquelles elles mènent."),
        columns=(
            N_("Régime ou secteur"),
            N_("Code"),
            N_("Services liés à"),
            N_("Vous êtes"),
            N_("Déclarations"),
        ),
        rows=_sectors,
    ),
    Table(
        slug="categories-juridiques",
        title=N_("Catégories juridiques"),
        summary=N_("Les catégories du répertoire que le portail sait nommer, et leur code."),
        columns=(N_("Catégorie juridique"), N_("Code")),
        rows=_categories,
    ),
    Table(
        slug="services",
        title=N_("Services complémentaires"),
        summary=N_("Ce que les déclarations apportent avec elles."),
        columns=(N_("Service"), N_("Code"), N_("Rubrique"), N_("À quoi il sert")),
        rows=_services,
    ),
)
