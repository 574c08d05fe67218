"""The addresses of the rights, below ``/declarant/habilitations/``."""

from django.urls import URLPattern, path

from guichet.espaces.declarant.rights import changes, check, consultation, exports, grid

rights_urls: list[URLPattern] = [
    path("habilitations/", grid.grid, name="grid"),
    path("habilitations/verifier/", check.grid_check, name="grid_check"),
    path("habilitations/changements/", changes.changes, name="changes"),
    path("habilitations/changements/<int:changement_id>/annuler/", changes.undo, name="undo"),
    path("habilitations/recapitulatif/", consultation.recap, name="recap"),
    path("habilitations/recapitulatif.csv", exports.recap_csv, name="recap_csv"),
    path("habilitations/recapitulatif.pdf", exports.recap_pdf, name="recap_pdf"),
    path("habilitations/historique/", consultation.history, name="history"),
    path("habilitations/historique.csv", exports.history_csv, name="history_csv"),
    path("habilitations/historique.pdf", exports.history_pdf, name="history_pdf"),
    path("habilitations/qui-pouvait/", consultation.who, name="who"),
    path("habilitations/qui-peut/", consultation.may_file, name="may_file"),
]
