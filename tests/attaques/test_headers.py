"""What every answer carries, looked at from outside: headers, cookies, fields of passwords."""

import re
from http.cookies import Morsel

import pytest
from django.conf import settings as portal_settings
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from guichet.accounts.models import Session
from tests.web.people import an_association, html_of, signed_in

PAGES = [
    "/",
    "/association/connexion/",
    "/verifier/",
    "/nowhere/",
    "/publications/",
    "/robots.txt",
    "/agents/",
]
PUBLIC = "/publications/"
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", PAGES)
def test_every_answer_carries_its_protection(client: Browser, page: str) -> None:
    answer = client.get(page)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy  # nothing comes from anywhere else
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert re.search("charset=utf-8", answer.headers["Content-Type"], re.IGNORECASE)


@pytest.mark.parametrize("page", PAGES)
def test_no_other_site_may_read_an_answer(client: Browser, page: str) -> None:
    answer = client.get(page, HTTP_ORIGIN="https://ailleurs.example")
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_cookies_belong_to_this_host_and_to_no_script(client: Browser) -> None:
    browser = signed_in(an_association())
    browser.get("/association/connexion/")
    cookies: list[Morsel[str]] = list(browser.cookies.values())
    assert {portal_settings.SESSION_COOKIE_NAME, portal_settings.CSRF_COOKIE_NAME} >= {
        cookie.key for cookie in cookies
    }
    for cookie in cookies:
        assert (cookie["httponly"], cookie["samesite"], cookie["domain"]) == (True, "Lax", "")
        assert cookie["path"] == "/"


def test_a_portal_behind_https_says_so_for_a_year() -> None:
    """In a process of its own, as settings are read once."""
    import json
    import os
    import subprocess
    import sys

    code = (
        "import json, django; django.setup(); from django.conf import settings as s;"
        "print(json.dumps([s.SECURE_HSTS_SECONDS, s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE,"
        " s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME]))"
    )
    env = {**os.environ, "GUICHET_BASE_URL": "https://depots.example", "PYTHONPATH": "src"}
    env["DJANGO_SETTINGS_MODULE"] = "guichet.config.settings"
    said = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    seconds, redirects, *rest = json.loads(said.stdout)
    assert (seconds >= 31_536_000, redirects) == (True, True)
    assert rest == [True, True, "__Host-guichet", "__Host-csrftoken"]


def test_a_visit_opens_no_session(client: Browser) -> None:
    for page in PAGES:
        client.get(page)
    assert portal_settings.SESSION_COOKIE_NAME not in client.cookies
    assert not Session.objects.exists()


def test_signing_out_clears_what_the_browser_kept(settings: Settings) -> None:
    browser = signed_in(an_association())
    answer = browser.post("/association/deconnexion/")
    assert answer.headers["Clear-Site-Data"] == '"cache"'


def test_password_fields_mask_and_let_managers_fill_them(client: Browser) -> None:
    page = html_of(client.get("/association/connexion/"))
    [field] = re.findall(r"<input[^>]*name=\"password\"[^>]*>", page)
    assert 'type="password"' in field
    assert 'autocomplete="current-password"' in field
    assert "onpaste" not in page
    assert "maxlength" not in field


def test_trace_is_not_answered(client: Browser) -> None:
    for page in PAGES:
        answer = client.trace(page, HTTP_X_SECRET="secret")
        assert answer.status_code in (302, 404, 405)
        assert b"X-Secret" not in answer.content


@pytest.mark.parametrize("page", ["/static/", "/static/web/", "/static/../../pyproject.toml", "/.git/config"])
def test_no_folder_is_listed(client: Browser, page: str) -> None:
    assert client.get(page).status_code == 404
