"""The addresses of requests for membership: /abonne/adhesions/…"""

from django.urls import URLPattern, path

from guichet.teleprocedures.adhesion import dossiers, lists
from guichet.teleprocedures.adhesion.screens import SCREENS
from guichet.web.filing.urls import filing_urls

app_name = "adhesion"

urlpatterns: list[URLPattern] = [
    path("dossiers/", dossiers.dossiers, name="dossiers"),
    path("dossiers.csv", dossiers.dossiers_csv, name="dossiers_csv"),
    path("dossiers/<uuid:depot_id>/fin/", dossiers.end, name="end"),
    path("dossiers/<uuid:depot_id>/retrait/", dossiers.take_back, name="take_back"),
    path("listes/", lists.lists, name="lists"),
    path("listes/nouvelle/", lists.list_new, name="list_new"),
    path("listes/<uuid:liste_id>/", lists.list_, name="list"),
    path("listes/<uuid:liste_id>/transmettre/", lists.list_send, name="list_send"),
    path("listes/<uuid:liste_id>/lignes.csv", lists.list_csv, name="list_csv"),
    *filing_urls(SCREENS),
]
