"""Where a request comes from: a header is believed from our own proxies only; and when it is read."""

import io
from typing import Any

import pytest
from django.conf import settings as portal
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from guichet.web.requests import client_address, client_of

PROXIES = ["10.0.0.0/8", "2001:db8::1"]


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("192.0.2.7", "", "192.0.2.7"),
        ("192.0.2.7", "203.0.113.9", "192.0.2.7"),  # a stranger who claims to be a proxy
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        (
            "10.0.0.1",
            "1.1.1.1, 203.0.113.9",
            "203.0.113.9",
        ),  # what the client added itself stands on the left
        ("10.0.0.1", "203.0.113.9, 10.2.3.4", "203.0.113.9"),
        ("10.0.0.1", "<script>", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.2", "10.0.0.2"),
        ("2001:db8::1", "2001:db8::99", "2001:db8::99"),
        ("", "203.0.113.9", ""),
    ],
)
def test_client_address(settings: Settings, peer: str, forwarded: str, address: str) -> None:
    settings.TRUSTED_PROXIES = PROXIES
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert client_address(RequestFactory(REMOTE_ADDR=peer).get("/", headers=headers)) == address


def test_without_proxies_no_header_is_believed(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = []
    request = RequestFactory(REMOTE_ADDR="10.0.0.1").get("/", headers={"X-Forwarded-For": "203.0.113.9"})
    assert client_address(request) == "10.0.0.1"


def test_what_a_browser_says_of_itself_is_cut() -> None:
    request = RequestFactory().get("/", headers={"User-Agent": "x" * 1000})
    assert len(client_of(request).agent) == 300


class _SlowLine(io.BytesIO):
    """A body that looks, whenever it is read, at how often the database was asked before."""

    asked: "list[int]"
    queries: CaptureQueriesContext

    def read(self, size: int | None = -1, /) -> bytes:
        self.asked.append(len(self.queries))
        return super().read(size)


@pytest.mark.django_db
def test_a_slow_body_holds_no_connection_to_the_database() -> None:
    body = _SlowLine(b"name=x")
    body.asked = []
    client = Client()
    client.cookies[portal.SESSION_COOKIE_NAME] = "somebodys-session"
    with CaptureQueriesContext(connection) as body.queries:
        sent: dict[str, Any] = {"wsgi.input": body, "CONTENT_LENGTH": "6"}
        client.post("/association/compte/", content_type="application/x-www-form-urlencoded", **sent)
        assert len(body.queries) > 0, "the session was looked up, afterwards"
    assert set(body.asked) == {0}
