"""Forms filled in by programs: signs that no database holds, lines for the log, foreign addresses."""

import logging

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import override_settings
from django.urls import path

from guichet.accounts.models import Session
from tests.web.people import PASSWORD, SIREN, an_association, signed_in

pytestmark = pytest.mark.django_db

NUL = ("\0", "a\0b", "\0" * 300)
PUBLIC = {
    "/association/connexion/": {"identifier": SIREN, "password": PASSWORD, "suite": "/"},
    "/association/mot-de-passe-oublie/": {"identifier": SIREN},
    "/association/inscription/": {"siren": SIREN},
    f"/association/inscription/{SIREN}/coordonnees/": {
        "name": "A",
        "address": "1 rue A",
        "postcode": "37000",
        "city": "Tours",
        "contact": "A B",
        "phone": "",
        "email": "a@b.example",
        "email_again": "a@b.example",
    },
    "/verifier/": {"code": "x"},
}
PRIVATE = {
    "/association/compte/": PUBLIC[f"/association/inscription/{SIREN}/coordonnees/"],
    "/association/mot-de-passe/": {"current": PASSWORD, "password": PASSWORD, "live": ""},
    "/association/adresse/": {"email": "a@b.example", "email_again": "a@b.example", "current": PASSWORD},
    "/association/sessions/": {"session": ""},
}
FIELDS = [(page, field) for pages in (PUBLIC, PRIVATE) for page in pages for field in pages[page]]


@pytest.mark.parametrize("typed", NUL)
@pytest.mark.parametrize(("page", "field"), FIELDS)
def test_a_sign_that_the_database_cannot_hold_is_refused_or_dropped(
    page: str, field: str, typed: str
) -> None:
    client = signed_in(an_association()) if page in PRIVATE else Client()
    client.raise_request_exception = False
    filled = {**PUBLIC, **PRIVATE}[page] | {field: typed}
    assert client.post(page, filled).status_code in (200, 302, 404, 422)


@pytest.mark.parametrize("address", ["/association/recherche/?q=%00", "/a/%00", "/c/%00", "/v/%00", "/e/%00"])
def test_neither_does_it_break_an_address(address: str) -> None:
    client = Client(raise_request_exception=False)
    assert client.get(address).status_code in (200, 404, 422)


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)"],
)
def test_sign_in_leads_to_no_other_site(wanted: str) -> None:
    an_association()
    answer = Client().post(
        "/association/connexion/", {"identifier": SIREN, "password": PASSWORD, "suite": wanted}
    )
    assert answer["Location"] == "/association/"


def test_a_session_key_that_somebody_else_chose_is_not_kept() -> None:
    an_association()
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    client.post("/association/connexion/", {"identifier": SIREN, "password": PASSWORD})
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != "a" * 32
    assert Session.objects.count() == 1


def broken(request: HttpRequest, name: str) -> HttpResponse:
    """A page that fails."""
    raise ZeroDivisionError


urlpatterns = [path("casse/<str:name>", broken)]
handler500 = "guichet.web.views.errors.server_error"


@override_settings(ROOT_URLCONF=__name__)
def test_an_address_writes_no_line_of_its_own_into_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "guichet.web.views.errors"):
        Client(raise_request_exception=False).get("/casse/x%0A2026-01-01 ERROR tout va mal")
    ours = [record for record in caplog.records if record.name == "guichet.web.views.errors"]
    assert len(ours) == 1
    assert "\n" not in ours[0].getMessage()
