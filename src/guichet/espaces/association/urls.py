"""The addresses of the door of associations: registration, home, the register's directory, account pages."""

from django.urls import URLPattern, path, register_converter

from guichet.espaces.association import registration, views
from guichet.web.account_urls import account_urls
from guichet.web.converters import SirenConverter

register_converter(SirenConverter, "siren")

app_name = "association"

urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("recherche/", views.directory, name="directory"),
    path("inscription/", registration.number, name="register"),
    path("inscription/<siren:siren>/", registration.unit, name="register_unit"),
    path("inscription/<siren:siren>/coordonnees/", registration.details, name="register_details"),
    path("inscription/<siren:siren>/verification/", registration.check, name="register_check"),
    path("inscription/<siren:siren>/messagerie/", registration.sent, name="register_sent"),
    *account_urls("association"),
]
