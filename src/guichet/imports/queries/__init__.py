"""Reading requests by file, the files to fill in, and who may file what for whom."""

from guichet.imports.queries.consultation import consultation_rows
from guichet.imports.queries.demandes import DemandeNotFound, demande, demandes
from guichet.imports.queries.lignes import lignes, report_rows
from guichet.imports.queries.templates import template_rows

__all__ = [
    "DemandeNotFound",
    "consultation_rows",
    "demande",
    "demandes",
    "lignes",
    "report_rows",
    "template_rows",
]
