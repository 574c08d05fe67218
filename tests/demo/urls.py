"""The portal's addresses with those of the demonstration."""

from django.urls import URLPattern, URLResolver, include, path

from guichet.config.urls import handler400, handler403, handler404, handler500
from guichet.config.urls import urlpatterns as portal

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns: list[URLPattern | URLResolver] = [*portal, path("demo/", include("guichet.demo.urls"))]
