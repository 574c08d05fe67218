"""The addresses of the door of companies and tiers déclarants."""

from django.urls import URLPattern, path

from guichet.espaces.declarant import views
from guichet.web.account_urls import account_urls

app_name = "declarant"

urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("inscription/", views.register, name="register"),
    *account_urls("declarant"),
]
