"""What strangers can make the portal write into its log."""

import io
import logging

import pytest
from django.test import Client
from pytest_django.fixtures import Settings as SettingsWrapper

from guichet.accounts import operations as accounts
from guichet.depots import queries as depots
from guichet.kernel.tokens import new_token


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What the log's handlers write."""
    written = io.StringIO()
    for name in ("", "django.security"):
        for handler in logging.getLogger(name).handlers:
            if type(handler) is logging.StreamHandler:  # not pytest's own
                monkeypatch.setattr(handler, "stream", written)
    return written


def test_a_request_that_is_refused_takes_one_line(log: io.StringIO, settings: SettingsWrapper) -> None:
    settings.ALLOWED_HOSTS = ["guichet.example"]
    assert Client().get("/", headers={"host": "ailleurs.example"}).status_code == 400
    settings.ALLOWED_HOSTS = ["*"]
    fields = {f"champ-{number}": "x" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}
    assert Client().post("/verifier/", fields).status_code == 400
    hosts, fields_sent = log.getvalue().splitlines()
    assert "django.security.DisallowedHost" in hosts
    assert "django.security.TooManyFieldsSent" in fields_sent


def test_a_fault_of_ours_is_told_whole(log: io.StringIO) -> None:
    try:
        dict[str, str]()["inattendu"]
    except KeyError:
        logging.getLogger("guichet").exception("un défaut")
    told = log.getvalue()
    assert "un défaut" in told
    assert '["inattendu"]' in told
    assert told.endswith("KeyError\n")


def test_no_secret_of_a_link_reaches_the_log(log: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    token = new_token()

    def fails(*, token: str) -> None:
        raise RuntimeError(f"no answer for /c/{token}?")

    for name in ("recovery_account", "email_change", "activate"):
        monkeypatch.setattr(accounts, name, fails)
    monkeypatch.setattr(depots, "token_depot", fails)
    for kind in "amec":
        client = Client(raise_request_exception=False)
        assert client.get(f"/{kind}/{token}").status_code == 500
    assert token not in log.getvalue()
    assert log.getvalue().count("\nRuntimeError\n") == 4
    for route in ("activate", "new_password", "confirm_email"):
        assert f"GET web:{route}" in log.getvalue()
