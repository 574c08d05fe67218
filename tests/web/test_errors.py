"""Errors: each says what happened and what to do; nothing typed is lost."""

import re
from unittest import mock

import pytest
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from procrastinate.contrib.django import app
from pytest_django.fixtures import Settings

from guichet.config.urls import urlpatterns as real_urls
from guichet.kernel.refusals import Refusal
from tests.web.people import SIREN, Answer, text_of

pytestmark = pytest.mark.django_db


class Closed(Refusal):
    """A refusal that no view catches."""

    code = "closed"
    message = "Le guichet est fermé jusqu’à {hour} h."
    status = 503


def refuse(request: HttpRequest) -> HttpResponse:
    raise Closed(hour=9, retry_after=3600)


def fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a secret detail")


def away(request: HttpRequest) -> HttpResponse:
    raise OperationalError("no server")


def queue_away(request: HttpRequest) -> HttpResponse:
    with connection.execute_wrapper(mock.Mock(side_effect=OperationalError("no server"))):
        app.configure_task("files.scan").defer(sha256="")
    raise AssertionError


urlpatterns = [
    *real_urls,
    path("queue_away", queue_away),
    path("refuse", refuse),
    path("fail", fail),
    path("away", away),
]
handler400 = "guichet.web.views.errors.bad_request"
handler404 = "guichet.web.views.errors.not_found"
handler500 = "guichet.web.views.errors.server_error"


@pytest.fixture(autouse=True)
def _addresses(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.web.test_errors"


def test_an_uncaught_refusal_becomes_a_page() -> None:
    answer = Client().get("/refuse")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "3600"
    assert "Le guichet est fermé jusqu’à 9 h." in text_of(answer)
    assert "Demander de l’aide" in text_of(answer)


def test_our_own_failure_says_its_number_and_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    answer = Client(raise_request_exception=False).get("/fail")
    page = text_of(answer)
    assert answer.status_code == 500
    assert answer["X-Request-ID"] in page
    assert answer["X-Request-ID"] in caplog.text
    assert "secret detail" not in page
    assert "de notre côté" in page


@pytest.mark.parametrize("place", ["/away", "/queue_away"])
def test_a_database_that_is_away_is_no_fault_of_the_page(place: str) -> None:
    answer = Client(raise_request_exception=False).get(place)
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "momentanément indisponible" in text_of(answer)


def test_an_address_that_leads_nowhere() -> None:
    answer = Client().get("/nulle/part")
    assert answer.status_code == 404
    assert "coupent en deux" in text_of(answer)


@pytest.mark.parametrize(
    ("method", "address", "allowed"),
    [("post", "/aide/", "GET, HEAD"), ("get", "/association/comptes-annuels/depots/{id}/renvoyer/", "POST")],
)
def test_an_address_that_is_not_used_this_way(method: str, address: str, allowed: str) -> None:
    answer = getattr(Client(), method)(address.format(id="0" * 8 + "-0000-4000-8000-" + "0" * 12))
    assert (answer.status_code, answer["Allow"]) == (405, allowed)
    assert "Cette page ne s’ouvre pas ainsi</h1>" in text_of(answer)


def test_every_answer_has_an_id_of_its_own() -> None:
    ids = {Client().get("/")["X-Request-ID"] for _ in range(3)}
    assert len(ids) == 3
    assert all(re.fullmatch("[0-9a-f]{32}", one) for one in ids)


def test_an_id_that_the_client_sends_is_not_taken_over() -> None:
    assert Client().get("/", headers={"X-Request-ID": "mine"})["X-Request-ID"] != "mine"


def _late(**headers: str) -> Answer:
    typed = {"identifier": SIREN, "password": "Secret-Secret", "csrfmiddlewaretoken": "old", "note": '"><b>x'}
    return Client(enforce_csrf_checks=True).post(
        "/association/connexion/?suite=/aide/", typed, headers=headers
    )


def test_a_form_whose_secret_is_out_of_date_is_given_back() -> None:
    answer = _late(Origin="http://testserver")
    page = text_of(answer)
    assert answer.status_code == 403
    assert "restée ouverte trop longtemps" in page
    assert 'action="/association/connexion/?suite=/aide/"' in page
    assert f'name="identifier" value="{SIREN}"' in page
    assert "&quot;&gt;&lt;b&gt;x" in answer.content.decode()
    assert "Secret-Secret" not in page


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://testserver.evil.example", "null", "https://testserver"]
)
def test_a_form_that_another_site_sends_is_not(origin: str) -> None:
    answer = _late(Origin=origin)
    assert answer.status_code == 403
    assert SIREN not in text_of(answer)
    assert "cookies" in text_of(answer)


def test_a_form_of_unknown_origin_is_not() -> None:
    assert SIREN not in text_of(_late())


def test_the_form_given_back_is_taken_the_second_time() -> None:
    client = Client(enforce_csrf_checks=True)
    origin = {"Origin": "http://testserver"}
    page = text_of(client.post("/association/inscription/", {"siren": SIREN}, headers=origin))
    secret = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[0]
    fields = {"siren": SIREN, "csrfmiddlewaretoken": secret}
    assert client.post("/association/inscription/", fields, headers=origin).status_code == 302


def test_more_fields_than_any_form_has_are_refused() -> None:
    answer = Client().post("/association/inscription/", {f"f{n}": "x" for n in range(1_101)})
    assert answer.status_code == 400


def test_a_body_too_large_for_a_form_is_refused() -> None:
    answer = Client().post("/association/inscription/", {"siren": "1" * 300_000})
    assert answer.status_code == 413
    assert "trop long" in text_of(answer)
