"""The addresses of the complementary services: /declarant/services/…"""

from django.urls import URLPattern, path

from guichet.espaces.declarant.services import views

services_urls: list[URLPattern] = [
    path("services/siret/", views.siret_check, name="siret_check"),
    path("services/tables/", views.tables, name="tables"),
    path("services/tables/<slug:slug>/", views.table, name="table"),
]
