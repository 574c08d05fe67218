"""The addresses of requests by file, below ``/declarant/imports/``."""

from django.urls import URLPattern, path

from guichet.espaces.declarant.imports import demandes, downloads, new

imports_urls: list[URLPattern] = [
    path("imports/", demandes.imports, name="imports"),
    path("imports/nouvelle/", new.import_new, name="import_new"),
    path(
        "imports/modele/<uuid:portefeuille_id>/<slug:kind>.<slug:ext>",
        downloads.template,
        name="import_template",
    ),
    path("imports/habilitations/", downloads.rights, name="rights_download"),
    path("imports/habilitations/fichier/", downloads.rights_file, name="rights_file"),
    path("imports/<uuid:demande_id>/", demandes.demande, name="import"),
    path("imports/<uuid:demande_id>/valider/", demandes.validate, name="import_validate"),
    path("imports/<uuid:demande_id>/supprimer/", demandes.delete, name="import_delete"),
    path("imports/<uuid:demande_id>/revenir-en-arriere/", demandes.take_back, name="import_take_back"),
    path("imports/<uuid:demande_id>/fichier-annote.<slug:ext>", downloads.report, name="import_report"),
]
