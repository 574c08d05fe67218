"""The addresses of the téléprocédure ``acces``: /declarant/acces/…"""

from django.urls import URLPattern

from guichet.teleprocedures.acces.screens import SCREENS
from guichet.web.filing.urls import filing_urls

app_name = "acces"

urlpatterns: list[URLPattern] = filing_urls(SCREENS)
