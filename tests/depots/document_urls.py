"""The portal's addresses, and those that lists of the tests' own filings of documents name."""

from django.urls import include, path

from guichet.config import urls
from guichet.web.filing.screens import Filing
from guichet.web.filing.urls import filing_urls
from tests.depots.documents import WITH_DOCUMENTS

SCREENS = Filing(
    definition=WITH_DOCUMENTS,
    namespace="essai_en_documents",
    steps=(),
    intro_template="comptes_annuels/intro.html",
)
urlpatterns = [path("envoi/", include((filing_urls(SCREENS), SCREENS.namespace))), *urls.urlpatterns]
