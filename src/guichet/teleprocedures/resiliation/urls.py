"""The addresses of the téléprocédure ``resiliation``: /declarant/resiliation/…"""

from django.urls import URLPattern

from guichet.teleprocedures.resiliation.screens import SCREENS
from guichet.web.filing.urls import filing_urls

app_name = "resiliation"

urlpatterns: list[URLPattern] = filing_urls(SCREENS)
