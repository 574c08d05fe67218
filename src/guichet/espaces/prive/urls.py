"""The addresses of the door of people: registration, home, contact, declarations, account pages."""

from django.urls import URLPattern, path

from guichet.espaces.prive import registration, views
from guichet.espaces.prive.person import ChangePersonForm
from guichet.web.account_urls import account_urls

app_name = "prive"

urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("contact/", views.contact, name="contact"),
    path("declarations/<slug:slug>/", views.declaration, name="declaration"),
    path("inscription/", registration.register, name="register"),
    path("inscription/<int:number>/verification/", registration.check, name="register_check"),
    path("inscription/<int:number>/messagerie/", registration.sent, name="register_sent"),
    path("inscription/<int:number>/<slug:slug>/", registration.step, name="register_step"),
    *account_urls("prive", profile_form=ChangePersonForm),
]
