"""Maps for robots: what there is to read, when it changed, and what is nobody's business."""

import datetime as dt
from collections.abc import Sequence
from xml.sax.saxutils import escape

from django.conf import settings
from django.core.cache import caches
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from guichet.publications import queries
from guichet.web.public.caching import cached

PART = 10_000  # addresses in one file; sitemaps.org allows 50,000, and each is made while somebody waits
KEPT = 3600  # seconds
CACHE = f"public, max-age={KEPT}"
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


@cached
def robots(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - the same for everybody
    """/robots.txt: the home page, the published accounts and what explains them; nothing else."""
    allowed = ["/$", reverse("public:search"), "/sitemap", "/static/", reverse("web:help")]
    # A list can be asked for in endless ways; each association has one address.
    lines = [
        "User-agent: *",
        *(f"Allow: {path}" for path in allowed),
        f"Disallow: {reverse('public:search')}*?*tri=",
        f"Disallow: {reverse('public:csv')}",
        f"Disallow: {reverse('public:json')}",
        "Disallow: /",
        f"Sitemap: {settings.BASE_URL}{reverse('public:sitemap')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@cached
def sitemap(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - the same for everybody
    """/sitemap.xml: the parts, each named by its first SIREN, so that what is added moves few addresses.

    Which parts there are takes a walk through all associations: it is known for an hour.
    """
    first = caches["public"].get_or_set("sitemap", lambda: queries.siren_parts(size=PART), KEPT) or []
    parts = [(reverse("public:sitemap_part", args=[siren]), None) for siren in first]
    return _xml("sitemapindex", "sitemap", parts)


@cached
def part(_request: HttpRequest, first: str) -> HttpResponse:
    """/sitemap-<first>.xml: ``PART`` associations from that SIREN on."""
    found = queries.sirens(first=first, size=PART)
    if not found:
        raise Http404
    pages = [(reverse("public:organisation", args=[siren]), moment) for siren, moment in found]
    return _xml("urlset", "url", pages)


def _xml(root: str, item: str, pages: Sequence[tuple[str, dt.datetime | None]]) -> HttpResponse:
    lines = [
        f"<{item}><loc>{escape(settings.BASE_URL + path)}</loc>"
        + (f"<lastmod>{moment.date().isoformat()}</lastmod>" if moment else "")
        + f"</{item}>"
        for path, moment in pages
    ]
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{NAMESPACE}">'
    content = "\n".join([head, *lines, f"</{root}>\n"])
    return HttpResponse(content, content_type="application/xml", headers={"Cache-Control": CACHE})
