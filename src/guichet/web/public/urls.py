"""The public addresses. They are stable: others link to them."""

import datetime as dt

from django.urls import URLPattern, path, register_converter

from guichet.publications.rules import closing_date
from guichet.web.converters import SirenConverter
from guichet.web.public import documents, open_data, pages, robots

app_name = "public"


class DateConverter:
    """A day, YYYY-MM-DD, that the calendar has."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> dt.date:
        """The day, or ``ValueError``, which Django answers with 404."""
        date = closing_date(value)
        if date is None:
            raise ValueError(value)
        return date

    def to_url(self, value: dt.date | str) -> str:
        """YYYY-MM-DD."""
        return str(value)


class RankConverter:
    """A version or a page: a number without a leading zero, of at most four digits."""

    regex = "0|[1-9][0-9]{0,3}"

    def to_python(self, value: str) -> int:
        """The number."""
        return int(value)

    def to_url(self, value: int) -> str:
        """The number."""
        return str(value)


register_converter(SirenConverter, "siren9")
register_converter(DateConverter, "day")
register_converter(RankConverter, "rank")

_FILING = "publications/<siren9:siren>/<day:date>/"
_VERSION = _FILING + "v<rank:version>/"

urlpatterns: list[URLPattern] = [
    path("publications/", pages.search, name="search"),
    path("publications/donnees-ouvertes/", open_data.about, name="open_data"),
    path("publications/comptes.csv", open_data.as_csv, name="csv"),
    path("publications/comptes.json", open_data.as_json, name="json"),
    path("publications/<siren9:siren>/", pages.organisation, name="organisation"),
    path(_FILING, pages.filing, name="filing"),
    path(_VERSION, pages.filing, name="version"),
    path(_VERSION + "document.pdf", documents.document, name="document"),
    path(_VERSION + "pages/<rank:number>.png", documents.page_image, name="page"),
    path("sitemap.xml", robots.sitemap, name="sitemap"),
    path("sitemap-<siren9:first>.xml", robots.part, name="sitemap_part"),
    path("robots.txt", robots.robots, name="robots"),
]
