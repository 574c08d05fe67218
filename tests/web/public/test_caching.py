"""What shared caches keep of the public pages: everybody's page, and nobody's."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import get_resolver, reverse

from guichet.kernel import clock
from guichet.publications import operations
from guichet.web.public.urls import urlpatterns
from tests.entreprises import files as sirene
from tests.publications.factories import filing, published, register, siren_of
from tests.teleprocedures.filer import a_pdf
from tests.web.people import an_association, signed_in, text_of

pytestmark = pytest.mark.django_db
SIREN = siren_of(1)
PLACES: dict[str, dict[str, Any]] = {
    "organisation": {"siren": SIREN},
    "filing": {"siren": SIREN, "date": "2024-12-31"},
    "version": {"siren": SIREN, "date": "2024-12-31", "version": 0},
    "document": {"siren": SIREN, "date": "2024-12-31", "version": 0},
    "page": {"siren": SIREN, "date": "2024-12-31", "version": 0, "number": 1},
    "sitemap_part": {"first": SIREN},
}
NAMES = sorted(str(pattern.name) for pattern in urlpatterns)


def url(name: str) -> str:
    return reverse(f"public:{name}", kwargs=PLACES.get(name, {}))


def content(answer: Any) -> bytes:
    return b"".join(answer) if answer.streaming else answer.content


@pytest.fixture(autouse=True)
def _published() -> None:
    published(1, content=a_pdf(1))


@pytest.mark.parametrize("name", NAMES)
class TestEverywhere:
    def test_the_same_for_whoever_is_signed_in(self, name: str) -> None:
        mine, strangers = signed_in(an_association()).get(url(name)), Client().get(url(name))
        assert content(mine) == content(strangers)
        assert mine.status_code == 200
        for answer in (mine, strangers):
            assert answer["Cache-Control"].startswith("public, max-age=")
            assert not answer.cookies
            assert "Cookie" not in answer.get("Vary", "")

    def test_a_forged_cookie_changes_nothing(self, name: str) -> None:
        browser = Client()
        browser.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32
        browser.cookies["messages"] = "forged"
        browser.cookies[settings.CSRF_COOKIE_NAME] = "x" * 32
        answer = browser.get(url(name))
        assert content(answer) == content(Client().get(url(name)))
        assert "Set-Cookie" not in answer.headers
        assert not answer.cookies

    def test_asked_for_again_it_is_not_sent_again(self, name: str) -> None:
        first = Client().get(url(name))
        content(first)
        again = Client().get(url(name), headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, content(again)) == (304, b"")
        assert again["ETag"] == first["ETag"]
        assert again["Cache-Control"] == first["Cache-Control"]
        other = Client().get(url(name), headers={"If-None-Match": '"other"'})
        assert other.status_code == 200
        content(other)

    def test_head_says_the_same_without_content(self, name: str) -> None:
        answer = Client().head(url(name))
        assert (answer.status_code, content(answer)) == (200, b"")
        assert answer["ETag"]

    def test_nothing_is_sent_to_it(self, name: str) -> None:
        answer = Client().post(url(name))
        assert answer.status_code == 405
        assert answer["Cache-Control"] == "no-store"


def test_every_public_address_is_behind_the_middleware() -> None:
    from guichet.web.public.caching import PREFIXES

    assert all(url(name).startswith(PREFIXES) for name in NAMES)
    others = [
        str(pattern.pattern) for pattern in get_resolver().url_patterns if "public" not in repr(pattern)
    ]
    assert not [prefix for prefix in others if f"/{prefix}".startswith(PREFIXES)]


def test_the_other_pages_still_know_who_is_signed_in() -> None:
    browser = signed_in(an_association())
    browser.get("/publications/")
    assert "Se déconnecter" in text_of(browser.get("/"))
    assert browser.get("/")["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["search", "csv", "json", "organisation", "filing"])
def test_a_new_etag_after_a_withdrawal_and_after_a_publication(name: str) -> None:
    depot = filing(1, date="2023-12-31")
    before = Client().get(url(name))["ETag"]
    operations.publish(depot=depot)
    between = Client().get(url(name))["ETag"]
    if name != "filing":
        assert between != before
    operations.withdraw(depot=depot, reason="Erreur.")
    if name != "filing":
        assert Client().get(url(name))["ETag"] not in {between}


def test_a_new_etag_when_the_register_withholds_more(tmp_path: Path) -> None:
    unit, place = sirene.unite(1, identifiantAssociation="W441000001"), sirene.etablissement(1)
    register(tmp_path, unit, places=(place,))
    published(1, date="2022-12-31")
    for name in ("json", "csv"):
        before = Client().get(url(name))
        assert b"W441000001" in content(before)
        register(tmp_path, unit | {"statutDiffusionUniteLegale": "P"}, places=(place,))
        after = Client().get(url(name), headers={"If-None-Match": before["ETag"]})
        assert after.status_code == 200, name
        assert b"W441000001" not in content(after)
        register(tmp_path, unit, places=(place,))


def test_a_page_says_when_it_last_changed() -> None:
    with clock.travel(dt.timedelta(days=1)):
        operations.publish(depot=filing(1, date="2023-12-31"))
        moment = clock.now()
    expected = moment.strftime("%a, %d %b %Y %H:")
    for name in ("search", "organisation", "filing"):
        assert Client().get(url(name))["Last-Modified"].startswith(expected)


def test_what_was_withdrawn_is_not_good_for_a_cache_that_asks_again() -> None:
    depot = filing(2, content=a_pdf(1))
    operations.publish(depot=depot)
    address = f"/publications/{siren_of(2)}/2024-12-31/v0/document.pdf"
    first = Client().get(address)
    content(first)
    operations.withdraw(depot=depot, reason="Erreur.")
    again = Client().get(address, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 410
    assert again["Cache-Control"] == "no-store"
