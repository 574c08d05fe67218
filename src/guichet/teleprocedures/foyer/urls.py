"""The addresses of the household and its corrections: /prive/foyer/…"""

from django.urls import URLPattern, URLResolver, include, path

from guichet.teleprocedures.foyer import household
from guichet.teleprocedures.foyer.screens import SCREENS
from guichet.web.filing.urls import filing_urls

app_name = "foyer"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", household.mine, name="mine"),
    path("proposer/", household.propose, name="propose"),
    path("corrections/", include(filing_urls(SCREENS))),
]
