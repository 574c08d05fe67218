"""The addresses of the annual accounts: /association/comptes-annuels/…"""

from guichet.teleprocedures.comptes_annuels.screens import SCREENS
from guichet.web.filing.urls import filing_urls

app_name = "comptes_annuels"
urlpatterns = filing_urls(SCREENS)
