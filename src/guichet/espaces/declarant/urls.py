"""The addresses of the door of companies and tiers déclarants."""

from django.urls import URLPattern, path

from guichet.espaces.declarant import registration, views
from guichet.web.account_urls import account_urls

app_name = "declarant"

urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("inscription/", registration.register, name="register"),
    path("inscription/<int:number>/messagerie/", registration.sent, name="register_sent"),
    path("inscription/<int:number>/compte-rendu/", registration.pdf, name="registration_pdf"),
    path("inscription/<int:number>/<slug:slug>/", registration.step, name="register_step"),
    *account_urls("declarant"),
]
