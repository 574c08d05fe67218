"""The portal's addresses, the demonstration's included, and those of a second door."""

from django.urls import URLPattern, URLResolver, include, path

from guichet.config.urls import handler400, handler403, handler404, handler500
from guichet.config.urls import urlpatterns as portal
from guichet.web.account_urls import account_urls
from guichet.web.views.pages import home

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

_voisine: list[URLPattern] = [
    path("", home, name="home"),
    path("inscription/", home, name="register"),
    *account_urls("voisine"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    *portal,
    path("demo/", include("guichet.demo.urls")),
    path("voisine/", include((_voisine, "voisine"))),
]
