"""The addresses of the filing of declarations: /declarant/declarations/…"""

from django.urls import URLPattern

from guichet.teleprocedures.declaration import views
from guichet.teleprocedures.declaration.screens import SCREENS
from guichet.web.filing.urls import READ, WRITE, filing_urls, pages_of

app_name = "declaration"

urlpatterns: list[URLPattern] = [
    pages_of(SCREENS)("", views.start, "start", *READ, *WRITE),
    *(page for page in filing_urls(SCREENS) if page.name != "start"),
]
