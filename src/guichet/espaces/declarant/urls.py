"""The addresses of the door of companies and tiers déclarants."""

from django.urls import URLPattern, path

from guichet.espaces.declarant import (
    account,
    choosing,
    helpers,
    home,
    management_urls,
    registration,
    waiting,
)
from guichet.espaces.declarant.imports.urls import imports_urls
from guichet.espaces.declarant.portefeuilles.urls import portefeuilles_urls
from guichet.espaces.declarant.rights.urls import rights_urls
from guichet.espaces.declarant.services.urls import services_urls
from guichet.web.account_urls import account_urls

app_name = "declarant"

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    *management_urls.urlpatterns,
    *rights_urls,
    *portefeuilles_urls,
    *imports_urls,
    *services_urls,
    path("inscription/", registration.register, name="register"),
    path("inscription/<int:number>/messagerie/", registration.sent, name="register_sent"),
    path("inscription/<int:number>/compte-rendu/", registration.pdf, name="registration_pdf"),
    path("inscription/<int:number>/<slug:slug>/", registration.step, name="register_step"),
    path("choix/", choosing.choose, name="choose"),
    path("choix/<int:number>/<slug:slug>/", choosing.step, name="choose_step"),
    path("attente/", waiting.waiting, name="waiting"),
    path("attente/choix/", waiting.way, name="waiting_way"),
    path("attente/retrait/", waiting.withdraw, name="waiting_withdraw"),
    path("demander-a-mon-administrateur/", helpers.helpers, name="helpers"),
    path("demander-a-mon-administrateur/envoye/", helpers.helpers_sent, name="helpers_sent"),
    *account_urls("declarant", profile_form=account.PhoneForm, profile_page=account.profile),
]
